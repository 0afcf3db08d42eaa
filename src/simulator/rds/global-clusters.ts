import type { DBCluster, GlobalCluster } from '@aws-sdk/client-rds';
import { globalArn, regionalArn } from '../../arn.ts';
import type { Input } from '../../aws/aws.ts';
import { awsError } from '../faults.ts';
import { isCut } from '../partition.ts';
import type { GlobalDatabase } from '../stores-state.ts';
import { at, moving, plan, since } from '../timeline.ts';
import { isDown, nextDraw, type World } from '../world.ts';
import { type Cluster, endpointOf, writerAt } from './global-database.ts';

/** Aurora's global database and its clusters, as the API of RDS answers. */
export const globalClusters = {
  DescribeGlobalClusters(world: World, _region: string, input: Input<'rds', 'DescribeGlobalClusters'>) {
    const { GlobalClusterIdentifier: wanted } = input;
    const there = wanted === undefined ? world.aurora : [found(world, wanted)];
    return { GlobalClusters: there.map((one) => described(world, one)) };
  },

  DescribeDBClusters(world: World, region: string, input: Input<'rds', 'DescribeDBClusters'>) {
    const wanted = input.DBClusterIdentifier;
    const there = world.aurora.flatMap((database) =>
      database.clusters
        .filter((one) => one.region === region)
        .filter((one) => wanted === undefined || [one.cluster, arnOf(world, one)].includes(wanted))
        .map((one) => describedCluster(world, database, one)),
    );
    if (wanted !== undefined && there.length === 0) throw clusterMissing(wanted);
    return { DBClusters: there };
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

const arnOf = ({ topology }: World, { region, cluster }: Cluster): string =>
  regionalArn({ service: 'rds', region, account: topology.account, resource: `cluster:${cluster}` });

const clusterMissing = (name: string) => awsError('DBClusterNotFoundFault', `DBCluster ${name} not found.`, 404);

const invalidState = (message: string) => awsError('InvalidGlobalClusterStateFault', message);

function found({ aurora }: World, id: string | undefined): GlobalDatabase {
  const known = aurora.find((one) => one.id === id);
  if (known) return known;
  throw awsError('GlobalClusterNotFoundFault', `Global cluster ${id} not found.`, 404);
}

type Asked = { GlobalClusterIdentifier: string | undefined; TargetDbClusterIdentifier: string | undefined };

function move(world: World, asked: Asked, allowsLoss: boolean) {
  const nowMs = world.clock.nowMs();
  const database = found(world, asked.GlobalClusterIdentifier);
  const next = database.clusters.find((one) => arnOf(world, one) === asked.TargetDbClusterIdentifier);
  if (!next) throw clusterMissing(asked.TargetDbClusterIdentifier ?? '');
  if (moving(database.status, nowMs)) throw invalidState(`Global cluster ${database.id} is not in available state.`);
  const old = writerAt(database, nowMs) as Cluster;
  if (old === next) throw invalidState(`${next.cluster} is already the primary cluster of ${database.id}.`);
  if (next.instance === null) {
    throw awsError('InvalidDBClusterStateFault', `DB cluster ${next.cluster} has no DB instance that can be promoted.`);
  }
  const isWhole = at(next.follows, nowMs) && !isDown(world, old.region, nowMs) && !isCut(world, nowMs);
  if (!allowsLoss && !isWhole) throw invalidState(`${old.cluster} and ${next.cluster} are not synchronized.`);
  turn(world, database, { old, next, allowsLoss });
  return { GlobalCluster: described(world, database) };
}

function turn(
  world: World,
  database: GlobalDatabase,
  { old, next, allowsLoss }: { old: Cluster; next: Cluster; allowsLoss: boolean },
): void {
  const nowMs = world.clock.nowMs();
  const { takes, fails, lag, losesAtSwitchover, staysApart } = world.simulation.globalCluster;
  const drawn = nextDraw(world, `global-cluster/${database.id}`);
  const endMs = nowMs + Math.round(takes ?? world.durations.globalClusterChange(drawn));
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
  // Nothing more comes over from a region that is lost.
  const down = world.down[old.region] ?? [];
  const lastMs = isDown(world, old.region, nowMs) ? since(down, nowMs) : stopsMs;
  if (lost > 0) database.losses.push({ region: old.region, fromMs: lastMs - lost, untilMs: endMs });
  if (!allowsLoss) return;
  const rejoinMs = endMs + Math.round(world.durations.clusterRejoin(nextDraw(world, `cluster-rejoin/${old.cluster}`)));
  plan(
    old.follows,
    nowMs,
    staysApart
      ? [[endMs, false]]
      : [
          [endMs, false],
          [rejoinMs, true],
        ],
  );
}

function described(world: World, database: GlobalDatabase): GlobalCluster {
  const nowMs = world.clock.nowMs();
  const status = at(database.status, nowMs);
  const writer = writerAt(database, nowMs);
  const follower = database.clusters.find((one) => one !== writer);
  return {
    GlobalClusterIdentifier: database.id,
    GlobalClusterArn: globalArn({
      service: 'rds',
      region: world.topology.regions.primary,
      account: world.topology.account,
      resource: `global-cluster:${database.id}`,
    }),
    Status: status,
    Engine: 'aurora-postgresql',
    StorageEncrypted: true,
    DeletionProtection: true,
    GlobalClusterMembers: database.clusters.map((one) => ({
      DBClusterArn: arnOf(world, one),
      IsWriter: one === writer,
      Readers:
        one === writer ? database.clusters.filter((other) => other !== one).map((other) => arnOf(world, other)) : [],
      SynchronizationStatus:
        at(one.follows, nowMs) && !isDown(world, one.region, nowMs)
          ? ('connected' as const)
          : ('pending-resync' as const),
    })),
    ...(status !== 'available' &&
      writer &&
      follower && {
        FailoverState: {
          Status: 'failing-over' as const,
          FromDbClusterArn: arnOf(world, writer),
          ToDbClusterArn: arnOf(world, follower),
          IsDataLossAllowed: status === 'failing-over',
        },
      }),
  };
}

function describedCluster(world: World, { database }: GlobalDatabase, one: Cluster): DBCluster {
  const { cluster, instance } = one;
  return {
    DBClusterIdentifier: cluster,
    DBClusterArn: arnOf(world, one),
    Status: 'available',
    Engine: 'aurora-postgresql',
    DatabaseName: database,
    Endpoint: endpointOf(one),
    Port: 5432,
    DBClusterMembers:
      instance === null
        ? []
        : [{ DBInstanceIdentifier: instance, IsClusterWriter: true, DBClusterParameterGroupStatus: 'in-sync' }],
  };
}
