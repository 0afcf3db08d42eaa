import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Aws } from '../aws/aws.ts';
import { hostedZoneId, plainDomain } from '../drill/names.ts';
import { globalRegionOf } from '../partition.ts';
import { type Found, notThere, orAnother } from './draft.ts';
import { type Accelerated, acceleratedBy, findAccelerator } from './find-accelerator.ts';

interface Pair {
  zone: string;
  records: [ResourceRecordSet, ResourceRecordSet];
}

/** Which name, and for which regions. */
interface Wanted {
  primary: string;
  recovery: string;
  domain?: string | undefined;
}

/** The public name that has a record for each of two regions, or one that leads to an accelerator of both. */
export async function findTraffic(aws: Aws, asked: Wanted): Promise<Found> {
  const { domain, recovery } = asked;
  const region = globalRegionOf('route53', recovery);
  const { HostedZones = [] } = await aws.call('route53', region, 'ListHostedZones', {});
  const pairs: Pair[] = [];
  const accelerated: Accelerated[] = [];
  for (const { Id = '' } of HostedZones) {
    const zone = hostedZoneId(Id);
    const { ResourceRecordSets = [] } = await aws.call('route53', region, 'ListResourceRecordSets', {
      HostedZoneId: zone,
      ...(domain !== undefined && { StartRecordName: domain }),
    });
    accelerated.push(...ResourceRecordSets.flatMap((one) => acceleratedBy(zone, one)));
    const several = ResourceRecordSets.filter(({ Type, SetIdentifier }) => Type === 'A' && SetIdentifier !== undefined);
    for (const Name of new Set(several.map((one) => one.Name))) {
      const [first, second, ...more] = several.filter((one) => one.Name === Name).toSorted(servingFirst);
      if (first && second && more.length === 0) pairs.push({ zone, records: [first, second] });
    }
  }
  const wanted = pairs.filter(({ records }) => domain === undefined || plain(records[0].Name) === domain);
  const [pair] = wanted;
  const [through] = accelerated.filter(({ name }) => domain === undefined || name === domain);
  const byDials = !pair && through ? await findAccelerator(aws, through, asked) : undefined;
  if (byDials) return byDials;
  if (!pair) return notThere(['traffic'], ['zone', 'name', 'ttl', 'lever', 'primary', 'recovery'], NO_PAIR);
  const found = described(pair);
  const others = wanted.slice(1).map(({ records }) => plain(records[0].Name));
  found.unknown.push(...orAnother(['traffic', 'name'], others));
  return found;
}

const NO_PAIR = 'no name has one A record for each of two regions';

const plain = (name = ''): string => plainDomain(name);

/** The record that serves as a rule stands first. */
const servingFirst = (a: ResourceRecordSet, b: ResourceRecordSet): number => rank(b) - rank(a);
const rank = ({ Failover, Weight }: ResourceRecordSet): number =>
  Failover === undefined ? (Weight ?? 0) : Failover === 'PRIMARY' ? 1 : 0;

function described({ zone, records: [first, second] }: Pair): Found {
  const found: Found = {
    values: [
      [['traffic', 'zone'], zone],
      [['traffic', 'name'], plain(first.Name)],
      [['traffic', 'ttl'], `${first.TTL ?? 60} s`],
      [['traffic', 'lever'], first.HealthCheckId === undefined ? 'weighted-records' : 'health-check-inversion'],
      [['traffic', 'records'], first.Weight === undefined ? 'failover' : 'weighted'],
    ],
    unknown:
      first.HealthCheckId === undefined
        ? []
        : [[['traffic', 'lever'], 'which you prefer; this one needs the health check below']],
    absent: [],
  };
  for (const [side, record] of [
    ['primary', first],
    ['recovery', second],
  ] as const) {
    const address = record.ResourceRecords?.[0]?.Value;
    found.values.push([['traffic', side, 'setIdentifier'], record.SetIdentifier]);
    if (address === undefined)
      found.unknown.push([['traffic', side, 'address'], 'the record is an alias: the address of its load balancer']);
    else found.values.push([['traffic', side, 'address'], address]);
    if (record.HealthCheckId === undefined) found.absent.push(['traffic', side, 'healthCheck']);
    else found.values.push([['traffic', side, 'healthCheck'], record.HealthCheckId]);
  }
  return found;
}
