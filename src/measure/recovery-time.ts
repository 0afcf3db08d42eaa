import type { Entry } from '../journal/events.ts';
import { recoveryOf } from './customer.ts';
import { type Figure, measured, type Part } from './figure.ts';
import { enteredMs, entriesOf, headerOf, impairedMs, leftMs, wallMs } from './reading.ts';
import type { RecoveryTime } from './recovery-split.ts';
import { restoreTime } from './restore-time.ts';

/**
 * Recovery time in milliseconds, held against the RTO.
 * Of a failover: from the `impaired` event to the first probe of a lasting success; the error bar is the probe interval.
 * Of a restore: from entering the phase `choose` to the end of the phase `check`.
 */
export function recoveryTime(entries: readonly Entry[]): RecoveryTime {
  return headerOf(entries).drill.machine === 'backup-restore' ? restoreTime(entries) : failoverTime(entries);
}

function failoverTime(entries: readonly Entry[]): RecoveryTime {
  const recovery = recoveryOf(entries);
  const fromMs = impairedMs(entries) ?? null;
  const person = personTime(entries);
  if (recovery.kind === 'unknown' || fromMs === null) {
    const why = recovery.kind === 'unknown' ? recovery.reason : 'the failure was never brought about';
    const afterwards = [part('verify', 'Verify', { unknown: 'recovery was not seen' })];
    return {
      total: { unknown: why },
      neverLost: false,
      parts: failoverParts(entries, fromMs, why),
      afterwards,
      person,
      fromMs,
      toMs: null,
    };
  }
  const neverLost = recovery.kind === 'never-lost';
  const toMs = recovery.kind === 'never-lost' ? fromMs : recovery.recoveredMs;
  const verified = leftMs(entries, 'verify');
  return {
    total: measured(toMs - fromMs, recovery.errorMs),
    neverLost,
    parts: failoverParts(entries, fromMs, toMs),
    afterwards: [
      part(
        'verify',
        'Verify',
        verified === undefined
          ? { unknown: 'service was never verified' }
          : measured(Math.max(0, verified - toMs), recovery.errorMs),
      ),
    ],
    person,
    fromMs,
    toMs,
  };
}

/**
 * Cuts the time from the impairment at the ends of the phases. What lies behind the recovery is cut off at it: a phase
 * that customers did not have to wait for took none of their time.
 * @param end when service was back, or why that is not known
 */
function failoverParts(entries: readonly Entry[], fromMs: number | null, end: number | string): Part[] {
  const cuts: [name: string, title: string, atMs: number | undefined][] = [
    ['detect', 'Detect', leftMs(entries, 'detect')],
    ['decide', 'Decide', leftMs(entries, 'approve') ?? leftMs(entries, 'decide')],
    ['execute', 'Execute', enteredMs(entries, 'shift')],
    ['propagate', 'Propagate', typeof end === 'number' ? end : undefined],
  ];
  let startMs = fromMs ?? undefined;
  return cuts.map(([name, title, atMs]) => {
    const limitMs = typeof end === 'number' ? Math.min(atMs ?? end, end) : atMs;
    if (startMs === undefined || limitMs === undefined) {
      const reason =
        startMs === undefined
          ? 'it was never begun'
          : typeof end === 'string' && name === 'propagate'
            ? end
            : 'it was not completed';
      startMs = undefined;
      return part(name, title, { unknown: reason });
    }
    const stopMs = Math.max(startMs, limitMs);
    const figure = measured(stopMs - startMs);
    startMs = stopMs;
    return part(name, title, figure);
  });
}

/** A rule takes no time; a person takes the phase `decide` up to the decision. */
function personTime(entries: readonly Entry[]): Figure {
  const asked = entriesOf(entries, 'approval-asked')[0];
  if (asked) {
    const left = leftMs(entries, 'approve');
    return left === undefined ? { unknown: 'nobody has answered' } : measured(left - wallMs(asked));
  }
  const decision = entriesOf(entries, 'decision')[0];
  if (!decision) return { unknown: 'nothing was decided' };
  if (decision.by === 'rule') return measured(0);
  const since = enteredMs(entries, 'decide');
  return since === undefined
    ? { unknown: 'it is not known since when a person was asked' }
    : measured(wallMs(decision) - since);
}

const part = (name: string, title: string, figure: Figure): Part => ({ part: name, title, figure });
