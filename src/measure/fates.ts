import type { Entry, ProbeResult, UsedAnswer } from '../journal/events.ts';
import { entriesOf } from './reading.ts';
import type { Watched } from './watched.ts';

/** What became of a watched customer after the impairment; times in epoch milliseconds. */
export type Fate =
  | { kind: 'never-lost' }
  | {
      kind: 'recovered';
      firstFailedMs: number;
      recoveredMs: number;
      /** The error bar in milliseconds: how much earlier the previous request was sent. */
      errorMs: number;
      /** Whether it was served again because DNS sent it elsewhere. */
      isMoved: boolean;
    }
  | {
      kind: 'unserved';
      firstFailedMs: number | undefined;
      lastFailedMs: number | undefined;
      /** For how long it was served at the end, without a break. */
      servedForMs: number;
      /** The address that it asked last. */
      address: string | undefined;
    };

/** What became of each customer. Success counts once it has lasted for `enoughMs`. */
export const fatesOf = (
  { everyMs, customers }: Watched,
  { enoughMs, sideOf }: { enoughMs: number; sideOf: (address: string) => string | undefined },
): Fate[] =>
  customers.map((results): Fate => {
    const lastFailed = results.findLastIndex(({ ok }) => !ok);
    const failed = results[lastFailed];
    const success = results[lastFailed + 1];
    const firstFailedMs = results.find(({ ok }) => !ok)?.at;
    const servedForMs = success ? (results.at(-1)?.at ?? success.at) + everyMs - success.at : 0;
    if (!success || servedForMs < enoughMs) {
      const address = answerAt(results, results.length - 1)?.address;
      return { kind: 'unserved', firstFailedMs, lastFailedMs: failed?.at, servedForMs, address };
    }
    if (!failed || firstFailedMs === undefined) return { kind: 'never-lost' };
    const before = answerAt(results, lastFailed)?.address;
    const after = success.answer?.address;
    const isElsewhere = before !== undefined && after !== undefined && before !== after;
    return {
      kind: 'recovered',
      firstFailedMs,
      recoveredMs: success.at,
      errorMs: Math.max(everyMs, success.at - failed.at),
      // A load balancer's addresses change while it stays where it is.
      isMoved: isElsewhere && (sideOf(before) === undefined || sideOf(before) !== sideOf(after)),
    };
  });

/** The answer of DNS that a customer used for a request: it is noted when it changes. */
const answerAt = (results: readonly ProbeResult[], index: number): UsedAnswer | undefined =>
  results.slice(0, index + 1).findLast(({ answer }) => answer !== undefined)?.answer;

/**
 * So long, in milliseconds, may a customer that nobody watched have waited before or after one that was watched: the longest time between the
 * moments at which the caches of two neighbouring customers run out. Where others share their cache it runs out once for all of them.
 */
export function spreadMs(watched: Watched): number {
  const { customers } = watched;
  const sharedForMs = sharedForMsOf(watched);
  if (sharedForMs !== undefined) return sharedForMs;
  const last = customers.flatMap((results) => answerAt(results, results.length - 1) ?? []);
  const ttlMs = Math.max(0, ...customers.flat().map(({ answer }) => answer?.ttlMs ?? 0));
  if (ttlMs === 0 || last.length === 0) return 0;
  const turns = last.map((answer) => (answer.askedMs + answer.ttlMs) % ttlMs).sort((a, b) => a - b);
  const gaps = turns.map((turn, index) => (turns[index + 1] ?? (turns[0] as number) + ttlMs) - turn);
  return Math.max(...gaps);
}

/** How long a cache that others share may have kept an answer before it came to a watched customer; undefined where none was asked. */
export function sharedForMsOf({ customers }: Watched): number | undefined {
  const shared = customers.flat().flatMap(({ answer }) => answer?.sharedForMs ?? []);
  return shared.length === 0 ? undefined : Math.max(...shared);
}

/** Which side of a public name an address belongs to, and which side its name servers answer now. Source: `zone-answer` events. */
export function sidesOf(name: string, entries: readonly Entry[]) {
  const answers = entriesOf(entries, 'zone-answer').filter(
    ({ of, side }) => of === name && (side === 'primary' || side === 'recovery'),
  );
  return {
    sideOf: (address: string) => answers.findLast(({ addresses }) => addresses.includes(address))?.side,
    now: answers.at(-1)?.side,
  };
}
