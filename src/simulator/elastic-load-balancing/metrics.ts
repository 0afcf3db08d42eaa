import { type ComponentOf, componentsOf } from '../../drill/components.ts';
import { SIDES } from '../kubernetes/place.ts';
import { customerShare } from '../shop/resolvers.ts';
import { servingOf } from '../shop/serving.ts';
import type { World } from '../world.ts';
import { balancerBehind } from './load-balancers.ts';

/** Assumption: so many requests come in a minute, from all customers together. */
const REQUESTS_A_MINUTE = 6_000;
const MINUTE = 60_000;
const SAMPLES = 6;

/** What Elastic Load Balancing publishes of an Application Load Balancer for the minute that begins at `ms`; nothing of what did not happen. */
export function balancerMetric(
  world: World,
  region: string,
  name: string | undefined,
  balancer: string,
  ms: number,
): number | undefined {
  const { topology } = world;
  const [side] = SIDES.filter((one) => topology.regions[one] === region);
  const leadsThere = (one: ComponentOf<'route53'>) =>
    side !== undefined && balancerBehind(topology, one, side)?.arn.endsWith(`:loadbalancer/${balancer}`);
  const names = componentsOf(topology, 'route53').filter(leadsThere);
  let [requests, refused, failed, slowest] = [0, 0, 0, 0];
  for (const one of names)
    for (let index = 0; index < SAMPLES; index += 1) {
      const atMs = ms + ((index + 0.5) * MINUTE) / SAMPLES;
      const come = (customerShare(world, one, region, atMs) * REQUESTS_A_MINUTE) / SAMPLES;
      const { dead, ...serving } = servingOf(world, region, atMs);
      if (dead || come === 0) continue;
      requests += come;
      refused += come * serving.refused;
      failed += come * (1 - serving.refused) * serving.failing;
      slowest = Math.max(slowest, serving.slowdown);
    }
  if (requests === 0) return undefined;
  switch (name) {
    case 'RequestCount':
      // Without a target there is none.
      return Math.round(requests - refused) || undefined;
    case 'HTTPCode_ELB_5XX_Count':
      return Math.round(refused) || undefined;
    case 'HTTPCode_Target_5XX_Count':
      return Math.round(failed) || undefined;
    case 'TargetResponseTime':
      return (slowest * world.durations.request(0.95)) / 1_000;
    default:
      return undefined;
  }
}
