import type { Input } from '../../aws/aws.ts';
import { awsError } from '../faults.ts';
import { at, plan } from '../timeline.ts';
import { nextDraw, type World } from '../world.ts';
import { datastoreWith, membershipOf } from './datastore.ts';
import { describe } from './describe.ts';
import { foundGroup, groupIn, mustBeAvailable, newGroup } from './group.ts';
import { snapshotMissing, snapshotsIn } from './snapshots.ts';

export const create = {
  /** Empty, or with what a snapshot holds. */
  CreateReplicationGroup(world: World, region: string, input: Input<'elasticache', 'CreateReplicationGroup'>) {
    const { simulation, draw, durations } = world;
    const nowMs = world.clock.nowMs();
    const identifier = input.ReplicationGroupId?.toLowerCase() ?? '';
    const nodes = input.NumCacheClusters ?? 1 + (input.ReplicasPerNodeGroup ?? 0);
    mustMakeSense(input, identifier, nodes);
    if (groupIn(world, region, identifier)) {
      throw awsError('ReplicationGroupAlreadyExistsFault', `Replication group ${identifier} already exists.`);
    }
    const held = snapshotsIn(world, region).find(({ name }) => name === input.SnapshotName);
    if (input.SnapshotName !== undefined && !held) throw snapshotMissing(input.SnapshotName);
    const { takes, fails, losesKeys = 0 } = simulation.cacheRestore;
    const takesMs = takes ?? durations.cacheCreation(draw(`cache-creation/${identifier}`));
    const group = newGroup(
      {
        replicationGroup: identifier,
        nodeType: input.CacheNodeType ?? held?.group.nodeType ?? 'cache.t4g.small',
        nodes,
        parameterGroup: input.CacheParameterGroupName ?? held?.group.parameterGroup ?? 'default.redis7',
        subnetGroup: input.CacheSubnetGroupName ?? held?.group.subnetGroup ?? 'default',
      },
      region,
      {
        description: input.ReplicationGroupDescription ?? '',
        multiAz: input.MultiAZEnabled ?? false,
        snapshotRetentionDays: input.SnapshotRetentionLimit ?? 0,
        ...(held && { snapshotWindow: held.group.snapshotWindow }),
        createdMs: nowMs,
        status: [
          [nowMs, 'creating'],
          [nowMs + Math.round(takesMs), fails ? 'create-failed' : 'available'],
        ],
        copy: held ? { untilMs: held.taken.atMs, lostShare: losesKeys } : { untilMs: nowMs, lostShare: 1 },
      },
    );
    world.cache.groups.push(group);
    return { ReplicationGroup: describe(world, group) };
  },

  DeleteReplicationGroup(world: World, region: string, input: Input<'elasticache', 'DeleteReplicationGroup'>) {
    const nowMs = world.clock.nowMs();
    const group = foundGroup(world, region, input.ReplicationGroupId);
    // What failed to come into being can only be deleted.
    if (at(group.status, nowMs) !== 'create-failed') mustBeAvailable(world, group);
    if (membershipOf(world, group)) {
      const message = `Cluster [${group.identifier}] is part of a global cluster [${datastoreWith(world, group)?.id}]. Request rejected.`;
      throw awsError('InvalidReplicationGroupStateFault', message);
    }
    if (input.RetainPrimaryCluster) {
      throw awsError('InvalidParameterCombinationException', 'The simulator does not model keeping the primary node.');
    }
    if (input.FinalSnapshotIdentifier) {
      const name = input.FinalSnapshotIdentifier;
      if (snapshotsIn(world, region).some((one) => one.name === name)) {
        throw awsError('SnapshotAlreadyExistsFault', `Snapshot with specified name already exists: ${name}`);
      }
      world.cache.snapshots.push({ name, group: group.identifier, atMs: nowMs });
    }
    const takesMs = world.durations.cacheDeletion(nextDraw(world, `cache-deletion/${group.identifier}`));
    plan(group.status, nowMs, [
      [nowMs, 'deleting'],
      [nowMs + Math.round(takesMs), null],
    ]);
    return { ReplicationGroup: describe(world, group) };
  },
};

function mustMakeSense(input: Input<'elasticache', 'CreateReplicationGroup'>, identifier: string, nodes: number): void {
  if (identifier.length > 40 || !/^[a-z](-?[a-z0-9])*$/.test(identifier)) {
    const message = `The parameter ReplicationGroupId is not a valid identifier: ${input.ReplicationGroupId}`;
    throw awsError('InvalidParameterValueException', message);
  }
  const automatic = input.AutomaticFailoverEnabled || input.MultiAZEnabled;
  if (automatic && nodes < 2) {
    const message = 'Automatic failover and Multi-AZ need at least two nodes.';
    throw awsError('InvalidParameterCombinationException', message);
  }
  const strange = ['GlobalReplicationGroupId', 'PrimaryClusterId', 'SnapshotArns'].find((name) => name in input);
  if (strange || (input.NumNodeGroups ?? 1) > 1) {
    const message = `The simulator does not model ${strange ?? 'more than one shard'} for a new group.`;
    throw awsError('InvalidParameterCombinationException', message);
  }
}
