import { errorFacts, isPassing } from '../../errors.ts';
import { type Database, isRefusal } from '../../ports/sql.ts';
import { patiently } from '../poll.ts';
import type { StepContext } from '../step.ts';
import { proveWrite } from './heartbeat.ts';

/** One refusal may be stale, or a connection that broke. */
const REFUSALS_IN_A_ROW = 3;
const EVERY_MS = 1_000;
/** So long is asked again what neither takes a write nor refuses one. */
const PATIENCE_MS = 60_000;
/** After a change of roles its endpoint may lead to the former writer, or it may still be a standby, for so long. */
export const ROLES_SETTLE_MS = 30_000;

/** Whether a database takes a write, and what it said; `null` where it could not be seen. */
export interface Taking {
  takes: boolean | null;
  /** The name of the last refusal. */
  refusal?: string;
  detail: string;
}

/**
 * Asks a database for a write: one that it takes proves that it does, one that it refuses is asked for again before that is believed, and
 * what says nothing is asked again for a minute.
 * @param refusesForMs how long refusals are not believed yet, of one that is to take writes
 */
export async function takesWrites(
  database: Database,
  { sql, clock, signal }: StepContext,
  { timeoutMs = 5_000, refusesForMs = 0 }: { timeoutMs?: number; refusesForMs?: number } = {},
): Promise<Taking> {
  const beganMs = clock.nowMs();
  const endMs = beganMs + PATIENCE_MS;
  for (let refusals = 0; ; ) {
    try {
      await sql.query(database, proveWrite, { timeoutMs, signal });
      return { takes: true, detail: `${database.instance} took a write` };
    } catch (error) {
      signal.throwIfAborted();
      const refused = isRefusal(error);
      if (!refused && !isPassing(error)) throw error;
      refusals = refused ? refusals + 1 : 0;
      const { name, message: detail } = errorFacts(error);
      if (refusals >= REFUSALS_IN_A_ROW && clock.nowMs() - beganMs >= refusesForMs)
        return { takes: false, refusal: name, detail };
      if (!refused && clock.nowMs() >= endMs) return { takes: null, detail: `it could not be seen: ${detail}` };
    }
    await clock.sleep(EVERY_MS, signal);
  }
}

/** The same database, asked again until it answers: for looks only. */
export const askingAgain = (context: StepContext): StepContext['sql'] => ({
  ...context.sql,
  query: (database, query, options) => patiently(context, () => context.sql.query(database, query, options)),
});
