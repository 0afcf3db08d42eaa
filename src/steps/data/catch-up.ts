import * as z from 'zod';
import { duration } from '../../drill/quantities.ts';
import { inWords } from '../../duration.ts';
import { DrillError } from '../../errors.ts';
import { databaseOf, given } from '../given.ts';
import { loginTo } from '../needs.ts';
import { until } from '../poll.ts';
import { defineStep, type StepContext } from '../step.ts';
import { readHeartbeats } from './heartbeat.ts';
import { logBehind, logPosition } from './log-position.ts';
import { psql } from './psql.ts';
import { ask, type Target } from './writing.ts';

const database = z.object({ region: z.string(), instance: z.string(), database: z.string() });
const params = z.object({ writer: database, replica: database, withinMs: z.number().nullable() });
type Params = z.output<typeof params>;

/**
 * Waits until the replica has replayed the writer's log up to where it reaches now, and holds the last heartbeat row that the writer
 * acknowledged. Once writes are stopped, nothing is left behind then.
 */
export const catchUp = defineStep<Params, { position: string; tookMs: number }>({
  kind: 'data.catch-up',
  params,
  given: given(
    z.strictObject({
      from: z.enum(['writer', 'replica']).default('writer').describe('Which instance takes the writes.'),
      within: duration
        .optional()
        .describe('Tried again until it takes no longer than that; whatever it takes, unless said.'),
    }),
    ({ from, within }, around) => ({
      writer: databaseOf({ on: from }, around),
      replica: databaseOf({ on: from === 'writer' ? 'replica' : 'writer' }, around),
      withinMs: within ?? null,
    }),
  ),
  needs: ({ writer, replica }) => [loginTo(writer, 'work'), loginTo(replica, 'work')],
  plane: 'data',
  title: ({ writer, replica }) => `Wait until ${replica.instance} holds all that ${writer.instance} wrote`,
  region: ({ replica }) => replica.region,
  calls: [],
  permissions: () => [],
  command: ({ writer, replica }) =>
    `${psql(writer, logPosition.text)}; ${psql(replica, 'select pg_last_wal_replay_lsn()')}  # until the second is not below the first`,
  usuallyMs: () => 5_000,
  observe: async () => ({ done: false, underway: true, state: null }),

  async settle({ writer, replica, withinMs }, context) {
    const { clock, record } = context;
    for (;;) {
      const beganMs = clock.nowMs();
      const position = await positionOf(writer, context);
      const row = lastAcknowledged(writer, context);
      await until(context, async () => ((await isBehind(replica, position, context)) ? undefined : true));
      if (row !== undefined)
        await until(context, async () => ((await holds(replica, row, context)) ? true : undefined));
      const tookMs = clock.nowMs() - beganMs;
      if (withinMs !== null && tookMs > withinMs) continue;
      const heartbeat = row === undefined ? '' : `, and holds heartbeat row ${row}, the last that was acknowledged`;
      const detail = `${replica.instance} has replayed the log up to ${position}${heartbeat}; it took ${inWords(tookMs)}`;
      record({ type: 'check', check: 'nothing-left-behind', layer: 'verification', critical: true, ok: true, detail });
      return { position, tookMs };
    }
  },
});

async function positionOf(writer: Target, context: StepContext): Promise<string> {
  if (context.sql.withoutLogin) {
    throw new DrillError(
      'no-login',
      `Nobody can log in to ${writer.instance}: how far its replica is cannot be proven.`,
      {
        hint: "Give the data store a 'login' in the topology.",
      },
    );
  }
  const [row] = await ask(writer, logPosition, context);
  return String(row?.position);
}

async function isBehind(replica: Target, position: string, context: StepContext): Promise<boolean> {
  const [row] = await ask(replica, logBehind(position), context);
  if (row?.bytes === null || row?.bytes === undefined) {
    throw new DrillError('not-a-replica', `${replica.instance} replays nobody's log: it is no replica.`);
  }
  return Number(row.bytes) > 0;
}

function lastAcknowledged({ instance }: Target, { entries }: StepContext): number | undefined {
  const last = entries().findLast((entry) => entry.type === 'heartbeats' && entry.instance === instance);
  return last?.type === 'heartbeats' ? last.rows.at(-1)?.[0] : undefined;
}

async function holds(replica: Target, row: number, context: StepContext): Promise<boolean> {
  const rows = await ask(replica, readHeartbeats(row), context);
  return rows.some(({ sequence }) => Number(sequence) === row);
}
