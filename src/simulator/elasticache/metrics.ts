import { at } from '../timeline.ts';
import { isDown, type World } from '../world.ts';
import { isOf } from './datastore.ts';
import { nodesOf } from './group.ts';
import { keysIn } from './keys.ts';

/** A metric of a node for the minute about `ms`; `undefined` where nobody published one. */
export function cacheMetric(
  world: World,
  region: string,
  name: string | undefined,
  node: string,
  ms: number,
): number | undefined {
  const group = world.cache.groups.findLast((one) => one.region === region && nodesOf(one).includes(node));
  const status = group && at(group.status, ms);
  if (!group || status === undefined || status === null || status === 'creating' || isDown(world, region, ms))
    return undefined;
  if (name === 'CurrItems') return keysIn(world, group, ms);
  if (name !== 'GlobalDatastoreReplicationLag') return undefined;
  const members =
    world.cache.datastores.find((one) => one.members.some((member) => isOf(member, group)))?.members ?? [];
  const member = members.find((one) => isOf(one, group));
  const primary = members.find(({ role }) => at(role, ms) === 'PRIMARY');
  if (!member || at(member.status, ms) !== 'associated' || !primary || primary === member) return undefined;
  // Assumption: AWS says under a second as a rule. Nothing is published while there is nobody to follow.
  const { lag } = world.simulation.cacheFailover;
  if (lag !== undefined) return lag / 1000;
  return isDown(world, primary.region, ms) ? undefined : 0.2 + 0.6 * world.draw(`cache-lag/${Math.floor(ms / 60_000)}`);
}
