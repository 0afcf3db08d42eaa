import * as z from 'zod';
import { isoTime } from '../../../clock/clock.ts';
import { DrillError } from '../../../errors.ts';
import { component, given } from '../../../steps/given.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { clusterOrNothing } from '../../rds/cluster.ts';
import {
  beforeLatest,
  newEnough,
  pointGiven,
  pointWanted,
  type RecoveryPoint,
  wantedOf,
} from '../../recovery-point.ts';
import { chosenByHand, listedByAge } from '../../recovery-point-by-hand.ts';
import { backupPermissions, newestClusterSnapshot } from './cluster-snapshot.ts';
import { globalCluster, globalClusterNeed, globalClusterOf } from './global-cluster.ts';

const params = globalCluster.extend({
  ...pointWanted.shape,
  /** The data store's component. */
  store: z.string(),
});
type Params = z.output<typeof params>;

/** Finds what of the primary cluster to restore: its newest snapshot, or a time inside the restorable window. */
export const chooseClusterRecoveryPoint = defineStep<Params, RecoveryPoint>({
  kind: 'rds.choose-cluster-recovery-point',
  params,
  given: given(z.strictObject(pointGiven), (wanted, around) => ({
    ...globalClusterOf('primary', around),
    ...wantedOf(wanted),
    store: component('aurora-global', around).id,
  })),
  needs: (target) => [
    globalClusterNeed(target, { writes: true }),
    {
      need: 'rds-cluster-backups',
      region: target.region,
      cluster: target.cluster,
      restores: target.from,
      snapshotMaxAgeMs: target.maxAgeMs,
      ...(target.types && { types: target.types }),
    },
  ],
  plane: 'control',
  title: ({ from, cluster }) =>
    from === 'snapshot' ? `Find the newest snapshot of ${cluster}` : `Find the latest restorable time of ${cluster}`,
  region: ({ region }) => region,
  calls: ({ from }) => [from === 'snapshot' ? 'rds:DescribeDBClusterSnapshots' : 'rds:DescribeDBClusters'],
  permissions: ({ region, cluster }, account) => backupPermissions(region, account, cluster),
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

function listed({ region, cluster, types }: Params): string {
  return listedByAge(
    (type) =>
      `aws rds describe-db-cluster-snapshots --region ${region} --db-cluster-identifier ${cluster} --snapshot-type ${type} --query "DBClusterSnapshots[?Status=='available'].[SnapshotCreateTime, ${type === 'shared' ? 'DBClusterSnapshotArn' : 'DBClusterSnapshotIdentifier'}]" --output text`,
    types,
  );
}

function latestOf({ region, cluster }: Params): string {
  return `aws rds describe-db-clusters --region ${region} --db-cluster-identifier ${cluster} --query 'DBClusters[0].LatestRestorableTime' --output text`;
}

async function newestOf({ region, cluster, maxAgeMs, types }: Params, context: StepContext): Promise<RecoveryPoint> {
  const newest = await newestClusterSnapshot(region, cluster, context, types);
  return newEnough(newest, { of: cluster, nowMs: context.clock.nowMs(), maxAgeMs, ...(types && { types }) });
}

async function pointInTime({ region, cluster, beforeMs }: Params, context: StepContext): Promise<RecoveryPoint> {
  const latest = (await clusterOrNothing(region, cluster, context))?.LatestRestorableTime;
  if (!latest)
    throw new DrillError('not-restorable', `${cluster} cannot be restored to a point in time.`, {
      hint: `See whether it is there, and available: aws rds describe-db-clusters --region ${region} --db-cluster-identifier ${cluster}`,
    });
  const timeMs = beforeLatest(latest, beforeMs);
  return { from: 'point-in-time', id: `${cluster}@${isoTime(timeMs)}`, timeMs };
}
