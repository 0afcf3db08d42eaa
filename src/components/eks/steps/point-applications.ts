import * as z from 'zod';
import { placeOfDeployment } from '../../../drill/deployments.ts';
import { DrillError } from '../../../errors.ts';
import type { Deployment } from '../../../ports/kubernetes.ts';
import { type Around, clusterOf, component, earlierStep, given, side } from '../../../steps/given.ts';
import { until, untilAnswered } from '../../../steps/poll.ts';
import { defineStep, type Observation, type StepContext } from '../../../steps/step.ts';
import { componentName } from '../../described.ts';
import { environmentsFor, readersOf } from '../readers.ts';
import {
  byNamespace,
  cluster,
  clusterPermissions,
  deploymentNeeds,
  deploymentsFound,
  kubectl,
  kubectlValue,
} from './cluster.ts';
import { whyNotReady } from './not-ready.ts';

const params = z.object({
  cluster,
  /** As `calledBy` has them, with the variables that are to lead to the writers. */
  deployments: z.array(z.object({ name: z.string(), environment: z.record(z.string(), z.string()) })),
  /** What people call the writers. */
  writers: z.array(z.string()),
  /** Every writer took the writes before the drill did, or what is written to it does not stay there alone. */
  serves: z.boolean().optional(),
});
type Params = z.output<typeof params>;

/** What a step says of the writer that it found or made. */
interface Writer {
  address: string;
  /** What people call it, where that is not its address. */
  name?: string;
  serves?: boolean;
}

/** Gives the applications the addresses of all their new writers in one change, and waits until every pod runs with them. */
export const pointApplications = defineStep<Params>({
  kind: 'kubernetes.point-applications',
  params,
  given: given(
    z.strictObject({
      in: side.default('recovery'),
      writers: z
        .record(componentName, earlierStep)
        .meta({ earlierSteps: true })
        .describe("The data stores by name; for each, the step that gave its writer's address, such as its promotion."),
    }),
    ({ in: where, writers }, around) => {
      const found = writersOf(writers, around);
      return {
        cluster: clusterOf(where, around),
        deployments: environmentsFor(component('eks', around), found, around.topology),
        writers: found.map(({ name, address }) => name ?? address),
        serves: found.every(({ serves }) => serves),
      };
    },
  ),
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
});

/** The writers of data stores, as earlier steps gave them. What customers can do without was given up where its step gave nothing. */
const writersOf = (writers: Record<string, string>, around: Around): (Writer & { store: string })[] =>
  Object.entries(writers).flatMap(([store, step]) => {
    mustBeRead(store, around);
    const described = around.topology.data[store];
    if (described && 'essential' in described && !described.essential && !around.hasResult(step)) return [];
    return [{ store, ...around.result<Writer>(step, { address: `<address that ${step} gives>` }) }];
  });

function mustBeRead(store: string, around: Around): void {
  const compute = component('eks', around);
  if (readersOf(compute, store, around.topology).length > 0) return;
  throw new DrillError('topology-lacks', `${compute.id} does not use the data store ${store}.`, {
    hint: `Add it to compute.${compute.id}.uses in the topology: ${store}: { variable: <environment variable> }`,
  });
}

type Pointed = Params['deployments'][number];

/** Pods that have the addresses already are not started anew, so that they may be asked for again. */
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
