import type { Path } from '../../drill/locate.ts';
import { type Complaint, complaint } from '../../drill/mistakes.ts';
import type { Traffic } from './schema.ts';

/** What each lever needs of the records, and of what stands behind them; told at a path of the topology. */
export const leverFits = (traffic: Traffic, path: Path): Complaint[] =>
  [
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

/** Each side leads somewhere, and not to where the other leads. */
function sidesLead({ primary, recovery, lever }: Traffic): Complaint[] {
  const missing = Object.entries({ primary, recovery }).flatMap(([side, { address, target }]) =>
    address === undefined && target === undefined
      ? [
          complaint(['traffic', side], `missing key 'address' or 'target' in traffic.${side}`, {
            expected: 'the fixed address of the load balancer, or its DNS name',
          }),
        ]
      : [],
  );
  const same = (['address', 'ipv6', 'target'] as const).filter(
    (key) => recovery[key] !== undefined && recovery[key] === primary[key],
  );
  return [
    ...missing,
    ...same.map((key) =>
      complaint(['traffic', 'recovery', key], `traffic.recovery.${key} is the same as the primary's`, {
        expected: 'one of its own',
      }),
    ),
    ...mixed({ primary, recovery, lever }),
  ];
}

/** Customers over IPv6 could not be moved to a side that has no such address. */
function mixed({ primary, recovery, lever }: Pick<Traffic, 'primary' | 'recovery' | 'lever'>): Complaint[] {
  if (lever === 'global-accelerator-dials') return [];
  if ((primary.ipv6 === undefined) === (recovery.ipv6 === undefined)) return [];
  const lacks = primary.ipv6 === undefined ? 'primary' : 'recovery';
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

function recordsFit({ lever, records, primary, recovery }: Traffic): Complaint[] {
  const complaints: Complaint[] = [];
  const complain = (path: Path, message: string, expected: string) =>
    complaints.push(complaint(path, message, { expected }));
  for (const [side, { setIdentifier }] of Object.entries({ primary, recovery })) {
    if (setIdentifier === undefined)
      complain(['traffic', side], `missing key 'setIdentifier' in traffic.${side}`, 'the set identifier of the record');
  }
  if (primary.setIdentifier !== undefined && primary.setIdentifier === recovery.setIdentifier) {
    const message = "traffic.recovery.setIdentifier is the same as the primary's";
    complain(['traffic', 'recovery', 'setIdentifier'], message, 'a name of its own');
  }
  const at: Path = ['traffic', 'lever'];
  if (lever === 'health-check-inversion' && !primary.healthCheck) {
    const expected = 'a health check on the primary record, or the lever weighted-records';
    complain(at, "the lever health-check-inversion needs the key 'healthCheck' in traffic.primary", expected);
  }
  if (['failover-records', 'arc-routing-controls'].includes(lever) && !(primary.healthCheck && recovery.healthCheck)) {
    const expected = 'a health check on each of the two';
    complain(at, `the lever ${lever} needs the key 'healthCheck' in both records`, expected);
  }
  if (lever === 'failover-records' && records === 'weighted') {
    const expected = 'failover, or the lever weighted-records';
    complain(['traffic', 'records'], 'the lever failover-records exchanges failover records only', expected);
  }
  if (lever === 'weighted-records' && records === 'failover') {
    const expected = 'weighted, or the lever health-check-inversion';
    complain(['traffic', 'records'], 'the lever weighted-records moves weighted records only', expected);
  }
  return complaints;
}
