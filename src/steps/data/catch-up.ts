import * as z from 'zod';
import { duration } from '../../drill/quantities.ts';
import { inWords } from '../../duration.ts';
import { DrillError } from '../../errors.ts';
import { SQL_ENGINES } from '../../ports/sql.ts';
import { databaseOf, given } from '../given.ts';
import { loginTo } from '../needs.ts';
import { until } from '../poll.ts';
import { defineStep, type StepContext } from '../step.ts';
import { clientValue } from './client-line.ts';
import { readHeartbeats } from './heartbeat.ts';
import { logBehind, logPosition } from './log-position.ts';
import { askedIn, hasNoLogin, type Target, targetSchema } from './target.ts';
import { ask } from './writing.ts';

const params = z.object({ writer: targetSchema, replica: targetSchema, withinMs: z.number().nullable() });
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
      writer: askedIn(
        'A replica that has caught up is told by its log, which',
        SQL_ENGINES,
        databaseOf({ on: from }, around),
      ),
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
    `position="$(${clientValue(writer, logPosition.text)})"; until [ "$(${clientValue(replica, logBehind('').text).replace('\\$1', "'$position'")})" -le 0 ]; do sleep 2; done`,
  doneWhen: ({ replica }) => `The command ends: ${replica.instance} has replayed all that its writer had written.`,
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
  if (hasNoLogin(writer, context)) {
    throw new DrillError(
      'no-login',
      `Nobody can log in to ${writer.instance}: how far its replica is cannot be proven.`,
      {
        hint: "Give the data store a 'login' in the topology.",
      },
    );
  }
  const [row] = await ask(writer, logPosition, context);
  if (row?.position == null) {
    throw new DrillError(
      'no-position',
      `How far ${writer.instance} has written cannot be told: it numbers no transactions.`,
      {
        hint: 'Set gtid_mode to ON in the parameter groups of both instances, and the binary log.',
      },
    );
  }
  return String(row.position);
}

async function isBehind(replica: Target, position: string, context: StepContext): Promise<boolean> {
  const [row] = await ask(replica, logBehind(position), context);
  if (row?.behind === null || row?.behind === undefined) {
    throw new DrillError('not-a-replica', `${replica.instance} replays nobody's log: it is no replica.`);
  }
  return Number(row.behind) > 0;
}

function lastAcknowledged({ instance }: Target, { entries }: StepContext): number | undefined {
  const last = entries().findLast((entry) => entry.type === 'heartbeats' && entry.instance === instance);
  return last?.type === 'heartbeats' ? last.rows.at(-1)?.[0] : undefined;
}

async function holds(replica: Target, row: number, context: StepContext): Promise<boolean> {
  const rows = await ask(replica, readHeartbeats(row), context);
  return rows.some(({ sequence }) => Number(sequence) === row);
}
