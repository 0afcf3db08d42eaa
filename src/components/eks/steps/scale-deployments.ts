import * as z from 'zod';
import type { Deployment } from '../../../ports/kubernetes.ts';
import { clusterOf, component, given, side } from '../../../steps/given.ts';
import { until, untilAnswered } from '../../../steps/poll.ts';
import { defineStep, type Observation, type StepContext } from '../../../steps/step.ts';
import { accessNeed, cluster, clusterPermissions, kubectl } from './cluster.ts';
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
      deployments: component('eks', around).deployments.map(({ name, replicas, standby }) => ({
        name,
        replicas: { serving: replicas, standby, none: 0 }[to],
      })),
      exactly: to !== 'serving',
    }),
  ),
  needs: ({ cluster: where, deployments }) => [
    { need: 'deployments', cluster: where, deployments: deployments.map(({ name }) => name), warm: false },
    accessNeed(where, ['get deployments.apps', 'patch deployments.apps/scale']),
  ],
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
      state: Object.fromEntries(found.map(({ name, wanted }) => [name, wanted])),
    };
  },

  repeatable: true,
  async apply(target, context) {
    for (const { name, replicas } of target.deployments) await scaled(target, name, replicas, context);
    return undefined;
  },

  async settle(target, context) {
    const names = target.deployments.map(({ name }) => name);
    const askWhy = whyNotReady(target.cluster, names, context);
    return until(context, async () => {
      const found = await deploymentsOf(target, context);
      const up = found.every((deployment, index) => isUp(deployment, target, index));
      if (up) return { ready: Object.fromEntries(found.map(({ name, ready }) => [name, ready])) };
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
const scaled = ({ cluster }: Params, name: string, replicas: number, context: StepContext): Promise<void> =>
  untilAnswered(context, () => context.kubernetes.scale(cluster, name, replicas, context.signal));

const scaleCommand = ({ cluster }: Params, replicas: [name: string, replicas: number][]): string =>
  kubectl(
    cluster,
    replicas.map(([name, count]) => `scale deployment/${name} --replicas=${count}`),
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

const deploymentsOf = (target: Params, { kubernetes, signal }: StepContext): Promise<Deployment[]> =>
  Promise.all(target.deployments.map(({ name }) => kubernetes.deployment(target.cluster, name, signal)));
