import { FAILURE, measuresOf } from '../drill/measures.ts';
import type { Entry } from '../journal/events.ts';
import { neverBegun } from './customer.ts';
import type { Figure, Part } from './figure.ts';
import { wasGivenUp } from './given-up.ts';
import { phasesBetween, phaseTitle } from './phases-between.ts';
import { enteredMs, entriesOf, headerOf, lastEnds, leftMs, recoveryFromMs } from './reading.ts';
import type { RecoveryTime } from './recovery-split.ts';
import { measuredBetween } from './spans.ts';

type PartOf = [phase: string, part: string, title: string];

const phasesOfRestore: PartOf[] = [
  ['choose', 'find', 'Find the recovery point'],
  ['approve', 'approve', 'Wait for a person'],
  ['restore', 'provision', 'Provision'],
  ['wait', 'usable', 'Become usable'],
  ['check', 'check', 'Check the data'],
];

/**
 * Recovery time that ends with a phase, in milliseconds: of a restore, from entering the phase `choose` to the end of `check`, when
 * the data were proven. Source: the journal's own times, so there is no error bar. What follows is shown apart.
 */
export function phaseTime(entries: readonly Entry[]): Omit<RecoveryTime, 'person'> {
  const phases = phasesOf(entries);
  const until = phases.at(-1)?.[0] ?? '';
  const fromMs = recoveryFromMs(entries);
  const why = whyUnknown(entries, phases);
  const toMs = why === undefined ? leftMs(entries, until) : undefined;
  const known = fromMs !== undefined && toMs !== undefined;
  return {
    total: known ? measuredBetween(entries, fromMs, toMs) : { unknown: why ?? neverBegun(entries) },
    neverLost: false,
    parts: partsOf(phases, entries, fromMs, toMs, why ?? 'it was not completed'),
    afterwards: switchOver(entries),
    fromMs: fromMs ?? null,
    toMs: toMs ?? null,
  };
}

/** From a failure on, time counts that phases before it took no part in. */
function customPhases(entries: readonly Entry[]): PartOf[] {
  const { recovery } = measuresOf(headerOf(entries).drill);
  return phasesBetween(entries, recovery?.from ?? FAILURE, recovery?.until ?? '').map((phase) => [
    phase,
    phase,
    phaseTitle(phase),
  ]);
}

/** Parts run from one phase's beginning to the next, so that no moment falls between them. */
function partsOf(
  phases: PartOf[],
  entries: readonly Entry[],
  fromMs: number | undefined,
  toMs: number | undefined,
  why: string,
): Part[] {
  return phases.map(([phase, part, title], index) => {
    const next = phases[index + 1];
    const startMs = index === 0 ? fromMs : enteredMs(entries, phase);
    const stopMs = next ? enteredMs(entries, next[0]) : toMs;
    return { part, title, figure: between(entries, startMs, stopMs, why) };
  });
}

function between(
  entries: readonly Entry[],
  startMs: number | undefined,
  stopMs: number | undefined,
  why: string,
): Figure {
  if (startMs === undefined) return { unknown: 'it was never begun' };
  return stopMs === undefined ? { unknown: why } : measuredBetween(entries, startMs, stopMs);
}

/** A phase is left by failing, too: only steps that went well prove that something was recovered. */
function whyUnknown(entries: readonly Entry[], phases: PartOf[]): string | undefined {
  const isRestore = headerOf(entries).drill.machine === 'backup-restore';
  if (recoveryFromMs(entries) === undefined) return isRestore ? 'the restore was never begun' : neverBegun(entries);
  const failed = lastEnds(entries).find(
    ({ step, outcome }) => outcome !== 'ok' && isOnTheWay(entries, step, phases) && !wasGivenUp(step, entries),
  );
  if (failed) {
    const so = isRestore ? ', so no database was proven usable' : '';
    return `the step ${failed.step} ended as ${failed.outcome}${so}`;
  }
  const until = phases.at(-1)?.[0] ?? '';
  if (leftMs(entries, until) === undefined)
    return isRestore ? 'the data checks never ended' : `the phase ${until} never ended`;
  if (isRestore && entriesOf(entries, 'data-check').length === 0) return 'no data check was made';
  const notDone = lastEnds(entries).find((one) => one.notDone && isOnTheWay(entries, one.step, phases));
  if (notDone) return `the step ${notDone.step} was not done: ${notDone.notDone}`;
  return foundDone(entries);
}

/** Why nothing was recovered where phases end well: what they were to do was done before. No figure rests on that. */
export function foundDone(entries: readonly Entry[]): string | undefined {
  const phases = phasesOf(entries);
  const wasDone = entriesOf(entries, 'step-observed').find(
    ({ done, step }) => done && isOnTheWay(entries, step, phases),
  );
  const isAnythingDone = entriesOf(entries, 'step-applying').some(({ step }) => isOnTheWay(entries, step, phases));
  if (!wasDone || isAnythingDone) return undefined;
  return `the step ${wasDone.step} found its work done, and no other step did anything`;
}

/** A restore waits for a person only where its drill asks one. */
const phasesOf = (entries: readonly Entry[]): PartOf[] =>
  headerOf(entries).drill.machine === 'custom'
    ? customPhases(entries)
    : phasesOfRestore.filter(([phase]) => phase !== 'approve' || enteredMs(entries, phase) !== undefined);

const isOnTheWay = (entries: readonly Entry[], step: string, phases: PartOf[]): boolean =>
  entriesOf(entries, 'step-started').some(
    (entry) => entry.step === step && phases.some(([phase]) => phase === entry.phase),
  );

function switchOver(entries: readonly Entry[]): Part[] {
  const startMs = enteredMs(entries, 'switch-over');
  if (startMs === undefined || headerOf(entries).drill.machine !== 'backup-restore') return [];
  return [
    {
      part: 'switch-over',
      title: 'Switch over',
      figure: between(entries, startMs, leftMs(entries, 'switch-over'), 'it was not completed'),
    },
  ];
}
