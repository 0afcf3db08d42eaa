import type { Input } from '../../aws/aws.ts';
import { awsError } from '../faults.ts';
import { DB_CLUSTERS, quotaIn } from '../service-quotas.ts';
import type { AuroraCluster, GlobalDatabase } from '../stores-state.ts';
import { always, at, plan } from '../timeline.ts';
import { nextDraw, type World } from '../world.ts';
import { availableSnapshot } from './cluster-snapshots.ts';
import { earliestRestorableMs, latestRestorableMs } from './cluster-times.ts';
import { clusterNamed, describedCluster, engineNamed } from './global-clusters.ts';
import { clusterWith, type Found, isLost, thereIn } from './global-database.ts';
import { mustHaveGroups } from './groups.ts';

type FromSnapshot = Input<'rds', 'RestoreDBClusterFromSnapshot'>;
type ToPointInTime = Input<'rds', 'RestoreDBClusterToPointInTime'>;

export const clusterRestore = {
  RestoreDBClusterFromSnapshot(world: World, region: string, input: FromSnapshot) {
    const snapshot = availableSnapshot(world, region, input.SnapshotIdentifier ?? '');
    const { DBClusterIdentifier: of, KmsKeyId: kmsKey = '', Engine } = snapshot.described;
    if (input.Engine !== Engine)
      throw awsError('InvalidParameterCombination', `The snapshot is of ${Engine}, not of ${input.Engine}.`);
    return restoreTo(world, region, { source: originalNamed(world, of), kmsKey, takenMs: snapshot.takenMs }, input);
  },

  RestoreDBClusterToPointInTime(world: World, region: string, input: ToPointInTime) {
    const source = clusterNamed(world, region, input.SourceDBClusterIdentifier);
    const latestMs = latestRestorableMs(world, source.cluster);
    if (Boolean(input.UseLatestRestorableTime) === (input.RestoreToTime !== undefined))
      throw awsError(
        'InvalidParameterCombination',
        'Either RestoreToTime or UseLatestRestorableTime must be specified, but not both.',
      );
    const takenMs = input.RestoreToTime?.getTime() ?? latestMs ?? 0;
    if (latestMs === undefined || takenMs > latestMs || takenMs < earliestRestorableMs(world, source.cluster))
      throw awsError(
        'InvalidRestoreFault',
        `${source.cluster.cluster} cannot be restored to a time outside of its restorable window.`,
      );
    return restoreTo(world, region, { source, kmsKey: source.cluster.kmsKey, takenMs }, input);
  },

  DeleteDBCluster(world: World, region: string, input: Input<'rds', 'DeleteDBCluster'>) {
    const nowMs = world.clock.nowMs();
    const { database, cluster } = clusterNamed(world, region, input.DBClusterIdentifier);
    const invalid = (message: string) => awsError('InvalidDBClusterStateFault', message);
    if (database.copy === null) throw invalid(`${cluster.cluster} is a part of the global cluster ${database.id}.`);
    if (cluster.deletionProtection)
      throw awsError(
        'InvalidParameterCombination',
        'Cannot delete protected Cluster, please disable deletion protection and try again.',
      );
    if (!input.SkipFinalSnapshot && !input.FinalDBSnapshotIdentifier)
      throw awsError(
        'InvalidParameterCombination',
        'FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.',
      );
    if (thereIn(cluster, nowMs).some(({ status }) => at(status, nowMs) !== 'deleting'))
      throw invalid('Cluster cannot be deleted, it still contains DB instances in non-deleting state.');
    const status = at(cluster.status, nowMs);
    if (status === 'creating' || status === 'deleting') throw invalid(`DB cluster ${cluster.cluster} is ${status}.`);
    const drawn = nextDraw(world, `deletion/${cluster.cluster}`);
    plan(cluster.status, nowMs, [
      [nowMs, 'deleting'],
      [nowMs + Math.round(world.durations.deletion(drawn)), null],
    ]);
    return { DBCluster: describedCluster(world, database, cluster) };
  },
};

/** The source cluster of a snapshot, in any region. */
function originalNamed({ aurora }: World, name: string | undefined): Found {
  for (const database of aurora) {
    const cluster = database.clusters.find((one) => one.cluster === name);
    if (cluster) return { database, cluster };
  }
  throw awsError('DBClusterNotFoundFault', `DBCluster ${name} not found.`, 404);
}

/** A new cluster, outside of the global database and without an instance: with everything at its default, unless told. */
function restoreTo(
  world: World,
  region: string,
  { source, kmsKey, takenMs }: { source: Found; kmsKey: string; takenMs: number },
  input: FromSnapshot | ToPointInTime,
) {
  const nowMs = world.clock.nowMs();
  const name = input.DBClusterIdentifier ?? '';
  mustHaveRoomFor(world, region, name);
  mustHaveGroups(world, region, { DBSubnetGroupName: input.DBSubnetGroupName });
  mustKnow(world, region, input.DBClusterParameterGroupName);
  const { takes, fails, losesRows, losesOrders, altersRows } = world.simulation.restore;
  const takesMs = takes ?? world.durations.clusterRestore(world.draw(`restore/${name}`));
  const cluster: AuroraCluster = {
    region,
    cluster: name,
    engineVersion: source.cluster.engineVersion,
    instances: [],
    isWriter: always(true),
    follows: always(false),
    leader: always(null),
    securityGroups: always(input.VpcSecurityGroupIds ?? ['default']),
    quarantine: source.cluster.quarantine,
    readOnly: always(false),
    status: [
      [nowMs, 'creating'],
      [nowMs + Math.round(takesMs), fails ? 'inaccessible-encryption-credentials' : 'available'],
    ],
    createdMs: nowMs,
    parameterGroup: input.DBClusterParameterGroupName ?? `default.${engineNamed(source.database)}`,
    subnetGroup: input.DBSubnetGroupName ?? 'default',
    iamLogin: input.EnableIAMDatabaseAuthentication ?? false,
    deletionProtection: input.DeletionProtection ?? false,
    backupRetentionDays: source.cluster.backupRetentionDays,
    kmsKey: input.KmsKeyId ?? kmsKey,
    tags: (input.Tags ?? []).map(({ Key = '', Value = '' }) => ({ Key, Value })),
  };
  const { store, engine, database: inside, rows } = source.database;
  const database: GlobalDatabase = {
    id: '',
    store,
    engine,
    database: inside,
    status: always('available'),
    target: null,
    clusters: [cluster],
    open: always(true),
    // What came over by then is its own.
    rows: rows
      .filter((row) => row.atMs <= takenMs && !isLost(source.database, row.region, row.atMs, nowMs))
      .map((row) => ({ ...row, region })),
    losses: [],
    copy: { untilMs: takenMs, lostOrders: losesRows, wholeOrders: losesOrders, altered: altersRows },
    schemas: {},
  };
  world.aurora.push(database);
  return { DBCluster: describedCluster(world, database, cluster) };
}

/** RDS makes no second cluster of a name, and none over the quota. */
function mustHaveRoomFor(world: World, region: string, name: string): void {
  if (clusterWith(world, region, name)?.cluster.cluster === name)
    throw awsError('DBClusterAlreadyExistsFault', 'DB Cluster already exists');
  const most = quotaIn(world, DB_CLUSTERS);
  const there = world.aurora
    .flatMap(({ clusters }) => clusters)
    .filter((one) => one.region === region && at(one.status, world.clock.nowMs()) !== null);
  if (there.length >= most)
    throw awsError('DBClusterQuotaExceededFault', `The maximum number of DB clusters, ${most}, has been reached.`);
}

/** Cluster parameter groups are known by the clusters that have them. */
function mustKnow({ aurora }: World, region: string, name: string | undefined): void {
  const known = aurora.flatMap(({ clusters }) => clusters).filter((one) => one.region === region);
  if (name === undefined || name.startsWith('default.') || known.some(({ parameterGroup }) => parameterGroup === name))
    return;
  throw awsError('DBClusterParameterGroupNotFoundFault', `DBClusterParameterGroup not found: ${name}`, 404);
}
