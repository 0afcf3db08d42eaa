import type { Redis, RedisEndpoint } from '../../ports/redis.ts';
import { named } from '../faults.ts';
import { isOutOfReach } from '../partition.ts';
import type { CacheGroup, GlobalDatastore } from '../stores-state.ts';
import { at } from '../timeline.ts';
import { isDown, nextDraw, type World } from '../world.ts';
import { datastoreWith, isOf, membershipOf } from './datastore.ts';
import { groupIn } from './group.ts';

/** How long a write is on its way to the other group: AWS says under a second, as a rule. */
const REPLICATES_MS = 800;

/** The caches themselves, as anyone who is in the same network meets them. */
export const redisOf = (world: World): Redis => ({
  async write(endpoint, key, value, { lastsMs, signal }) {
    const group = await arrive(world, endpoint, signal);
    const nowMs = world.clock.nowMs();
    if (!takesWrites(world, group, nowMs)) {
      throw named('ReadOnly', "READONLY You can't write against a read only replica.");
    }
    world.cache.written.push({ group: group.identifier, key, value, atMs: nowMs, untilMs: nowMs + lastsMs });
  },

  async read(endpoint, key, { signal }) {
    const group = await arrive(world, endpoint, signal);
    const nowMs = world.clock.nowMs();
    const datastore = datastoreWith(world, group);
    const origins = [group.identifier, ...(datastore?.members ?? []).map((one) => one.group)];
    const found = world.cache.written.findLast(
      (one) => one.key === key && one.untilMs > nowMs && origins.includes(one.group),
    );
    if (!found || found.group === group.identifier) return found?.value ?? null;
    const arrives = found.atMs + REPLICATES_MS <= nowMs && !isLost(world, datastore, found.atMs);
    return arrives ? found.value : null;
  },
});

async function arrive(
  world: World,
  { region, group: identifier, host }: RedisEndpoint,
  signal?: AbortSignal,
): Promise<CacheGroup> {
  const { clock, durations } = world;
  await clock.sleep(durations.cacheCommand(nextDraw(world, `cache-command/${identifier}`)), signal);
  const group = groupIn(world, region, identifier);
  if (group && !isOutOfReach(world, region, clock.nowMs())) return group;
  throw named('ConnectionFailed', `${host} cannot be reached.`);
}

/** Whether a group would take a write; one that was the primary may not notice that it is no more. */
const takesWrites = (world: World, group: CacheGroup, ms: number): boolean =>
  at(group.status, ms) !== null &&
  !isDown(world, group.region, ms) &&
  (membershipOf(world, group, ms) !== 'SECONDARY' || goesOn(world, group, ms));

const goesOn = (world: World, group: CacheGroup, ms: number): boolean =>
  world.simulation.cacheFailover.oldTakesWrites &&
  datastoreWith(world, group, ms)?.members.find((one) => isOf(one, group))?.role[0]?.[1] === 'PRIMARY';

/** The groups of a global datastore that take writes, also those that have left it. */
export const writersOfDatastore = (world: World, id: string, ms: number): string[] =>
  world.cache.groups
    .filter((group) =>
      world.cache.datastores.some((one) => one.id === id && one.members.some((member) => isOf(member, group))),
    )
    .filter((group) => takesWrites(world, group, ms))
    .map(({ identifier }) => identifier);

/** What was written shortly before the roles changed never came over. */
function isLost({ simulation, clock }: World, datastore: GlobalDatastore | undefined, writtenMs: number): boolean {
  const { loses } = simulation.cacheFailover;
  const turns = datastore?.members.flatMap(({ role }) => role.map(([ms]) => ms)) ?? [];
  return turns.some((ms) => ms > writtenMs && ms <= clock.nowMs() && ms - loses < writtenMs);
}
