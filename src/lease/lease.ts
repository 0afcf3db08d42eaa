import { type Clock, isoTime } from '../clock/clock.ts';
import { DrillError } from '../errors.ts';
import type { RunEvent } from '../journal/events.ts';

/** What stands in a lease: who leads a run on a topology, and until when nobody else may. */
export interface Held {
  owner: string;
  run: string;
  /** ISO instant. */
  expiresAt: string;
}

/** A lease as it was found, and what tells that it has not been written since. */
export interface Seen {
  held: Held;
  version: string;
}

/** Where leases stand: a write comes through only upon what its writer has seen. */
export interface LeaseStore {
  /** How long a lease lasts that nobody renews, in milliseconds. */
  lastsMs: number;
  read(signal: AbortSignal): Promise<Seen | undefined>;
  /** Gives nothing when the lease is another one by now, or there is one where none was seen. */
  write(held: Held, upon: Seen | undefined, signal: AbortSignal): Promise<Seen | undefined>;
  remove(seen: Seen, signal: AbortSignal): Promise<void>;
}

export interface Lease {
  /** For the journal: that it was taken, and from whom if it had run out. */
  taken: RunEvent;
  /** Fires, with a reason, when somebody else has taken it, or could. */
  lost: AbortSignal;
  release(): Promise<void>;
}

export interface Leader {
  topology: string;
  owner: string;
  run: string;
  clock: Clock;
}

const RENEWALS_PER_LEASE = 4;
/** A run stops so much earlier than another may begin, as a part of what a lease lasts. */
const STOPS_BEFORE = 0.1;
const RELEASED_WITHIN_MS = 5_000;

/**
 * Takes the topology for one run: two drills at once would undo each other. Fails with `topology-leased` while somebody else has it;
 * a lease that has run out is taken over, and the journal says so.
 */
export async function takeLease(store: LeaseStore, { topology, owner, run, clock }: Leader): Promise<Lease> {
  const held = (): Held => ({ owner, run, expiresAt: isoTime(clock.nowMs() + store.lastsMs) });
  const isOurs = (seen: Seen | undefined) => seen?.held.owner === owner && seen.held.run === run;
  const ended = new AbortController();

  /** Writes upon what was seen. Where the answer to an earlier write was lost, that one is found to be ours. */
  const put = async (upon: Seen | undefined, signal: AbortSignal): Promise<Seen | undefined> => {
    const asked = held();
    const written = await store.write(asked, upon, signal).catch(async (error: unknown) => {
      const found = await store.read(signal).catch(() => undefined);
      if (found?.held.expiresAt === asked.expiresAt && isOurs(found)) return found;
      throw error;
    });
    if (written) return written;
    const found = await store.read(signal);
    return isOurs(found) ? found : undefined;
  };

  const former = await store.read(ended.signal);
  if (former && Date.parse(former.held.expiresAt) > clock.nowMs()) throw leased(former);
  const first = await put(former, ended.signal);
  if (!first) throw leased(await store.read(ended.signal));

  const lost = new AbortController();
  let mine = first;
  const keep = async () => {
    while (!ended.signal.aborted) {
      const runsOutMs = Date.parse(mine.held.expiresAt) - STOPS_BEFORE * store.lastsMs;
      const leftMs = runsOutMs - clock.nowMs();
      await clock.sleep(Math.max(0, Math.min(store.lastsMs / RENEWALS_PER_LEASE, leftMs)), ended.signal);
      const late = new AbortController();
      const timer = clock.setTimeout(() => late.abort(), Math.max(0, runsOutMs - clock.nowMs()));
      try {
        const renewed = await put(mine, AbortSignal.any([late.signal, ended.signal]));
        if (ended.signal.aborted) return;
        if (!renewed) return lost.abort(`the lease on ${topology} went to somebody else`);
        mine = renewed;
      } catch {
        // What does not answer may do so again, until somebody else may come.
        if (ended.signal.aborted) return;
        if (clock.nowMs() >= runsOutMs) return lost.abort(`the lease on ${topology} could not be renewed in time`);
      } finally {
        clock.clearTimeout(timer);
      }
    }
  };
  const kept = keep().catch(() => {});
  const takenOverFrom = former && { takenOverFrom: former.held };
  return {
    taken: { type: 'lease-taken', owner, expiresAt: first.held.expiresAt, ...takenOverFrom },
    lost: lost.signal,
    async release() {
      ended.abort();
      await kept;
      const late = new AbortController();
      const timer = clock.setTimeout(() => late.abort(), RELEASED_WITHIN_MS);
      // One that stays behind runs out by itself.
      await store.remove(mine, late.signal).catch(() => {});
      clock.clearTimeout(timer);
    },
  };
}

/** Takes it as soon as the lease of a process that ended has run out; `waiting` is told of it once. */
export async function takeLeaseInTime(
  store: LeaseStore,
  leader: Leader,
  waiting: (until: string) => void,
): Promise<Lease> {
  const { clock } = leader;
  const untilMs = clock.nowMs() + 2 * store.lastsMs;
  for (let told = false; ; told = true) {
    try {
      return await takeLease(store, leader);
    } catch (error) {
      const isTaken = error instanceof DrillError && error.code === 'topology-leased';
      if (!isTaken || clock.nowMs() >= untilMs) throw error;
      if (!told) waiting(error.message);
      await clock.sleep(500);
    }
  }
}

const leased = (seen: Seen | undefined): DrillError =>
  new DrillError(
    'topology-leased',
    `Another run leads this topology: ${seen?.held.run ?? 'unknown'}, by ${seen?.held.owner ?? 'unknown'}, until ${seen?.held.expiresAt ?? 'unknown'}.`,
    {
      hint: 'Wait for its end, or abort it: dr-drill abort <run>. The lease of a run that died runs out by itself within seconds.',
    },
  );

/** What was written down as a lease. One that nobody can read holds nobody up. */
export function heldIn(text: string): Held {
  try {
    const { owner, run, expiresAt } = JSON.parse(text) as Partial<Held>;
    if (owner && run && expiresAt && !Number.isNaN(Date.parse(expiresAt))) return { owner, run, expiresAt };
  } catch {}
  return { owner: 'unknown', run: 'unknown', expiresAt: isoTime(0) };
}
