import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, hostname, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { isoTime } from '../clock/clock.ts';
import { realClock } from '../clock/real-clock.ts';
import type { Topology } from '../drill/topology.ts';
import { DrillError } from '../errors.ts';
import type { RunEvent } from '../journal/events.ts';

/** What stands in a lease: who leads a run on a topology, and until when nobody else may. */
interface Held {
  owner: string;
  run: string;
  /** ISO instant. */
  expiresAt: string;
}

export interface Lease {
  /** For the journal: that it was taken, and from whom if it had run out. */
  taken: RunEvent;
  /** Fires, with a reason, when somebody else has taken it. */
  lost: AbortSignal;
  release(): void;
}

/** Long enough that a busy machine renews it in time; a run that died holds up whoever takes it up again for no longer. */
const LASTS_MS = 10_000;
const RENEWED_EVERY_MS = 2_500;

/** Where leases lie on this machine; DR_DRILL_LEASES names another folder, such as one that a team shares. */
const leasesFolder = (): string => process.env.DR_DRILL_LEASES ?? join(homedir(), '.dr-drill', 'leases');

/**
 * Takes the topology for one run: two drills at once would undo each other. Fails with `topology-leased` while somebody else has it;
 * a lease that has run out is taken over, and the journal says so.
 */
export function takeLease({ topology, account }: Topology, run: string): Lease {
  const path = join(leasesFolder(), `${account}-${topology}.json`);
  const clock = realClock();
  const owner = `${userInfo().username}@${hostname()}, process ${process.pid}`;
  const held = (): Held => ({ owner, run, expiresAt: isoTime(clock.nowMs() + LASTS_MS) });
  const former = acquire(path, held(), clock.nowMs());

  const lost = new AbortController();
  const ended = new AbortController();
  const keep = async () => {
    for (;;) {
      await clock.sleep(RENEWED_EVERY_MS, ended.signal);
      const now = read(path);
      if (now?.owner !== owner) return lost.abort(`the lease on ${topology} went to ${now?.owner ?? 'nobody'}`);
      replace(path, held());
    }
  };
  keep().catch(() => {});
  return {
    taken: { type: 'lease-taken', owner, expiresAt: held().expiresAt, ...(former && { takenOverFrom: former }) },
    lost: lost.signal,
    release() {
      ended.abort();
      if (read(path)?.owner === owner) rmSync(path, { force: true });
    },
  };
}

/** Takes it as soon as the lease of a process that ended has run out; `waiting` is told of it once. */
export async function takeLeaseInTime(
  topology: Topology,
  run: string,
  waiting: (until: string) => void,
): Promise<Lease> {
  const clock = realClock();
  const untilMs = clock.nowMs() + 2 * LASTS_MS;
  for (let told = false; ; told = true) {
    try {
      return takeLease(topology, run);
    } catch (error) {
      if (!(error instanceof DrillError) || clock.nowMs() >= untilMs) throw error;
      if (!told) waiting(error.message);
      await clock.sleep(500);
    }
  }
}

/** Gives the lease that had run out, if there was one. */
function acquire(path: string, mine: Held, nowMs: number): Held | undefined {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(mine));
  try {
    // A link is made whole, or not at all.
    if (linked(draft, path)) return undefined;
    const former = read(path);
    if (former && Date.parse(former.expiresAt) > nowMs) throw leased(former);
    // Of several who find it expired, one moves it away.
    renameSync(path, `${path}.expired`);
    if (linked(draft, path)) return former ?? { owner: 'unknown', run: 'unknown', expiresAt: isoTime(0) };
    throw leased(read(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw leased(read(path));
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function linked(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function replace(path: string, held: Held): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(held));
  renameSync(draft, path);
}

function read(path: string): Held | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Held;
  } catch {
    return undefined;
  }
}

const leased = (held: Held | undefined): DrillError =>
  new DrillError(
    'topology-leased',
    `Another run leads this topology: ${held?.run ?? 'unknown'}, by ${held?.owner ?? 'unknown'}, until ${held?.expiresAt ?? 'unknown'}.`,
    {
      hint: 'Wait for its end, or abort it: dr-drill abort <run>. The lease of a run that died runs out by itself within seconds.',
    },
  );
