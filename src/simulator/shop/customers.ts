import type { ComponentBehind } from '../../drill/components.ts';
import type { Period, World } from '../world.ts';
import { customerShare } from './resolvers.ts';
import { servingOf, shareServed } from './serving.ts';

const SAMPLES = 6;
/** Enough for every question about the last hours; a world that is served lives for days. */
const REMEMBERED_MAX = 5_000;

/** What a name's customers met in the metrics' period that begins at `fromMs`, and is over: worked out once. */
export function periodOf(world: World, name: ComponentBehind<'dns'>, fromMs: number): Period {
  const key = `${name.id}/${fromMs}`;
  const known = world.periods.get(key);
  if (known) return known;
  const { primary, recovery } = world.topology.regions;
  let failed = 0;
  let samples = 0;
  const answered: { slowdown: number; weight: number }[] = [];
  const everyMs = periodMsOf(name) / SAMPLES;
  for (let ms = fromMs + everyMs / 2; samples < SAMPLES; ms += everyMs) {
    const here = customerShare(world, name, primary, ms);
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
  const period = { errorRate: failed / samples, ...slowdowns(answered) };
  if (world.periods.size >= REMEMBERED_MAX) world.periods.clear();
  world.periods.set(key, period);
  return period;
}

/** How often its metrics are published. */
const periodMsOf = ({ service: { metrics } }: ComponentBehind<'dns'>): number =>
  metrics && 'period' in metrics ? metrics.period : 60_000;

function slowdowns(answered: { slowdown: number; weight: number }[]): Pick<Period, 'slowdown95' | 'slowdownMean'> {
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
