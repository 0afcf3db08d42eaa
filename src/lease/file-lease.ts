import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../clock/clock.ts';
import { mostBytes, readText } from '../read-file.ts';
import { heldIn, type LeaseStore, type Seen } from './lease.ts';

/** Long enough that a busy machine renews it in time; a run that died holds up anyone who takes it up again for no longer. */
const LASTS_MS = 10_000;
/** Anyone who looks and writes takes less than a millisecond: a guard as old as this was left by a process that died. */
const GUARD_IS_STALE_AFTER_MS = 5_000;
const TRY_AGAIN_AFTER_MS = 20;

/** A lease in a file: of all processes that see the folder, one at a time looks and writes. */
export function fileLease(path: string, clock: Clock): LeaseStore {
  const draft = `${path}.${process.pid}`;
  const read = (): Seen | undefined => {
    try {
      const text = readText(path, mostBytes.note);
      return { held: heldIn(text), version: text };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  };
  const guarded = async <T>(work: () => T): Promise<T> => {
    mkdirSync(dirname(path), { recursive: true });
    const guard = `${path}.guard`;
    let seen = { bornMs: 0, sinceMs: 0 };
    while (!isMade(guard)) {
      // Its age by this machine's clock: that of a shared folder may be another.
      const bornMs = statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? 0;
      if (bornMs !== seen.bornMs) seen = { bornMs, sinceMs: clock.nowMs() };
      if (clock.nowMs() - seen.sinceMs > GUARD_IS_STALE_AFTER_MS) rmSync(guard, { recursive: true, force: true });
      else await clock.sleep(TRY_AGAIN_AFTER_MS);
    }
    try {
      return work();
    } finally {
      rmSync(guard, { recursive: true, force: true });
    }
  };
  return {
    lastsMs: LASTS_MS,
    read: async () => read(),
    write: (held, upon) =>
      guarded(() => {
        if (read()?.version !== upon?.version) return undefined;
        const version = JSON.stringify(held);
        writeFileSync(draft, version);
        // A rename is made whole, or not at all.
        renameSync(draft, path);
        return { held, version };
      }),
    remove: (seen) =>
      guarded(() => {
        if (read()?.version === seen.version) rmSync(path, { force: true });
      }),
  };
}

/** A folder can be made only once. */
function isMade(guard: string): boolean {
  try {
    mkdirSync(guard);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
