import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import * as z from 'zod';
import { globalArn } from '../../arn.ts';
import { isAwsError } from '../../aws/aws.ts';
import { plainDomain } from '../../drill/names.ts';
import { inWords } from '../../duration.ts';
import { acceleratorCalls, acceleratorLook, acceleratorPermissions, describedAccelerator } from './accelerator.ts';
import { blocker, type Finding, note, warning } from './findings.ts';
import { type Look, type LookContext, type Row, rootOf, UNSAID } from './look.ts';

const side = z.object({
  setIdentifier: z.string().optional(),
  address: z.string(),
  healthCheck: z.string().optional(),
});

/** The records of the public name, and the lever that shifts traffic between them. */
export const describedTraffic = z.object({
  /** That Route 53 is called in. */
  region: z.string(),
  zone: z.string(),
  name: z.string(),
  ttlMs: z.number(),
  lever: z.enum([
    'health-check-inversion',
    'weighted-records',
    'failover-records',
    'arc-routing-controls',
    'global-accelerator-dials',
  ]),
  records: z.enum(['failover', 'weighted', 'simple']),
  /** What one record for both regions leads to. */
  accelerator: describedAccelerator.nullable(),
  primary: side,
  recovery: side,
});
export type DescribedTraffic = z.output<typeof describedTraffic>;
type Side = z.output<typeof side>;

export const trafficCalls = ({ accelerator }: DescribedTraffic): readonly string[] => [
  'route53:ListResourceRecordSets',
  'route53:GetHealthCheck',
  ...(accelerator ? acceleratorCalls : []),
];

export const trafficPermissions = ({ region, zone, primary, recovery, accelerator }: DescribedTraffic) => [
  {
    action: 'route53:ListResourceRecordSets',
    resource: globalArn({ service: 'route53', region, resource: `hostedzone/${zone}` }),
  },
  ...[primary, recovery].flatMap(({ healthCheck }) =>
    healthCheck === undefined
      ? []
      : [
          {
            action: 'route53:GetHealthCheck',
            resource: globalArn({ service: 'route53', region, resource: `healthcheck/${healthCheck}` }),
          },
        ],
  ),
  ...(accelerator ? acceleratorPermissions(accelerator) : []),
];

/** Looks whether there is a record for each region, or one for both, and whether the lever can move them. */
export async function recordsLook(traffic: DescribedTraffic, context: LookContext): Promise<Look> {
  const { name, zone } = traffic;
  const sets = await recordsOf(traffic, context);
  if (!sets) {
    const why = 'Customers could not be sent to the other region.';
    const mend = `Correct the topology: aws route53 list-hosted-zones-by-name --dns-name ${name}`;
    return { rows: [], findings: [blocker(zone, `there is no hosted zone ${zone}`, why, mend)] };
  }
  const { accelerator } = traffic;
  if (accelerator) return acceleratorLook({ name, list: listCommand(traffic), accelerator }, sets, context);
  const sides = [traffic.primary, traffic.recovery].map((described) => ({
    described,
    found: sets.find(({ SetIdentifier }) => SetIdentifier === described.setIdentifier),
  }));
  return {
    rows: sides.flatMap(({ described, found }) => rowsOf(traffic, described, found)),
    findings: sides.flatMap(({ described, found }) =>
      found ? recordFindings(traffic, described, found) : [missing(traffic, described)],
    ),
  };
}

async function recordsOf(
  { region, zone, name }: DescribedTraffic,
  { aws }: LookContext,
): Promise<ResourceRecordSet[] | undefined> {
  try {
    const input = { HostedZoneId: zone, StartRecordName: name, StartRecordType: 'A' as const };
    const answer = await aws.call('route53', region, 'ListResourceRecordSets', input);
    return (answer.ResourceRecordSets ?? []).filter(
      ({ Name = '', Type }) => plainDomain(Name) === name && Type === 'A',
    );
  } catch (error) {
    if (isAwsError(rootOf(error), 'NoSuchHostedZone')) return undefined;
    throw error;
  }
}

function rowsOf({ name, ttlMs }: DescribedTraffic, described: Side, found: ResourceRecordSet | undefined): Row[] {
  const row = (what: string, topology: string, account: string): Row => ({
    what: `${name} ${described.setIdentifier} ${what}`,
    topology,
    account,
  });
  if (!found) return [row('record', described.address, 'not there')];
  return [
    row('record', described.address, found.AliasTarget?.DNSName ?? addressesOf(found).join(', ')),
    row('TTL', inWords(ttlMs), found.TTL === undefined ? 'that of the alias' : inWords(found.TTL * 1000)),
    row('policy', UNSAID, policyOf(found)),
    row('health check', described.healthCheck ?? 'none', found.HealthCheckId ?? 'none'),
  ];
}

const addressesOf = ({ ResourceRecords }: ResourceRecordSet): string[] =>
  (ResourceRecords ?? []).flatMap(({ Value }) => Value ?? []);

const policyOf = ({ Failover, Weight, Region, GeoLocation }: ResourceRecordSet): string => {
  if (Failover) return `failover, ${Failover.toLowerCase()}`;
  if (Weight !== undefined) return `weight ${Weight}`;
  return Region ? 'latency' : GeoLocation ? 'geolocation' : 'another';
};

const listCommand = ({ zone, name }: DescribedTraffic): string =>
  `aws route53 list-resource-record-sets --hosted-zone-id ${zone} --query "ResourceRecordSets[?Name=='${name}.']"`;

const missing = (traffic: DescribedTraffic, { setIdentifier }: Side): Finding =>
  blocker(
    traffic.name,
    `${traffic.name} has no record with the set identifier ${setIdentifier}`,
    'Traffic shifts from one record to another: there must be one a region.',
    `Create one a region, or correct the topology: ${listCommand(traffic)}`,
  );

function recordFindings(traffic: DescribedTraffic, described: Side, found: ResourceRecordSet): Finding[] {
  const { ttlMs } = traffic;
  const ttlFindings =
    (found.TTL ?? 0) * 1000 <= ttlMs
      ? []
      : [
          warning(
            traffic.name,
            `${described.setIdentifier} has a TTL of ${found.TTL} s; the topology says ${ttlMs / 1000} s`,
            'Customers stay with the dead region for as long as that.',
            `Lower it with an UPSERT: ${listCommand(traffic)}`,
          ),
        ];
  return [
    ...ttlFindings,
    ...addressFindings(traffic, described, found),
    ...(traffic.records === 'weighted' ? weightFindings : failoverFindings)(traffic, described, found),
    ...(traffic.lever === 'health-check-inversion' ? inversionFindings(traffic, described, found) : []),
    ...standbyFindings(traffic, described, found),
  ];
}

function addressFindings(traffic: DescribedTraffic, described: Side, found: ResourceRecordSet): Finding[] {
  const { name } = traffic;
  const { setIdentifier, address } = described;
  const mend = `Correct the topology, or the record: ${listCommand(traffic)}`;
  if (found.AliasTarget) {
    const findings = [
      warning(
        name,
        `${setIdentifier} is an alias of ${found.AliasTarget.DNSName}, whose addresses change; the topology names ${address}`,
        'The drill takes traffic for shifted once DNS gives that address alone, and would wait for it in vain.',
        'Give the record an address of its own, such as that of a Global Accelerator or a Network Load Balancer.',
      ),
    ];
    if (found.AliasTarget.EvaluateTargetHealth) return findings;
    const why = 'Route 53 goes on answering with it when everything behind it is dead.';
    const what = `${setIdentifier} does not evaluate the health of its target`;
    return [...findings, warning(name, what, why, `Set EvaluateTargetHealth with an UPSERT: ${listCommand(traffic)}`)];
  }
  const addresses = addressesOf(found);
  if (addresses.length === 1 && addresses[0] === address) return [];
  const what = `${setIdentifier} answers with ${addresses.join(', ') || 'no address'}, not with ${address}`;
  const why = 'The drill waits until DNS gives the address of the topology: it would wait in vain.';
  return [blocker(name, what, why, mend)];
}

/** Weights move only what has one. */
function weightFindings(traffic: DescribedTraffic, described: Side, found: ResourceRecordSet): Finding[] {
  const { name, primary } = traffic;
  const { setIdentifier } = described;
  if (found.Weight === undefined) {
    const what = `${setIdentifier} is no weighted record (${policyOf(found)}), as the topology says`;
    const why = 'Route 53 refuses a weight for it: a shift by shares would fail in the middle.';
    const mend = "Make both records weighted, or set the topology's traffic.records to failover.";
    return [traffic.lever === 'weighted-records' ? blocker(name, what, why, mend) : warning(name, what, why, mend)];
  }
  if (described !== primary || found.Weight > 0) return [];
  const what = `${setIdentifier} has the weight 0: traffic has left the primary already`;
  const why = 'A drill begins with customers in the primary region.';
  return [blocker(name, what, why, `Give it its weight back: ${listCommand(traffic)}`)];
}

/** One record answers, the other waits. */
function failoverFindings(traffic: DescribedTraffic, described: Side, found: ResourceRecordSet): Finding[] {
  const { name, primary } = traffic;
  const { setIdentifier } = described;
  const wanted = described === primary ? 'PRIMARY' : 'SECONDARY';
  if (found.Failover === wanted) return [];
  if (found.Failover) {
    const what = `${setIdentifier} is the ${found.Failover.toLowerCase()} record, not the ${wanted.toLowerCase()} one`;
    const mend = `Swap the two in the topology, or in the zone: ${listCommand(traffic)}`;
    return [blocker(name, what, 'Traffic would move the wrong way, or not at all.', mend)];
  }
  const what = `${setIdentifier} is no failover record (${policyOf(found)}), as the topology says`;
  const why = 'Customers may be in both regions before the drill, so that an outage of one is hard to measure.';
  const mend = "Make both failover records, or set the topology's traffic.records to weighted.";
  return [warning(name, what, why, mend)];
}

/** An inverted check moves only the record that carries it. */
function inversionFindings(traffic: DescribedTraffic, described: Side, found: ResourceRecordSet): Finding[] {
  const { name, primary } = traffic;
  if (described !== primary || found.HealthCheckId === primary.healthCheck) return [];
  const what = `${described.setIdentifier} carries ${found.HealthCheckId ? `the health check ${found.HealthCheckId}` : 'no health check'}, not ${primary.healthCheck}`;
  const why = 'To invert a check that no record carries moves nobody.';
  const mend = `Give the record the health check ${primary.healthCheck} with an UPSERT: ${listCommand(traffic)}`;
  return [blocker(name, what, why, mend)];
}

/** Route 53 takes a record without a check for healthy, whatever is behind it. */
function standbyFindings(traffic: DescribedTraffic, described: Side, found: ResourceRecordSet): Finding[] {
  if (described !== traffic.recovery || found.HealthCheckId || found.AliasTarget?.EvaluateTargetHealth) return [];
  const what = `${described.setIdentifier} has no health check`;
  const why = 'It always counts as healthy: customers are sent to the recovery region even while it cannot serve.';
  const mend = `Give it one that the failover does not touch: aws route53 create-health-check --caller-reference ${described.setIdentifier} --health-check-config Type=HTTPS,IPAddress=${described.address},RequestInterval=10,FailureThreshold=3`;
  return [note(traffic.name, what, why, mend)];
}
