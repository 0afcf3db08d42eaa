import * as z from 'zod';
import type { Deployment } from '../../ports/kubernetes.ts';
import { until } from '../poll.ts';
import { defineStep, type StepContext } from '../step.ts';

const cluster = z.object({ region: z.string(), cluster: z.string(), namespace: z.string() });
const params = z.object({ cluster, deployments: z.array(z.string()), variable: z.string(), address: z.string() });
type Params = z.output<typeof params>;

/** Gives the applications the new writer's address, and waits until every pod runs with it. */
export const pointApplications = defineStep<Params>({
  kind: 'kubernetes.point-applications',
  params,
  plane: 'data',
  title: ({ address }) => `Point the applications at ${address || 'the new writer'}`,
  region: (target) => target.cluster.region,
  calls: [],
  permissions: () => [],
  command: (target) =>
    `kubectl -n ${target.cluster.namespace} set env ${target.deployments.map((name) => `deployment/${name}`).join(' ')} ${target.variable}=${target.address}`,
  usuallyMs: () => 30_000,

  async observe(target, context) {
    const found = await deploymentsOf(target, context);
    return {
      done: found.every((deployment) => runsWith(deployment, target)),
      underway: found.every(({ environment }) => environment[target.variable] === target.address),
      state: Object.fromEntries(found.map(({ name, environment }) => [name, environment[target.variable] ?? null])),
    };
  },

  async apply(target, { kubernetes, signal }) {
    for (const name of target.deployments) {
      await kubernetes.setEnvironment(target.cluster, name, { [target.variable]: target.address }, signal);
    }
    return undefined;
  },

  async settle(target, context) {
    await until(context, async () => {
      const found = await deploymentsOf(target, context);
      return found.every((deployment) => runsWith(deployment, target)) ? true : undefined;
    });
    return null;
  },

  async undo(target, { kubernetes, signal }, before) {
    for (const [name, address] of Object.entries(before.state as Record<string, string | null>)) {
      if (address !== null)
        await kubernetes.setEnvironment(target.cluster, name, { [target.variable]: address }, signal);
    }
  },
});

const runsWith = ({ environment, wanted, updated, ready }: Deployment, { variable, address }: Params): boolean =>
  environment[variable] === address && updated >= wanted && ready >= wanted;

const deploymentsOf = (target: Params, { kubernetes, signal }: StepContext): Promise<Deployment[]> =>
  Promise.all(target.deployments.map((name) => kubernetes.deployment(target.cluster, name, signal)));
