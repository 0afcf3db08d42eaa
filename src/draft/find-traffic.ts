import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Aws } from '../aws/aws.ts';
import { plainTarget } from '../drill/dns-name.ts';
import { hostedZoneId, plainDomain } from '../drill/names.ts';
import { globalRegionOf } from '../partition.ts';
import { type Found, notThere, orAnother } from './draft.ts';
import { type Accelerated, acceleratedBy, findAccelerator } from './find-accelerator.ts';
import { hostedZones, recordSetsIn } from './hosted-zones.ts';

/** All records of one name that lead customers somewhere. */
interface Named {
  zone: string;
  name: string;
  sets: ResourceRecordSet[];
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
  const names: Named[] = [];
  const accelerated: Accelerated[] = [];
  for (const { Id = '', Config } of await hostedZones(aws, region, domain)) {
    // It answers inside of its VPCs only.
    if (Config?.PrivateZone) continue;
    const zone = hostedZoneId(Id);
    const sets = (await recordSetsIn(aws, region, zone, domain)).filter(({ Type = '' }) => LEADING.includes(Type));
    accelerated.push(...sets.flatMap((one) => acceleratedBy(zone, one)));
    for (const name of new Set(sets.map(({ Name }) => plainDomain(Name))))
      names.push({ zone, name, sets: sets.filter(({ Name }) => plainDomain(Name) === name) });
  }
  const pairs = names.filter(({ name, sets }) => whyNot(name, sets) === undefined);
  const [pair, ...others] = pairs;
  const [through] = accelerated;
  const byDials = !pair && through ? await findAccelerator(aws, through, asked) : undefined;
  if (byDials) return byDials;
  if (!pair) return noTraffic(names.flatMap(({ name, sets }) => whyNot(name, sets) ?? [])[0] ?? NO_PAIR);
  const found = described(pair);
  found.unknown.push(
    ...orAnother(
      ['traffic', 'name'],
      others.map(({ name }) => name),
    ),
  );
  return found;
}

/** Placeholders for the public name. */
export const noTraffic = (why: string): Found =>
  notThere(['traffic'], ['zone', 'name', 'ttl', 'lever', 'primary', 'recovery'], why);

const NO_PAIR = 'no name has one A record for each of two regions';

/** Types that lead customers somewhere. */
const LEADING = ['A', 'AAAA', 'CNAME', 'HTTPS', 'SVCB'];

const identifiersOf = (sets: readonly ResourceRecordSet[]): string[] => [
  ...new Set(sets.flatMap(({ SetIdentifier }) => SetIdentifier ?? [])),
];

/** Why the records of a name cannot be described as one a region; nothing, where they can. */
function whyNot(name: string, sets: readonly ResourceRecordSet[]): string | undefined {
  const several = identifiersOf(sets);
  if (several.length === 0) return `${NO_PAIR}; ${name} has simple records, which are not handled yet`;
  if (several.length !== 2)
    return `${name} has ${several.length} record sets (${several.join(', ')}), and two are handled`;
  const simple = sets.find(({ SetIdentifier }) => SetIdentifier === undefined);
  if (simple) return `${name} has a simple ${simple.Type} record beside the two, which no lever would move`;
  const other = sets.find(({ Failover, Weight, Region }) => !Failover && Weight === undefined && !Region);
  return other ? `the routing policy of ${name} is not handled yet: use weighted or failover records` : undefined;
}

/** The record that serves as a rule stands first. */
const servingFirst = (a: ResourceRecordSet, b: ResourceRecordSet): number => rank(b) - rank(a);
const rank = ({ Failover, Weight }: ResourceRecordSet): number =>
  Failover === undefined ? (Weight ?? 0) : Failover === 'PRIMARY' ? 1 : 0;

function described({ zone, name, sets }: Named): Found {
  const serving = sets.toSorted(servingFirst);
  const sides = identifiersOf(serving).map((id) => serving.filter(({ SetIdentifier }) => SetIdentifier === id));
  const [first] = serving;
  const healthCheck = first?.HealthCheckId;
  const found: Found = {
    values: [
      [['traffic', 'zone'], zone],
      [['traffic', 'name'], name],
      [['traffic', 'ttl'], `${first?.TTL ?? 60} s`],
      [['traffic', 'lever'], healthCheck === undefined ? 'weighted-records' : 'health-check-inversion'],
      [['traffic', 'records'], first?.Weight === undefined ? 'failover' : 'weighted'],
    ],
    unknown:
      healthCheck === undefined
        ? []
        : [[['traffic', 'lever'], 'which you prefer; this one needs the health check below']],
    absent: [],
  };
  for (const [index, side] of (['primary', 'recovery'] as const).entries()) describe(side, sides[index] ?? [], found);
  return found;
}

/** One side, from its records of all types. */
function describe(side: 'primary' | 'recovery', sets: readonly ResourceRecordSet[], found: Found): void {
  const say = (key: string, value: string | undefined) => {
    if (value === undefined) found.absent.push(['traffic', side, key]);
    else found.values.push([['traffic', side, key], value]);
  };
  const valueOfType = (type: string) => sets.find(({ Type }) => Type === type)?.ResourceRecords?.[0]?.Value;
  const target = sets.find(({ AliasTarget }) => AliasTarget)?.AliasTarget?.DNSName ?? valueOfType('CNAME');
  say('setIdentifier', sets[0]?.SetIdentifier);
  say('target', target === undefined ? undefined : plainTarget(target));
  say('address', target === undefined ? valueOfType('A') : undefined);
  say('ipv6', target === undefined ? valueOfType('AAAA') : undefined);
  say('healthCheck', sets.find(({ HealthCheckId }) => HealthCheckId)?.HealthCheckId);
}
