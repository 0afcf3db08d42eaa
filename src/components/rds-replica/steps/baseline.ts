import * as z from 'zod';
import { duration } from '../../../drill/quantities.ts';
import { DrillError } from '../../../errors.ts';
import type { Database } from '../../../ports/sql.ts';
import { acceptLag } from '../../../steps/data/accept-lag.ts';
import { replayedWithinMs } from '../../../steps/data/log-position.ts';
import { lookOn } from '../../../steps/data/look-on.ts';
import { mustTakeHeartbeats } from '../../../steps/data/must-take-heartbeats.ts';
import { type Contents, contentsOf, lookedAt, lookedAtSchema } from '../../../steps/data/table-contents.ts';
import { askingAgain } from '../../../steps/data/takes-writes.ts';
import { type Around, databaseOf, given, sqlStore } from '../../../steps/given.ts';
import { loginTo } from '../../../steps/needs.ts';
import { deciders, decidersGiven, decidersOf } from '../../../steps/people/asking.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { sqlOf } from '../../schemas.ts';
import { lagCommand, reportedLagMs } from '../lag.ts';

const params = lookedAtSchema.extend({
  lastsMs: z.number(),
  /** Null where nobody replicates yet. */
  lagMaxMs: z.number().nullable(),
  /** Who decides about a greater lag. */
  deciders,
  writer: z.object({ region: z.string(), instance: z.string(), name: z.string() }),
  replica: z.object({ region: z.string(), instance: z.string() }),
});

/** The lag that RDS reports; where that is too long, the time until the replica has replayed the writer's log, if someone can ask. */
async function lagNow(
  { writer, replica, lagMaxMs }: { writer: Database; replica: { region: string; instance: string }; lagMaxMs: number },
  context: StepContext,
): Promise<number | null> {
  const lagMs = await reportedLagMs(replica.region, replica.instance, context);
  context.record({ type: 'lag', instance: replica.instance, lagMs, source: 'metric' });
  if (lagMs === null || lagMs <= lagMaxMs) return lagMs;
  const database = writer.name;
  const sides = { writer: { ...placeOf(writer), database }, replica: { ...placeOf(replica), database } };
  const tookMs = await replayedWithinMs({ ...sides, withinMs: Math.min(lagMaxMs, 10_000) }, context);
  if (tookMs === null) return lagMs;
  context.record({ type: 'lag', instance: replica.instance, lagMs: tookMs, source: 'log' });
  return tookMs;
}

/** RDS reports a lag of minutes also for a source that nobody writes to: only the log, which takes a login, tells them apart. */
const NO_LOGIN =
  'Without a login to the database this cannot be measured: CloudWatch reports the same for an idle writer.';

const lagNotKnown = (instance: string): DrillError =>
  new DrillError('lag-over-limit', `The lag of ${instance} is not known: it may not be replicating.`, {
    hint: 'See whether it follows its writer: aws rds describe-db-instances.',
  });

const placeOf = ({ region, instance }: { region: string; instance: string }) => ({ region, instance });

const withName = ({ region, instance, database }: ReturnType<typeof databaseOf>) => ({
  region,
  instance,
  name: database,
});

/** Who takes the writes, and who follows; the other way round where the replica was promoted. */
const sides = (on: 'writer' | 'replica', around: Around) => ({
  writer: withName(databaseOf({ on }, around)),
  replica: withName(databaseOf({ on: on === 'writer' ? 'replica' : 'writer' }, around)),
});

/** Looks at a healthy data store first: whether it takes rows, how far its follower is behind, and what its tables hold. */
export const dataBaseline = defineStep<z.output<typeof params>, Contents & { lagMs: number | null }>({
  kind: 'data.baseline',
  params,
  given: given(
    z.strictObject({
      lasts: duration.default(0),
      lag: z
        .union([z.literal('none'), duration])
        .default(60_000)
        .describe(
          'If the lag is higher, people decide whether the drill continues. Not set if there is no replica yet.',
        ),
      deciders: decidersGiven,
      on: z.enum(['writer', 'replica']).default('writer').describe('Which instance takes writes at the start.'),
    }),
    ({ lasts, lag, on, deciders: asked }, around) => ({
      lastsMs: lasts,
      lagMaxMs: lag === 'none' ? null : lag,
      deciders: decidersOf(asked),
      ...lookedAt(around.dataChecks, sqlOf(sqlStore(around)).engine),
      ...sides(on, around),
    }),
  ),
  needs: ({ writer, replica, lagMaxMs }) => [
    { need: 'rds-instance', region: writer.region, instance: writer.instance, state: 'serving', role: 'writer' },
    ...(lagMaxMs === null
      ? []
      : [
          { need: 'rds-instance' as const, ...placeOf(replica), state: 'serving' as const, role: 'replica' as const },
          { need: 'rds-replication' as const, ...placeOf(replica), lagMaxMs },
        ]),
    loginTo({ ...placeOf(writer), database: writer.name }, 'proof'),
  ],
  plane: 'data',
  title: ({ writer }) => `Record the baseline of ${writer.instance}`,
  region: ({ writer }) => writer.region,
  calls: ['cloudwatch:GetMetricData'],
  permissions: () => [{ action: 'cloudwatch:GetMetricData', resource: '*' }],
  command: ({ replica }) =>
    `aws rds describe-db-instances --region ${replica.region} --db-instance-identifier ${replica.instance} && ${lagCommand(replica)}`,
  doneWhen: ({ replica }) =>
    `${replica.instance} is available and follows its writer. ReplicaLag is below the limit of the drill, or a person has accepted the loss.`,
  usuallyMs: ({ lastsMs }) => lastsMs,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle({ lastsMs, lagMaxMs, writer, replica, deciders: asked, ...wanted }, context) {
    const { clock, signal } = context;
    await mustTakeHeartbeats(writer, wanted.engine, context);
    const acceptedLag = async (): Promise<number> => {
      if (lagMaxMs === null) return 0;
      const lagMs = await lagNow({ writer, replica, lagMaxMs }, context);
      if (lagMs === null) throw lagNotKnown(replica.instance);
      if (lagMs <= lagMaxMs) return lagMs;
      const doubt = context.sql.withoutLogin?.(writer) ? NO_LOGIN : undefined;
      await acceptLag({ instance: replica.instance, lagMs, mostMs: lagMaxMs, doubt, deciders: asked }, context);
      return lagMs;
    };
    const lagMs = await lookOn(lastsMs, acceptedLag, context);
    const asOfMs = clock.nowMs() - (lagMs ?? 0);
    return { ...(await contentsOf(askingAgain(context), writer, wanted, asOfMs, signal)), lagMs };
  },
});
