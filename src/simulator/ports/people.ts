import type { Answer, People } from '../../ports/people.ts';
import type { World } from '../world.ts';

/** People who answer after a while, each for a role; what they answer is marked as simulated. */
export function peopleOf(world: World): People {
  const { clock, simulation, draw, durations } = world;
  const { takes, silent, refuses } = simulation.approval;
  return {
    async ask({ role }) {
      if (!world.asked.some((one) => one.role === role)) world.asked.push({ role, atMs: clock.nowMs() });
    },
    async answers() {
      return world.asked.flatMap(({ role, atMs }): Answer[] => {
        const answeredMs = atMs + Math.round(takes ?? durations.approval(draw(`approval/${role}`)));
        if (silent.includes(role) || answeredMs > clock.nowMs()) return [];
        return [{ by: `simulated ${role}`, atMs: answeredMs, approves: !refuses, simulated: true }];
      });
    },
  };
}
