import { DrillError, errorFacts } from '../../errors.ts';
import { type Database, type Engine, isAsked } from '../../ports/sql.ts';
import type { StepContext } from '../step.ts';
import { dialects } from './dialects/index.ts';
import { takesWrites } from './takes-writes.ts';

/** Said before anything breaks: a watch that cannot write would only leave the data loss unknown. */
export async function mustTakeHeartbeats(writer: Database, engine: Engine, context: StepContext): Promise<void> {
  if (context.sql.withoutLogin?.(writer) || context.sql.readsOnly) return;
  const { createHeartbeats, grantHeartbeats } = dialects[isAsked(engine) ? engine : 'postgres'];
  const noHeartbeats = (why: string, cause?: unknown) =>
    new DrillError('no-heartbeats', `No heartbeat row can be written to ${writer.instance}: ${why}`, {
      hint: `Its owner can make the table: ${createHeartbeats}; ${grantHeartbeats('<role>')}`,
      cause,
    });
  const { takes, detail } = await takesWrites(writer, context).catch((cause: unknown) => {
    context.signal.throwIfAborted();
    throw noHeartbeats(errorFacts(cause).message, cause);
  });
  if (!takes) throw noHeartbeats(detail);
}
