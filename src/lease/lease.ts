import { type Clock, isoTime } from '../clock/clock.ts';
import { inWords } from '../duration.ts';
import { DrillError, Suspended } from '../errors.ts';
import type { RunEvent } from '../journal/events.ts';

/** What is in a lease: who leads a run on a topology. */
export interface Held {
  owner: string;
  run: string;
  /** ISO instant by its holder's clock: each renewal writes another, and nobody compares it with a clock of theirs. */
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
  /** Fires, with a reason, when someone else has taken it, or could. */
  lost: AbortSignal;
  /** Throws `Suspended` unless nobody else can have taken it by now, also where this process stood still meanwhile. */
  mustHold(): void;
  release(): Promise<void>;
}

export interface Leader {
  topology: string;
  owner: string;
  run: string;
  clock: Clock;
  /** Told once where a lease is found that has to be watched first. */
  waiting?: (why: string) => void;
}

const RENEWALS_PER_LEASE = 4;
/** A run stops so much earlier than another may begin, as a part of what a lease lasts. */
const STOPS_BEFORE = 0.1;
const LOOKS_PER_LEASE = 20;
const RELEASED_WITHIN_MS = 5_000;

/**
 * Takes the topology for one run: two drills at once would undo each other. Fails with `topology-leased` while someone else renews
 * it. A lease that stands unchanged for as long as it lasts is taken over, and the journal says so.
 */
export async function takeLease(store: LeaseStore, leader: Leader): Promise<Lease> {
  const { topology, owner, run, clock } = leader;
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

  const former = await abandoned(store, leader, ended.signal);
  const first = await put(former, ended.signal);
  if (!first) throw leased(await store.read(ended.signal));

  const lost = new AbortController();
  let mine = first;
  // Our own instant by our own clock, from before the write was asked for: nobody has seen it earlier.
  const runsOutMs = () => Date.parse(mine.held.expiresAt) - STOPS_BEFORE * store.lastsMs;
  const keep = async () => {
    while (!ended.signal.aborted) {
      const leftMs = runsOutMs() - clock.nowMs();
      await clock.sleep(Math.max(0, Math.min(store.lastsMs / RENEWALS_PER_LEASE, leftMs)), ended.signal);
      const late = new AbortController();
      const timer = clock.setTimeout(() => late.abort(), Math.max(0, runsOutMs() - clock.nowMs()));
      try {
        const renewed = await put(mine, AbortSignal.any([late.signal, ended.signal]));
        if (ended.signal.aborted) return;
        if (!renewed) return lost.abort(`another run took the lease on ${topology}`);
        mine = renewed;
      } catch {
        // What does not answer may do so again, until someone else may come.
        if (ended.signal.aborted) return;
        if (clock.nowMs() >= runsOutMs()) return lost.abort(`the lease on ${topology} could not be renewed in time`);
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
    mustHold() {
      if (!lost.signal.aborted && clock.nowMs() >= runsOutMs())
        lost.abort(`the lease on ${topology} was not renewed in time`);
      if (lost.signal.aborted) throw notLeading(String(lost.signal.reason));
    },
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

/**
 * The lease that stands and that nobody renews any more; nothing, where there is none. Two machines' clocks are never compared: its
 * version must stand unchanged for as long as a lease lasts by this machine's steady clock, and its holder stops before that.
 */
async function abandoned(store: LeaseStore, leader: Leader, signal: AbortSignal): Promise<Seen | undefined> {
  const { topology, clock, waiting } = leader;
  const found = await store.read(signal);
  if (!found) return undefined;
  const sinceMs = clock.nowMs();
  waiting?.(
    `${topology} is leased to ${found.held.run}, by ${found.held.owner}. Waiting ${inWords(store.lastsMs)} to see whether that run still renews it.`,
  );
  for (;;) {
    await clock.sleep(store.lastsMs / LOOKS_PER_LEASE, signal);
    const now = await store.read(signal);
    if (now && now.version !== found.version) throw leased(now);
    if (!now || clock.nowMs() - sinceMs >= store.lastsMs) return now;
  }
}

/** Another run may lead the topology: this one changes nothing more, and undoes nothing. */
const notLeading = (reason: string): Suspended =>
  new Suspended(`Another run may lead the topology by now: ${reason}.`, {
    hint: 'See whether another run leads it. When that has ended, resume this one.',
  });

const leased = (seen: Seen | undefined): DrillError =>
  new DrillError(
    'topology-leased',
    `Another run leads this topology: ${seen?.held.run ?? 'unknown'}, by ${seen?.held.owner ?? 'unknown'}, and renews its lease.`,
    {
      hint: 'Wait for its end, or abort it: dr-drill abort <run>.',
    },
  );

/** What was written down as a lease. One that nobody can read is taken over like any that nobody renews. */
export function heldIn(text: string): Held {
  try {
    const { owner, run, expiresAt } = JSON.parse(text) as Partial<Held>;
    if (owner && run && expiresAt && !Number.isNaN(Date.parse(expiresAt))) return { owner, run, expiresAt };
  } catch {}
  return { owner: 'unknown', run: 'unknown', expiresAt: isoTime(0) };
}
