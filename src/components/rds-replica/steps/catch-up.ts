import * as z from 'zod';
import { duration } from '../../../drill/quantities.ts';
import { inWords } from '../../../duration.ts';
import { DrillError, isPassing } from '../../../errors.ts';
import { SQL_ENGINES } from '../../../ports/sql.ts';
import { clientValue } from '../../../steps/data/client-line.ts';
import { readHeartbeats } from '../../../steps/data/heartbeat.ts';
import { logBehind, logPosition } from '../../../steps/data/log-position.ts';
import { askedIn, hasNoLogin, type Target, targetSchema } from '../../../steps/data/target.ts';
import { ask } from '../../../steps/data/writing.ts';
import { databaseOf, given } from '../../../steps/given.ts';
import { loginTo } from '../../../steps/needs.ts';
import { until } from '../../../steps/poll.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { findInstance, INSTANCE_LOOK, instancePermissions } from '../../rds/instance.ts';
import { mustFollow } from './wait-for-replica.ts';

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
      within: duration.optional().describe('Tries again until it takes no longer than this. Default: no limit.'),
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
  title: ({ writer, replica }) => `Wait until ${replica.instance} has all writes of ${writer.instance}`,
  region: ({ replica }) => replica.region,
  calls: [INSTANCE_LOOK],
  permissions: ({ writer, replica }, account) =>
    [writer, replica].flatMap(({ region, instance }) => instancePermissions(region, account, instance)),
  command: ({ writer, replica }) =>
    `position="$(${clientValue(writer, logPosition.text)})"; until [ "$(${clientValue(replica, logBehind('').text).replace('\\$1', "'$position'")})" -le 0 ]; do sleep 2; done`,
  doneWhen: ({ replica }) => `The command ends: ${replica.instance} has replayed all that its writer had written.`,
  usuallyMs: () => 5_000,
  observe: async () => ({ done: false, underway: true, state: null }),

  async settle({ writer, replica, withinMs }, context) {
    const { clock, record } = context;
    const mayStillCome = sourceWatch(writer, replica, context);
    for (;;) {
      await until(context, async () => {
        await mayStillCome();
        return true;
      });
      const beganMs = clock.nowMs();
      const position = await positionOf(writer, context);
      const row = lastAcknowledged(writer, context);
      await until(context, async () => {
        if (!(await isBehind(replica, position, context))) return true;
        await mayStillCome();
        return undefined;
      });
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

/** So often RDS is asked: a log alone does not tell that nothing more will come. */
const SOURCE_EVERY_MS = 30_000;

/** Fails where the source is gone or replication has ended for good; that RDS does not answer says nothing. */
function sourceWatch(writer: Target, replica: Target, context: StepContext): () => Promise<void> {
  const { clock, signal } = context;
  const describe = ({ region, instance }: Target) => findInstance(context, region, instance, { withinMs: 5_000 });
  let nextMs = 0;
  return async () => {
    if (clock.nowMs() < nextMs) return;
    try {
      const [source, follower] = [await describe(writer), await describe(replica)];
      if (!source || source.DBInstanceStatus === 'deleting') throw sourceGone(writer, replica);
      if (follower) mustFollow(follower);
    } catch (error) {
      signal.throwIfAborted();
      if (!isPassing(error)) throw error;
    }
    nextMs = clock.nowMs() + SOURCE_EVERY_MS;
  };
}

const sourceGone = (writer: Target, replica: Target): DrillError =>
  new DrillError('source-deleted', `${writer.instance} was deleted: ${replica.instance} will not catch up.`, {
    hint: 'No instance takes writes now. Promote its replica, or restore from its newest backup.',
  });

async function positionOf(writer: Target, context: StepContext): Promise<string> {
  if (hasNoLogin(writer, context)) {
    throw new DrillError('no-login', `No login to ${writer.instance}: cannot prove how far its replica is.`, {
      hint: "Give the data store a 'login' in the topology.",
    });
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
    throw new DrillError('not-a-replica', `${replica.instance} is not a replica.`);
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
