import * as z from 'zod';
import { regionalArn } from '../../../arn.ts';
import { isoTime } from '../../../clock/clock.ts';
import { DrillError } from '../../../errors.ts';
import { databaseGiven, databaseOf, given } from '../../../steps/given.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { arnOf, INSTANCE_LOOK, instanceOf, instancePermissions } from '../../rds/instance.ts';
import {
  beforeLatest,
  newEnough,
  pointGiven,
  pointWanted,
  type RecoveryPoint,
  wantedOf,
} from '../../recovery-point.ts';
import { chosenByHand, listedByAge } from '../../recovery-point-by-hand.ts';
import { newestSnapshot } from './newest-snapshot.ts';

const DAY = 86_400_000;

const params = pointWanted.extend({
  region: z.string(),
  instance: z.string(),
  /** The data store's component. */
  store: z.string(),
});
type Params = z.output<typeof params>;

/** Finds what to restore: the newest snapshot, or a time inside the restorable window. */
export const chooseRecoveryPoint = defineStep<Params, RecoveryPoint>({
  kind: 'rds.choose-recovery-point',
  params,
  given: given(
    z.strictObject({ ...databaseGiven, ...pointGiven }),
    ({ on, region: where, instance: named, ...wanted }, around) => {
      const { region, instance, store } = databaseOf({ on, region: where, instance: named }, around);
      return { region, instance, store, ...wantedOf(wanted) };
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
  calls: ['rds:DescribeDBSnapshots', INSTANCE_LOOK],
  permissions: ({ region, instance }, account) => [
    ...instancePermissions(region, account, instance),
    { action: 'rds:DescribeDBSnapshots', resource: arnOf(region, account, instance) },
    {
      action: 'rds:DescribeDBSnapshots',
      resource: regionalArn({ service: 'rds', region, account, resource: 'snapshot:*' }),
    },
  ],
  ...chosenByHand<Params>(listed, latestOf),
  usuallyMs: () => 1_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle(wanted, context) {
    const point = wanted.from === 'snapshot' ? await newestOf(wanted, context) : await pointInTime(wanted, context);
    context.record({
      type: 'recovery-point',
      of: wanted.store,
      from: point.from,
      id: point.id,
      time: isoTime(point.timeMs),
    });
    return point;
  },
});

function listed({ region, instance, types }: Params): string {
  return listedByAge(
    (type) =>
      `aws rds describe-db-snapshots --region ${region} --db-instance-identifier ${instance} --snapshot-type ${type} --query "DBSnapshots[?Status=='available'].[OriginalSnapshotCreateTime || SnapshotCreateTime, ${type === 'shared' ? 'DBSnapshotArn' : 'DBSnapshotIdentifier'}]" --output text`,
    types,
  );
}

function latestOf({ region, instance }: Params): string {
  return `aws rds describe-db-instances --region ${region} --db-instance-identifier ${instance} --query 'DBInstances[0].LatestRestorableTime' --output text`;
}

async function newestOf({ region, instance, maxAgeMs, types }: Params, context: StepContext): Promise<RecoveryPoint> {
  const newest = await newestSnapshot(region, instance, context, types);
  return newEnough(newest, { of: instance, nowMs: context.clock.nowMs(), maxAgeMs, ...(types && { types }) });
}

async function pointInTime({ region, instance, beforeMs }: Params, context: StepContext): Promise<RecoveryPoint> {
  const found = await instanceOf(context, region, instance);
  const latest = found.LatestRestorableTime;
  if (!latest) {
    throw new DrillError('not-restorable', `${instance} cannot be restored to a point in time.`, {
      hint: 'Set a backup retention period above zero.',
    });
  }
  const timeMs = beforeLatest(latest, beforeMs);
  return { from: 'point-in-time', id: `${instance}@${isoTime(timeMs)}`, timeMs };
}
