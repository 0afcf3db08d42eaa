import type { DBClusterSnapshot } from '@aws-sdk/client-rds';
import { parseArn, regionalArn } from '../../arn.ts';
import type { Input } from '../../aws/aws.ts';
import { daily } from '../daily.ts';
import { awsError } from '../faults.ts';
import type { AuroraCluster, ClusterSnapshot, GlobalDatabase } from '../stores-state.ts';
import { at, plan } from '../timeline.ts';
import { nextDraw, type World } from '../world.ts';
import { mustHaveRoomForCopy } from './copy-snapshot.ts';
import { keyFor } from './create-replica.ts';
import { engineNamed, portOf } from './global-clusters.ts';

/** When Aurora takes its automated snapshot each night, UTC. */
const WINDOW = '18:00';

export const clusterSnapshots = {
  DescribeDBClusterSnapshots(world: World, region: string, input: Input<'rds', 'DescribeDBClusterSnapshots'>) {
    const { DBClusterIdentifier: cluster, DBClusterSnapshotIdentifier: wanted, SnapshotType: type } = input;
    const found = clusterSnapshotsIn(world, region)
      .map(({ described }) => described)
      .filter((one) => cluster === undefined || one.DBClusterIdentifier === cluster)
      .filter((one) => wanted === undefined || isNamed(one, wanted))
      .filter((one) => (type === undefined ? true : one.SnapshotType === type));
    if (wanted !== undefined && found.length === 0) throw missing(wanted);
    return { DBClusterSnapshots: found };
  },

  /** Asked for where the copy is to be; a snapshot of another region is named by its ARN. */
  CopyDBClusterSnapshot(world: World, region: string, input: Input<'rds', 'CopyDBClusterSnapshot'>) {
    const wanted = input.SourceDBClusterSnapshotIdentifier ?? '';
    const from = parseArn(wanted)?.region ?? region;
    const source = availableSnapshot(world, from, wanted);
    const identifier = input.TargetDBClusterSnapshotIdentifier ?? '';
    if (clusterSnapshotsIn(world, region).some(({ described }) => described.DBClusterSnapshotIdentifier === identifier))
      throw awsError('DBClusterSnapshotAlreadyExistsFault', `The snapshot ${identifier} already exists.`);
    mustHaveRoomForCopy(world, region);
    const nowMs = world.clock.nowMs();
    const { takes, fails } = world.simulation.snapshotCopy;
    const takesMs = takes ?? world.durations.snapshotCopy(nextDraw(world, `snapshot-copy/${identifier}`));
    const copy: ClusterSnapshot = {
      identifier,
      region,
      of: source.described.DBClusterIdentifier ?? '',
      takenMs: source.takenMs,
      createdMs: nowMs,
      from: source.described.DBClusterSnapshotArn ?? '',
      kmsKey: keyFor(world, { kmsKey: source.described.KmsKeyId ?? '', region: from }, region, input.KmsKeyId) ?? '',
      tags: (input.Tags ?? []).map(({ Key = '', Value = '' }) => ({ Key, Value })),
      status: [
        [nowMs, 'creating'],
        [nowMs + Math.round(takesMs), fails ? 'failed' : 'available'],
      ],
    };
    world.clusterSnapshots.push(copy);
    return { DBClusterSnapshot: described(world, copy) };
  },

  DeleteDBClusterSnapshot(world: World, region: string, input: Input<'rds', 'DeleteDBClusterSnapshot'>) {
    const nowMs = world.clock.nowMs();
    const wanted = input.DBClusterSnapshotIdentifier ?? '';
    const snapshot = world.clusterSnapshots.find(
      (one) => one.region === region && one.identifier === wanted && at(one.status, nowMs) !== null,
    );
    if (!snapshot) {
      if (!clusterSnapshotsIn(world, region).some((one) => isNamed(one.described, wanted))) throw missing(wanted);
      throw awsError('InvalidDBClusterSnapshotStateFault', 'Automated snapshots cannot be deleted.');
    }
    if (at(snapshot.status, nowMs) === 'creating')
      throw awsError('InvalidDBClusterSnapshotStateFault', `The snapshot ${wanted} is still being created.`);
    const answer = { ...described(world, snapshot), Status: 'deleted' };
    plan(snapshot.status, nowMs, [[nowMs, null]]);
    return { DBClusterSnapshot: answer };
  },
};

/** A snapshot as the API tells it, and when it was taken: the API tells of a copy only when that was made. */
interface Taken {
  takenMs: number;
  described: DBClusterSnapshot;
}

/** A snapshot that can be restored or copied, by name or ARN. */
export function availableSnapshot(world: World, region: string, wanted: string): Taken {
  const found = clusterSnapshotsIn(world, region).find((one) => isNamed(one.described, wanted));
  if (!found) throw missing(wanted);
  if (found.described.Status === 'available') return found;
  throw awsError(
    'InvalidDBClusterSnapshotStateFault',
    `The snapshot ${wanted} is ${found.described.Status}, not available.`,
  );
}

const isNamed = (one: DBClusterSnapshot, wanted: string): boolean =>
  [one.DBClusterSnapshotIdentifier, one.DBClusterSnapshotArn].includes(wanted);

const missing = (wanted: string) =>
  awsError('DBClusterSnapshotNotFoundFault', `DBClusterSnapshot not found: ${wanted}`, 404);

/** The snapshots of clusters that a region holds now: nightly ones, those of old writers, and those that someone copied. */
const clusterSnapshotsIn = (world: World, region: string): Taken[] => [
  ...world.aurora.flatMap((database) =>
    database.clusters
      .filter((one) => one.region === region && at(one.status, world.clock.nowMs()) !== null)
      .flatMap((one) => [...nightlyOf(world, database, one), ...atFailoversOf(world, database, one)]),
  ),
  ...world.clusterSnapshots
    .filter((one) => one.region === region && at(one.status, world.clock.nowMs()) !== null)
    .map((one) => ({ takenMs: one.takenMs, described: described(world, one) })),
];

const nightlyOf = (world: World, database: GlobalDatabase, one: AuroraCluster): Taken[] =>
  daily(WINDOW, one.backupRetentionDays, world.clock.nowMs())
    .filter((ms) => ms > one.createdMs)
    .map((takenMs) => byItself(world, database, one, { takenMs, name: one.cluster }));

/** What an old writer held as another cluster took over: Aurora keeps it as it makes the cluster again, which then follows. */
const atFailoversOf = (world: World, database: GlobalDatabase, one: AuroraCluster): Taken[] =>
  one.follows.flatMap(([fromMs, follows], index) => {
    const [takenMs] = one.follows[index - 1] ?? [];
    if (!follows || takenMs === undefined || fromMs > world.clock.nowMs()) return [];
    if (!at(one.isWriter, takenMs - 1)) return [];
    return [byItself(world, database, one, { takenMs, name: `unplanned-global-failover-${one.cluster}` })];
  });

/** A snapshot that Aurora takes by itself. */
function byItself(
  world: World,
  database: GlobalDatabase,
  one: AuroraCluster,
  { takenMs, name }: { takenMs: number; name: string },
): Taken {
  const id = `rds:${name}-${new Date(takenMs).toISOString().slice(0, 16).replace(/[T:]/g, '-')}`;
  return {
    takenMs,
    described: {
      ...placed(world, one.region, id),
      ...ofDatabase(world, database, one),
      SnapshotCreateTime: new Date(takenMs),
      SnapshotType: 'automated',
      Status: 'available',
      PercentProgress: 100,
      KmsKeyId: one.kmsKey,
    },
  };
}

function described(world: World, copy: ClusterSnapshot): DBClusterSnapshot {
  const nowMs = world.clock.nowMs();
  const Status = at(copy.status, nowMs) ?? 'deleting';
  const doneMs = copy.status.at(-1)?.[0] ?? nowMs;
  const share = Math.min(1, (nowMs - copy.createdMs) / Math.max(1, doneMs - copy.createdMs));
  const original = world.aurora
    .flatMap((database) => database.clusters.map((cluster) => ({ database, cluster })))
    .find(({ cluster }) => cluster.cluster === copy.of);
  return {
    ...placed(world, copy.region, copy.identifier),
    ...(original && ofDatabase(world, original.database, original.cluster)),
    SnapshotCreateTime: new Date(copy.createdMs),
    SnapshotType: 'manual',
    Status,
    PercentProgress: Status === 'creating' ? Math.floor(share * 100) : 100,
    KmsKeyId: copy.kmsKey,
    SourceDBClusterSnapshotArn: copy.from,
    TagList: copy.tags.map((tag) => ({ ...tag })),
  };
}

const placed = ({ topology }: World, region: string, id: string) => ({
  DBClusterSnapshotIdentifier: id,
  DBClusterSnapshotArn: regionalArn({
    service: 'rds',
    region,
    account: topology.account,
    resource: `cluster-snapshot:${id}`,
  }),
});

const ofDatabase = (world: World, database: GlobalDatabase, one: AuroraCluster) => ({
  DBClusterIdentifier: one.cluster,
  ClusterCreateTime: new Date(one.createdMs),
  Engine: engineNamed(database),
  EngineVersion: one.engineVersion,
  Port: portOf(world, database),
  StorageEncrypted: true,
  IAMDatabaseAuthenticationEnabled: one.iamLogin,
});
