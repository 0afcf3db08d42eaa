import * as z from 'zod';
import type { ComponentOf } from '../../../drill/components.ts';
import { calledBy, placeOfDeployment } from '../../../drill/deployments.ts';
import type { Deployment } from '../../../ports/kubernetes.ts';
import { clusterOf, component, earlierStep, given, needed, side } from '../../../steps/given.ts';
import { until, untilAnswered } from '../../../steps/poll.ts';
import { defineStep, type Observation, type StepContext } from '../../../steps/step.ts';
import { componentName } from '../../described.ts';
import { byNamespace, cluster, clusterPermissions, deploymentNeeds, deploymentsFound, kubectl } from './cluster.ts';
import { whyNotReady } from './not-ready.ts';

const params = z.object({
  cluster,
  /** As `calledBy` has them. */
  deployments: z.array(z.string()),
  variable: z.string(),
  address: z.string(),
  /** It took the writes before the drill did, and takes them afterwards. */
  serves: z.boolean().optional(),
});
type Params = z.output<typeof params>;

interface Writer {
  address: string;
  serves?: boolean;
}

const addressOf = ({ address, serves }: Writer) => ({ address, ...(serves && { serves }) });

/** Gives the applications the new writer's address, and waits until every pod runs with it. */
export const pointApplications = defineStep<Params>({
  kind: 'kubernetes.point-applications',
  params,
  given: given(
    z.strictObject({
      in: side.default('recovery'),
      writer: earlierStep.describe("The step that gave the writer's address, such as the one that promoted it."),
      store: componentName
        .optional()
        .describe('The data store whose writer that is; the only one in use, unless said.'),
    }),
    ({ in: where, writer, store }, around) => ({
      cluster: clusterOf(where, around),
      ...pointedAt(component('eks', around), store),
      ...addressOf(around.result<Writer>(writer, { address: `<address that ${writer} gives>` })),
    }),
  ),
  needs: ({ cluster: where, deployments }) =>
    deploymentNeeds(where, deployments, ['get deployments.apps', 'patch deployments.apps']),
  plane: 'data',
  title: ({ address }) => `Point the applications at ${address || 'the new writer'}`,
  region: (target) => target.cluster.region,
  calls: [],
  permissions: (target, account) => clusterPermissions(target.cluster, account),
  command: (target) => kubectl(target.cluster, setAddress(target, target.deployments, target.address)),
  usuallyMs: () => 30_000,

  async observe(target, context) {
    const found = await deploymentsOf(target, context);
    return {
      done: found.every((deployment) => runsWith(deployment, target)),
      underway: found.every((deployment) => isAsked(deployment, target)),
      state: Object.fromEntries(
        found.map(({ environment }, index) => [target.deployments[index], environment[target.variable] ?? null]),
      ),
    };
  },

  repeatable: true,
  async apply(target, context) {
    for (const name of target.deployments) await pointed(target, name, target.address, context);
    return undefined;
  },

  async settle(target, context) {
    const askWhy = whyNotReady(target.cluster, target.deployments, context);
    await until(context, async () => {
      const found = await deploymentsOf(target, context);
      if (found.every((deployment) => runsWith(deployment, target))) return true;
      await askWhy();
      return undefined;
    });
    return null;
  },

  async undo(target, context, before) {
    for (const [name, address] of addressesBefore(before)) await pointed(target, name, address, context);
  },

  undoCommand(target, before) {
    const former = addressesBefore(before);
    const addresses = [...new Set(former.map(([, address]) => address))];
    const namesWith = (wanted: string) => former.filter(([, address]) => address === wanted).map(([name]) => name);
    return kubectl(
      target.cluster,
      addresses.flatMap((address) => setAddress(target, namesWith(address), address)),
    );
  },

  staysBehindUndo: ({ serves }) =>
    serves
      ? undefined
      : 'what customers wrote while applications were pointed there is in that database alone: carry it over before anybody deletes it',
});

/** Pods that have the address already are not started anew, so that it may be asked for again. */
function pointed({ cluster, variable }: Params, called: string, address: string, context: StepContext): Promise<void> {
  const { place, name } = placeOfDeployment(cluster, called);
  return untilAnswered(context, () =>
    context.kubernetes.setEnvironment(place, name, { [variable]: address }, context.signal),
  );
}

const setAddress = ({ cluster, variable }: Params, deployments: string[], address: string) =>
  byNamespace(cluster, deployments).map(({ place, names }) => ({
    in: place.namespace,
    line: `set env ${names.map((name) => `deployment/${name}`).join(' ')} ${variable}=${address}`,
  }));

const addressesBefore = ({ state }: Observation): [name: string, address: string][] =>
  Object.entries(state as Record<string, string | null>).flatMap(([name, address]) =>
    address === null ? [] : [[name, address]],
  );

/** Its template has the address, and its pods have been asked to start with it. */
const isAsked = ({ environment, unread }: Deployment, { variable, address }: Params): boolean =>
  environment[variable] === address && !unread.includes(variable);

const runsWith = (deployment: Deployment, target: Params): boolean =>
  isAsked(deployment, target) && deployment.updated >= deployment.wanted && deployment.ready >= deployment.wanted;

const deploymentsOf = ({ cluster, deployments }: Params, context: StepContext): Promise<Deployment[]> =>
  deploymentsFound(cluster, deployments, context);

/** The deployments of a compute, and the variable by which they find a data store. */
export function pointedAt({ id, uses, deployments }: ComponentOf<'eks'>, store?: string) {
  const [only, ...others] = Object.keys(uses);
  const meant = store ?? (others.length === 0 ? only : undefined);
  const variable = needed(uses[meant ?? '']?.variable, `${id}.uses${store === undefined ? '' : `.${store}`}`);
  return { deployments: deployments.map(calledBy), variable };
}
