import { twins } from './twins.ts';
import type { World } from './world.ts';

/** What took the writes of one data store at one instant, more than one of it; or consumers of one group in both regions. */
export interface TwoWriters {
  fromMs: number;
  writers: string[];
}

/** When first any two took the writes of one store at once, up to now, on every kind that has one writer: there must be none. */
export function twoWriters(world: World): TwoWriters[] {
  const nowMs = world.clock.nowMs();
  return twins
    .flatMap(({ writers }) => writers?.(world) ?? [])
    .flatMap(({ changes, at }) => {
      const seen = new Map<string, TwoWriters>();
      for (const fromMs of [...new Set(changes)].filter((ms) => ms <= nowMs).sort((a, b) => a - b)) {
        const writers = at(fromMs);
        if (writers.length > 1 && !seen.has(writers.join())) seen.set(writers.join(), { fromMs, writers });
      }
      return [...seen.values()];
    });
}
