import type { Drill } from '../drill/drill.ts';
import { FAILURE, heartbeatEveryMs, measuresOf, SERVED } from '../drill/measures.ts';
import { inWords } from '../duration.ts';
import type { Entry } from '../journal/events.ts';
import { nameRecoveries, worstName } from '../measure/customer.ts';
import { type DataLoss, storeLosses } from '../measure/data-loss.ts';
import { sharedForMsOf } from '../measure/fates.ts';
import { type Figure, isKnown } from '../measure/figure.ts';
import { headerOf } from '../measure/reading.ts';
import type { RecoveryTime } from '../measure/recovery-split.ts';
import { watchedAt } from '../measure/watched.ts';
import { percent } from './figure-words.ts';

/** How each figure came about, for someone who has to believe it. */
export function methodOf(
  entries: readonly Entry[],
  recovery: RecoveryTime,
  loss: DataLoss,
  zoneTurned: Figure,
): string[] {
  const { drill, mode } = headerOf(entries);
  return [
    mode === 'dry-run'
      ? 'The account, the data and the customers were simulated, on a simulated clock. The figures are what the simulation gave; they say nothing about the real account.'
      : 'Every figure is computed from the journal of the run and from nothing else; no figure was entered by hand.',
    recoveryMethod(drill, worstName(entries)?.served?.customers ?? 1, mode),
    ...sharedMethod(entries),
    ...(recovery.neverLost
      ? ['No request failed after the impairment, so the recovery time is 0, give or take one interval.']
      : []),
    lossMethod(loss, drill),
    ...('ms' in zoneTurned
      ? [
          `The zone’s own name servers gave the other region’s address ${inWords(zoneTurned.ms)} after the failure (± ${inWords(zoneTurned.errorMs)}), asked past every cache. What customers waited beyond that, their resolvers still kept.`,
        ]
      : []),
    'Customer outage is the time from the first failed request of any customer to the last customer’s recovery. It is shown beside the recovery time and has no target.',
    ...(nameRecoveries(entries).length > 1 || storeLosses(entries).length > 1
      ? [
          'Each public name and each data store has its own figure. The headline shows the worst one, and each is compared with the target. Where a data store has nothing to count, that is said, and it counts for nothing.',
        ]
      : []),
    countingMethod(drill),
    'A target is met when the figure is at most the target. If the target is within the error bar, the report says that it was close.',
  ];
}

/** Whose answers customers used where the zone's own name servers did not answer them. */
const sharedMethod = (entries: readonly Entry[]): string[] =>
  nameRecoveries(entries).flatMap(({ id, name }) => {
    const watched = watchedAt(id, entries);
    const sharedForMs = watched && sharedForMsOf(watched);
    if (sharedForMs === undefined) return [];
    return `The own name servers of ${name} could not be asked throughout, so watched customers used a resolver whose cache others may share. It runs out once for all of them: the error bar is as wide as the TTL, ${inWords(sharedForMs)}.`;
  });

const countingMethod = (drill: Drill): string =>
  measuresOf(drill).loss === 'markers'
    ? 'Records lost are numbered marker records whose writing the cluster had acknowledged, and which were absent from the mirrored topic when it was counted. They are counted one by one.'
    : 'Rows lost are numbered heartbeat rows whose writing the database had confirmed, and which are absent from the database that now counts. They are counted one by one.';

function recoveryMethod(drill: Drill, customers: number, mode: string): string {
  if (drill.machine === 'backup-restore')
    return 'Recovery time runs from the moment when the search for a recovery point began, the assumed moment of disaster, until the last data check ended. It is read from the journal’s own times.';
  const { recovery } = measuresOf(drill);
  if (recovery === null) return 'This drill measures no recovery time.';
  const from =
    recovery.from === FAILURE
      ? 'the moment when the failure was caused'
      : `the beginning of the phase ${recovery.from}`;
  if (recovery.until !== SERVED)
    return `Recovery time runs from ${from} to the end of the phase ${recovery.until}. It is read from the journal’s own times.`;
  return `Recovery time runs from ${from} until the last of ${customers === 1 ? 'one watched customer' : `${customers} watched customers`} was served again: to the first successful request of its lasting success, made through the public door as a customer makes it. Success counts as lasting after ${inWords(drill.verification.lasts)} without a failed request. Each customer sent a request every ${inWords(drill.probe?.every ?? 0)}, so the truth may lie that much earlier.${customers === 1 ? '' : ' Their resolver caches ran out one after another, spread over the TTL. Customers whom nobody watched had caches that ran out in between: the error bar covers them.'} ${keeping(drill, mode)}`;
}

/** Whether clients that ignore the TTL are among the customers. */
function keeping({ simulation }: Drill, mode: string): string {
  const { share } = simulation.customers?.ignoreTtl ?? { share: 0 };
  return mode === 'dry-run' && share > 0
    ? `Of the simulated customers, ${percent(share)} ignored the TTL.`
    : 'Clients that keep an answer longer than its TTL are not among them.';
}

function lossMethod({ loss, basis }: DataLoss, drill: Drill): string {
  if (!isKnown(loss)) return `Data loss is unknown: ${loss.unknown}.`;
  const every = inWords(heartbeatEveryMs(drill));
  const measures = measuresOf(drill);
  const ofRestore = measures.loss === 'recovery-point';
  switch (loss.source) {
    case 'measured':
    case 'simulated':
      if (measures.loss === 'markers')
        return `Data loss is the time between the last marker record acknowledged when they were counted and the last one mirrored by then, read from ${basis}: what a loss of the primary region at that moment would have cost. A record was written every ${every}. No metric of lag enters into it.`;
      return ofRestore
        ? `Data loss is the age of the restored data at the assumed moment of disaster, read from ${basis}, which were written every ${every}.`
        : `Data loss is the time between the last heartbeat row confirmed before the failure and the last one present afterwards, read from ${basis}. A row was written every ${every}.`;
    case 'recovery point':
      return `Data loss is the age of the restored data at the assumed moment of disaster. None of this run’s heartbeat rows is among them, so their age was taken from ${basis}.`;
    case 'estimated':
      return `Data loss is an estimate: no heartbeat rows were written, so it was taken from ${basis}. It can have grown by the error given since it was read.`;
  }
}
