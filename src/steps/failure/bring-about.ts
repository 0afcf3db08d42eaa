import * as z from 'zod';
import { isoTime } from '../../clock/clock.ts';
import { componentsBehind, TopologyLacks } from '../../drill/components.ts';
import type { Topology } from '../../drill/topology.ts';
import type { Failure } from '../../ports/failure.ts';
import { clientLine } from '../data/client-line.ts';
import { proveWrite } from '../data/heartbeat.ts';
import { hasNoLogin, targetSchema } from '../data/target.ts';
import { type Around, type DatabaseGiven, databaseGiven, databaseOf, given, sqlStores } from '../given.ts';
import { until } from '../poll.ts';
import { defineStep, type StepContext } from '../step.ts';
import { recordImpaired, recordImpairedIfNobodyDid } from './impaired.ts';
import { takesWritesAgain } from './serves-again.ts';

const params = z.object({
  kind: z.enum(['region-outage', 'writer-loss', 'degradation', 'network-partition']),
  region: z.string(),
  otherRegion: z.string().optional(),
  /** Of the data stores that are asked in SQL: the ones that must serve again once it is over. */
  writers: z.array(targetSchema),
  services: z.array(z.string()).optional(),
});
export type BroughtAbout = z.output<typeof params>;

/** Brings the failure about that the drill is to recover from. */
export const bringAboutFailure = defineStep<BroughtAbout>({
  kind: 'failure.bring-about',
  params,
  given: given(
    // In a partition someone has to decide which side goes on: that is a machine of its own.
    z.strictObject({
      kind: params.shape.kind.exclude(['network-partition']),
      services: params.shape.services,
      ...databaseGiven,
    }),
    ({ kind, services, ...asked }, around) => ({
      ...degradedIn({ kind, services }, around.topology),
      region: asked.region ?? around.topology.regions[asked.on === 'writer' ? 'primary' : 'recovery'],
      writers: writersIn(kind, asked, around),
    }),
  ),
  needs: () => [{ need: 'failure-injection' }],
  plane: 'data',
  title: (failure) => `Cause the failure: ${failureInWords(failure)}`,
  region: ({ region }) => region,
  calls: [],
  permissions: () => [],
  command: (failure) => `# ${failureInWords(failure)}`,
  doneWhen: () =>
    'In an emergency, the failure has already happened. In an exercise, its leader causes it and writes down the time.',
  usuallyMs: () => 0,
  async observe(failure, context) {
    return { done: await isActive(failure, context), state: null };
  },
  async apply(failure, context) {
    const sinceMs = await injected(failure, context);
    recordImpaired(impairmentOf(failure), context, sinceMs === undefined ? undefined : isoTime(sinceMs));
    return undefined;
  },
  async settle(failure, context) {
    recordImpairedIfNobodyDid(impairmentOf(failure), context);
    return null;
  },
  async undo(failure, context) {
    await context.failure.heal(injectedAs(failure), context.signal);
    for (const writer of failure.writers) if (!hasNoLogin(writer, context)) await takesWritesAgain(writer, context);
  },
  byHand: { undo: (broken) => endingLines(broken).join('\n') },
  undoCommand: (broken) => endingLines(broken).join(' '),
});

/** What a person does to end it, and then sees. */
const endingLines = ({ kind, region, otherRegion, writers }: BroughtAbout): string[] => [
  `# ${kind === 'network-partition' ? `join ${region} and ${otherRegion} again` : `bring ${region} back`}, then see its writers take a write:`,
  ...writers.map((writer) => clientLine(writer, proveWrite.text)),
];

/** A command that failed may have brought it about all the same: a look tells. */
async function injected(failure: BroughtAbout, context: StepContext): Promise<number | undefined> {
  const beganMs = context.clock.nowMs();
  try {
    return await context.failure.inject(injectedAs(failure), context.signal);
  } catch (error) {
    context.signal.throwIfAborted();
    const isThere = await isActive(failure, context).catch(() => false);
    if (!isThere) throw error;
    return beganMs;
  }
}

/** One look that fails says nothing; several in a row do. */
export const isActive = (failure: BroughtAbout, context: StepContext): Promise<boolean> =>
  until(context, () => context.failure.active(injectedAs(failure), context.signal));

/** What is caused, with the services that a degradation takes: all critical ones, unless the drill names others. */
export const degradedIn = ({ kind, services }: Broken, topology: Topology) => ({
  kind,
  ...(kind === 'degradation' && { services: services ?? criticalServices(topology) }),
});

function criticalServices(topology: Topology): string[] {
  const checks = componentsBehind('dns', topology).flatMap(({ service }) => service.checks);
  if (checks.length === 0) throw new TopologyLacks('service check');
  const critical = checks.filter((check) => check.critical);
  return (critical.length > 0 ? critical : checks).map(({ name }) => name);
}

interface Broken {
  kind: BroughtAbout['kind'];
  services?: string[] | undefined;
}

const impairmentOf = (failure: BroughtAbout) => ({ what: failureInWords(failure), region: failure.region });

export function failureInWords({ kind, region, otherRegion, writers, services = [] }: BroughtAbout): string {
  if (kind === 'network-partition') return `${region} and ${otherRegion} do not see each other`;
  if (kind === 'degradation') return `${services.join(', ')} ${services.length === 1 ? 'is' : 'are'} down in ${region}`;
  return kind === 'region-outage'
    ? `${region} is lost, with everything in it`
    : `the writer ${writers[0]?.instance ?? ''} is lost`;
}

/** The one writer that is lost, or those of the region that is. */
function writersIn(kind: BroughtAbout['kind'], asked: DatabaseGiven, around: Around): BroughtAbout['writers'] {
  if (kind === 'writer-loss') return [databaseOf(asked, around)];
  return sqlStores(around.topology).map(({ id }) => databaseOf({ on: asked.on }, { ...around, of: id }));
}

/** The failure as the one who brings it about is told of it. */
export const injectedAs = ({ writers, ...failure }: BroughtAbout): Failure => ({
  ...failure,
  ...(writers[0] && { instance: writers[0].instance }),
});
