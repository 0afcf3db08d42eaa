import type { World } from '../world.ts';
import { groupsOf, type SimulatedGroup } from './load-balancers.ts';
import { instantsOf, targetsIn } from './targets.ts';

/** Whether Route 53 takes a load balancer for healthy: every one of its target groups has a healthy target. */
export const isBalancerHealthy = (world: World, dnsName: string, ms: number): boolean =>
  groupsBehind(world, dnsName).every((group) => targetsIn(world, group, ms).some(({ isHealthy }) => isHealthy));

/** The latest instant up to `ms` from which a load balancer's health may be another. */
export const healthTurnedMs = (world: World, ms: number): number =>
  groupsOf(world.topology)
    .flatMap((group) => instantsOf(world, group))
    .reduce((latest, one) => (one <= ms && one > latest ? one : latest), 0);

const groupsBehind = ({ topology }: World, dnsName: string): SimulatedGroup[] =>
  groupsOf(topology).filter(({ behind }) => behind.includes(dnsName));
