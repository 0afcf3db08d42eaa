import type { Service } from '@aws-sdk/client-ecs';
import * as z from 'zod';
import { given, side } from '../../../steps/given.ts';
import { until, untilAnswered } from '../../../steps/poll.ts';
import { defineStep, type Observation, type StepContext } from '../../../steps/step.ts';
import {
  type Bounds,
  isStable,
  minimumCommand,
  type Place,
  readAll,
  serviceCalls,
  servicePermissions,
  servicesThere,
  setMinimum,
  setMinimumPermissions,
  stableCommand,
  targetsFound,
} from '../asking.ts';
import { newestEvent, troublesTold } from '../events.ts';
import { servicesOn, sizeFor } from '../place.ts';
import { hasBounds, type Size, sizeOf } from '../size.ts';

const params = z.object({
  region: z.string(),
  cluster: z.string(),
  services: z.array(z.object({ name: z.string(), tasks: z.int(), minimum: z.int() })),
  /** No more than that either: what serves may have grown beyond, and is left alone. */
  exactly: z.boolean(),
});
type Params = z.output<typeof params>;

/** Gives services their numbers of tasks, and waits until all run. */
export const scaleServices = defineStep<Params, { running: Record<string, number> }>({
  kind: 'ecs.scale-services',
  params,
  given: given(
    z.strictObject({
      in: side.default('recovery'),
      to: z
        .enum(['serving', 'standby'])
        .default('serving')
        .describe('As many tasks as the topology has for a region that serves, or for one that waits.'),
    }),
    ({ in: where, to }, around) => {
      const { place, services } = servicesOn(where, around);
      return {
        ...place,
        services: services.map(({ service, name }) => ({ name, ...sizeFor(service, to) })),
        exactly: to === 'standby',
      };
    },
  ),
  needs: ({ region, cluster, services, exactly }) => [
    { need: 'ecs-services', region, cluster, services: services.map(({ name }) => name), warm: [], runsOn: {} },
    { need: 'ecs-sizes', region, cluster, wanted: services, exactly },
  ],
  plane: 'control',
  title: ({ services }) => `Scale ${services.map(({ name, tasks }) => `${name} to ${tasks}`).join(', ')}`,
  region: ({ region }) => region,
  calls: [
    ...serviceCalls,
    'ecs:UpdateService',
    'applicationautoscaling:DescribeScalableTargets',
    'applicationautoscaling:RegisterScalableTarget',
  ],
  permissions: (target, account) => [
    ...servicePermissions(target, namesIn(target), account, ['ecs:DescribeServices', 'ecs:UpdateService']),
    ...readAll('application-autoscaling:DescribeScalableTargets'),
    ...setMinimumPermissions(target, account),
  ],
  risk: (_, { region, recovery }) =>
    region === recovery
      ? {
          severity: 'note',
          why: 'New tasks need the ECS control plane, and free capacity when everyone wants it; Fargate guarantees none.',
          fix: 'Statically stable: keep as many tasks running there at all times, and the step finds its work done.',
        }
      : undefined,
  command: (target) =>
    [...target.services.map((one) => sizeCommand(target, one)), stableCommand(target, namesIn(target))].join(' && '),
  doneWhen: ({ services }) =>
    `Every deployment is complete: ${services.map(({ name, tasks }) => `${tasks} tasks of ${name} run`).join(', ')}.`,
  usuallyMs: () => 60_000,

  async observe(target, context) {
    const found = await lookedAt(target, context);
    return {
      done: found.every((one) => isUp(one, target)),
      underway: found.every((one) => isAsked(one, target)),
      state: Object.fromEntries(
        found.map(({ name, service, bounds }) => [
          name,
          { tasks: service.desiredCount ?? 0, bounds: bounds ? { ...bounds } : null, event: newestEvent(service) },
        ]),
      ),
    };
  },

  repeatable: true,
  async apply(target, context) {
    const found = await untilAnswered(context, () => lookedAt(target, context));
    for (const one of found) if (!isAsked(one, target)) await sized(target, one.name, one.size, one, context);
    return undefined;
  },

  async settle(target, context, before) {
    const events = Object.entries(before.state as unknown as Record<string, Before>);
    const tell = troublesTold(target, Object.fromEntries(events.map(([name, { event }]) => [name, event])), context);
    let told = false;
    return until(context, async () => {
      const found = await lookedAt(target, context);
      if (found.every((one) => isUp(one, target)))
        return { running: Object.fromEntries(found.map(({ name, service }) => [name, service.runningCount ?? 0])) };
      const reasons = found.filter(({ size, bounds }) => !hasBounds(size, bounds)).map(minimumLost);
      if (reasons.length > 0 && !told)
        context.record({ type: 'not-ready', step: context.step, subject: target.cluster, reasons });
      told ||= reasons.length > 0;
      tell(new Map(found.map(({ name, service }) => [name, service])));
      return undefined;
    });
  },

  async undo(target, context, before) {
    const found = await untilAnswered(context, () => lookedAt(target, context));
    for (const [name, { tasks, bounds }] of sizesBefore(before)) {
      const now = found.find((one) => one.name === name);
      if (now) await sized(target, name, { tasks, minimum: bounds?.min ?? null }, now, context);
    }
  },

  byHand: {
    finds: ({ region, cluster, services }, read) =>
      Object.fromEntries(
        services.map(({ name }) => [
          name,
          {
            tasks: read.number(
              `${name} tasks`,
              `aws ecs describe-services --region ${region} --cluster ${cluster} --services ${name} --query 'services[0].desiredCount' --output text`,
            ),
            bounds: null,
            event: null,
          },
        ]),
      ),
  },
  undoCommand: (target, before) =>
    sizesBefore(before)
      .flatMap(([name, { tasks, bounds }]) => [
        ...(bounds ? [minimumCommand(target, name, bounds.min)] : []),
        desiredCommand(target, name, tasks),
      ])
      .join(' && '),
});

type Before = { tasks: number; bounds: Bounds | null; event: string | null };

const namesIn = ({ services }: Params): string[] => services.map(({ name }) => name);

const sizesBefore = ({ state }: Observation): [name: string, Before][] =>
  Object.entries(state as unknown as Record<string, Before>);

/** One of the services as it is found, and what it is to become. */
interface Found {
  name: string;
  service: Service;
  bounds: Bounds | undefined;
  size: Size;
}

async function lookedAt(target: Params, context: StepContext): Promise<Found[]> {
  const names = namesIn(target);
  const [services, targets] = await Promise.all([
    servicesThere(target, names, context),
    targetsFound(target, names, context),
  ]);
  return target.services.map((one) => ({
    name: one.name,
    service: services.get(one.name) as Service,
    bounds: targets.get(one.name),
    size: sizeOf(one, target.exactly, targets.get(one.name)),
  }));
}

/** The minimum comes first: what scales the service would take tasks away again that have nothing to do yet, or start new ones. */
async function sized(
  place: Place,
  name: string,
  { tasks, minimum }: Size,
  { service, bounds }: Pick<Found, 'service' | 'bounds'>,
  context: StepContext,
): Promise<void> {
  if (bounds && minimum !== null && minimum !== bounds.min)
    await untilAnswered(context, () => setMinimum(place, name, minimum, context));
  if (service.desiredCount === tasks) return;
  await untilAnswered(context, () =>
    context.aws.call('ecs', place.region, 'UpdateService', {
      cluster: place.cluster,
      service: name,
      desiredCount: tasks,
    }),
  );
}

function isUp({ service, bounds, size }: Found, { exactly }: Params): boolean {
  const isWhole = exactly ? service.desiredCount === size.tasks : (service.runningCount ?? 0) >= size.tasks;
  return isWhole && isStable(service) && hasBounds(size, bounds);
}

/** It is to have that many, whether they run or not. */
const isAsked = ({ service: { desiredCount = 0 }, bounds, size }: Found, { exactly }: Params): boolean =>
  (exactly ? desiredCount === size.tasks : desiredCount >= size.tasks) && hasBounds(size, bounds);

const minimumLost = ({ name, bounds }: Found): string =>
  `Application Auto Scaling keeps ${bounds?.min} tasks of ${name} again: something else sets its minimum`;

const desiredCommand = ({ region, cluster }: Place, name: string, tasks: number): string =>
  `aws ecs update-service --region ${region} --cluster ${cluster} --service ${name} --desired-count ${tasks}`;

/** The minimum is set where there is one: a service without a scalable target has none to set. */
function sizeCommand(place: Place, { name, tasks, minimum }: Params['services'][number]): string {
  const asked = `aws application-autoscaling describe-scalable-targets --region ${place.region} --service-namespace ecs --resource-ids service/${place.cluster}/${name} --query 'ScalableTargets[0].ResourceId' --output text`;
  return `{ test "$(${asked})" = None || ${minimumCommand(place, name, minimum)}; } && ${desiredCommand(place, name, tasks)}`;
}
