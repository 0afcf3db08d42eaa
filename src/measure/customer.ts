import * as z from 'zod';
import type { Drill } from '../drill/drill.ts';
import { FAILURE, measuresOf, SERVED } from '../drill/measures.ts';
import type { Entry, ProbeResult } from '../journal/events.ts';
import { type Figure, figureSchema, isKnown, measured, notSought, toldOf, type Unknown, worstOf } from './figure.ts';
import { type PublicName, publicNames } from './parts-of-topology.ts';
import { headerOf, readOnce, recoveryFromMs } from './reading.ts';
import { type ServedAgain, servedAgain } from './served.ts';
import { joinErrorMs, measuredBetween } from './spans.ts';
import { watchedAt } from './watched.ts';

/** What the watched customers of a public name went through, all together; times in milliseconds. */
export const outageSchema = z.strictObject({
  /** From the first failed probe of any customer to the first of the lasting success of the last one. */
  duration: figureSchema,
  /** The stretches in which any customer was without service, added up: shorter than `duration` where service came and went. */
  failedTime: figureSchema,
  failedProbes: z.int().nullable(),
  probes: z.int().nullable(),
  /** The same stretches, in epoch milliseconds; one that never ended ends with the last probe. */
  windows: z.array(z.strictObject({ fromMs: z.number(), toMs: z.number() })),
});

export type Outage = z.output<typeof outageSchema>;

/** What became of the service at a public name after the impairment; times in epoch milliseconds. */
export type Recovery =
  /** `why` says what it is greater than, if that is known: customers were without service at least until then. */
  | { kind: 'unknown'; why: Unknown }
  | { kind: 'never-lost'; errorMs: number }
  | { kind: 'recovered'; firstFailedMs: number; recoveredMs: number; errorMs: number };

/** A public name, with what became of service there and what its customers went through. */
interface NameRecovery extends PublicName {
  recovery: Recovery;
  /** From the impairment until the last customer was served again. */
  total: Figure;
  outage: Outage;
  /** When each share of the watched customers was served again; null if no customer was watched. */
  served: ServedAgain | null;
}

/** The service at each public name, in the order of the topology. Empty if none is measured. */
export const nameRecoveries = readOnce((entries): readonly NameRecovery[] => {
  if (!isServiceMeasured(entries)) return [];
  return publicNames(entries).map((one) => {
    const found = servedAt(one.id, entries);
    const recovery = recoveryOfAll(found, entries);
    const served = found?.served ?? null;
    const total = totalOf(recovery, served, entries);
    return { ...one, recovery, total, outage: outageAt(one.id, recovery, entries), served };
  });
});

/** The name whose customers fared worst: it decides. */
export const worstName = (entries: readonly Entry[]): NameRecovery | undefined =>
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

/** What became of the customers of a name, and when each of them was served again; undefined where nobody was watched. */
function servedAt(name: string, entries: readonly Entry[]) {
  const { verification } = headerOf(entries).drill as Exclude<Drill, { machine: 'backup-restore' }>;
  const fromMs = recoveryFromMs(entries);
  const watched = watchedAt(name, entries);
  if (fromMs === undefined || !watched) return undefined;
  return { fromMs, ...servedAgain(watched, { name, fromMs, enoughMs: verification.lasts, entries }) };
}

/** When the last customer was served again. */
function recoveryOfAll(found: ReturnType<typeof servedAt>, entries: readonly Entry[]): Recovery {
  if (recoveryFromMs(entries) === undefined) return unknown(neverBegun(entries));
  if (!found) return unknown('no customer probe ran after the impairment');
  const { fates, fromMs, served } = found;
  const { last } = served;
  if (!isKnown(last)) return { kind: 'unknown', why: last };
  const lost = fates.flatMap((fate) => (fate.kind === 'recovered' ? [fate] : []));
  const recoveredMs = fromMs + last.ms;
  const errorMs = last.errorMs - joinErrorMs(entries, fromMs, recoveredMs);
  if (lost.length === 0) return { kind: 'never-lost', errorMs };
  const firstFailedMs = Math.max(fromMs, Math.min(...lost.map((fate) => fate.firstFailedMs)));
  return { kind: 'recovered', firstFailedMs, recoveredMs, errorMs };
}

function totalOf(recovery: Recovery, served: ServedAgain | null, entries: readonly Entry[]): Figure {
  if (served) return served.last;
  return recovery.kind === 'unknown' ? recovery.why : { unknown: neverBegun(entries) };
}

/** The outage where customers fared worst, compared with nothing: it stands beside the recovery time. */
export function customerOutage(entries: readonly Entry[]): Outage {
  const worst = worstName(entries);
  const names = worst ? [worst] : publicNames(entries);
  const outages = names.map(({ id }) => outageAt(id, recoveryOf(entries), entries));
  const [longest] = outages.sort((a, b) => (b.failedProbes ?? 0) - (a.failedProbes ?? 0));
  return longest ?? outageAt('', recoveryOf(entries), entries);
}

function outageAt(name: string, recovery: Recovery, entries: readonly Entry[]): Outage {
  const fromMs = recoveryFromMs(entries);
  const watched = watchedAt(name, entries);
  if (fromMs === undefined || !watched) {
    const nothing = recovery.kind === 'unknown' ? recovery.why : { unknown: 'no customer probe ran' };
    return { duration: nothing, failedTime: nothing, failedProbes: null, probes: null, windows: [] };
  }
  const windows = failedWindows(watched.customers).map((window) => ({
    fromMs: Math.max(fromMs, window.fromMs),
    toMs: window.toMs,
  }));
  const all = watched.customers.flat();
  return {
    duration: outageDuration(entries, recovery),
    failedTime: measured(
      windows.reduce((total, window) => total + window.toMs - window.fromMs, 0),
      windows.reduce(
        (total, window) => total + joinErrorMs(entries, window.fromMs, window.toMs),
        watched.everyMs * Math.max(1, windows.length),
      ),
    ),
    failedProbes: all.filter(({ ok }) => !ok).length,
    probes: all.length,
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

/** The stretches in which any customer was without service. */
function failedWindows(customers: readonly ProbeResult[][]): { fromMs: number; toMs: number }[] {
  const windows: { fromMs: number; toMs: number }[] = [];
  for (const window of customers.flatMap(windowsOf).sort((a, b) => a.fromMs - b.fromMs)) {
    const last = windows.at(-1);
    if (last && window.fromMs <= last.toMs) last.toMs = Math.max(last.toMs, window.toMs);
    else windows.push(window);
  }
  return windows;
}

function windowsOf(results: readonly ProbeResult[]): { fromMs: number; toMs: number }[] {
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
  return from === FAILURE ? 'the failure was never caused' : `the phase ${from} was never begun`;
}

const unknown = (reason: string): Recovery => ({ kind: 'unknown', why: { unknown: reason } });
