import { listOf } from '../aws/pages.ts';
import type { Clock } from '../clock/clock.ts';
import { objectOf } from '../components/index.ts';
import { sqlOf } from '../components/schemas.ts';
import { type ComponentBehind, componentsBehind } from '../drill/components.ts';
import type { Drill } from '../drill/drill.ts';
import type { Topology } from '../drill/topology.ts';
import { inWords } from '../duration.ts';
import { errorFacts } from '../errors.ts';
import type { Entry } from '../journal/events.ts';
import { decidersIn } from '../runbook/deciders.ts';
import { acceptLag } from '../steps/data/accept-lag.ts';
import { logSays, replayedWithinMs } from '../steps/data/log-position.ts';
import { type Deciders, decidersOf } from '../steps/people/asking.ts';
import type { StepContext } from '../steps/step.ts';
import { undecidedIn } from './undecided.ts';
import { contextFor, type Workplace } from './workplace.ts';

const LOOK_EVERY_MS = 5_000;
/** RDS publishes the lag once a minute. */
const LAG_EVERY_MS = 20_000;

/** The name under which the journal files what is asked for it. */
const WATCH = 'stop-conditions';

type Stop = NonNullable<Drill['stop']>;
type Look = () => Promise<string | undefined> | string | undefined;

/**
 * Looks, until stopped, whether something says that the drill must not continue; gives what, in words. A look that fails says nothing:
 * an alarm that cannot be read in a disaster is no reason to give up a recovery.
 */
export async function stopConditionMet(
  drill: Drill,
  topology: Topology,
  workplace: Workplace,
  signal: AbortSignal,
): Promise<string> {
  const { stop } = drill;
  const deciders = decidersOf(decidersIn(drill));
  // Once it is clear that the drill ends, nobody is asked about it any more.
  const over = new AbortController();
  // A look that fails says nothing, and must not keep the others waiting.
  const context = contextFor(WATCH, workplace, AbortSignal.any([signal, over.signal]), 0);
  const { clock } = workplace;
  const startedMs = Date.parse(begunAt(workplace.entries()));
  const endMs = startedMs + (stop?.maximumDuration ?? Number.POSITIVE_INFINITY);
  const stores = stop?.replicationLag === undefined ? [] : componentsBehind('sql', topology);
  const names = stop?.served === undefined ? [] : componentsBehind('dns', topology);
  const looks: Look[] = [
    () => (clock.nowMs() >= endMs ? `the drill has lasted longer than ${inWords(endMs - startedMs)}` : undefined),
    ...(stop?.alarms ?? []).map((alarm) => () => inAlarm(alarm, context)),
    ...stores.map((store) =>
      lagLook(store, topology, { mostMs: stop?.replicationLag ?? 0, deciders }, workplace, context),
    ),
    ...names.map((one) => servedLook(one, stop?.served as NonNullable<Stop['served']>, workplace, names.length > 1)),
  ];
  for (;;) {
    for (const look of looks) {
      const why = await look();
      signal.throwIfAborted();
      if (why === undefined) continue;
      over.abort();
      return why;
    }
    await clock.sleep(Math.min(LOOK_EVERY_MS, Math.max(0, endMs - clock.nowMs())), signal);
  }
}

/** What was waited for before a surprise began is no part of the drill. */
const begunAt = (entries: readonly Entry[]): string =>
  (entries.find(({ type }) => type === 'draw-revealed') ?? entries[0])?.at ?? '';

async function inAlarm({ region, name }: Stop['alarms'][number], { aws }: StepContext): Promise<string | undefined> {
  const asked = { AlarmNames: [name] };
  const alarms = await listOf(aws, 'cloudwatch', region, 'DescribeAlarms', 'MetricAlarms', asked).catch(() => []);
  const found = alarms.find(({ AlarmName }) => AlarmName === name);
  return found?.StateValue === 'ALARM' ? `the alarm ${name} in ${region} is in alarm` : undefined;
}

/**
 * How far the replica of a data store lay behind before the failure: what is promoted would lack that much. Once its source is lost, its lag grows with
 * the clock and says nothing more; once its promotion has been asked for, there is nothing left to stop.
 */
function lagLook(
  store: ComponentBehind<'sql'>,
  { regions }: Topology,
  { mostMs, deciders }: { mostMs: number; deciders: Deciders },
  { entries, clock }: Workplace,
  context: StepContext,
): Look {
  const { primary, recovery: instance, isCluster } = sqlOf(store);
  const { database } = store;
  const sides = {
    writer: { region: regions.primary, instance: primary, database },
    replica: { region: regions.recovery, instance, database },
  };
  const { lag } = objectOf(store);
  // Before that, the preflight itself tells what is wrong with the replica, and how it is fixed.
  const isBegun = () => entries().some((entry) => entry.type === 'step-ended' && entry.step === 'preflight');
  const isAskedFor = () => entries().some((entry) => entry.type === 'step-applying' && entry.pointOfNoReturn);
  const failedMs = () => {
    const impaired = entries().find((entry) => entry.type === 'impaired');
    return impaired && Date.parse(impaired.since ?? impaired.at);
  };
  const step = `${WATCH}/${store.id}`;
  let asking: { refused?: string } | undefined;
  // Other looks do not wait for people.
  const ask = (lagMs: number) => {
    const mine: typeof asking = {};
    asking = mine;
    acceptLag({ instance, lagMs, mostMs, deciders }, { ...context, step }).then(
      () => {
        if (asking === mine) asking = undefined;
      },
      (error: unknown) => {
        mine.refused = errorFacts(error).message;
      },
    );
  };
  const lastLagMs = () => {
    const last = entries().findLast((entry) => entry.type === 'lag' && entry.instance === instance);
    return last?.type === 'lag' ? last.lagMs : null;
  };
  const look = async () => {
    if (asking) return undefined;
    // A process that was killed while people were asked leaves the question open, and all changes wait for its answer.
    if (undecidedIn(entries()).has(step)) {
      ask(lastLagMs() ?? mostMs);
      return undefined;
    }
    if (!isBegun() || isAskedFor()) return undefined;
    const asked = lag?.({ region: regions.recovery, instance }, context, { asOfMs: failedMs() }).catch(() => null);
    const lagMs = (await asked) ?? null;
    if (lagMs === null || lagMs <= mostMs || isAskedFor()) return undefined;
    // While nothing is written the metric climbs as well, and once the source is lost nobody can ask it.
    if (logSays({ instance, mostMs, atMs: failedMs() ?? clock.nowMs() }, context)) return undefined;
    const tookMs =
      failedMs() === undefined && !isCluster
        ? await replayedWithinMs({ ...sides, withinMs: Math.min(mostMs, 10_000) }, context)
        : null;
    if (tookMs !== null) {
      context.record({ type: 'lag', instance, lagMs: tookMs, source: 'log' });
      return undefined;
    }
    context.record({ type: 'lag', instance, lagMs, source: 'metric' });
    ask(lagMs);
    return undefined;
  };
  const seldomLook = seldom(look, LAG_EVERY_MS, clock);
  // Where the promotion was asked for in the same moment, there is nothing left to stop.
  return () => (isAskedFor() ? undefined : asking?.refused) ?? seldomLook();
}

/** Of what the watched customers of a public name met lately: nothing, before that time has passed once. */
function servedLook(
  { id, name }: Pick<ComponentBehind<'dns'>, 'id' | 'name'>,
  { atLeast, over }: NonNullable<Stop['served']>,
  { probed, clock }: Pick<Workplace, 'probed' | 'clock'>,
  isOneOfSeveral: boolean,
): Look {
  return () => {
    const nowMs = clock.nowMs();
    const results = probed.get(id) ?? [];
    const first = results[0];
    if (!first || first.at > nowMs - over) return undefined;
    const lately = results.filter(({ at }) => at > nowMs - over);
    if (lately.length === 0) return undefined;
    const share = lately.filter(({ ok }) => ok).length / lately.length;
    if (share >= atLeast) return undefined;
    const where = isOneOfSeveral ? ` to ${name}` : '';
    return `${(share * 100).toFixed(0)} % of the watched customers' requests${where} were served over ${inWords(over)}, where ${(atLeast * 100).toFixed(0)} % are wanted`;
  };
}

/** A look that is taken no more often than that. */
function seldom(look: Look, everyMs: number, clock: Clock): Look {
  let nextMs = 0;
  return () => {
    if (clock.nowMs() < nextMs) return undefined;
    nextMs = clock.nowMs() + everyMs;
    return look();
  };
}
