import type { Entry } from '../journal/events.ts';
import { type Figure, measured, type Part } from './figure.ts';
import { enteredMs, entriesOf, leftMs } from './reading.ts';
import type { RecoveryTime } from './recovery-split.ts';

const phases: [phase: string, part: string, title: string][] = [
  ['choose', 'find', 'Find the recovery point'],
  ['restore', 'provision', 'Provision'],
  ['wait', 'usable', 'Become usable'],
  ['check', 'check', 'Check the data'],
];

/**
 * Recovery time of a restore, in milliseconds: from entering the phase `choose` to the end of `check`, when the data were
 * proven. Source: the journal's own times, so there is no error bar. A switch-over follows and is shown apart.
 */
export function restoreTime(entries: readonly Entry[]): RecoveryTime {
  const fromMs = enteredMs(entries, 'choose');
  const why = whyUnknown(entries);
  const toMs = why === undefined ? leftMs(entries, 'check') : undefined;
  const known = fromMs !== undefined && toMs !== undefined;
  return {
    total: known ? measured(toMs - fromMs) : { unknown: why ?? 'the restore was never begun' },
    neverLost: false,
    parts: restoreParts(entries, toMs, why ?? 'it was not completed'),
    afterwards: switchOver(entries),
    person: measured(0),
    fromMs: fromMs ?? null,
    toMs: toMs ?? null,
  };
}

/** Parts run from one phase's beginning to the next, so that no moment falls between them. */
function restoreParts(entries: readonly Entry[], toMs: number | undefined, why: string): Part[] {
  return phases.map(([phase, part, title], index) => {
    const next = phases[index + 1];
    const startMs = enteredMs(entries, phase);
    const stopMs = next ? enteredMs(entries, next[0]) : toMs;
    return { part, title, figure: between(startMs, stopMs, why) };
  });
}

function between(startMs: number | undefined, stopMs: number | undefined, why: string): Figure {
  if (startMs === undefined) return { unknown: 'it was never begun' };
  return stopMs === undefined ? { unknown: why } : measured(stopMs - startMs);
}

/** A phase is left by failing, too: only steps that went well prove the data usable. */
function whyUnknown(entries: readonly Entry[]): string | undefined {
  if (enteredMs(entries, 'choose') === undefined) return 'the restore was never begun';
  const failed = entriesOf(entries, 'step-ended').find(
    ({ step, outcome }) => outcome !== 'ok' && isOnTheWay(entries, step),
  );
  if (failed) return `the step ${failed.step} ended as ${failed.outcome}, so no database was proven usable`;
  if (leftMs(entries, 'check') === undefined) return 'the data checks never ended';
  if (entriesOf(entries, 'data-check').length === 0) return 'no data check was made';
  return undefined;
}

const isOnTheWay = (entries: readonly Entry[], step: string): boolean =>
  entriesOf(entries, 'step-started').some(
    (entry) => entry.step === step && phases.some(([phase]) => phase === entry.phase),
  );

function switchOver(entries: readonly Entry[]): Part[] {
  const startMs = enteredMs(entries, 'switch-over');
  if (startMs === undefined) return [];
  return [
    {
      part: 'switch-over',
      title: 'Switch over',
      figure: between(startMs, leftMs(entries, 'switch-over'), 'it was not completed'),
    },
  ];
}
