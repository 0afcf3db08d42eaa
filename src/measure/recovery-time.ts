import { measuresOf, SERVED } from '../drill/measures.ts';
import type { Entry } from '../journal/events.ts';
import { heldMs, undecidedMs } from './approvals.ts';
import { neverBegun, recoveryOf } from './customer.ts';
import { type Figure, measured, notSought, type Part } from './figure.ts';
import { phaseTime } from './phase-time.ts';
import { phasesBetween, phaseTitle } from './phases-between.ts';
import { enteredMs, entriesOf, headerOf, instantMs, leftMs, readOnce, recoveryFromMs } from './reading.ts';
import type { RecoveryTime } from './recovery-split.ts';
import { measuredBetween } from './spans.ts';

/**
 * Recovery time in milliseconds, compared with the RTO.
 * Of a failover: from the `impaired` event until the last watched customer was served again, of the public name where that took longest; the
 * error bar is the probe interval, or what the spread of the customers' caches leaves open.
 * Of a restore: from entering the phase `choose` to the end of the phase `check`. A drill of its own course says what it measures.
 */
export const recoveryTime = readOnce((entries): RecoveryTime => {
  const { recovery } = measuresOf(headerOf(entries).drill);
  if (recovery === null) return notMeasured(entries);
  return recovery.until === SERVED ? servedTime(entries) : { ...phaseTime(entries), person: personTime(entries) };
});

const notMeasured = (entries: readonly Entry[]): RecoveryTime => ({
  total: notSought('this drill measures no recovery time'),
  neverLost: false,
  parts: [],
  afterwards: [],
  person: personTime(entries),
  fromMs: null,
  toMs: null,
});

function servedTime(entries: readonly Entry[]): RecoveryTime {
  const recovery = recoveryOf(entries);
  const fromMs = recoveryFromMs(entries) ?? null;
  const isCustom = headerOf(entries).drill.machine === 'custom';
  const person = personTime(entries);
  if (recovery.kind === 'unknown' || fromMs === null) {
    const total = recovery.kind === 'unknown' ? recovery.why : { unknown: neverBegun(entries) };
    const afterwards = isCustom ? [] : [part('verify', 'Verify', { unknown: NOT_SEEN })];
    return {
      total,
      neverLost: false,
      parts: partsUntilServed(entries, fromMs, total.unknown),
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
    total: measuredBetween(entries, fromMs, toMs, recovery.errorMs),
    neverLost,
    parts: partsUntilServed(entries, fromMs, toMs),
    afterwards: isCustom
      ? []
      : [
          part(
            'verify',
            'Verify',
            verified === undefined
              ? { unknown: 'service was never verified' }
              : measuredBetween(entries, toMs, Math.max(toMs, verified), recovery.errorMs),
          ),
        ],
    person,
    fromMs,
    toMs,
  };
}

/**
 * Cuts the time from the impairment at the ends of the phases. What is behind the recovery is cut off at it: a phase
 * that customers did not have to wait for took none of their time.
 * @param end when service was back, or why that is not known
 */
function partsUntilServed(entries: readonly Entry[], fromMs: number | null, end: number | string): Part[] {
  const cuts = headerOf(entries).drill.machine === 'custom' ? customCuts(entries) : failoverCuts(entries);
  cuts.push(['propagate', 'Propagate', typeof end === 'number' ? end : undefined]);
  let startMs = fromMs ?? undefined;
  const parts = cuts.map(([name, title, atMs]) => {
    const limitMs = typeof end === 'number' ? Math.min(atMs ?? end, end) : atMs;
    if (startMs === undefined || limitMs === undefined) {
      const reason =
        startMs === undefined
          ? 'it was never begun'
          : typeof end === 'string' && name === 'propagate'
            ? NOT_SEEN
            : 'it was not completed';
      startMs = undefined;
      return part(name, title, { unknown: reason });
    }
    const stopMs = Math.max(startMs, limitMs);
    const figure = measuredBetween(entries, startMs, stopMs);
    startMs = stopMs;
    return part(name, title, figure);
  });
  // A phase that customers did not wait for is no part of their time.
  return headerOf(entries).drill.machine === 'custom'
    ? parts.filter(({ figure }) => !('ms' in figure) || figure.ms > 0)
    : parts;
}

/** Why in full stands beside the recovery time itself. */
const NOT_SEEN = 'recovery was not seen';

type Cut = [name: string, title: string, atMs: number | undefined];

const failoverCuts = (entries: readonly Entry[]): Cut[] => [
  ['detect', 'Detect', leftMs(entries, 'detect')],
  ['decide', 'Decide', leftMs(entries, 'approve') ?? leftMs(entries, 'decide')],
  ['execute', 'Execute', enteredMs(entries, 'shift')],
];

/** Each phase of the drill, up to its end or as far as the run got. */
function customCuts(entries: readonly Entry[]): Cut[] {
  const { recovery } = measuresOf(headerOf(entries).drill);
  return phasesBetween(entries, recovery?.from ?? '', SERVED)
    .filter((phase) => enteredMs(entries, phase) !== undefined)
    .map((phase) => [phase, phaseTitle(phase), leftMs(entries, phase)]);
}

/** With the time in which a run waited for someone to have it go on: because it was held, or a replica lay far behind. */
function personTime(entries: readonly Entry[]): Figure {
  const deciding = decidingTime(entries);
  if (!('ms' in deciding)) return deciding;
  const waitedMs = heldMs(entries) + undecidedMs(entries, recoveryFromMs(entries) ?? 0);
  return measured(deciding.ms + waitedMs, deciding.errorMs);
}

/** A rule takes no time; a person takes the phase `decide` up to the decision. */
function decidingTime(entries: readonly Entry[]): Figure {
  const asked = entriesOf(entries, 'step-started').filter(({ kind }) => kind === 'people.approve');
  if (asked.length > 0) {
    const waited = asked.map((start) => {
      const end = entriesOf(entries, 'step-ended').find(({ step }) => step === start.step);
      return end && measuredBetween(entries, instantMs(start), instantMs(end));
    });
    const known = waited.filter((time) => time !== undefined);
    if (known.length < waited.length) return { unknown: 'no one has answered' };
    return measured(
      known.reduce((sum, { ms }) => sum + ms, 0),
      known.reduce((sum, { errorMs }) => sum + errorMs, 0),
    );
  }
  const decision = entriesOf(entries, 'decision')[0];
  if (!decision) return { unknown: 'nothing was decided' };
  if (decision.by === 'rule') return measured(0);
  const since = enteredMs(entries, 'decide');
  return since === undefined
    ? { unknown: 'it is not known since when a person was asked' }
    : measuredBetween(entries, since, instantMs(decision));
}

const part = (name: string, title: string, figure: Figure): Part => ({ part: name, title, figure });
