import type { Traffic } from '../../components/route53/schema.ts';
import { componentsOf } from '../../drill/components.ts';
import { plainDomain } from '../../drill/names.ts';
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

/** From the networks that are set aside for documentation and benchmarks. */
function pooled(name: string, family: Family, index: number): string {
  const hash = hash32(name);
  return family === 'A'
    ? `198.${18 + (hash & 1)}.${(hash >>> 8) & 255}.${((hash >>> 16) & 63) * POOL + index}`
    : `2001:db8:${(hash >>> 16).toString(16)}:${(hash & 0xffff).toString(16)}::${index + 1}`;
}

/** Whether an address is one of a side's. */
export const isAddressOf = ({ address, ipv6, target }: Traffic['primary'], given: string): boolean =>
  given === address ||
  given === ipv6 ||
  (target !== undefined &&
    Array.from({ length: POOL }, (_, index) => index).some(
      (index) => given === pooled(target, 'A', index) || given === pooled(target, 'AAAA', index),
    ));
