import * as z from 'zod';
import { regionalArn } from '../../../arn.ts';
import { isoTime } from '../../../clock/clock.ts';
import { duration } from '../../../drill/quantities.ts';
import { DrillError } from '../../../errors.ts';
import { databaseGiven, databaseOf, given } from '../../../steps/given.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { arnOf, instanceOf } from '../../rds/instance.ts';
import { NIGHTLY, newestSnapshot, snapshotType } from './newest-snapshot.ts';

const DAY = 86_400_000;

const params = z.object({
  region: z.string(),
  instance: z.string(),
  from: z.enum(['snapshot', 'point-in-time']),
  maxAgeMs: z.number(),
  beforeMs: z.number(),
  types: z.array(snapshotType).optional(),
});
type Params = z.output<typeof params>;

export type RecoveryPoint = { from: 'snapshot' | 'point-in-time'; id: string; timeMs: number };

/** Finds what to restore: the newest snapshot, or a time inside the restorable window. */
export const chooseRecoveryPoint = defineStep<Params, RecoveryPoint>({
  kind: 'rds.choose-recovery-point',
  params,
  given: given(
    z.strictObject({
      ...databaseGiven,
      from: params.shape.from,
      maxAge: duration.default(86_400_000).describe('An older newest snapshot fails the drill.'),
      types: z
        .array(snapshotType)
        .min(1)
        .optional()
        .describe(
          'Whose snapshots count: automated (of RDS) and awsbackup (of AWS Backup), unless said; manual, shared.',
        ),
      before: duration.default(0).describe('How long before the latest restorable time.'),
    }),
    ({ from, maxAge, before, types, ...asked }, around) => {
      const { region, instance } = databaseOf(asked, around);
      return { region, instance, from, maxAgeMs: maxAge, beforeMs: before, ...(types && { types }) };
    },
  ),
  needs: ({ region, instance, from, maxAgeMs, types }) => [
    { need: 'rds-instance', region, instance, state: 'serving', role: 'writer' },
    {
      need: 'rds-backups',
      region,
      instance,
      restores: from,
      snapshotMaxAgeMs: from === 'snapshot' ? maxAgeMs : DAY,
      ...(types && { types }),
    },
  ],
  plane: 'control',
  title: ({ from, instance }) =>
    from === 'snapshot' ? `Find the newest snapshot of ${instance}` : `Find the latest restorable time of ${instance}`,
  region: ({ region }) => region,
  calls: ['rds:DescribeDBSnapshots', 'rds:DescribeDBInstances'],
  permissions: ({ region, instance }, account) => [
    { action: 'rds:DescribeDBInstances', resource: arnOf(region, account, instance) },
    { action: 'rds:DescribeDBSnapshots', resource: arnOf(region, account, instance) },
    {
      action: 'rds:DescribeDBSnapshots',
      resource: regionalArn({ service: 'rds', region, account, resource: 'snapshot:*' }),
    },
  ],
  command: ({ region, instance, from, types = NIGHTLY }) =>
    from === 'snapshot'
      ? types
          .map(
            (type) =>
              `aws rds describe-db-snapshots --region ${region} --db-instance-identifier ${instance} --snapshot-type ${type}`,
          )
          .join(' && ')
      : `aws rds describe-db-instances --region ${region} --db-instance-identifier ${instance} --query 'DBInstances[0].LatestRestorableTime'`,
  usuallyMs: () => 1_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle(wanted, context) {
    const point = wanted.from === 'snapshot' ? await newestOf(wanted, context) : await pointInTime(wanted, context);
    context.record({ type: 'recovery-point', from: point.from, id: point.id, time: isoTime(point.timeMs) });
    return point;
  },
});

async function newestOf(
  { region, instance, maxAgeMs, types = NIGHTLY }: Params,
  context: StepContext,
): Promise<RecoveryPoint> {
  const newest = await newestSnapshot(region, instance, context, types);
  if (!newest) {
    throw new DrillError(
      'no-snapshot',
      `${instance} has no snapshot that is available: none of the types ${types.join(', ')}.`,
      {
        hint: 'Turn on automated backups or a plan of AWS Backup, or wait until the first is done.',
      },
    );
  }
  const ageMs = context.clock.nowMs() - newest.timeMs;
  if (ageMs > maxAgeMs) {
    throw new DrillError(
      'snapshot-too-old',
      `The newest snapshot, ${newest.id}, is ${Math.round(ageMs / 3_600_000)} h old; the drill allows ${Math.round(maxAgeMs / 3_600_000)} h.`,
      { hint: 'Find out why last night’s snapshot is missing.' },
    );
  }
  return { from: 'snapshot', id: newest.id, timeMs: newest.timeMs };
}

async function pointInTime({ region, instance, beforeMs }: Params, context: StepContext): Promise<RecoveryPoint> {
  const found = await instanceOf(context, region, instance);
  const latest = found.LatestRestorableTime;
  if (!latest) {
    throw new DrillError('not-restorable', `${instance} cannot be restored to a point in time.`, {
      hint: 'Set a backup retention period above zero.',
    });
  }
  // Whole seconds are all that RDS takes.
  const timeMs = Math.floor((latest.getTime() - beforeMs) / 1000) * 1000;
  return { from: 'point-in-time', id: `${instance}@${isoTime(timeMs)}`, timeMs };
}
