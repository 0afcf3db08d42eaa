import * as z from 'zod';
import { NOBODY_LOGS_IN } from '../../ports/sql.ts';
import { databaseGiven, databaseOf, given } from '../given.ts';
import { loginTo } from '../needs.ts';
import { defineStep } from '../step.ts';
import { clientLine } from './client-line.ts';
import { readHeartbeats } from './heartbeat.ts';
import { askingAgain } from './takes-writes.ts';
import { hasNoLogin, targetSchema } from './target.ts';

const params = targetSchema.extend({
  /** The data store's component. */
  store: z.string(),
  firstSequence: z.number(),
});

/** Reads which of this run's heartbeat rows the database holds: what is missing was lost. */
export const countHeartbeats = defineStep<z.output<typeof params>, { count: number }>({
  kind: 'data.count-heartbeats',
  params,
  given: given(z.strictObject({ ...databaseGiven, on: databaseGiven.on.default('replica') }), (asked, around) => ({
    ...databaseOf(asked, around),
    firstSequence: around.startedAtMs,
  })),
  needs: (target) => [loginTo(target, 'proof')],
  plane: 'data',
  title: ({ instance }) => `Count the heartbeat rows on ${instance}`,
  region: ({ region }) => region,
  calls: [],
  permissions: () => [],
  command: (target) =>
    clientLine(
      target,
      `select sequence from dr_drill_heartbeat where sequence >= ${target.firstSequence} order by sequence`,
    ),
  doneWhen: () => 'The rows are there. What is missing between the last row and the failure is the data loss.',
  usuallyMs: () => 500,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle({ region, instance, database, store, firstSequence }, context) {
    const { signal, record } = context;
    const sql = askingAgain(context);
    if (hasNoLogin({ region, instance, database }, context)) {
      context.notDone(NOBODY_LOGS_IN);
      return { count: 0 };
    }
    const rows = await sql.query({ region, instance, name: database }, readHeartbeats(firstSequence), {
      timeoutMs: 30_000,
      signal,
    });
    const sequences = rows.map((row) => Number(row.sequence));
    const missing: [number, number][] = [];
    for (const [index, sequence] of sequences.entries()) {
      const expected = index === 0 ? firstSequence : (sequences[index - 1] as number) + 1;
      if (sequence > expected) missing.push([expected, sequence - 1]);
    }
    record({
      type: 'heartbeats-found',
      of: store,
      instance,
      count: sequences.length,
      first: sequences[0] ?? null,
      last: sequences.at(-1) ?? null,
      missing,
    });
    return { count: sequences.length };
  },
});
