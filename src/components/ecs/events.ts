import type { Service } from '@aws-sdk/client-ecs';
import { DrillError } from '../../errors.ts';
import type { StepContext } from '../../steps/step.ts';
import type { Place } from './asking.ts';

/** What ECS says where it has no place for a task. */
const UNPLACED = /unable to place a task/;
const TROUBLE = /unable to|failed|unhealthy|rolling back|could not|reached the limit|stopped|throttl|error/i;

/** How long ECS may go on without another task that runs after it has said that it had no place for one. */
const NO_PLACE_MS = 60_000;

const MOST_QUOTED = 3;

/** The newest event of a service, which tells those that come later from those before. */
export const newestEvent = ({ events = [] }: Service): string | null => events[0]?.id ?? null;

/** What ECS has said of a service since an event, newest first. */
function since(service: Service, event: string | null): string[] {
  const { events = [] } = service;
  const index = events.findIndex(({ id }) => id === event);
  return (index === -1 ? events : events.slice(0, index)).flatMap(({ message }) => message ?? []);
}

/** The troubles among them, each once, newest first. */
export const troublesSince = (service: Service, event: string | null): string[] => [
  ...new Set(since(service, event).filter((message) => TROUBLE.test(message))),
];

const quoted = (messages: readonly string[]): string => messages.slice(0, MOST_QUOTED).join('; ') || 'no reason given';

/**
 * Journals, while services are waited for, what ECS says of them that is new, and fails where it has no place for tasks and nothing moves.
 * @param before the newest event of each service, as the step found it
 */
export function troublesTold(place: Place, before: Readonly<Record<string, string | null>>, context: StepContext) {
  const { clock, record, step } = context;
  const told = new Set<string>();
  const stuck = new Map<string, { running: number; sinceMs: number }>();
  return (services: ReadonlyMap<string, Service>): void => {
    for (const [name, service] of services) {
      const troubles = troublesSince(service, before[name] ?? null);
      const fresh = troubles.filter((message) => !told.has(message));
      for (const message of fresh) told.add(message);
      if (fresh.length > 0) record({ type: 'not-ready', step, subject: name, reasons: fresh.toReversed() });
      const running = service.runningCount ?? 0;
      const isUnplaced = running < (service.desiredCount ?? 0) && troubles.some((message) => UNPLACED.test(message));
      const known = stuck.get(name);
      if (!isUnplaced) stuck.delete(name);
      else if (!known || known.running !== running) stuck.set(name, { running, sinceMs: clock.nowMs() });
      else if (clock.nowMs() >= known.sinceMs + NO_PLACE_MS) throw noPlace(place, service, troubles);
    }
  };
}

const noPlace = (
  { region }: Place,
  { serviceName, runningCount, desiredCount }: Service,
  troubles: string[],
): DrillError =>
  new DrillError(
    'no-capacity',
    `${serviceName} in ${region} has ${runningCount} of ${desiredCount} tasks, and ECS finds no place for more: ${quoted(troubles)}`,
    {
      hint: 'Give the service another capacity provider or more subnets, or keep its tasks running in the recovery region.',
    },
  );

/** A deployment that its circuit breaker has ended. */
export const deploymentFailed = (
  place: Place,
  service: Service,
  reason: string | undefined,
  troubles: string[],
): DrillError =>
  new DrillError(
    'deployment-failed',
    `the deployment of ${service.serviceName} in ${place.region} failed: ${reason?.replace(/\.$/, '') ?? 'no reason given'}; ECS says: ${quoted(troubles)}`,
    {
      hint: `See why its tasks stopped: aws ecs list-tasks --region ${place.region} --cluster ${place.cluster} --service-name ${service.serviceName} --desired-status STOPPED`,
    },
  );
