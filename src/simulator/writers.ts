import { allComponents } from '../drill/components.ts';
import { writersOfDatastore } from './elasticache/redis.ts';
import { sideOf } from './kafka/cluster.ts';
import { consumingOf } from './kafka/consumers.ts';
import { SIDES } from './kubernetes/place.ts';
import { instants, writersOfGlobal, writersOfPair } from './rds/history.ts';
import type { Timeline } from './timeline.ts';
import { isDown, type World } from './world.ts';

/** What took the writes of one data store at one instant, more than one of it; or consumers of one group in both regions. */
export interface TwoWriters {
  fromMs: number;
  writers: string[];
}

/** Who takes writes at an instant, and when that may have changed. */
interface Writers {
  changes: number[];
  at: (ms: number) => string[];
}

/** When first any two took the writes of one store at once, up to now, on every kind that has one writer: there must be none. */
export function twoWriters(world: World): TwoWriters[] {
  const nowMs = world.clock.nowMs();
  return allWriters(world).flatMap(({ changes, at }) => {
    const seen = new Map<string, TwoWriters>();
    for (const fromMs of [...new Set(changes)].filter((ms) => ms <= nowMs).sort((a, b) => a - b)) {
      const writers = at(fromMs);
      if (writers.length > 1 && !seen.has(writers.join())) seen.set(writers.join(), { fromMs, writers });
    }
    return [...seen.values()];
  });
}

function allWriters(world: World): Writers[] {
  const nowMs = world.clock.nowMs();
  const outages = Object.values(world.down).flatMap(times);
  return allComponents(world.topology).flatMap((store): Writers[] => {
    switch (store.kind) {
      case 'rds-replica':
        return [{ changes: instants(world, nowMs), at: (ms) => writersOfPair(world, store, ms) }];
      case 'aurora-global':
        return [{ changes: instants(world, nowMs), at: (ms) => writersOfGlobal(world, store.id, ms) }];
      case 'elasticache-global': {
        const { globalDatastore: id } = store;
        // Without one, each region writes to a cache of its own.
        if (id === undefined) return [];
        const members = world.cache.datastores.flatMap((one) => one.members);
        const changes = [...outages, ...members.flatMap(({ role, status }) => [...times(role), ...times(status)])];
        return [{ changes, at: (ms) => writersOfDatastore(world, id, ms) }];
      }
      case 'kafka':
        return store.consumers.map(({ group }) => {
          const sides = SIDES.map((side) => sideOf(world.topology, store, side));
          const reading = sides.map((side) => ({ side, stretches: consumingOf(world, side, group) }));
          return {
            changes: [...outages, ...reading.flatMap(({ stretches }) => stretches.map(({ fromMs }) => fromMs))],
            at: (ms) =>
              reading
                .filter(({ stretches }) => stretches.some(({ fromMs, untilMs }) => fromMs <= ms && untilMs > ms))
                .filter(({ side }) => !isDown(world, side.region, ms))
                .map(({ side }) => `${group} at ${side.name}`),
          };
        });
      default:
        return [];
    }
  });
}

const times = (line: Timeline<unknown>): number[] => line.map(([fromMs]) => fromMs);
