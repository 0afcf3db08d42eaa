import * as z from 'zod';
import { loginTo, type Need } from '../needs.ts';
import { writeNumberedRows } from '../numbered-rows.ts';
import type { StepContext } from '../step.ts';
import { writeHeartbeat } from './heartbeat.ts';
import { databaseAt, hasNoLogin, targetSchema } from './target.ts';

export const heartbeatParams = targetSchema.extend({
  /** The data store's component. */
  store: z.string(),
  everyMs: z.number(),
  firstSequence: z.number(),
});

export const heartbeatNeeds = (target: z.output<typeof heartbeatParams>): Need[] => [loginTo(target, 'proof')];

/** Writes heartbeat rows until stopped, or for `lastsMs`; none where there is no login. */
export async function writeHeartbeats(
  params: z.output<typeof heartbeatParams>,
  context: StepContext,
  lastsMs?: number,
): Promise<number> {
  const { clock, sql } = context;
  if (hasNoLogin(params, context)) return 0;
  const database = databaseAt(params);
  return writeNumberedRows({ ...params, of: params.store, lastsMs }, context, (sequence, limit) =>
    sql.query(database, writeHeartbeat(sequence, clock.nowMs()), limit),
  );
}
