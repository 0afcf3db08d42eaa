import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { plainTarget, sameTarget } from '../../../drill/dns-name.ts';
import { inWords } from '../../../duration.ts';
import { cliRegion } from '../../../partition.ts';
import { blocker, type Finding, note, warning } from '../../../steps/account/findings.ts';
import { UNSAID } from '../../../steps/account/look.ts';
import { fixedAddresses } from '../../public-name/destination.ts';
import type { DescribedTraffic, DescribedRecord as Side } from '../described.ts';
import { leadsTo, policyOf } from '../steps/record-sets.ts';

/** Of the alias of a load balancer. */
const ALIAS_TTL_MS = 60_000;

/** One record set of a side, as the account has it. */
export interface FoundRecord {
  described: Side;
  set: ResourceRecordSet;
  /** The health checks of the records in the zone that an alias leads to. */
  checksBehind: readonly string[];
}

/** Where a record of a type leads by the topology. */
export const saidOf = (side: Side, type: string | undefined): string =>
  side.target ?? (fixedAddresses(side, type === 'AAAA' ? 'AAAA' : 'A').join(', ') || UNSAID);

/** Every type that the topology says a name has, and none beside them: a drill moves all of them. */
export function alsoTypes(traffic: DescribedTraffic, leading: readonly ResourceRecordSet[]): Finding[] {
  const { name, types } = traffic;
  if (!types) return [];
  const list = listCommand(traffic);
  const found: string[] = [...new Set(leading.map(({ Type }) => Type ?? ''))];
  const missing = types.filter((type) => !found.includes(type));
  const more = found.filter((type) => !types.includes(type));
  const why = 'The drill moves all types together, and could not see this one moved.';
  return [
    ...missing.map((type) =>
      blocker(
        name,
        `${name} has no ${type} record, and the topology says that it has one`,
        why,
        `Set 'types: [${found.join(', ')}]' in the topology, or create it: ${list}`,
      ),
    ),
    ...more.map((type) =>
      warning(
        name,
        `${name} has ${type} records, which 'types' does not name`,
        'They are moved with the others.',
        `Set 'types: [${found.join(', ')}]' in the topology, or delete them: ${list}`,
      ),
    ),
  ];
}

export const listCommand = ({ region, zone, name }: Pick<DescribedTraffic, 'region' | 'zone' | 'name'>): string =>
  `aws route53 list-resource-record-sets${cliRegion(region)} --hosted-zone-id ${zone} --query "ResourceRecordSets[?Name=='${name}.']"`;

/** A side may have records of several types; those of type A go without saying. */
const labelOf = ({ described, set }: FoundRecord): string =>
  `${described.setIdentifier}${set.Type === 'A' ? '' : ` (${set.Type})`}`;

/** What is wrong with one record set of a side, by what of it is wrong. */
export function recordFindings(
  traffic: DescribedTraffic,
  found: FoundRecord,
): Record<'record' | 'ttl' | 'policy' | 'healthCheck', Finding[]> {
  const { ttlMs, lever } = traffic;
  const { TTL = 0 } = found.set;
  const ttl =
    TTL * 1000 <= ttlMs
      ? []
      : [
          warning(
            traffic.name,
            `${labelOf(found)} has a TTL of ${TTL} s; the topology says ${ttlMs / 1000} s`,
            'Customers stay with the dead region for as long as that.',
            `Lower it with an UPSERT: ${listCommand(traffic)}`,
          ),
        ];
  const isGated = lever === 'health-check-inversion' || lever === 'arc-routing-controls';
  return {
    record: leadFindings(traffic, found),
    ttl,
    policy: POLICIES[traffic.records](traffic, found),
    healthCheck: [...(isGated ? gateFindings(traffic, found) : []), ...standbyFindings(traffic, found)],
  };
}

/** A record must lead where the topology says: by that the drill knows that traffic has been shifted. */
function leadFindings(traffic: DescribedTraffic, one: FoundRecord): Finding[] {
  const { name } = traffic;
  const { described, set: found } = one;
  const { target } = described;
  const label = labelOf(one);
  const side = sideOf(traffic, one);
  const account = leadsTo(found);
  const fix = `Correct the topology, or the record: ${listCommand(traffic)}`;
  // What is in such a record is for browsers; it is moved like the others.
  if (found.Type === 'HTTPS' || found.Type === 'SVCB') return [];
  const isName = found.AliasTarget !== undefined || found.Type === 'CNAME';
  if (isName && target === undefined) {
    const what = `${label} is ${found.AliasTarget ? 'an alias of' : 'a CNAME to'} ${account}, and the topology says a fixed address`;
    const why = 'Its addresses change, so the drill would wait for a fixed one in vain.';
    const findings = [blocker(name, what, why, `Set '${side}.target' in the topology: ${plainTarget(account)}`)];
    return [...findings, ...aliasFindings(traffic, one)];
  }
  if (isName) {
    if (!sameTarget(account, target)) {
      const what = `${label} leads to ${account}, not to ${target}`;
      return [blocker(name, what, 'The drill would take the wrong answer for a shift.', fix)];
    }
    return aliasFindings(traffic, one);
  }
  const wanted = saidOf({ ...described, target: undefined }, found.Type);
  if (target !== undefined || inOrder(account) !== inOrder(wanted)) {
    if (found.Type === 'AAAA' && target === undefined && wanted === UNSAID) {
      const what = `${described.setIdentifier} has an AAAA record to ${account}, and the topology says no IPv6 address`;
      return [
        blocker(name, what, 'The drill could not see it shifted.', `Set '${side}.ipv6' in the topology: ${account}`),
      ];
    }
    const what = `${label} answers with ${account || 'no address'}, not with ${target ?? wanted}`;
    const why = 'The drill waits until DNS gives the address of the topology: it would wait in vain.';
    return [blocker(name, what, why, fix)];
  }
  return [];
}

const inOrder = (values: string): string => values.split(', ').toSorted().join();

function aliasFindings(traffic: DescribedTraffic, found: FoundRecord): Finding[] {
  const { name, ttlMs, lever, primary } = traffic;
  const { AliasTarget, HealthCheckId, TTL } = found.set;
  const label = labelOf(found);
  if (!AliasTarget) return [];
  const findings: Finding[] = [];
  if (TTL === undefined && ttlMs < ALIAS_TTL_MS) {
    const what = `${label} is an alias, whose answers resolvers may keep for ${inWords(ALIAS_TTL_MS)}; the topology says ${inWords(ttlMs)}`;
    const why = 'Customers stay with the dead region for as long as that.';
    findings.push(
      warning(name, what, why, `Set 'ttl' in the topology: ${inWords(ALIAS_TTL_MS)}; an alias has no TTL of its own.`),
    );
  }
  const { targetZone, evaluateTargetHealth: said } = found.described;
  if (targetZone !== undefined && AliasTarget.HostedZoneId !== targetZone) {
    const what = `the alias of ${label} is in the zone ${AliasTarget.HostedZoneId}, and the topology says ${targetZone}`;
    const why = 'Route 53 refuses an alias whose zone is not that of its target: the drill could not write it.';
    findings.push(
      blocker(
        name,
        what,
        why,
        `Set '${sideOf(traffic, found)}.targetZone' in the topology: ${AliasTarget.HostedZoneId}`,
      ),
    );
  }
  if (AliasTarget.EvaluateTargetHealth && said === false) {
    const what = `${label} evaluates the health of its target, and the topology says that it does not`;
    const why = 'Route 53 may move customers by itself, at a moment that the drill did not choose.';
    findings.push(
      warning(name, what, why, `Set '${sideOf(traffic, found)}.evaluateTargetHealth' in the topology: true`),
    );
  }
  if (AliasTarget.EvaluateTargetHealth) return findings;
  const what = `${label} does not evaluate the health of its target`;
  const fix = `Set EvaluateTargetHealth with an UPSERT: ${listCommand(traffic)}`;
  if (lever === 'health-check-inversion' && found.described === primary && !HealthCheckId) {
    const why = 'It has no health check either, so it always counts as healthy: an inversion moves no customers.';
    return [...findings, blocker(name, what, why, fix)];
  }
  const why = 'Route 53 still answers with it when everything behind it has failed.';
  return [...findings, (said === false ? note : warning)(name, what, why, fix)];
}

const sideOf = (traffic: DescribedTraffic, { described }: FoundRecord): 'primary' | 'recovery' =>
  described === traffic.primary ? 'primary' : 'recovery';

/** Each policy has something that must stand so before a drill. */
const POLICIES: Record<DescribedTraffic['records'], (traffic: DescribedTraffic, found: FoundRecord) => Finding[]> = {
  weighted: weightFindings,
  failover: failoverFindings,
  latency: latencyFindings,
  simple: () => [],
};

/** Both regions serve, each those who are nearest to it. */
function latencyFindings(traffic: DescribedTraffic, found: FoundRecord): Finding[] {
  const { described, set } = found;
  if (set.Region === described.region) return [];
  const what =
    set.Region === undefined
      ? `${labelOf(found)} is no latency record (${policyOf(set)}), as the topology says`
      : `${labelOf(found)} is the latency record of ${set.Region}, not of ${described.region}`;
  const fix = `Set 'records' in the topology to its routing policy, or correct the record: ${listCommand(traffic)}`;
  return [blocker(traffic.name, what, 'Deleting it would move other customers, or none.', fix)];
}

/** Weights move only what has one. */
function weightFindings(traffic: DescribedTraffic, found: FoundRecord): Finding[] {
  const { name, primary } = traffic;
  const { described, set } = found;
  if (set.Weight === undefined) {
    const what = `${labelOf(found)} is no weighted record (${policyOf(set)}), as the topology says`;
    const why = 'Route 53 refuses a weight for it: a shift by shares would fail in the middle.';
    const fix = "Make both records weighted, or set 'records' in the topology to failover.";
    return [traffic.lever === 'weighted-records' ? blocker(name, what, why, fix) : warning(name, what, why, fix)];
  }
  if (traffic.customersIn !== 'primary' || described !== primary || set.Weight > 0) return [];
  const what = `${labelOf(found)} has the weight 0: traffic has left the primary already`;
  const why = 'A drill begins with customers in the primary region.';
  return [blocker(name, what, why, `Give it its weight back: ${listCommand(traffic)}`)];
}

/** One record answers, the other waits. */
function failoverFindings(traffic: DescribedTraffic, found: FoundRecord): Finding[] {
  const { name, lever, customersIn } = traffic;
  const { described, set } = found;
  // An exchange of roles leaves the region that serves with the primary record.
  const first = traffic[lever === 'failover-records' ? customersIn : 'primary'];
  const wanted = described === first ? 'PRIMARY' : 'SECONDARY';
  if (set.Failover === wanted) return [];
  if (set.Failover) {
    const what = `${labelOf(found)} is the ${set.Failover.toLowerCase()} record, not the ${wanted.toLowerCase()} one`;
    const fix = `Swap the two in the topology, or in the zone: ${listCommand(traffic)}`;
    return [blocker(name, what, 'Traffic would move the wrong way, or not at all.', fix)];
  }
  const what = `${labelOf(found)} is no failover record (${policyOf(set)}), as the topology says`;
  const why = 'Customers may be in both regions before the drill, so that an outage of one is hard to measure.';
  const fix = "Make both failover records, or set 'records' in the topology to weighted.";
  return [warning(name, what, why, fix)];
}

/** A check that is inverted, or turned by a routing control, moves only the records that it gates. */
function gateFindings(traffic: DescribedTraffic, found: FoundRecord): Finding[] {
  const { name, primary, lever } = traffic;
  const { described, set, checksBehind } = found;
  const wanted = described.healthCheck;
  if (lever === 'health-check-inversion' && described !== primary) return [];
  if (wanted === undefined || set.HealthCheckId === wanted) return [];
  if (set.AliasTarget?.EvaluateTargetHealth && checksBehind.includes(wanted)) return [];
  const what = `${labelOf(found)} carries ${set.HealthCheckId ? `the health check ${set.HealthCheckId}` : 'no health check'}, not ${wanted}`;
  const why =
    lever === 'health-check-inversion'
      ? 'Inverting a check that no record uses moves no customers.'
      : 'A routing control turns a health check that no record uses: no customer is moved.';
  const fix = `Give the record the health check ${wanted} with an UPSERT: ${listCommand(traffic)}`;
  return [blocker(name, what, why, fix)];
}

/** Route 53 treats a record without a health check as healthy, even if everything behind it is down. */
function standbyFindings(traffic: DescribedTraffic, { described, set }: FoundRecord): Finding[] {
  if (described !== traffic.recovery || set.HealthCheckId || set.AliasTarget?.EvaluateTargetHealth) return [];
  const { setIdentifier, target } = described;
  const what = `${setIdentifier} has no health check`;
  const why = 'It always counts as healthy: customers are sent to the recovery region even while it cannot serve.';
  const endpoint = target === undefined ? `IPAddress=${saidOf(described, 'A')}` : `FullyQualifiedDomainName=${target}`;
  const fix = `Add one that the failover does not change: aws route53 create-health-check${cliRegion(traffic.region)} --caller-reference ${setIdentifier} --health-check-config Type=HTTPS,${endpoint},RequestInterval=10,FailureThreshold=3`;
  return [note(traffic.name, what, why, fix)];
}
