import type { DBCluster, FailoverStatus, GlobalCluster } from '@aws-sdk/client-rds';
import { globalArn, regionalArn } from '../../arn.ts';
import type { Input } from '../../aws/aws.ts';
import { awsError } from '../faults.ts';
import type { AuroraCluster, ClusterInstance, GlobalDatabase } from '../stores-state.ts';
import { at, moving, plan, since } from '../timeline.ts';
import { isDown, nextDraw, type World } from '../world.ts';
import { earliestRestorableMs, latestRestorableMs } from './cluster-times.ts';
import {
  clusterWith,
  endpointOf,
  type Found,
  globalEndpointOf,
  lastSentMs,
  leaderAt,
  readerEndpointOf,
  thereIn,
  writerAt,
} from './global-database.ts';

const MODIFIABLE = ['DBClusterIdentifier', 'VpcSecurityGroupIds', 'ApplyImmediately'];

/** Aurora's global database and its clusters, as the API of RDS answers. */
export const globalClusters = {
  DescribeGlobalClusters(world: World, _region: string, input: Input<'rds', 'DescribeGlobalClusters'>) {
    const { GlobalClusterIdentifier: wanted } = input;
    const there = wanted === undefined ? world.aurora.filter(({ copy }) => copy === null) : [found(world, wanted)];
    return { GlobalClusters: there.map((one) => described(world, one)) };
  },

  DescribeDBClusters(world: World, region: string, input: Input<'rds', 'DescribeDBClusters'>) {
    const wanted = input.DBClusterIdentifier;
    const there = world.aurora.flatMap((database) =>
      database.clusters
        .filter((one) => one.region === region && at(one.status, world.clock.nowMs()) !== null)
        .filter((one) => wanted === undefined || [one.cluster, clusterArn(world, one)].includes(wanted))
        .map((one) => describedCluster(world, database, one)),
    );
    if (wanted !== undefined && there.length === 0) throw clusterMissing(wanted);
    return { DBClusters: there };
  },

  /** Of what RDS lets change, its security groups: at once, whatever ApplyImmediately says. */
  ModifyDBCluster(world: World, region: string, input: Input<'rds', 'ModifyDBCluster'>) {
    const found = clusterNamed(world, region, input.DBClusterIdentifier);
    const strange = Object.keys(input).find((key) => !MODIFIABLE.includes(key));
    if (strange) throw awsError('InvalidParameterCombination', `The simulator does not model changing ${strange}.`);
    const nowMs = world.clock.nowMs();
    const { cluster, database } = found;
    if (input.VpcSecurityGroupIds) {
      const takesMs = world.durations.securityGroup(nextDraw(world, `security-group/${cluster.cluster}`));
      plan(cluster.securityGroups, nowMs, [[nowMs + Math.round(takesMs), input.VpcSecurityGroupIds]]);
    }
    return { DBCluster: describedCluster(world, database, cluster) };
  },

  /** Another instance of the cluster leads it: nobody takes writes meanwhile, and its endpoint leads elsewhere before they are taken again. */
  FailoverDBCluster(world: World, region: string, input: Input<'rds', 'FailoverDBCluster'>) {
    const { cluster, database } = clusterNamed(world, region, input.DBClusterIdentifier);
    const nowMs = world.clock.nowMs();
    const old = leaderAt(cluster, nowMs);
    const readers = thereIn(cluster, nowMs).filter((one) => one !== old && at(one.status, nowMs) === 'available');
    const next = readers.find(({ identifier }) => identifier === input.TargetDBInstanceIdentifier) ?? readers[0];
    if (!next || !at(cluster.isWriter, nowMs) || moving(database.open, nowMs))
      throw awsError('InvalidDBClusterStateFault', `DB cluster ${cluster.cluster} cannot be failed over.`);
    const { takes, dnsTakes, dropped } = world.simulation.zoneFailover;
    const takesMs = takes ?? world.durations.clusterFailover(nextDraw(world, `cluster-failover/${cluster.cluster}`));
    const openMs = nowMs + Math.round(takesMs);
    plan(database.open, nowMs, [
      [nowMs, false],
      [openMs, true],
    ]);
    // Both end every session: the old one comes back as a reader.
    for (const { open } of [old, next].filter((one) => one !== undefined))
      plan(open, nowMs, [
        [nowMs, false],
        [openMs, true],
      ]);
    if (!dropped) plan(cluster.leader, nowMs, [[nowMs + Math.round(dnsTakes ?? takesMs / 2), next.identifier]]);
    return { DBCluster: describedCluster(world, database, cluster) };
  },

  /** Needs a healthy primary: everything that it has acknowledged is brought over first. */
  SwitchoverGlobalCluster(world: World, _region: string, input: Input<'rds', 'SwitchoverGlobalCluster'>) {
    return move(world, input, false);
  },

  /** Without AllowDataLoss it is a switchover. */
  FailoverGlobalCluster(world: World, _region: string, input: Input<'rds', 'FailoverGlobalCluster'>) {
    return move(world, input, input.AllowDataLoss === true);
  },
};

export const clusterArn = (
  { topology }: World,
  { region, cluster }: Pick<AuroraCluster, 'region' | 'cluster'>,
): string => regionalArn({ service: 'rds', region, account: topology.account, resource: `cluster:${cluster}` });

const clusterMissing = (name: string) => awsError('DBClusterNotFoundFault', `DBCluster ${name} not found.`, 404);

/** The cluster of that name, which no instance has. */
export function clusterNamed(world: World, region: string, name = ''): Found {
  const found = clusterWith(world, region, name);
  if (found?.cluster.cluster === name) return found;
  throw clusterMissing(name);
}

const invalidState = (message: string) => awsError('InvalidGlobalClusterStateFault', message);

function found({ aurora }: World, id: string | undefined): GlobalDatabase {
  const known = aurora.find((one) => one.copy === null && one.id === id);
  if (known) return known;
  throw awsError('GlobalClusterNotFoundFault', `Global cluster ${id} not found.`, 404);
}

type Asked = { GlobalClusterIdentifier: string | undefined; TargetDbClusterIdentifier: string | undefined };

function move(world: World, asked: Asked, allowsLoss: boolean) {
  const nowMs = world.clock.nowMs();
  const database = found(world, asked.GlobalClusterIdentifier);
  const next = database.clusters.find((one) => clusterArn(world, one) === asked.TargetDbClusterIdentifier);
  if (!next) throw clusterMissing(asked.TargetDbClusterIdentifier ?? '');
  if (moving(database.status, nowMs)) throw invalidState(`Global cluster ${database.id} is not in available state.`);
  const old = writerAt(database, nowMs) as AuroraCluster;
  if (old === next) throw invalidState(`${next.cluster} is already the primary cluster of ${database.id}.`);
  if (!thereIn(next, nowMs).some(({ status }) => at(status, nowMs) === 'available')) {
    throw awsError('InvalidDBClusterStateFault', `DB cluster ${next.cluster} has no DB instance that can be promoted.`);
  }
  const isWhole = isConnected(world, database, next);
  const { refused } = world.simulation.globalCluster;
  const nth = (world.spent.SwitchoverGlobalCluster ?? 0) + 1;
  if (!allowsLoss) world.spent.SwitchoverGlobalCluster = nth;
  if (!allowsLoss && (!isWhole || nth <= refused))
    throw invalidState(`${old.cluster} and ${next.cluster} are not synchronized.`);
  mustFit(old, next, allowsLoss);
  turn(world, database, { old, next, allowsLoss });
  return { GlobalCluster: described(world, database) };
}

/** A switchover wants the same patch level, a failover at least the same version. */
function mustFit(old: AuroraCluster, next: AuroraCluster, allowsLoss: boolean): void {
  const level = ({ engineVersion }: AuroraCluster) =>
    allowsLoss ? engineVersion.split('.').slice(0, -1).join('.') : engineVersion;
  if (level(old) === level(next)) return;
  throw awsError(
    'InvalidParameterCombination',
    `The target cluster ${next.cluster} runs ${next.engineVersion}, and the primary cluster ${old.cluster} runs ${old.engineVersion}.`,
  );
}

function turn(
  world: World,
  database: GlobalDatabase,
  { old, next, allowsLoss }: { old: AuroraCluster; next: AuroraCluster; allowsLoss: boolean },
): void {
  const nowMs = world.clock.nowMs();
  const { takes, fails, lag, losesAtSwitchover, instancesTake } = world.simulation.globalCluster;
  const drawn = nextDraw(world, `global-cluster/${database.id}`);
  const endMs = nowMs + Math.round(takes ?? world.durations.globalClusterChange(drawn));
  database.target = next.cluster;
  plan(database.status, nowMs, [
    [nowMs, allowsLoss ? 'failing-over' : 'switching-over'],
    [endMs, 'available'],
  ]);
  // A switchover goes on taking writes while the other one catches up.
  const stopsMs = allowsLoss ? nowMs : nowMs + Math.round((endMs - nowMs) * world.durations.switchoverWritesShare);
  plan(database.open, nowMs, [
    [stopsMs, false],
    [endMs, true],
  ]);
  if (fails) return;
  plan(old.isWriter, nowMs, [[endMs, false]]);
  plan(next.isWriter, nowMs, [[endMs, true]]);
  const lost = allowsLoss ? lag : losesAtSwitchover;
  const lastMs = lastSentMs(world, old, next, stopsMs);
  if (lost > 0) database.losses.push({ region: old.region, fromMs: lastMs - lost, untilMs: endMs });
  // A setting of the database comes over with its rows.
  plan(next.readOnly, nowMs, [[endMs, at(old.readOnly, lastMs - lost)]]);
  if (instancesTake > 0) for (const one of thereIn(next, nowMs)) restart(one, nowMs, [endMs, endMs + instancesTake]);
  if (!allowsLoss) return;
  for (const one of database.clusters.filter((each) => each !== next)) rejoin(world, one, endMs);
}

/** An instance that restarts is unreachable, even if its cluster is available. */
function restart({ status, open }: ClusterInstance, nowMs: number, [fromMs, untilMs]: [number, number]): void {
  plan(status, nowMs, [
    [fromMs, 'rebooting'],
    [untilMs, 'available'],
  ]);
  plan(open, nowMs, [
    [fromMs, false],
    [untilMs, true],
  ]);
}

/** After a failover, other clusters are rebuilt from the new primary, and replicate some time later. */
function rejoin(world: World, { cluster, follows }: AuroraCluster, endMs: number): void {
  const backMs = endMs + Math.round(world.durations.clusterRejoin(nextDraw(world, `cluster-rejoin/${cluster}`)));
  const back: [number, boolean][] = world.simulation.globalCluster.staysApart ? [] : [[backMs, true]];
  plan(follows, world.clock.nowMs(), [[endMs, false], ...back]);
}

/** Whether what the writer writes comes to a cluster. */
function isConnected(world: World, database: GlobalDatabase, one: AuroraCluster): boolean {
  const nowMs = world.clock.nowMs();
  const { unsynchronized } = world.simulation.globalCluster;
  const writer = writerAt(database, nowMs);
  if (writer === one) return true;
  const isLate = nowMs < world.startMs + unsynchronized;
  const isApart = writer !== undefined && lastSentMs(world, writer, one, nowMs) < nowMs;
  return at(one.follows, nowMs) && !isDown(world, one.region, nowMs) && !isLate && !isApart;
}

function described(world: World, database: GlobalDatabase): GlobalCluster {
  const nowMs = world.clock.nowMs();
  const status = at(database.status, nowMs);
  const writer = writerAt(database, nowMs);
  const target = database.clusters.find(({ cluster }) => cluster === database.target);
  const { primary } = world.topology.regions;
  return {
    GlobalClusterIdentifier: database.id,
    GlobalClusterArn: globalArn({
      service: 'rds',
      region: primary,
      account: world.topology.account,
      resource: `global-cluster:${database.id}`,
    }),
    Status: status,
    Engine: engineNamed(database),
    EngineVersion: writer?.engineVersion,
    DatabaseName: database.database,
    StorageEncrypted: true,
    DeletionProtection: true,
    ...(world.simulation.globalCluster.noGlobalEndpoint ? {} : { Endpoint: globalEndpointOf(database.id, primary) }),
    GlobalClusterMembers: database.clusters.map((one) => ({
      DBClusterArn: clusterArn(world, one),
      IsWriter: one === writer,
      Readers:
        one === writer
          ? database.clusters.filter((other) => other !== one).map((other) => clusterArn(world, other))
          : [],
      SynchronizationStatus: isConnected(world, database, one) ? ('connected' as const) : ('pending-resync' as const),
    })),
    ...(status !== 'available' &&
      writer &&
      target && {
        FailoverState: {
          Status: stateOfChange(database, nowMs),
          FromDbClusterArn: clusterArn(world, writer),
          ToDbClusterArn: clusterArn(world, target),
          IsDataLossAllowed: status === 'failing-over',
        },
      }),
  };
}

/** Assumption: a change is looked at for this long before it begins. */
const PENDING_MS = 3_000;

/** As RDS tells it: `switching-over` is missing from the SDK's list. */
function stateOfChange({ status }: GlobalDatabase, nowMs: number): FailoverStatus {
  if (nowMs - since(status, nowMs) < PENDING_MS) return 'pending';
  return at(status, nowMs) as FailoverStatus;
}

export const engineNamed = ({ engine }: GlobalDatabase): string =>
  engine === 'mysql' ? 'aurora-mysql' : 'aurora-postgresql';

export const portOf = ({ endpoints }: World, { engine }: GlobalDatabase): number =>
  endpoints.databasePort ?? (engine === 'mysql' ? 3306 : 5432);

export function describedCluster(world: World, database: GlobalDatabase, one: AuroraCluster): DBCluster {
  const nowMs = world.clock.nowMs();
  const members = thereIn(one, nowMs);
  const leader = at(one.isWriter, nowMs) ? leaderAt(one, nowMs) : undefined;
  const latestMs = latestRestorableMs(world, one);
  return {
    DBClusterIdentifier: one.cluster,
    DBClusterArn: clusterArn(world, one),
    Status: at(one.status, nowMs) ?? 'deleting',
    ClusterCreateTime: new Date(one.createdMs),
    BackupRetentionPeriod: one.backupRetentionDays,
    EarliestRestorableTime: new Date(earliestRestorableMs(world, one)),
    ...(latestMs !== undefined && { LatestRestorableTime: new Date(latestMs) }),
    DBClusterParameterGroup: one.parameterGroup,
    DBSubnetGroup: one.subnetGroup,
    StorageEncrypted: true,
    KmsKeyId: one.kmsKey,
    IAMDatabaseAuthenticationEnabled: one.iamLogin,
    DeletionProtection: one.deletionProtection,
    TagList: one.tags.map((tag) => ({ ...tag })),
    Engine: engineNamed(database),
    EngineVersion: one.engineVersion,
    DatabaseName: database.database,
    Endpoint: endpointOf(one),
    ReaderEndpoint: readerEndpointOf(one),
    Port: portOf(world, database),
    VpcSecurityGroups: describedGroups(one, nowMs),
    DBClusterMembers: members.map((member) => ({
      DBInstanceIdentifier: member.identifier,
      IsClusterWriter: member === leader,
      DBClusterParameterGroupStatus: 'in-sync',
    })),
  };
}

/** A change of groups shows at once, as `adding` and `removing`, before it takes effect. */
export function describedGroups({ securityGroups: groups }: Pick<AuroraCluster, 'securityGroups'>, nowMs: number) {
  const coming = groups.find(([fromMs]) => fromMs > nowMs);
  const current = at(groups, nowMs);
  const shown = (id: string, Status: string) => ({ VpcSecurityGroupId: id, Status });
  if (!coming) return current.map((id) => shown(id, 'active'));
  return [
    ...coming[1].map((id) => shown(id, current.includes(id) ? 'active' : 'adding')),
    ...current.filter((id) => !coming[1].includes(id)).map((id) => shown(id, 'removing')),
  ];
}
