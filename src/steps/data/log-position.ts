import type { Query } from '../../ports/sql.ts';
import type { StepContext } from '../step.ts';
import { inEach } from './dialects/index.ts';
import { hasNoLogin, type Target } from './target.ts';
import { ask } from './writing.ts';

/** One row: `{ position }`, up to where the writer's log reaches; null where it has none that a replica would know. */
export const logPosition: Query = { name: 'log.position', text: inEach((dialect) => dialect.logPosition) };

/** One row: `{ behind }`, above 0 while a replica has still to replay up to there; null where it is none. */
export const logBehind = (position: string): Query => ({
  name: 'log.behind',
  text: inEach((dialect) => dialect.logBehind),
  values: [position],
});

const LOOK_EVERY_MS = 250;

/**
 * How long it took until a replica had replayed all that its writer had written a moment before: it lay no further behind than that. Null
 * where it took longer than allowed, or nobody can ask. The lag that RDS reports climbs while the writer is idle; this one does not.
 */
export async function replayedWithinMs(
  { writer, replica, withinMs }: { writer: Target; replica: Target; withinMs: number },
  context: Pick<StepContext, 'sql' | 'clock' | 'signal'>,
): Promise<number | null> {
  const { clock, signal } = context;
  if (hasNoLogin(writer, context)) return null;
  try {
    const [at] = await ask(writer, logPosition, context);
    if (at?.position == null) return null;
    const beganMs = clock.nowMs();
    for (;;) {
      const [row] = await ask(replica, logBehind(String(at.position)), context);
      const tookMs = clock.nowMs() - beganMs;
      if (row?.behind !== null && row?.behind !== undefined && Number(row.behind) <= 0) return tookMs;
      if (tookMs >= withinMs) return null;
      await clock.sleep(LOOK_EVERY_MS, signal);
    }
  } catch {
    signal.throwIfAborted();
    return null;
  }
}

/** So long the log of the source, once compared, outweighs a metric that covers minutes before. */
const LOG_HOLDS_MS = 2 * 60_000;

/** Whether the log itself has told, shortly before an instant, that the lag of a replica is at most that. */
export const logSays = (
  { instance, mostMs, atMs }: { instance: string; mostMs: number; atMs: number },
  { entries }: Pick<StepContext, 'entries'>,
): boolean =>
  entries().some(
    (entry) =>
      entry.type === 'lag' &&
      entry.instance === instance &&
      entry.source === 'log' &&
      (entry.lagMs ?? Number.POSITIVE_INFINITY) <= mostMs &&
      atMs - Date.parse(entry.at) <= LOG_HOLDS_MS,
  );
