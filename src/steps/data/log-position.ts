import type { Query } from '../../ports/sql.ts';
import type { StepContext } from '../step.ts';
import { ask, type Target } from './writing.ts';

/** One row: `{ position }`, up to where the writer's log reaches. */
export const logPosition: Query = { name: 'log.position', text: 'select pg_current_wal_lsn()::text as position' };

/** One row: `{ bytes }`, how much of the log up to there a replica has still to replay; null where it is none. */
export const logBehind = (position: string): Query => ({
  name: 'log.behind',
  text: 'select pg_wal_lsn_diff($1::pg_lsn, pg_last_wal_replay_lsn())::bigint as bytes',
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
  const { sql, clock, signal } = context;
  if (sql.withoutLogin) return null;
  try {
    const [at] = await ask(writer, logPosition, context);
    const beganMs = clock.nowMs();
    for (;;) {
      const [row] = await ask(replica, logBehind(String(at?.position)), context);
      const tookMs = clock.nowMs() - beganMs;
      if (row?.bytes !== null && row?.bytes !== undefined && Number(row.bytes) <= 0) return tookMs;
      if (tookMs >= withinMs) return null;
      await clock.sleep(LOOK_EVERY_MS, signal);
    }
  } catch {
    signal.throwIfAborted();
    return null;
  }
}
