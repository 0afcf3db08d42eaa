import { existsSync, renameSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { realClock } from '../clock/real-clock.ts';
import { mostBytes, readText } from '../read-file.ts';
import { writeWhole } from './write-reports.ts';

const REQUEST = 'abort-request.json';
const TAKEN = 'abort-request.taken.json';
const LOOK_EVERY_MS = 250;
/** A run that someone leads has taken a request by then. */
const TAKEN_WITHIN_MS = 5_000;
/** A file that cannot be read for so long is not being written any more. */
const WHOLE_WITHIN_MS = 2_000;

const requestSchema = z.object({ by: z.string(), reason: z.string().nullish() });

/**
 * Leaves word in a run's folder that it is to be aborted, and waits until the one who leads the run has taken it.
 * Gives false where nobody does: the word stays for who takes the run up again.
 */
export async function requestAbort(folder: string, reason: string | undefined): Promise<boolean> {
  const clock = realClock();
  const by = userInfo().username;
  const path = join(folder, REQUEST);
  writeWhole(path, `${JSON.stringify({ by, reason: reason ?? null })}\n`);
  const { signal } = new AbortController();
  for (const sinceMs = clock.nowMs(); clock.nowMs() - sinceMs < TAKEN_WITHIN_MS; ) {
    if (!existsSync(path)) return true;
    await clock.sleep(LOOK_EVERY_MS / 5, signal);
  }
  return !existsSync(path);
}

/**
 * Looks for such word until released; `signal` fires with its reason.
 * @param tell hears of word that cannot be read; it is read again until it can
 */
export function watchForAbort(folder: string, tell: (why: string) => void): { signal: AbortSignal; release(): void } {
  const found = new AbortController();
  const released = new AbortController();
  const clock = realClock();
  const path = join(folder, REQUEST);
  const watch = async () => {
    for (let failingSinceMs: number | undefined, told = false; ; ) {
      if (existsSync(path)) {
        const read = reasonIn(path);
        if ('reason' in read) return take(read.reason);
        failingSinceMs ??= clock.nowMs();
        if (!told && clock.nowMs() - failingSinceMs >= WHOLE_WITHIN_MS) {
          told = true;
          tell(`${path} cannot be read (${read.why}), so nothing is aborted. Ask again: dr-drill abort ${folder}`);
        }
      } else failingSinceMs = undefined;
      await clock.sleep(LOOK_EVERY_MS, released.signal);
    }
  };
  /** Once: a run that is taken up again after it does not abort a second time. Only what the run has heard counts as taken. */
  const take = (reason: string) => {
    found.abort(reason);
    try {
      renameSync(path, join(folder, TAKEN));
    } catch (error) {
      tell(`${path} was heard, and cannot be put aside: ${(error as Error).message}`);
    }
  };
  watch().catch(() => {});
  return { signal: found.signal, release: () => released.abort() };
}

function reasonIn(path: string): { reason: string } | { why: string } {
  try {
    const { by, reason } = requestSchema.parse(JSON.parse(readText(path, mostBytes.note)));
    return { reason: `requested by ${by}${reason ? `: ${reason}` : ''}` };
  } catch (error) {
    return { why: error instanceof z.ZodError ? 'it has no "by"' : (error as Error).message };
  }
}
