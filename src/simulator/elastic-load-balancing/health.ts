import { componentsOf } from '../../drill/components.ts';
import { SIDES } from '../kubernetes/place.ts';
import { isOutOfReach } from '../partition.ts';
import type { World } from '../world.ts';
import { groupsOf, type SimulatedGroup } from './load-balancers.ts';
import { instantsOf, targetsIn } from './targets.ts';

/** Whether Route 53 takes a load balancer for healthy: its region is not lost, and every one of its target groups has a healthy target. */
export const isBalancerHealthy = (world: World, dnsName: string, ms: number): boolean =>
  !isSeenLost(world, dnsName, ms) &&
  groupsBehind(world, dnsName).every((group) => targetsIn(world, group, ms).some(({ isHealthy }) => isHealthy));

/** The latest instant up to `ms` from which a load balancer's health may be another. */
export function healthTurnedMs(world: World, ms: number): number {
  let latest = turnOfLossMs(world, ms);
  for (const group of groupsOf(world.topology))
    for (const one of instantsOf(world, group)) if (one <= ms && one > latest) latest = one;
  return latest;
}

/** Whether the region of a load balancer has been out of reach for as long as Route 53 takes to notice. */
function isSeenLost(world: World, dnsName: string, ms: number): boolean {
  const { topology, simulation } = world;
  const side = SIDES.find((one) => componentsOf(topology, 'route53').some((name) => name[one].target === dnsName));
  if (side === undefined) return false;
  return [ms, ms - simulation.healthCheck.balancerNoticed].every((one) =>
    isOutOfReach(world, topology.regions[side], one),
  );
}

/** The latest instant up to `ms` at which Route 53 may notice that a region is lost, or is back. */
function turnOfLossMs({ down, partition, simulation }: World, ms: number): number {
  const { balancerNoticed } = simulation.healthCheck;
  let latest = 0;
  for (const timeline of [...Object.values(down), partition]) {
    if (timeline.length === 1) continue;
    for (const [fromMs] of timeline) {
      if (fromMs <= ms) latest = Math.max(latest, fromMs);
      if (fromMs + balancerNoticed <= ms) latest = Math.max(latest, fromMs + balancerNoticed);
    }
  }
  return latest;
}

const groupsBehind = ({ topology }: World, dnsName: string): SimulatedGroup[] =>
  groupsOf(topology).filter(({ behind }) => behind.includes(dnsName));
