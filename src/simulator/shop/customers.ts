import type { Minute, World } from '../world.ts';
import { customerShare } from './resolvers.ts';
import { servingOf, shareServed } from './serving.ts';

const MINUTE = 60_000;
const SAMPLE_EVERY_MS = 10_000;

/** What customers met in the minute that begins at `fromMs`, and is over: worked out once. */
export function minuteOf(world: World, fromMs: number): Minute {
  const known = world.minutes.get(fromMs);
  if (known) return known;
  const { primary, recovery } = world.topology.regions;
  let failed = 0;
  let samples = 0;
  const answered: { slowdown: number; weight: number }[] = [];
  for (let ms = fromMs + SAMPLE_EVERY_MS / 2; ms < fromMs + MINUTE; ms += SAMPLE_EVERY_MS) {
    const here = customerShare(world, primary, ms);
    samples += 1;
    for (const [region, share] of [
      [primary, here],
      [recovery, 1 - here],
    ] as const) {
      if (share <= 0) continue;
      const serving = servingOf(world, region, ms);
      failed += share * (1 - shareServed(serving));
      if (!serving.dead) answered.push({ slowdown: serving.slowdown, weight: share });
    }
  }
  const minute = { errorRate: failed / samples, ...slowdowns(answered) };
  world.minutes.set(fromMs, minute);
  return minute;
}

function slowdowns(answered: { slowdown: number; weight: number }[]): Pick<Minute, 'slowdown95' | 'slowdownMean'> {
  const total = answered.reduce((sum, { weight }) => sum + weight, 0);
  if (total === 0) return { slowdown95: null, slowdownMean: null };
  let left = total * 0.05;
  const slowest = answered
    .sort((a, b) => b.slowdown - a.slowdown)
    .find(({ weight }) => {
      left -= weight;
      return left <= 0;
    });
  const slowdownMean = answered.reduce((sum, { slowdown, weight }) => sum + slowdown * weight, 0) / total;
  return { slowdown95: slowest?.slowdown ?? 1, slowdownMean };
}
