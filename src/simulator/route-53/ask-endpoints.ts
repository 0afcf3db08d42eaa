import { isDoorUp } from '../shop/serving.ts';
import { at } from '../timeline.ts';
import type { Endpoint, HealthCheck } from '../traffic-state.ts';
import type { World } from '../world.ts';

/** Lets health checks ask their endpoints up to now: what they find turns after as many answers in a row as they want. */
export function askEndpoints(world: World): void {
  const nowMs = world.clock.nowMs();
  for (const check of world.healthChecks) if (check.endpoint) ask(world, check, check.endpoint, nowMs);
}

/** Assumption: the checkers of all locations count as one, which asks once in each interval. */
function ask(world: World, { id, finds }: HealthCheck, endpoint: Endpoint, nowMs: number): void {
  const everyMs = endpoint.requestIntervalSeconds * 1_000;
  const phaseMs = Math.round(world.draw(`checker/${id}`) * everyMs);
  const first = Math.ceil((endpoint.askedMs - phaseMs) / everyMs);
  for (let ms = first * everyMs + phaseMs; ms <= nowMs; ms += everyMs) {
    const isUp = isDoorUp(world, endpoint.region, endpoint.path, ms);
    endpoint.otherwise = isUp === at(finds, ms) ? 0 : endpoint.otherwise + 1;
    if (endpoint.otherwise >= endpoint.failureThreshold) {
      finds.push([ms, isUp]);
      endpoint.otherwise = 0;
    }
    endpoint.askedMs = ms + 1;
  }
}
