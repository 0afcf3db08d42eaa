import type { Answer, People } from '../../ports/people.ts';
import type { World } from '../world.ts';

/** People who answer after a while, each for a role; what they answer is marked as simulated. */
export function peopleOf(world: World): People {
  const { clock, simulation, draw, durations } = world;
  const { takes, silent, refuses } = simulation.approval;
  return {
    async ask({ step, role }) {
      const isKnown = world.asked.some((one) => one.step === step && one.role === role);
      if (!isKnown) world.asked.push({ step, role, atMs: clock.nowMs() });
    },
    async answers() {
      return world.asked.flatMap(({ step, role, atMs }): Answer[] => {
        const answeredMs = atMs + Math.round(takes ?? durations.approval(draw(`approval/${role}`)));
        if (silent.includes(role) || answeredMs > clock.nowMs()) return [];
        return [{ by: `simulated ${role}`, role, step, atMs: answeredMs, approves: !refuses, simulated: true }];
      });
    },
  };
}
