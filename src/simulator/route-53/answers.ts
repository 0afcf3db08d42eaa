import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { type Traffic, typesOf } from '../../components/route53/schema.ts';
import { plainTarget, wildcardsFor } from '../../drill/dns-name.ts';
import { plainDomain } from '../../drill/names.ts';
import { healthTurnedMs, isBalancerHealthy } from '../elastic-load-balancing/health.ts';
import { at, since } from '../timeline.ts';
import type { World } from '../world.ts';
import { countsAsHealthy } from './counts-as-healthy.ts';
import { type Family, targetAddresses } from './targets.ts';

/** Addresses, with the share of answers that carry them. */
export interface Answer {
  addresses: string[];
  share: number;
  ttlMs: number;
}

/** An alias of an alias goes no deeper than this. */
const DEPTH_MAX = 8;
/** How long resolvers may keep the answer of an alias of a load balancer. */
const ALIAS_TTL_MS = 60_000;

/** How long resolvers may keep the answer of a name that leads as the topology says. */
export const ttlOf = (traffic: Traffic): number =>
  traffic.recovery.target !== undefined && !typesOf(traffic).includes('CNAME') ? ALIAS_TTL_MS : traffic.ttl;

/** What name servers answer for a name at an instant. */
export function answers(world: World, family: Family, ms: number, name: string, depth = 0): Answer[] {
  const sets = answering(world, ms, name, family);
  const chosen = chosenOf(sets, (set) => isHealthy(world, set, ms, depth), world.topology.regions.primary);
  const total = chosen.reduce((sum, { Weight }) => sum + (Weight ?? 0), 0);
  return chosen.flatMap((set) => {
    // All weights zero: every record answers alike.
    const share = total === 0 ? 1 / chosen.length : (set.Weight ?? 0) / total;
    return behind(world, set, family, ms, depth).map((answer) => ({ ...answer, share: share * answer.share }));
  });
}

/** The sets that answer for a name: its own, or else the nearest wildcard's; a CNAME answers for every type. */
function answering(world: World, ms: number, name: string, family: Family): ResourceRecordSet[] {
  let sets = recordsNamed(world, ms, name);
  if (sets.length === 0)
    for (const wildcard of wildcardsFor(name)) {
      sets = recordsNamed(world, ms, wildcard);
      if (sets.length > 0) break;
    }
  return sets.filter(({ Type }) => Type === family || Type === 'CNAME');
}

/** The records that name servers use to answer for a name, in any zone. */
const recordsNamed = ({ zones }: World, ms: number, name: string): readonly ResourceRecordSet[] =>
  zones.flatMap(({ published }) => byName(at(published, ms)).get(name) ?? []);

/** Records that are published stay as they are. */
function byName(records: readonly ResourceRecordSet[]): ReadonlyMap<string, ResourceRecordSet[]> {
  const found = known.get(records);
  if (found) return found;
  const named = new Map<string, ResourceRecordSet[]>();
  for (const record of records) {
    const name = plainDomain(record.Name);
    named.set(name, [...(named.get(name) ?? []), record]);
  }
  known.set(records, named);
  return named;
}

const known = new WeakMap<readonly ResourceRecordSet[], ReadonlyMap<string, ResourceRecordSet[]>>();

function behind(world: World, set: ResourceRecordSet, family: Family, ms: number, depth: number): Answer[] {
  const { AliasTarget, ResourceRecords = [], TTL, Type } = set;
  const values = ResourceRecords.flatMap(({ Value }) => Value ?? []);
  const ttlMs = TTL === undefined ? ALIAS_TTL_MS : TTL * 1000;
  if (!AliasTarget && Type !== 'CNAME') return [{ addresses: values, share: 1, ttlMs }];
  const target = plainTarget(AliasTarget?.DNSName ?? values[0]);
  const addresses = targetAddresses(world, target, family, ms);
  if (addresses.length > 0) return [{ addresses, share: 1, ttlMs }];
  return depth < DEPTH_MAX ? answers(world, family, ms, target, depth + 1) : [];
}

/**
 * A record without a check always counts as healthy. An alias of records in the zone is as healthy as they are, and one of a load balancer
 * as its region and its target groups.
 */
function isHealthy(world: World, set: ResourceRecordSet, ms: number, depth: number): boolean {
  const check = world.healthChecks.find(({ id }) => id === set.HealthCheckId);
  if (check && !countsAsHealthy(check, ms)) return false;
  if (!set.AliasTarget?.EvaluateTargetHealth || depth >= DEPTH_MAX) return true;
  if (!isBalancerHealthy(world, plainTarget(set.AliasTarget.DNSName), ms)) return false;
  const target = plainDomain(set.AliasTarget.DNSName);
  const behindIt = recordsNamed(world, ms, target).filter(({ Type }) => Type === set.Type);
  return behindIt.length === 0 || behindIt.some((one) => isHealthy(world, one, ms, depth + 1));
}

function chosenOf(
  sets: ResourceRecordSet[],
  healthy: (set: ResourceRecordSet) => boolean,
  home: string,
): ResourceRecordSet[] {
  const well = sets.filter(healthy);
  if (sets.some(({ Failover }) => Failover)) return byFailover(sets, well);
  if (sets.some(({ Weight }) => Weight !== undefined)) return byWeight(sets, well);
  // Assumption: every customer is nearest to the primary region. Of geolocation and the others he meets what is listed first.
  const left = well.length > 0 ? well : sets;
  const nearest = left.find(({ Region }) => Region !== undefined && Region === home) ?? left[0];
  return nearest ? [nearest] : [];
}

/** The primary, unless it is unhealthy and the secondary is not: with both unhealthy the primary answers. */
function byFailover(records: ResourceRecordSet[], healthy: ResourceRecordSet[]): ResourceRecordSet[] {
  const primary = records.find(({ Failover }) => Failover === 'PRIMARY');
  const secondary = healthy.find(({ Failover }) => Failover === 'SECONDARY');
  const answers = primary && (healthy.includes(primary) || !secondary) ? primary : secondary;
  return answers ? [answers] : [];
}

/** Healthy records with a weight; failing them healthy ones of weight 0; failing them all, as if all were healthy. */
function byWeight(records: ResourceRecordSet[], healthy: ResourceRecordSet[]): ResourceRecordSet[] {
  const candidates = healthy.length > 0 ? healthy : records;
  const weighted = candidates.filter(({ Weight }) => (Weight ?? 0) > 0);
  return weighted.length > 0 ? weighted : candidates;
}

/** Instants up to `ms` from which name servers may answer otherwise than before. */
export function lastChangeMs(world: World, ms: number): number {
  let latest = healthTurnedMs(world, ms);
  for (const { published } of world.zones) latest = Math.max(latest, since(published, ms));
  for (const { finds, inForce } of world.healthChecks) latest = Math.max(latest, since(finds, ms), since(inForce, ms));
  return latest;
}
