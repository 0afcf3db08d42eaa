import { type Answer, answers, lastChangeMs } from '../route-53/zone.ts';
import type { World } from '../world.ts';

/** Assumption: this many resolvers stand for all customers; each asks anew when the answer it keeps has run out. */
export const RESOLVERS = 50;

/** The share of customers whose resolver sends them to a region at an instant. */
export function customerShare(world: World, region: string, ms: number): number {
  const { traffic, regions } = world.topology;
  const { address } = region === regions.primary ? traffic.primary : traffic.recovery;
  // Nothing has changed for longer than an answer is kept: all know the same.
  if (lastChangeMs(world, ms) <= ms - traffic.ttl) return shareOf(address, answers(world, ms));
  // Most of them asked between the same two changes, and got the same.
  const shares = new Map<number, number>();
  let sum = 0;
  for (const phase of world.resolverPhases) {
    const ageMs = traffic.ttl === 0 ? 0 : (ms + phase * traffic.ttl) % traffic.ttl;
    const changedMs = lastChangeMs(world, ms - ageMs);
    const share = shares.get(changedMs) ?? shareOf(address, answers(world, ms - ageMs));
    shares.set(changedMs, share);
    sum += share;
  }
  return sum / RESOLVERS;
}

const shareOf = (address: string, given: Answer[]): number =>
  given.reduce((sum, answer) => sum + (answer.address === address ? answer.share : 0), 0);
