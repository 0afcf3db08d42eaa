import type { Traffic } from '../../components/route53/schema.ts';
import { componentsOf } from '../../drill/components.ts';
import { plainDomain } from '../../drill/names.ts';
import type { Topology } from '../../drill/topology.ts';
import { hash32 } from '../distributions.ts';
import type { World } from '../world.ts';

/** Assumption: a load balancer has this many addresses in its life, answers with two of them, and exchanges one so often. */
const POOL = 4;
const ANSWERS = 2;
const EXCHANGES_EVERY_MS = 60_000;

export type Family = 'A' | 'AAAA';

/** The addresses behind a DNS name that AWS gave: of a load balancer, or of an accelerator; none, where nothing has that name. */
export function targetAddresses(world: World, name: string, family: Family, ms: number): string[] {
  const accelerator = world.accelerators.find(({ dnsName }) => plainDomain(dnsName) === name);
  if (accelerator) return family === 'A' ? accelerator.addresses : [];
  const names = componentsOf(world.topology, 'route53');
  if (!names.some(({ primary, recovery }) => [primary.target, recovery.target].includes(name))) return [];
  const first = Math.floor(ms / EXCHANGES_EVERY_MS);
  return Array.from({ length: ANSWERS }, (_, index) => pooled(name, family, (first + index) % POOL));
}

export const isLoadBalancer = (target: string): boolean => /\.elb\.([a-z0-9-]+\.)?amazonaws\.com(\.cn)?$/.test(target);
export const isCloudFront = (target: string): boolean => target.endsWith('.cloudfront.net');

/** All distributions of CloudFront are in this zone; other services have one in each region, whose id AWS gives. */
const CLOUDFRONT_ZONE = 'Z2FDTNDATAQYW2';

/** The zone of a target that the topology names; nothing of another one. */
export function zoneOfTarget(topology: Topology, name: string): string | undefined {
  const named = componentsOf(topology, 'route53').flatMap((traffic) =>
    (['primary', 'recovery'] as const).flatMap((side) => {
      const { target, targetZone } = traffic[side];
      return target === name ? [{ targetZone, region: topology.regions[side] }] : [];
    }),
  );
  const [first] = named;
  if (!first) return undefined;
  if (isCloudFront(name)) return CLOUDFRONT_ZONE;
  const said = named.find(({ targetZone }) => targetZone !== undefined)?.targetZone;
  return (
    said ??
    `Z${hash32(`${name.split('.').slice(1).join('.')} in ${first.region}`)
      .toString(36)
      .toUpperCase()}`
  );
}

/** From the networks that are set aside for documentation and benchmarks. */
function pooled(name: string, family: Family, index: number): string {
  const hash = hash32(name);
  return family === 'A'
    ? `198.${18 + (hash & 1)}.${(hash >>> 8) & 255}.${((hash >>> 16) & 63) * POOL + index}`
    : `2001:db8:${(hash >>> 16).toString(16)}:${(hash & 0xffff).toString(16)}::${index + 1}`;
}

/** All addresses that a name has in its life, worked out once. */
function poolOf(name: string): ReadonlySet<string> {
  const known = pools.get(name);
  if (known) return known;
  const each = Array.from({ length: POOL }, (_, index) => index);
  const pool = new Set(each.flatMap((index) => [pooled(name, 'A', index), pooled(name, 'AAAA', index)]));
  pools.set(name, pool);
  return pool;
}

const pools = new Map<string, ReadonlySet<string>>();

/** Whether an address is one of a side's. */
export const isAddressOf = ({ address, ipv6, addresses, target }: Traffic['primary'], given: string): boolean =>
  given === address ||
  given === ipv6 ||
  addresses?.includes(given) ||
  (target !== undefined && poolOf(target).has(given));
