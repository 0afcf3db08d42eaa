import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { realClock } from '../clock/real-clock.ts';

const REQUEST = 'abort-request.json';
const LOOK_EVERY_MS = 250;

/** Leaves word in a run's folder that it is to be aborted: whoever leads the run, or takes it up again, finds it. */
export function requestAbort(folder: string, reason: string | undefined): void {
  const by = userInfo().username;
  writeFileSync(join(folder, REQUEST), `${JSON.stringify({ by, reason: reason ?? null })}\n`);
}

/** Looks for such word until released; `signal` fires with its reason. */
export function watchForAbort(folder: string): { signal: AbortSignal; release(): void } {
  const found = new AbortController();
  const released = new AbortController();
  const clock = realClock();
  const watch = async () => {
    for (;;) {
      if (existsSync(join(folder, REQUEST))) return found.abort(takenFrom(folder));
      await clock.sleep(LOOK_EVERY_MS, released.signal);
    }
  };
  watch().catch(() => {});
  return { signal: found.signal, release: () => released.abort() };
}

/** Read once: a run that is taken up again after it does not abort a second time. */
function takenFrom(folder: string): string {
  const path = join(folder, REQUEST);
  const { by, reason } = JSON.parse(readFileSync(path, 'utf8')) as { by: string; reason: string | null };
  renameSync(path, join(folder, 'abort-request.taken.json'));
  return `requested by ${by}${reason === null ? '' : `: ${reason}`}`;
}
