import type { Service } from '@aws-sdk/client-ecs';
import * as z from 'zod';
import { given, side } from '../../../steps/given.ts';
import { until, untilAnswered } from '../../../steps/poll.ts';
import { defineStep, type Observation, type StepContext } from '../../../steps/step.ts';
import { writersGiven, writersOf } from '../../compute/writers.ts';
import {
  isStable,
  type Place,
  primaryOf,
  readAll,
  rolePermissions,
  servicePermissions,
  servicesThere,
  stableCommand,
} from '../asking.ts';
import { deploymentFailed, newestEvent, troublesSince, troublesTold } from '../events.ts';
import { isRead, servicesOn } from '../place.ts';
import { definitionOf, revisionWith, valuesIn } from '../task-definition.ts';

const params = z.object({
  region: z.string(),
  cluster: z.string(),
  services: z.array(z.object({ name: z.string(), environment: z.record(z.string(), z.string()) })),
  /** Tasks read an address elsewhere as they start: all are replaced. */
  restart: z.boolean(),
  /** What people call the writers. */
  writers: z.array(z.string()),
  /** Every writer took the writes before the drill did, or what is written to it does not stay there alone. */
  serves: z.boolean().optional(),
});
type Params = z.output<typeof params>;

/** Gives services a task definition with their new addresses, or new tasks, and waits until nothing else runs. */
export const pointServices = defineStep<Params, null>({
  kind: 'ecs.point-services',
  params,
  given: given(
    z.strictObject({ in: side.default('recovery'), writers: writersGiven }),
    ({ in: where, writers }, around) => {
      const { compute, place, services } = servicesOn(where, around);
      const add = (store: string) => `${store}: { variable: <environment variable> }, or { restart: true }`;
      const found = writersOf(writers, { id: compute.id, isRead: (store) => isRead(compute, store), add }, around);
      const environment = Object.fromEntries(
        found.flatMap(({ store, address }) => {
          const { variable } = compute.uses[store] ?? {};
          return variable === undefined ? [] : [[variable, address]];
        }),
      );
      return {
        ...place,
        services: services.map(({ name }) => ({ name, environment })),
        restart: found.some(({ store }) => compute.uses[store]?.restart === true),
        writers: found.map(({ name, address }) => name ?? address),
        serves: found.every(({ serves }) => serves),
      };
    },
  ),
  needs: ({ region, cluster, services }) => [
    { need: 'ecs-services', region, cluster, services: services.map(({ name }) => name), warm: [], runsOn: {} },
    {
      need: 'task-definitions',
      region,
      cluster,
      services: services.map(({ name, environment }) => ({ name, variables: Object.keys(environment) })),
    },
  ],
  plane: 'control',
  title: ({ writers }) =>
    writers.length === 0
      ? 'Leave the services as they are: none of their data stores was taken over'
      : `Point the services at ${writers.join(', ')}`,
  region: ({ region }) => region,
  calls: (target) => [
    'ecs:DescribeServices',
    'ecs:UpdateService',
    ...(setsVariables(target) ? ['ecs:DescribeTaskDefinition', 'ecs:RegisterTaskDefinition'] : []),
  ],
  permissions: (target, account) => [
    ...servicePermissions(target, namesIn(target), account, ['ecs:DescribeServices', 'ecs:UpdateService']),
    ...(setsVariables(target)
      ? [...readAll('ecs:DescribeTaskDefinition', 'ecs:RegisterTaskDefinition'), ...rolePermissions(target, account)]
      : []),
  ],
  risk: (_, { region, recovery }) =>
    region === recovery
      ? {
          severity: 'note',
          why: 'Every task is replaced: that needs the ECS control plane, and free capacity for as many tasks again.',
          fix: 'Have applications find the writer by a name that follows it, such as a global endpoint, and connect again by themselves.',
        }
      : undefined,
  command: (target) =>
    target.services.length === 0 || (!target.restart && !setsVariables(target))
      ? '# nothing to do'
      : [...target.services.map((one) => pointCommand(target, one)), stableCommand(target, namesIn(target))].join(
          ' && ',
        ),
  doneWhen: () => 'Every deployment is complete: all tasks have started anew and run.',
  usuallyMs: () => 90_000,

  async observe(target, context) {
    const found = await lookedAt(target, context);
    const isPointed = found.every(({ isSet }) => isSet) && !target.restart;
    return {
      done: target.writers.length === 0 || (isPointed && found.every(({ service }) => isStable(service))),
      underway: isPointed,
      state: Object.fromEntries(
        found.map(({ name, service, values }) => [
          name,
          {
            taskDefinition: service.taskDefinition ?? '',
            deployment: primaryOf(service)?.id ?? null,
            values,
            event: newestEvent(service),
          },
        ]),
      ),
    };
  },

  repeatable: true,
  async apply(target, context, before) {
    for (const { name, environment } of target.services) {
      const { taskDefinition } = stateOf(before, name);
      const revision =
        Object.keys(environment).length === 0
          ? undefined
          : await revisionWith(target.region, taskDefinition, environment, context);
      await deployed(target, name, { taskDefinition: revision, restart: target.restart }, context);
    }
    return undefined;
  },

  async settle(target, context, before) {
    const events = Object.fromEntries(namesIn(target).map((name) => [name, stateOf(before, name).event]));
    const tell = troublesTold(target, events, context);
    await until(context, async () => {
      const found = await lookedAt(target, context);
      for (const one of found) mustNotHaveFailed(target, one, stateOf(before, one.name));
      const isOver = found.every((one) => isReplaced(one, target, stateOf(before, one.name)) && isStable(one.service));
      if (isOver) return true;
      tell(new Map(found.map(({ name, service }) => [name, service])));
      return undefined;
    });
    return null;
  },

  async undo(target, context, before) {
    const found = await untilAnswered(context, () => servicesThere(target, namesIn(target), context));
    for (const { name } of target.services) {
      const { taskDefinition, deployment } = stateOf(before, name);
      const now = found.get(name);
      const isBack = now?.taskDefinition === taskDefinition;
      if (isBack && (!target.restart || (now && primaryOf(now)?.id === deployment))) continue;
      await deployed(target, name, { taskDefinition, restart: target.restart }, context);
    }
  },

  byHand: {
    finds: ({ region, cluster, services }, read) =>
      Object.fromEntries(
        services.map(({ name }) => [
          name,
          {
            taskDefinition: read.text(
              `${name} task definition`,
              `aws ecs describe-services --region ${region} --cluster ${cluster} --services ${name} --query 'services[0].taskDefinition' --output text`,
            ),
            deployment: null,
            values: {},
            event: null,
          },
        ]),
      ),
  },
  undoCommand: (target, before) =>
    namesIn(target)
      .map((name) => updateCommand(target, name, stateOf(before, name).taskDefinition, target.restart))
      .join(' && '),

  staysBehindUndo: ({ serves }) =>
    serves
      ? undefined
      : 'what customers wrote while services were pointed there is in that database alone: carry it over before anybody deletes it',
});

/** How a service stood before. */
interface Before {
  taskDefinition: string;
  deployment: string | null;
  event: string | null;
}

const stateOf = ({ state }: Observation, name: string): Before =>
  (state as unknown as Record<string, Before>)[name] ?? { taskDefinition: '', deployment: null, event: null };

const namesIn = ({ services }: Params): string[] => services.map(({ name }) => name);

const setsVariables = ({ services }: Params): boolean =>
  services.some(({ environment }) => Object.keys(environment).length > 0);

interface Found {
  name: string;
  service: Service;
  /** The variables, as its newest task definition has them. */
  values: Record<string, string | null>;
  isSet: boolean;
}

async function lookedAt(target: Params, context: StepContext): Promise<Found[]> {
  const services = await servicesThere(target, namesIn(target), context);
  return Promise.all(
    target.services.map(async ({ name, environment }) => {
      const service = services.get(name) as Service;
      const variables = Object.keys(environment);
      const values =
        variables.length === 0
          ? {}
          : valuesIn(await definitionOf(target.region, service.taskDefinition ?? '', context), variables);
      return { name, service, values, isSet: variables.every((one) => values[one] === environment[one]) };
    }),
  );
}

async function deployed(
  { region, cluster }: Place,
  service: string,
  { taskDefinition, restart }: { taskDefinition: string | undefined; restart: boolean },
  context: StepContext,
): Promise<void> {
  if (taskDefinition === undefined && !restart) return;
  const asked = {
    cluster,
    service,
    ...(taskDefinition !== undefined && { taskDefinition }),
    ...(restart && { forceNewDeployment: true }),
  };
  await untilAnswered(context, () => context.aws.call('ecs', region, 'UpdateService', asked));
}

const isReplaced = ({ service, isSet }: Found, { restart }: Params, { deployment }: Before): boolean =>
  isSet && (!restart || primaryOf(service)?.id !== deployment);

/** A deployment that came after what was found, and whose circuit breaker has ended it. */
function mustNotHaveFailed(target: Params, { service }: Found, { deployment, event }: Before): void {
  const failed = (service.deployments ?? []).find(
    ({ id, rolloutState }) => rolloutState === 'FAILED' && id !== deployment,
  );
  if (failed) throw deploymentFailed(target, service, failed.rolloutStateReason, troublesSince(service, event));
}

const updateCommand = (
  { region, cluster }: Place,
  name: string,
  taskDefinition: string | undefined,
  restart: boolean,
): string =>
  `aws ecs update-service --region ${region} --cluster ${cluster} --service ${name}${taskDefinition ? ` --task-definition ${taskDefinition}` : ''}${restart ? ' --force-new-deployment' : ''}`;

/** Takes the task definition that the service has, and registers it with other values; nothing else is changed. */
function pointCommand(place: Params, { name, environment }: Params['services'][number]): string {
  const { region, cluster, restart } = place;
  const values = Object.entries(environment);
  if (values.length === 0) return updateCommand(place, name, undefined, restart);
  const current = `aws ecs describe-task-definition --region ${region} --task-definition "$(aws ecs describe-services --region ${region} --cluster ${cluster} --services ${name} --query 'services[0].taskDefinition' --output text)" --query taskDefinition`;
  const filter = `del(${OWN.map((key) => `.${key}`).join(', ')}) | ${JSON.stringify(environment)} as $values | .containerDefinitions[].environment[]? |= (.value = ($values[.name] // .value))`;
  const made = `aws ecs register-task-definition --region ${region} --cli-input-json "$(${current} --output json | jq '${filter}')" --query taskDefinition.taskDefinitionArn --output text`;
  return updateCommand(place, name, `"$(${made})"`, restart);
}

/** What ECS adds to a task definition, and takes from nobody. */
const OWN = [
  'taskDefinitionArn',
  'revision',
  'status',
  'requiresAttributes',
  'compatibilities',
  'registeredAt',
  'registeredBy',
];
