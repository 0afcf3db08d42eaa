import { hash32 } from '../distributions.ts';
import type { Instance } from '../state.ts';
import { always, at, plan } from '../timeline.ts';
import { nextDraw, type World } from '../world.ts';

/** The two zones that an instance of a region may be in. */
export const otherZone = (region: string, zone: string): string =>
  zone === `${region}a` ? `${region}b` : `${region}a`;

/**
 * The standby in the other zone takes over: first nobody takes writes, then the endpoint's name leads to the other zone, and then its
 * PostgreSQL opens. What the API tells of zones is older than that for minutes.
 */
export function failOverZone(world: World, instance: Instance, nowMs = world.clock.nowMs()): void {
  const { durations, simulation } = world;
  const { identifier, region, zone } = instance;
  const drawn = (kind: string) => nextDraw(world, `${kind}/${identifier}`);
  const takesMs = simulation.zoneFailover.takes ?? durations.zoneFailover(drawn('zone-failover'));
  const namedMs =
    nowMs + Math.round(simulation.zoneFailover.dnsTakes ?? takesMs * durations.zoneNamedShare(drawn('zone-named')));
  // Nobody finds the new zone before its name leads there.
  const openMs = Math.max(nowMs + Math.round(takesMs), namedMs + ENDPOINT_TTL_MS);
  const toldMs = openMs + Math.round(durations.zoneTold(drawn('zone-told')));
  const there = otherZone(region, at(zone.named, nowMs));
  plan(zone.named, nowMs, [[namedMs, there]]);
  plan(zone.told, nowMs, [[toldMs, there]]);
  plan(instance.status, nowMs, [
    [nowMs, 'rebooting'],
    [openMs, 'available'],
  ]);
  plan(instance.open, nowMs, [
    [nowMs, false],
    [openMs, true],
  ]);
  const { loses } = simulation.zoneFailover;
  instance.heartbeats = instance.heartbeats.filter(({ atMs }) => atMs <= nowMs - loses);
  instance.events.push(
    { atMs: nowMs + 1_000, categories: ['failover'], message: 'Multi-AZ instance failover started.' },
    { atMs: openMs, categories: ['availability'], message: 'DB instance restarted' },
    { atMs: openMs + 1_000, categories: ['failover'], message: 'Multi-AZ instance failover completed' },
  );
}

export const failedOverSince = ({ events }: Pick<Instance, 'events'>, ms: number): boolean =>
  events.some(({ atMs, categories }) => atMs > ms && categories.includes('failover'));

/** One that failed over by itself before anyone looked: its name leads to the other zone, and the API still tells of the old one. */
export const failedOver = (region: string, atMs: number): Pick<Instance, 'events' | 'zone'> => ({
  events: [{ atMs, categories: ['failover'], message: 'Multi-AZ instance failover completed' }],
  zone: {
    named: always(`${region}b`),
    told: [...always(`${region}a`), [atMs + TOLD_AFTER_MS, `${region}b`]],
  },
});

/** Assumption: AWS says only that what its API tells of zones may be old for minutes. */
const TOLD_AFTER_MS = 180_000;

/** How long the answer for an endpoint's name may be kept. */
export const ENDPOINT_TTL_MS = 5_000;

/** The address that the name of an instance's endpoint gives: each zone has its own. */
export function addressNamed({ identifier, zone }: Instance, ms: number): string {
  const named = at(zone.named, ms);
  return `10.0.${named.endsWith('a') ? 1 : 2}.${10 + (hash32(identifier) % 200)}`;
}
