import * as z from 'zod';
import { placeOfDeployment } from '../../drill/deployments.ts';
import type { Deployment } from '../../ports/kubernetes.ts';
import { until, untilAnswered } from '../../steps/poll.ts';
import type { Observation, Step, StepContext } from '../../steps/step.ts';
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

/** Deployments, and the addresses that each is to read. */
export const deploymentsPointed = z.object({
  cluster,
  /** As `calledBy` has them, with the variables that are to lead to the writers. */
  deployments: z.array(z.object({ name: z.string(), environment: z.record(z.string(), z.string()) })),
  /** What people call the writers. */
  writers: z.array(z.string()),
  /** Every writer took the writes before the drill did, or what is written to it does not stay there alone. */
  serves: z.boolean().optional(),
});
type Params = z.output<typeof deploymentsPointed>;

/** Gives deployments all their new addresses in one change, and waits until every pod runs with them. Each kind asks for it in its own words. */
export const pointing: Omit<Step<Params>, 'kind' | 'given'> = {
  params: deploymentsPointed,
  needs: ({ cluster: where, deployments }) =>
    deploymentNeeds(where, namesOf(deployments), ['get deployments.apps', 'patch deployments.apps']),
  plane: 'data',
  title: ({ writers }) =>
    writers.length === 0
      ? 'Leave the applications as they are: none of their data stores was taken over'
      : `Point the applications at ${writers.join(', ')}`,
  region: (target) => target.cluster.region,
  calls: [],
  permissions: (target, account) => clusterPermissions(target.cluster, account),
  command: ({ cluster: where, deployments }) => kubectl(where, setLines(where, deployments)),
  doneWhen: () => 'Every pod has restarted with the new address and is ready.',
  usuallyMs: () => 30_000,

  async observe(target, context) {
    const found = await deploymentsOf(target, context);
    return {
      done: found.every((deployment, index) => runsWith(deployment, target.deployments[index]?.environment)),
      underway: found.every((deployment, index) => isAsked(deployment, target.deployments[index]?.environment)),
      state: target.deployments.map(({ name, environment }, index) => ({
        name,
        environment: Object.fromEntries(
          Object.keys(environment).map((variable) => [variable, found[index]?.environment[variable] ?? null]),
        ),
      })),
    };
  },

  repeatable: true,
  async apply(target, context) {
    for (const one of target.deployments) await pointed(target, one, context);
    return undefined;
  },

  async settle(target, context) {
    const askWhy = whyNotReady(target.cluster, namesOf(target.deployments), context);
    await until(context, async () => {
      const found = await deploymentsOf(target, context);
      if (found.every((one, index) => runsWith(one, target.deployments[index]?.environment))) return true;
      await askWhy();
      return undefined;
    });
    return null;
  },

  async undo(target, context, before) {
    for (const one of environmentsBefore(before)) await pointed(target, one, context);
  },

  byHand: {
    finds: ({ cluster, deployments }, read) =>
      deployments.map(({ name: called, environment }) => {
        const { place, name } = placeOfDeployment(cluster, called);
        const values = Object.keys(environment).map((variable) => [
          variable,
          read.text(
            `${called} ${variable}`,
            kubectlValue(
              place,
              `get deployment/${name} -o jsonpath='{.spec.template.spec.containers[*].env[?(@.name=="${variable}")].value}' | cut -d ' ' -f 1`,
            ),
          ),
        ]);
        return { name: called, environment: Object.fromEntries(values) as Record<string, string> };
      }),
  },
  undoCommand: ({ cluster: where }, before) => kubectl(where, setLines(where, environmentsBefore(before))),

  staysBehindUndo: ({ serves }) =>
    serves
      ? undefined
      : 'what customers wrote while applications were pointed there is in that database alone: carry it over before anybody deletes it',
};

type Pointed = Params['deployments'][number];

/** Pods that have the addresses already are not started again, so that they may be asked for again. */
function pointed({ cluster }: Params, { name: called, environment }: Pointed, context: StepContext): Promise<void> {
  const { place, name } = placeOfDeployment(cluster, called);
  return untilAnswered(context, () => context.kubernetes.setEnvironment(place, name, environment, context.signal));
}

/** One line for all deployments of a namespace that get the same. */
function setLines(where: Params['cluster'], deployments: readonly Pointed[]): { in: string; line: string }[] {
  const asSet = ({ environment }: Pointed) =>
    Object.entries(environment)
      .map(([variable, address]) => `${variable}=${address}`)
      .join(' ');
  return [...new Set(deployments.map(asSet))].flatMap((set) => {
    const same = namesOf(deployments.filter((one) => asSet(one) === set));
    return byNamespace(where, same).map(({ place, names }) => ({
      in: place.namespace,
      line: `set env ${names.map((name) => `deployment/${name}`).join(' ')} ${set}`,
    }));
  });
}

/** What each deployment read before; nothing is put back where its containers did not agree. */
const environmentsBefore = ({ state }: Observation): Pointed[] =>
  (state as { name: string; environment: Record<string, string | null> }[]).flatMap(({ name, environment }) => {
    const known = Object.entries(environment).filter((one): one is [string, string] => one[1] !== null);
    return known.length === 0 ? [] : [{ name, environment: Object.fromEntries(known) }];
  });

/** Its template has the addresses, and its pods have been asked to start with them. */
const isAsked = ({ environment, unread }: Deployment, wanted: Pointed['environment'] = {}): boolean =>
  Object.entries(wanted).every(
    ([variable, address]) => environment[variable] === address && !unread.includes(variable),
  );

const runsWith = (deployment: Deployment, wanted: Pointed['environment'] | undefined): boolean =>
  isAsked(deployment, wanted) && deployment.updated >= deployment.wanted && deployment.ready >= deployment.wanted;

const namesOf = (deployments: readonly Pointed[]): string[] => deployments.map(({ name }) => name);

const deploymentsOf = ({ cluster, deployments }: Params, context: StepContext): Promise<Deployment[]> =>
  deploymentsFound(cluster, namesOf(deployments), context);
