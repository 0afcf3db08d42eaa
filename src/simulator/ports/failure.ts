import type { FailureInjection } from '../../ports/failure.ts';
import { breakAt, fixAt, isBroken } from '../breakage.ts';
import type { World } from '../world.ts';

/** Breaks the simulated world, and fixes it. */
export function failureOf(world: World): FailureInjection {
  return {
    lacks: async () => [],
    async inject(failure) {
      const nowMs = world.clock.nowMs();
      const wasBroken = isBroken(world, failure, nowMs);
      breakAt(world, failure, nowMs);
      const { outage, partition } = world.simulation;
      const lasts = { 'region-outage': outage.lasts, 'network-partition': partition.heals }[failure.kind as string];
      if (!wasBroken && lasts !== undefined) fixAt(world, failure, nowMs + lasts);
      return undefined;
    },
    async heal(failure) {
      fixAt(world, failure, world.clock.nowMs());
    },
    async active(failure) {
      return isBroken(world, failure, world.clock.nowMs());
    },
  };
}
