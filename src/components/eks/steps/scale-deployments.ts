import * as z from 'zod';
import { calledBy, placeOfDeployment } from '../../../drill/deployments.ts';
import type { Deployment } from '../../../ports/kubernetes.ts';
import { clusterOf, component, given, side } from '../../../steps/given.ts';
import { until, untilAnswered } from '../../../steps/poll.ts';
import { defineStep, type Observation, type StepContext } from '../../../steps/step.ts';
import { cluster, clusterPermissions, deploymentNeeds, deploymentsFound, kubectl } from './cluster.ts';
import { whyNotReady } from './not-ready.ts';

const params = z.object({
  cluster,
  deployments: z.array(z.object({ name: z.string(), replicas: z.int() })),
  /** No more than that either: what serves may have grown beyond, and is left alone. */
  exactly: z.boolean().optional(),
});
type Params = z.output<typeof params>;

/** Scales deployments and waits until every pod is ready: scheduled or running is not serving. */
export const scaleDeployments = defineStep<Params, { ready: Record<string, number> }>({
  kind: 'kubernetes.scale-deployments',
  params,
  given: given(
    z.strictObject({
      in: side.default('recovery'),
      to: z
        .enum(['serving', 'standby', 'none'])
        .default('serving')
        .describe("The topology's replicas or standby; or 0."),
    }),
    ({ in: where, to }, around) => ({
      cluster: clusterOf(where, around),
      deployments: component('eks', around).deployments.map((one) => ({
        name: calledBy(one),
        replicas: { serving: one.replicas, standby: one.standby, none: 0 }[to],
      })),
      exactly: to !== 'serving',
    }),
  ),
  needs: (target) =>
    deploymentNeeds(target.cluster, calledIn(target), ['get deployments.apps', 'patch deployments.apps/scale']),
  plane: 'data',
  title: ({ deployments }) => `Scale ${deployments.map(({ name, replicas }) => `${name} to ${replicas}`).join(', ')}`,
  region: (target) => target.cluster.region,
  calls: [],
  permissions: (target, account) => clusterPermissions(target.cluster, account),
  command: (target) =>
    scaleCommand(
      target,
      target.deployments.map(({ name, replicas }) => [name, replicas]),
    ),
  usuallyMs: () => 40_000,

  async observe(target, context) {
    const found = await deploymentsOf(target, context);
    return {
      done: found.every((deployment, index) => isUp(deployment, target, index)),
      underway: found.every((deployment, index) => isAsked(deployment, target, index)),
      state: byName(target, found, ({ wanted }) => wanted),
    };
  },

  repeatable: true,
  async apply(target, context) {
    for (const { name, replicas } of target.deployments) await scaled(target, name, replicas, context);
    return undefined;
  },

  async settle(target, context) {
    const askWhy = whyNotReady(target.cluster, calledIn(target), context);
    return until(context, async () => {
      const found = await deploymentsOf(target, context);
      const up = found.every((deployment, index) => isUp(deployment, target, index));
      if (up) return { ready: byName(target, found, ({ ready }) => ready) };
      await askWhy();
      return undefined;
    });
  },

  async undo(target, context, before) {
    for (const [name, replicas] of replicasBefore(before)) await scaled(target, name, replicas, context);
  },

  undoCommand: (target, before) => scaleCommand(target, replicasBefore(before)),
});

/** Asked for by its number, so that it may be asked for again. */
function scaled({ cluster }: Params, called: string, replicas: number, context: StepContext): Promise<void> {
  const { place, name } = placeOfDeployment(cluster, called);
  return untilAnswered(context, () => context.kubernetes.scale(place, name, replicas, context.signal));
}

const scaleCommand = ({ cluster }: Params, replicas: [name: string, replicas: number][]): string =>
  kubectl(
    cluster,
    replicas.map(([called, count]) => {
      const { place, name } = placeOfDeployment(cluster, called);
      return { in: place.namespace, line: `scale deployment/${name} --replicas=${count}` };
    }),
  );

const replicasBefore = ({ state }: Observation): [name: string, replicas: number][] =>
  Object.entries(state as Record<string, number>);

function isUp({ wanted, ready, available }: Deployment, { deployments, exactly }: Params, index: number): boolean {
  const replicas = deployments[index]?.replicas ?? 0;
  return Math.min(ready, available) >= replicas && (!exactly || wanted === replicas);
}

/** It is to have that many, whether they are ready or not. */
function isAsked({ wanted }: Deployment, { deployments, exactly }: Params, index: number): boolean {
  const replicas = deployments[index]?.replicas ?? 0;
  return exactly ? wanted === replicas : wanted >= replicas;
}

const calledIn = ({ deployments }: Params): string[] => deployments.map(({ name }) => name);

const deploymentsOf = (target: Params, context: StepContext): Promise<Deployment[]> =>
  deploymentsFound(target.cluster, calledIn(target), context);

/** One figure of each deployment, by what the topology calls it. */
const byName = <T>(target: Params, found: Deployment[], figure: (one: Deployment) => T): Record<string, T> =>
  Object.fromEntries(target.deployments.map(({ name }, index) => [name, figure(found[index] as Deployment)]));
