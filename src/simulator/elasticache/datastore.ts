import type { GlobalReplicationGroup } from '@aws-sdk/client-elasticache';
import { globalArn } from '../../arn.ts';
import type { Input } from '../../aws/aws.ts';
import { awsError } from '../faults.ts';
import type { CacheGroup, GlobalDatastore } from '../stores-state.ts';
import { at, moving, plan } from '../timeline.ts';
import { isDown, nextDraw, type World } from '../world.ts';
import { foundGroup, groupIn, mustBeAvailable } from './group.ts';

type Member = GlobalDatastore['members'][number];

/** The global datastore: one replication group takes writes, and the others follow it. */
export const datastore = {
  DescribeGlobalReplicationGroups(
    world: World,
    region: string,
    { GlobalReplicationGroupId, ShowMemberInfo }: Input<'elasticache', 'DescribeGlobalReplicationGroups'>,
  ) {
    const wanted = GlobalReplicationGroupId;
    const there = wanted === undefined ? datastoresIn(world, region) : [foundDatastore(world, region, wanted)];
    return { GlobalReplicationGroups: there.map((one) => described(world, one, ShowMemberInfo)) };
  },

  /** Also while the primary's region is lost, which is what it is for. */
  FailoverGlobalReplicationGroup(
    world: World,
    region: string,
    input: Input<'elasticache', 'FailoverGlobalReplicationGroup'>,
  ) {
    const nowMs = world.clock.nowMs();
    const found = changeable(world, region, input.GlobalReplicationGroupId);
    const next = memberOf(world, found, input.PrimaryRegion, input.PrimaryReplicationGroupId);
    if (at(next.role, nowMs) === 'PRIMARY') {
      throw awsError('InvalidParameterValueException', `Replication group ${next.group} is already the primary.`);
    }
    const group = foundGroup(world, next.region, next.group);
    mustBeAvailable(world, group);
    if (isDown(world, next.region, nowMs)) throw invalidState(`${next.region} cannot be reached`);
    const { takes, fails } = world.simulation.cacheFailover;
    const takesMs = takes ?? world.durations.cacheFailover(nextDraw(world, `cache-failover/${found.id}`));
    const endMs = move(world, found, takesMs, 'available');
    plan(group.status, nowMs, [
      [staleUntilMs(world, found, takesMs), 'modifying'],
      [endMs, 'available'],
    ]);
    if (!fails)
      for (const one of found.members) plan(one.role, nowMs, [[endMs, one === next ? 'PRIMARY' : 'SECONDARY']]);
    return { GlobalReplicationGroup: described(world, found, true) };
  },

  /** What has left takes writes of its own. */
  DisassociateGlobalReplicationGroup(
    world: World,
    region: string,
    input: Input<'elasticache', 'DisassociateGlobalReplicationGroup'>,
  ) {
    const nowMs = world.clock.nowMs();
    const found = changeable(world, region, input.GlobalReplicationGroupId);
    const member = memberOf(world, found, input.ReplicationGroupRegion, input.ReplicationGroupId);
    if (at(member.role, nowMs) === 'PRIMARY') {
      const message = `Replication group ${member.group} is the primary of ${found.id}: it cannot be disassociated.`;
      throw awsError('InvalidParameterValueException', message);
    }
    const drawn = nextDraw(world, `cache-disassociation/${found.id}`);
    const others = membersNow(world, found).length - 1;
    const endMs = move(
      world,
      found,
      world.durations.cacheDisassociation(drawn),
      others > 1 ? 'available' : 'primary-only',
    );
    plan(member.status, nowMs, [
      [nowMs, 'disassociating'],
      [endMs, null],
    ]);
    return { GlobalReplicationGroup: described(world, found, true) };
  },
};

/** The role of a group in its datastore, now by default; `undefined` for one that stands alone. */
export function membershipOf(
  world: World,
  group: CacheGroup,
  ms = world.clock.nowMs(),
): 'PRIMARY' | 'SECONDARY' | undefined {
  const member = datastoreWith(world, group, ms)?.members.find((one) => isOf(one, group));
  return member && at(member.role, ms);
}

/** The datastore that a group is a member of. */
export const datastoreWith = (
  { cache, clock }: World,
  group: CacheGroup,
  ms = clock.nowMs(),
): GlobalDatastore | undefined =>
  cache.datastores.find(({ members }) => members.some((one) => isOf(one, group) && at(one.status, ms) !== null));

export const isOf = ({ region, group }: Member, one: Pick<CacheGroup, 'region' | 'identifier'>): boolean =>
  region === one.region && group === one.identifier;

const membersNow = (world: World, { members }: GlobalDatastore): Member[] =>
  members.filter(({ status }) => at(status, world.clock.nowMs()) !== null);

/** A datastore is known in the regions of its members. */
const datastoresIn = (world: World, region: string): GlobalDatastore[] =>
  world.cache.datastores.filter((one) => membersNow(world, one).some((member) => member.region === region));

function foundDatastore(world: World, region: string, id: string | undefined): GlobalDatastore {
  const found = datastoresIn(world, region).find((one) => one.id === id);
  if (found) return found;
  throw awsError('GlobalReplicationGroupNotFoundFault', `Global Replication Group ${id} not found.`, 404);
}

function changeable(world: World, region: string, id: string | undefined): GlobalDatastore {
  const found = foundDatastore(world, region, id);
  const nowMs = world.clock.nowMs();
  if (at(found.status, nowMs) === 'available' && !moving(found.status, nowMs)) return found;
  throw invalidState(`Global Replication Group ${id} is not in available state`);
}

const invalidState = (why: string) => awsError('InvalidGlobalReplicationGroupStateFault', `${why}.`);

function memberOf(world: World, found: GlobalDatastore, region: string | undefined, group: string | undefined): Member {
  const member = membersNow(world, found).find((one) => one.region === region && one.group === group);
  if (member) return member;
  throw awsError('InvalidParameterValueException', `${group} in ${region} is no member of ${found.id}.`);
}

/** Shows `available` a little longer, then `modifying`, and gives when that is over. */
function move(world: World, found: GlobalDatastore, takesMs: number, afterwards: string): number {
  const nowMs = world.clock.nowMs();
  const endMs = nowMs + Math.round(takesMs);
  plan(found.status, nowMs, [
    [staleUntilMs(world, found, takesMs), 'modifying'],
    [endMs, afterwards],
  ]);
  return endMs;
}

const staleUntilMs = (world: World, { id }: GlobalDatastore, takesMs: number): number =>
  world.clock.nowMs() + Math.round(Math.min(world.durations.staleStatus(world.draw(`stale/${id}`)), takesMs / 4));

function described(world: World, found: GlobalDatastore, withMembers: boolean | undefined): GlobalReplicationGroup {
  const nowMs = world.clock.nowMs();
  const members = membersNow(world, found);
  const { nodeType, engine, engineVersion } = members
    .map((one) => groupIn(world, one.region, one.group))
    .find((one) => one !== undefined) ?? { nodeType: undefined, engine: undefined, engineVersion: undefined };
  return {
    GlobalReplicationGroupId: found.id,
    GlobalReplicationGroupDescription: found.id,
    ARN: globalArn({
      service: 'elasticache',
      region: world.topology.regions.primary,
      account: world.topology.account,
      resource: `globalreplicationgroup:${found.id}`,
    }),
    Status: at(found.status, nowMs),
    CacheNodeType: nodeType,
    Engine: engine,
    EngineVersion: engineVersion,
    ClusterEnabled: false,
    AuthTokenEnabled: false,
    TransitEncryptionEnabled: true,
    AtRestEncryptionEnabled: true,
    ...(withMembers && {
      Members: members.map(({ region, group, role, status }) => ({
        ReplicationGroupId: group,
        ReplicationGroupRegion: region,
        Role: at(role, nowMs),
        AutomaticFailover:
          (groupIn(world, region, group)?.nodes ?? 1) > 1 ? ('enabled' as const) : ('disabled' as const),
        Status: at(status, nowMs) ?? 'disassociating',
      })),
    }),
  };
}
