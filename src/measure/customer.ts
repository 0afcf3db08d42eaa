import * as z from 'zod';
import type { Drill } from '../drill/drill.ts';
import { FAILURE, measuresOf, SERVED } from '../drill/measures.ts';
import { inWords } from '../duration.ts';
import type { Entry, ProbeResult } from '../journal/events.ts';
import { type Figure, figureSchema, isKnown, measured, notSought, toldOf, type Unknown, worstOf } from './figure.ts';
import { type PublicName, publicNames } from './parts-of-topology.ts';
import { entriesOf, headerOf, readOnce, recoveryFromMs } from './reading.ts';
import { joinErrorMs, measuredBetween } from './spans.ts';

/** What the customers of a public name went through. Source: its `probed` events; times in milliseconds. */
export const outageSchema = z.strictObject({
  /** From the first failed probe to the first of the lasting success. */
  duration: figureSchema,
  /** The stretches of failed probes added up: shorter than `duration` where service came and went. */
  failedTime: figureSchema,
  failedProbes: z.int().nullable(),
  probes: z.int().nullable(),
  /** The same stretches, in epoch milliseconds; one that never ended ends with the last probe. */
  windows: z.array(z.strictObject({ fromMs: z.number(), toMs: z.number() })),
});

export type Outage = z.output<typeof outageSchema>;

/** What became of the service at a public name after the impairment; times in epoch milliseconds. */
export type Recovery =
  | { kind: 'unknown'; why: Unknown }
  | { kind: 'never-lost'; errorMs: number }
  | { kind: 'recovered'; firstFailedMs: number; recoveredMs: number; errorMs: number };

interface Watch {
  everyMs: number;
  /** Sorted by the time of sending; from the impairment on, with those that it caught under way. */
  results: ProbeResult[];
}

/** A public name, with what became of service there and what its customers went through. */
interface NameRecovery extends PublicName {
  recovery: Recovery;
  /** From the impairment to the first of the lasting success. */
  total: Figure;
  outage: Outage;
}

/** What became of service at each public name, in the order of the topology; none where nothing of it is measured. */
export const nameRecoveries = readOnce((entries): readonly NameRecovery[] => {
  if (!isServiceMeasured(entries)) return [];
  return publicNames(entries).map((one) => {
    const recovery = recoveryAt(one.id, entries);
    return { ...one, recovery, total: totalOf(recovery, entries), outage: outageAt(one.id, recovery, entries) };
  });
});

/** The name whose customers fared worst: it decides. */
const worstName = (entries: readonly Entry[]): NameRecovery | undefined =>
  worstOf(nameRecoveries(entries), ({ total }) => total, headerOf(entries).drill.targets.rto);

/** What became of service where customers fared worst. */
export function recoveryOf(entries: readonly Entry[]): Recovery {
  if (!isServiceMeasured(entries))
    return { kind: 'unknown', why: notSought('this drill takes no service away, so none came back') };
  const worst = worstName(entries);
  if (!worst) return unknown('the topology has no public name whose customers could be watched');
  const { id, recovery } = worst;
  if (recovery.kind !== 'unknown') return recovery;
  const why = toldOf(id, recovery.why, nameRecoveries(entries).length > 1);
  return isKnown(why) ? recovery : { kind: 'unknown', why };
}

function isServiceMeasured(entries: readonly Entry[]): boolean {
  const { drill } = headerOf(entries);
  return drill.machine !== 'backup-restore' && measuresOf(drill).recovery?.until === SERVED;
}

/**
 * Finds the first success that lasted. Source: `probed` events of the name and the `impaired` event.
 * The error bar is the probe interval in milliseconds, or the longer silence before the first success if there was one.
 */
function recoveryAt(name: string, entries: readonly Entry[]): Recovery {
  const { verification } = headerOf(entries).drill as Exclude<Drill, { machine: 'backup-restore' }>;
  const impaired = recoveryFromMs(entries);
  if (impaired === undefined) return unknown(neverBegun(entries));
  const watch = customerWatch(name, entries);
  const last = watch?.results.at(-1);
  if (!watch || !last) return unknown('no customer probe ran after the impairment');

  const { results, everyMs } = watch;
  const lastFailed = results.findLastIndex(({ ok }) => !ok);
  const success = results[lastFailed + 1];
  const watched = `the watch ended ${inWords(last.at - impaired)} after the impairment`;
  if (!success) return unknown(`customers were not served again: ${watched}`);
  const lastedMs = last.at + everyMs - success.at;
  const enoughMs = verification.lasts;
  if (lastedMs < enoughMs) {
    return unknown(
      `success was seen for ${inWords(lastedMs)} only, where ${inWords(enoughMs)} count as lasting: ${watched}`,
    );
  }
  const firstFailed = results.find(({ ok }) => !ok);
  if (!firstFailed) return { kind: 'never-lost', errorMs: everyMs };
  const silenceMs = success.at - (results[lastFailed]?.at ?? success.at);
  return {
    kind: 'recovered',
    firstFailedMs: Math.max(impaired, firstFailed.at),
    recoveredMs: success.at,
    errorMs: Math.max(everyMs, silenceMs),
  };
}

function totalOf(recovery: Recovery, entries: readonly Entry[]): Figure {
  if (recovery.kind === 'unknown') return recovery.why;
  const fromMs = recoveryFromMs(entries);
  if (fromMs === undefined) return { unknown: neverBegun(entries) };
  const toMs = recovery.kind === 'never-lost' ? fromMs : recovery.recoveredMs;
  return measuredBetween(entries, fromMs, toMs, recovery.errorMs);
}

/** The outage where customers fared worst, held against nothing: it stands beside the recovery time. */
export function customerOutage(entries: readonly Entry[]): Outage {
  const worst = worstName(entries);
  const names = worst ? [worst] : publicNames(entries);
  const outages = names.map(({ id }) => outageAt(id, recoveryOf(entries), entries));
  const [longest] = outages.sort((a, b) => (b.failedProbes ?? 0) - (a.failedProbes ?? 0));
  return longest ?? outageAt('', recoveryOf(entries), entries);
}

function outageAt(name: string, recovery: Recovery, entries: readonly Entry[]): Outage {
  const impaired = recoveryFromMs(entries);
  const watch = customerWatch(name, entries);
  if (impaired === undefined || !watch) {
    const nothing = recovery.kind === 'unknown' ? recovery.why : { unknown: 'no customer probe ran' };
    return { duration: nothing, failedTime: nothing, failedProbes: null, probes: null, windows: [] };
  }
  const windows = failedWindows(watch.results).map(({ fromMs, toMs }) => ({
    fromMs: Math.max(impaired, fromMs),
    toMs,
  }));
  return {
    duration: outageDuration(entries, recovery),
    failedTime: measured(
      windows.reduce((total, { fromMs, toMs }) => total + toMs - fromMs, 0),
      windows.reduce(
        (total, { fromMs, toMs }) => total + joinErrorMs(entries, fromMs, toMs),
        watch.everyMs * Math.max(1, windows.length),
      ),
    ),
    failedProbes: watch.results.filter(({ ok }) => !ok).length,
    probes: watch.results.length,
    windows,
  };
}

function outageDuration(entries: readonly Entry[], recovery: Recovery): Figure {
  switch (recovery.kind) {
    case 'unknown':
      return recovery.why;
    case 'never-lost':
      return measured(0, recovery.errorMs);
    case 'recovered':
      return measuredBetween(entries, recovery.firstFailedMs, recovery.recoveredMs, recovery.errorMs);
  }
}

/** What the customer of a name saw since the impairment. */
function customerWatch(name: string, entries: readonly Entry[]): Watch | undefined {
  const impaired = recoveryFromMs(entries);
  if (impaired === undefined) return undefined;
  const probed = entriesOf(entries, 'probed').filter(({ of }) => of === name);
  const results = probed
    .flatMap((entry) => entry.results)
    .filter(({ at, ok, latencyMs }) => at >= impaired || (!ok && at + latencyMs > impaired))
    .sort((a, b) => a.at - b.at);
  const everyMs = probed[0]?.everyMs;
  return everyMs === undefined || results.length === 0 ? undefined : { everyMs, results };
}

function failedWindows(results: ProbeResult[]): { fromMs: number; toMs: number }[] {
  const windows: { fromMs: number; toMs: number }[] = [];
  let open: { fromMs: number; toMs: number } | undefined;
  for (const { at, ok } of results) {
    if (open) open.toMs = at;
    if (ok) open = undefined;
    else if (!open) {
      open = { fromMs: at, toMs: at };
      windows.push(open);
    }
  }
  return windows;
}

/** Why no time could begin. */
export function neverBegun(entries: readonly Entry[]): string {
  const { from = FAILURE } = measuresOf(headerOf(entries).drill).recovery ?? {};
  return from === FAILURE ? 'the failure was never brought about' : `the phase ${from} was never begun`;
}

const unknown = (reason: string): Recovery => ({ kind: 'unknown', why: { unknown: reason } });
