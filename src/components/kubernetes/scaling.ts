import * as z from 'zod';
import { placeOfDeployment } from '../../drill/deployments.ts';
import type { Autoscaler, Deployment } from '../../ports/kubernetes.ts';
import type { NeedOf } from '../../steps/needs.ts';
import { until, untilAnswered } from '../../steps/poll.ts';
import type { Observation, Step, StepContext } from '../../steps/step.ts';
import { autoscalersOf, hasBounds, LIST_AUTOSCALERS, type Size, sizeOf } from './autoscalers.ts';
import {
  byNamespace,
  clusterPermissions,
  deploymentNeeds,
  deploymentsFound,
  kubectl,
  kubectlValue,
} from './cluster.ts';
import { cluster } from './needs.ts';
import { whyNotReady } from './not-ready.ts';

/** Deployments, and how many replicas each is to have. */
export const deploymentsScaled = z.object({
  cluster,
  deployments: z.array(z.object({ name: z.string(), replicas: z.int() })),
  /** No more than that either: what serves may have grown beyond, and is left alone. */
  exactly: z.boolean().optional(),
});
type Params = z.output<typeof deploymentsScaled>;

/** Scales deployments and waits until every pod is ready: scheduled or running is not serving. Each kind asks for it in its own words. */
export const scaling: Omit<Step<Params, { ready: Record<string, number> }>, 'kind' | 'given'> = {
  params: deploymentsScaled,
  needs: (target) => [
    ...deploymentNeeds(target.cluster, calledIn(target), [
      'get deployments.apps',
      'patch deployments.apps/scale',
      LIST_AUTOSCALERS,
    ]),
    ...autoscalerNeeds(target),
  ],
  plane: 'data',
  title: ({ deployments }) => `Scale ${deployments.map(({ name, replicas }) => `${name} to ${replicas}`).join(', ')}`,
  region: (target) => target.cluster.region,
  calls: [],
  permissions: (target, account) => clusterPermissions(target.cluster, account),
  command: (target) =>
    scaleCommand(
      target,
      target.deployments.map(({ name, replicas }) => [name, { replicas }]),
    ),
  doneWhen: () => 'READY shows all replicas of each deployment.',
  usuallyMs: () => 40_000,

  async observe(target, context) {
    const found = await lookedAt(target, context);
    return {
      done: found.every((one) => isUp(one, target)),
      underway: found.every((one) => isAsked(one, target)),
      state: Object.fromEntries(
        found.map(({ called, deployment: { wanted }, autoscaler }) => [
          called,
          autoscaler ? { replicas: wanted, autoscaler: { ...autoscaler } } : wanted,
        ]),
      ),
    };
  },

  repeatable: true,
  async apply(target, context) {
    const found = await untilAnswered(context, () => lookedAt(target, context));
    for (const { called, autoscaler, size } of found) await sized(target, called, { autoscaler, size }, context);
    return undefined;
  },

  async settle(target, context) {
    const askWhy = whyNotReady(target.cluster, calledIn(target), context);
    let told = false;
    return until(context, async () => {
      const found = await lookedAt(target, context);
      if (found.every((one) => isUp(one, target)))
        return { ready: Object.fromEntries(found.map(({ called, deployment }) => [called, deployment.ready])) };
      const reasons = found.filter((one) => !hasBounds(one.size, one.autoscaler)).map(minimumLost);
      if (reasons.length > 0 && !told)
        context.record({ type: 'not-ready', step: context.step, subject: target.cluster.namespace, reasons });
      told ||= reasons.length > 0;
      await askWhy();
      return undefined;
    });
  },

  async undo(target, context, before) {
    for (const [called, { replicas, autoscaler }] of sizesBefore(before))
      await sized(target, called, { autoscaler, size: { replicas, bounds: autoscaler ?? null } }, context);
  },

  byHand: {
    finds: ({ cluster, deployments }, read) =>
      Object.fromEntries(
        deployments.map(({ name: called }) => {
          const { place, name } = placeOfDeployment(cluster, called);
          const ask = kubectlValue(place, `get deployment/${name} -o jsonpath={.spec.replicas}`);
          return [called, read.number(`${called} replicas`, ask)];
        }),
      ),
  },
  undoCommand: (target, before) => scaleCommand(target, sizesBefore(before)),
};

/** One of the deployments as it is found, and what it is to become. */
interface Found {
  called: string;
  deployment: Deployment;
  autoscaler: Autoscaler | undefined;
  size: Size;
}

async function lookedAt(target: Params, context: StepContext): Promise<Found[]> {
  const called = calledIn(target);
  const [found, autoscalers] = await Promise.all([
    deploymentsFound(target.cluster, called, context),
    autoscalersOf(target.cluster, called, context),
  ]);
  return target.deployments.map(({ name, replicas }, index) => ({
    called: name,
    deployment: found[index] as Deployment,
    autoscaler: autoscalers[index],
    size: sizeOf(replicas, target.exactly ?? false, autoscalers[index]),
  }));
}

/** Asked for by its number, so that it may be asked for again. An autoscaler that keeps fewer would take back what is scaled up. */
async function sized(
  { cluster }: Params,
  called: string,
  { autoscaler, size }: Pick<Found, 'autoscaler' | 'size'>,
  context: StepContext,
): Promise<void> {
  const { kubernetes, signal } = context;
  const { place, name } = placeOfDeployment(cluster, called);
  const { bounds, replicas } = size;
  if (autoscaler && bounds)
    await untilAnswered(context, () => kubernetes.setMinimum(place, autoscaler.name, bounds, signal));
  await untilAnswered(context, () => kubernetes.scale(place, name, replicas, signal));
}

const minimumLost = ({ called, autoscaler }: Found): string =>
  `the autoscaler of ${called} keeps ${autoscaler?.min} again: something else sets its minimum`;

type Before = { replicas: number; autoscaler?: Autoscaler | undefined };

/** Of a deployment without an autoscaler the journal has its replicas alone. */
const sizesBefore = ({ state }: Observation): [called: string, before: Before][] =>
  Object.entries(state as unknown as Record<string, Before | number>).map(([called, before]) => [
    called,
    typeof before === 'number' ? { replicas: before } : before,
  ]);

const scaleCommand = ({ cluster }: Params, sizes: [called: string, Before][]): string =>
  kubectl(
    cluster,
    sizes.flatMap(([called, { replicas, autoscaler }]) => {
      const { place, name } = placeOfDeployment(cluster, called);
      const bounds = `patch hpa ${autoscaler?.name} --patch '{"spec":{"minReplicas":${autoscaler?.min}}}'`;
      return [...(autoscaler ? [bounds] : []), `scale deployment/${name} --replicas=${replicas}`].map((line) => ({
        in: place.namespace,
        line,
      }));
    }),
  );

function isUp({ deployment, autoscaler, size }: Found, { exactly }: Params): boolean {
  const { wanted, ready, available } = deployment;
  const { replicas } = size;
  return Math.min(ready, available) >= replicas && (!exactly || wanted === replicas) && hasBounds(size, autoscaler);
}

/** It is to have that many, whether they are ready or not. */
const isAsked = ({ deployment: { wanted }, autoscaler, size }: Found, { exactly }: Params): boolean =>
  (exactly ? wanted === size.replicas : wanted >= size.replicas) && hasBounds(size, autoscaler);

const calledIn = ({ deployments }: Params): string[] => deployments.map(({ name }) => name);

/** How autoscalers would let deployments be, in each namespace; where there are to be no pods they rest. */
const autoscalerNeeds = ({ cluster: where, deployments, exactly = false }: Params): NeedOf<'autoscalers'>[] =>
  byNamespace(
    where,
    deployments.map(({ name }) => name),
  ).flatMap(({ place }) => {
    const wanted = deployments.flatMap(({ name: called, replicas }) => {
      const at = placeOfDeployment(where, called);
      return at.place.namespace === place.namespace && replicas > 0 ? [{ name: at.name, replicas }] : [];
    });
    return wanted.length === 0 ? [] : [{ need: 'autoscalers', cluster: place, exactly, wanted }];
  });
