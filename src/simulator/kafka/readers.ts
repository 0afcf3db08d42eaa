import { componentsOf } from '../../drill/components.ts';
import { SIDES } from '../kubernetes/place.ts';
import type { Writers } from '../store-twin.ts';
import { turnsOf } from '../timeline.ts';
import { isDown, type World } from '../world.ts';
import { sideOf } from './cluster.ts';
import { consumingOf } from './consumers.ts';

/** Of each group the consumers, which must read in one region only. */
export const readersOfGroups = (world: World): Writers[] =>
  componentsOf(world.topology, 'kafka').flatMap((store) =>
    store.consumers.map(({ group }) => {
      const sides = SIDES.map((side) => sideOf(world.topology, store, side));
      const reading = sides.map((side) => ({ side, stretches: consumingOf(world, side, group) }));
      return {
        changes: [
          ...Object.values(world.down).flatMap(turnsOf),
          ...reading.flatMap(({ stretches }) => stretches.map(({ fromMs }) => fromMs)),
        ],
        at: (ms) =>
          reading
            .filter(({ stretches }) => stretches.some(({ fromMs, untilMs }) => fromMs <= ms && untilMs > ms))
            .filter(({ side }) => !isDown(world, side.region, ms))
            .map(({ side }) => `${group} at ${side.name}`),
      };
    }),
  );
