import type { Path } from '../../drill/locate.ts';
import { type Complaint, complaint } from '../../drill/mistakes.ts';
import type { Topology } from '../../drill/topology.ts';
import { partitionOf } from '../../partition.ts';
import { fixedAddresses } from '../public-name/destination.ts';
import { recordPolicyOf, type Traffic } from './schema.ts';

/** What each lever needs of the records, and of what stands behind them; told at a path of the topology. */
export const leverFits = (traffic: Traffic, { regions }: Topology, path: Path): Complaint[] =>
  [
    ...inPartition(traffic, regions.primary),
    ...balancersTell(traffic),
    ...sidesLead(traffic),
    ...(traffic.lever === 'global-accelerator-dials' ? dialsFit(traffic) : recordsFit(traffic)),
    ...needs(
      traffic,
      'arc-routing-controls',
      'routingControls',
      "the two routing controls, and the cluster's endpoints",
    ),
    ...needs(traffic, 'global-accelerator-dials', 'accelerator', 'the two endpoint groups'),
  ].map((one) => ({
    ...one,
    path: [...path, ...one.path.slice(1)],
    message: one.message.replaceAll(/\btraffic\b/g, path.join('.')),
  }));

/** Requests are counted by an Application Load Balancer alone. */
function balancersTell({ service: { metrics }, primary, recovery }: Traffic): Complaint[] {
  if (!metrics || !('from' in metrics)) return [];
  return Object.entries({ primary, recovery }).flatMap(([side, { loadBalancer }]) => {
    const path: Path = ['traffic', side];
    const expected = 'the ARN of its Application Load Balancer, or what that ends with: app/<name>/<id>';
    if (loadBalancer === undefined)
      return [complaint(path, `service.metrics needs the key 'loadBalancer' in traffic.${side}`, { expected })];
    if (loadBalancer.startsWith('app/')) return [];
    const message = `traffic.${side}.loadBalancer is a Network Load Balancer: it counts connections, and knows neither failed requests nor their latency`;
    return [complaint([...path, 'loadBalancer'], message, { expected: `${expected}; or no service.metrics` })];
  });
}

/** Not every lever is in each partition. */
function inPartition({ lever }: Traffic, region: string): Complaint[] {
  const { name } = partitionOf(region);
  if (name === 'aws' || lever !== 'global-accelerator-dials') return [];
  const message = `there is no Global Accelerator in the partition ${name}, which ${region} is in`;
  return [complaint(['traffic', 'lever'], message, { expected: 'another lever' })];
}

/** Each side leads somewhere, and not to where the other leads. */
function sidesLead(traffic: Traffic): Complaint[] {
  const { primary, recovery } = traffic;
  const missing = Object.entries({ primary, recovery }).flatMap(([side, one]) =>
    fixedAddresses(one).length === 0 && one.target === undefined
      ? [
          complaint(['traffic', side], `missing key 'address' or 'target' in traffic.${side}`, {
            expected: 'the fixed address of the load balancer, or its DNS name',
          }),
        ]
      : [],
  );
  const isOfBoth = (one: string) => fixedAddresses(primary).includes(one);
  const same = (['address', 'ipv6', 'addresses', 'target'] as const).filter((key) =>
    key === 'target'
      ? recovery.target !== undefined && recovery.target === primary.target
      : fixedAddresses({ [key]: recovery[key] }).some(isOfBoth),
  );
  return [
    ...missing,
    ...same.map((key) =>
      complaint(['traffic', 'recovery', key], `traffic.recovery.${key} is the same as the primary's`, {
        expected: 'one of its own',
      }),
    ),
    ...mixed(traffic),
  ];
}

/** Customers over IPv6 could not be moved to a side that has no such address. */
function mixed({ primary, recovery, lever }: Traffic): Complaint[] {
  if (lever === 'global-accelerator-dials') return [];
  const hasSix = (side: Traffic['primary']) => fixedAddresses(side, 'AAAA').length > 0;
  if (hasSix(primary) === hasSix(recovery)) return [];
  const lacks = hasSix(primary) ? 'recovery' : 'primary';
  if ({ primary, recovery }[lacks].target !== undefined) return [];
  return [
    complaint(['traffic', lacks], `traffic.${lacks} has no 'ipv6', which the other side has`, {
      expected: 'an IPv6 address on both sides or on neither',
    }),
  ];
}

function needs(
  traffic: Traffic,
  lever: Traffic['lever'],
  key: 'routingControls' | 'accelerator',
  expected: string,
): Complaint[] {
  if (traffic.lever !== lever || traffic[key]) return [];
  return [complaint(['traffic', 'lever'], `the lever ${lever} needs the key '${key}' in traffic`, { expected })];
}

/** One record leads to the accelerator, and two groups of one listener stand behind it. */
function dialsFit({ accelerator }: Traffic): Complaint[] {
  const listenerOf = (arn: string) => arn.split('/endpoint-group/')[0];
  if (!accelerator) return [];
  const at: Path = ['traffic', 'accelerator', 'recovery'];
  if (accelerator.recovery === accelerator.primary) {
    const message = "traffic.accelerator.recovery is the same as the primary's";
    return [complaint(at, message, { expected: 'an endpoint group of its own' })];
  }
  if (listenerOf(accelerator.recovery) === listenerOf(accelerator.primary)) return [];
  const message = 'traffic.accelerator.recovery belongs to another listener than the primary';
  return [complaint(at, message, { expected: 'two endpoint groups of one listener' })];
}

const EDITED_BY = {
  'failover-records': ['failover', 'exchanges failover records only'],
  'weighted-records': ['weighted', 'moves weighted records only'],
  'latency-records': ['latency', 'deletes latency records only'],
  'simple-record': ['simple', 'points a simple record elsewhere'],
} as const;

function recordsFit(traffic: Traffic): Complaint[] {
  const { lever, records, primary, recovery } = traffic;
  const complaints: Complaint[] = [];
  const complain = (path: Path, message: string, expected: string) =>
    complaints.push(complaint(path, message, { expected }));
  const sides = Object.entries({ primary, recovery });
  const at: Path = ['traffic', 'lever'];
  const policy = recordPolicyOf(traffic);
  for (const [side, { setIdentifier }] of sides) {
    if (setIdentifier === undefined && policy !== 'simple')
      complain(['traffic', side], `missing key 'setIdentifier' in traffic.${side}`, 'the set identifier of the record');
  }
  if (primary.setIdentifier !== undefined && primary.setIdentifier === recovery.setIdentifier) {
    const message = "traffic.recovery.setIdentifier is the same as the primary's";
    complain(['traffic', 'recovery', 'setIdentifier'], message, 'a name of its own');
  }
  for (const [side, { endpointCheck, healthCheck }] of sides) {
    if (!endpointCheck || (healthCheck && policy !== 'simple' && lever !== 'arc-routing-controls')) continue;
    const why = healthCheck ? 'and no endpoint decides there' : "but has no 'healthCheck'";
    const expected = "a record with a 'healthCheck' of its own, which asks the endpoint";
    complain(['traffic', side, 'endpointCheck'], `traffic.${side} has an 'endpointCheck', ${why}`, expected);
  }
  if (lever === 'health-check-inversion' && !primary.healthCheck) {
    const expected = 'a health check on the primary record, or the lever weighted-records';
    complain(at, "the lever health-check-inversion needs the key 'healthCheck' in traffic.primary", expected);
  }
  if (lever === 'arc-routing-controls' && !(primary.healthCheck && recovery.healthCheck)) {
    const expected = 'a health check on each of the two';
    complain(at, `the lever ${lever} needs the key 'healthCheck' in both records`, expected);
  }
  // Route 53 wants a check on a primary record that is no alias, and either may be the primary one.
  if (lever === 'failover-records' && sides.some(([, one]) => !one.healthCheck && one.target === undefined)) {
    const expected = 'a health check on each of the two, unless it is an alias';
    complain(at, `the lever ${lever} needs the key 'healthCheck' in both records`, expected);
  }
  if (records === 'simple' && lever !== 'simple-record') {
    complain(at, `the lever ${lever} moves customers between two records`, 'simple-record, for a simple record');
  } else if (lever in EDITED_BY) {
    const [edited, does] = EDITED_BY[lever as keyof typeof EDITED_BY];
    if (records !== undefined && records !== edited)
      complain(['traffic', 'records'], `the lever ${lever} ${does}`, `${edited}, or another lever`);
  }
  return [...complaints, ...writtenAnew(traffic), ...typesFit(traffic)];
}

/** A lever that writes where a record leads must know all of it. */
function writtenAnew({ lever, primary, recovery, types }: Traffic): Complaint[] {
  if (lever !== 'simple-record' && lever !== 'latency-records') return [];
  const sides = Object.entries({ primary, recovery });
  if ((primary.target === undefined) !== (recovery.target === undefined)) {
    const expected = 'a target on both sides, or fixed addresses on both';
    return [
      complaint(['traffic', 'recovery'], 'traffic.primary and traffic.recovery lead to different things', { expected }),
    ];
  }
  if (types?.includes('CNAME')) return [];
  return sides.flatMap(([side, { target, targetZone }]) =>
    target !== undefined && targetZone === undefined
      ? [
          complaint(['traffic', side], `the lever ${lever} needs the key 'targetZone' in traffic.${side}`, {
            expected: 'the hosted zone id of the target, such as the CanonicalHostedZoneId of a load balancer',
          }),
        ]
      : [],
  );
}

/** A CNAME stands alone and leads to a name; the other types lead to addresses, or are aliases. */
function typesFit({ types, primary, recovery }: Traffic): Complaint[] {
  if (types === undefined) return [];
  const at: Path = ['traffic', 'types'];
  if (types.includes('CNAME')) {
    if (types.length > 1) {
      const message = 'a name with a CNAME record has no other records';
      return [complaint(at, message, { expected: '[CNAME] alone, or [A, AAAA] for an alias' })];
    }
    if (primary.target !== undefined && recovery.target !== undefined) return [];
    const message = "a CNAME record leads to a name: the key 'target' is needed in both sides";
    return [complaint(at, message, { expected: "'target' on both sides" })];
  }
  return Object.entries({ primary, recovery }).flatMap(([side, one]) =>
    (['A', 'AAAA'] as const)
      .filter((type) => types.includes(type) && one.target === undefined && fixedAddresses(one, type).length === 0)
      .map((type) =>
        complaint(at, `traffic.types names ${type}, and traffic.${side} has no such address`, {
          expected: `an ${type === 'A' ? 'IPv4' : 'IPv6'} address on both sides`,
        }),
      ),
  );
}
