import type { Answer, Continuation, People } from '../../ports/people.ts';
import type { World } from '../world.ts';

/** People who answer after a while, each for a role; what they answer is marked as simulated. */
export function peopleOf(world: World): People {
  const { clock, simulation, draw, durations } = world;
  const { takes, silent, refuses, unknown } = simulation.approval;
  const { whenHeld } = simulation;
  return {
    decidesHeld: whenHeld.length > 0,
    async continuations(waitedFromMs) {
      return whenHeld.flatMap(({ choose, step, after, why }, turn): Continuation[] => {
        const atMs = (waitedFromMs[turn] ?? Number.POSITIVE_INFINITY) + after;
        if (atMs > clock.nowMs()) return [];
        return [
          {
            choice: choose,
            ...(step !== undefined && { step }),
            by: 'simulated incident commander',
            ...(why !== undefined && { why }),
            atMs,
            simulated: true,
          },
        ];
      });
    },
    async ask({ step, role, item }) {
      const isKnown = world.asked.some((one) => one.step === step && one.role === role && one.item === item);
      if (!isKnown) world.asked.push({ step, role, ...(item !== undefined && { item }), atMs: clock.nowMs() });
    },
    async answers() {
      return world.asked.flatMap(({ step, role, item, atMs }): Answer[] => {
        const key = item === undefined ? `approval/${role}` : `approval/${role}/${item}`;
        const answeredMs = atMs + Math.round(takes ?? durations.approval(draw(key)));
        if (silent.includes(role) || answeredMs > clock.nowMs()) return [];
        const approves = item === undefined ? !refuses : !refuses && !unknown.includes(item);
        return [
          {
            by: `simulated ${role}`,
            role,
            step,
            ...(item !== undefined && { item }),
            atMs: answeredMs,
            approves,
            simulated: true,
          },
        ];
      });
    },
  };
}
