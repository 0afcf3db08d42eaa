import type { DBInstance } from '@aws-sdk/client-rds';
import type { Input } from '../../aws/aws.ts';
import { awsError } from '../faults.ts';
import { vpcIn } from '../groups.ts';
import type { ClusterInstance } from '../stores-state.ts';
import { at, moving, plan } from '../timeline.ts';
import { nextDraw, type World } from '../world.ts';
import { clusterNamed, describedGroups, engineNamed, portOf } from './global-clusters.ts';
import { clusterWith, type Found, newClusterInstance, thereIn, zoneIn } from './global-database.ts';
import { addressOf, arnOf, mustHaveRoomFor } from './instance.ts';
import { mustHaveCapacity } from './mishaps.ts';

type Member = Found & { one: ClusterInstance };

/** The instance of a cluster that has that name now. */
export function memberNamed(world: World, region: string, name: string | undefined): Member | undefined {
  const found = name === undefined ? undefined : clusterWith(world, region, name);
  const one = found && thereIn(found.cluster, world.clock.nowMs()).find(({ identifier }) => identifier === name);
  return found && one && { ...found, one };
}

/** Every instance of Aurora's in a region. */
export const membersIn = (world: World, region: string): Member[] =>
  world.aurora.flatMap((database) =>
    database.clusters
      .filter((cluster) => cluster.region === region)
      .flatMap((cluster) => thereIn(cluster, world.clock.nowMs()).map((one) => ({ database, cluster, one }))),
  );

export function describeMember(world: World, { database, cluster, one }: Member): DBInstance {
  const nowMs = world.clock.nowMs();
  const { region } = cluster;
  const status = at(one.status, nowMs) ?? 'deleting';
  return {
    DBInstanceIdentifier: one.identifier,
    DBInstanceArn: arnOf(world, { identifier: one.identifier, region }),
    DBInstanceStatus: status,
    DBInstanceClass: one.class,
    DBClusterIdentifier: cluster.cluster,
    Engine: engineNamed(database),
    EngineVersion: cluster.engineVersion,
    ...(status !== 'creating' && {
      Endpoint: { Address: addressOf(one.identifier, region), Port: portOf(world, database) },
    }),
    VpcSecurityGroups: describedGroups(cluster, nowMs),
    DBSubnetGroup: { DBSubnetGroupName: cluster.subnetGroup, SubnetGroupStatus: 'Complete', VpcId: vpcIn(region) },
    TagList: one.tags.map((tag) => ({ ...tag })),
    AvailabilityZone: zoneIn(cluster, one),
    MultiAZ: false,
    StorageEncrypted: true,
  };
}

/** Puts an instance into a cluster: nothing is replicated for it, as the storage is there already. */
export function CreateDBInstance(world: World, region: string, input: Input<'rds', 'CreateDBInstance'>) {
  const { DBClusterIdentifier: name, DBInstanceIdentifier: identifier = '', DBInstanceClass: type = '' } = input;
  const found = clusterNamed(world, region, name);
  if (input.Engine !== engineNamed(found.database))
    throw awsError(
      'InvalidParameterCombination',
      `The engine name requested for your DB instance (${input.Engine}) doesn't match the engine name of your DB cluster (${engineNamed(found.database)}).`,
    );
  if (at(found.cluster.status, world.clock.nowMs()) !== 'available')
    throw awsError('InvalidDBClusterStateFault', `DB cluster ${name} is not in available state.`);
  if (memberNamed(world, region, identifier))
    throw awsError('DBInstanceAlreadyExistsFault', 'DB instance already exists');
  mustHaveRoomFor(world, region, identifier);
  mustHaveCapacity(world, region, type);
  const nowMs = world.clock.nowMs();
  const { newInstance } = world.simulation.globalCluster;
  const takesMs =
    newInstance.takes ?? world.durations.clusterInstance(nextDraw(world, `cluster-instance/${identifier}`));
  const readyMs = nowMs + Math.round(takesMs);
  const one: ClusterInstance = {
    ...newClusterInstance({ identifier, class: type }),
    tags: (input.Tags ?? []).map(({ Key = '', Value = '' }) => ({ Key, Value })),
    status: [
      [nowMs, 'creating'],
      [readyMs, newInstance.fails ? 'insufficient-capacity' : 'available'],
    ],
    open: [
      [nowMs, false],
      [readyMs, !newInstance.fails],
    ],
  };
  found.cluster.instances.push(one);
  return { DBInstance: describeMember(world, { ...found, one }) };
}

export function rebootMember(world: World, member: Member): void {
  const { one } = member;
  const nowMs = world.clock.nowMs();
  if (at(one.status, nowMs) !== 'available' || moving(one.status, nowMs))
    throw awsError('InvalidDBInstanceStateFault', `Database instance ${one.identifier} is not in available state.`);
  const backMs = nowMs + Math.round(world.durations.reboot(nextDraw(world, `reboot/${one.identifier}`)));
  plan(one.status, nowMs, [
    [nowMs, 'rebooting'],
    [backMs, 'available'],
  ]);
  plan(one.open, nowMs, [
    [nowMs, false],
    [backMs, true],
  ]);
}

export function deleteMember(world: World, { one }: Member): void {
  const nowMs = world.clock.nowMs();
  const goneMs = nowMs + Math.round(world.durations.deletion(nextDraw(world, `deletion/${one.identifier}`)));
  plan(one.status, nowMs, [
    [nowMs, 'deleting'],
    [goneMs, null],
  ]);
  plan(one.open, nowMs, [[nowMs, false]]);
}
