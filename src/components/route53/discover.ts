import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Aws } from '../../aws/aws.ts';
import { plainTarget } from '../../drill/dns-name.ts';
import { hostedZoneId, plainDomain } from '../../drill/names.ts';
import { globalRegionOf } from '../../partition.ts';
import { type Discover, type Discovered, notKnown, plainName, type Regions, supposed, without } from '../discovery.ts';
import { type Accelerated, acceleratedBy, discoverAccelerator, PATH } from './discover-accelerator.ts';
import { routingControlsBehind } from './discover-routing-controls.ts';
import { hostedZones, recordSetsIn } from './hosted-zones.ts';

/** All records of one name that lead customers somewhere. */
interface Named {
  zone: string;
  name: string;
  sets: ResourceRecordSet[];
}

/** Every public name that has records for each of two regions, or that leads to an accelerator of both. */
export const discoverNames: Discover<'route53'> = async (aws, regions) => {
  const { domain, recovery } = regions;
  const region = globalRegionOf('route53', recovery);
  const names: Named[] = [];
  const accelerated: Accelerated[] = [];
  const isPrivate: string[] = [];
  for (const { Id = '', Name, Config } of await hostedZones(aws, region, domain)) {
    // It answers inside of its VPCs only.
    if (Config?.PrivateZone) {
      isPrivate.push(plainDomain(Name));
      continue;
    }
    const zone = hostedZoneId(Id);
    const sets = (await recordSetsIn(aws, region, zone, domain)).filter(({ Type = '' }) => LEADING.includes(Type));
    const behind = sets.flatMap((one) => acceleratedBy(zone, one));
    accelerated.push(...behind);
    for (const name of new Set(sets.map(({ Name }) => plainDomain(Name))))
      if (!behind.some((one) => one.name === name))
        names.push({ zone, name, sets: sets.filter(({ Name }) => plainDomain(Name) === name) });
  }
  const pairs = names.filter((one) => whyNot(one, regions) === undefined);
  const simple = names.filter(({ sets }) => identifiersOf(sets).length === 0);
  const dials = await Promise.all(accelerated.map((one) => discoverAccelerator(aws, one, regions)));
  return {
    found: [
      ...(await Promise.all(pairs.map((one) => described(aws, region, one, regions)))),
      ...dials.filter((one) => one !== undefined),
    ],
    passedOver: [
      ...names.flatMap((one) => (simple.includes(one) ? [] : (whyNot(one, regions) ?? []))),
      ...without(
        'names with simple records, which are not handled yet',
        simple.map(({ name }) => name),
      ),
      ...without(
        `names that lead to an accelerator without endpoint groups in both regions`,
        accelerated.filter((_, index) => dials[index] === undefined).map(({ name }) => name),
      ),
      ...without('private hosted zones, which are not handled yet', isPrivate),
      ...(domain !== undefined && names.length + accelerated.length === 0
        ? [`no record of ${domain} in any public hosted zone`]
        : []),
    ],
  };
};

/** Types that lead customers somewhere. */
const LEADING = ['A', 'AAAA', 'CNAME', 'HTTPS', 'SVCB'];

const identifiersOf = (sets: readonly ResourceRecordSet[]): string[] => [
  ...new Set(sets.flatMap(({ SetIdentifier }) => SetIdentifier ?? [])),
];

/** Why the records of a name cannot be described as one a region; nothing, where they can. */
function whyNot({ name, sets }: Named, { primary, recovery }: Regions): string | undefined {
  const several = identifiersOf(sets);
  if (several.length !== 2)
    return `${name} has ${several.length} record sets (${several.join(', ')}), and two are handled`;
  const simple = sets.find(({ SetIdentifier }) => SetIdentifier === undefined);
  if (simple) return `${name} has a simple ${simple.Type} record beside the two, which no lever would move`;
  const other = sets.find(({ Failover, Weight }) => !Failover && Weight === undefined);
  if (other) return `the routing policy of ${name} is not handled yet: use weighted or failover records`;
  const regions = several.flatMap((id) => regionOf(sets.filter(({ SetIdentifier }) => SetIdentifier === id)) ?? []);
  const elsewhere = regions.find((region) => region !== primary && region !== recovery);
  if (elsewhere) return `${name} leads to ${elsewhere}, which is neither of the two regions`;
  return regions.length === 2 && regions[0] === regions[1] ? `${name} leads to ${regions[0]} alone` : undefined;
}

/** The name of a load balancer says where it is. */
const regionOf = (sets: readonly ResourceRecordSet[]): string | undefined => {
  const labels = (targetOf(sets) ?? '').split('.');
  return labels.includes('amazonaws')
    ? labels.find((label) => /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/.test(label))
    : undefined;
};

const valueOfType = (sets: readonly ResourceRecordSet[], type: string) =>
  sets.find(({ Type }) => Type === type)?.ResourceRecords?.[0]?.Value;

function targetOf(sets: readonly ResourceRecordSet[]): string | undefined {
  const target = sets.find(({ AliasTarget }) => AliasTarget)?.AliasTarget?.DNSName ?? valueOfType(sets, 'CNAME');
  return target === undefined ? undefined : plainTarget(target);
}

/** How much a record serves as a rule. */
const rank = ({ Failover, Weight }: ResourceRecordSet): number =>
  Failover === undefined ? (Weight ?? 0) : Failover === 'PRIMARY' ? 1 : 0;

/** The records of both sides, the primary region's first: where their targets do not say it, the record that serves as a rule. */
function sidesOf({ sets }: Named, { primary, recovery }: Regions) {
  const serving = sets.toSorted((a, b) => rank(b) - rank(a));
  const [first = [], second = []] = identifiersOf(serving).map((id) =>
    serving.filter(({ SetIdentifier }) => SetIdentifier === id),
  );
  const regions = [regionOf(first), regionOf(second)];
  const isTold = regions.some((region) => region !== undefined);
  const sides = regions[0] === recovery || regions[1] === primary ? [second, first] : [first, second];
  const isEven = first[0] !== undefined && second[0] !== undefined && rank(first[0]) === rank(second[0]);
  return { sides: sides as [typeof first, typeof second], isUnsure: isEven && !isTold };
}

async function described(aws: Aws, region: string, named: Named, regions: Regions): Promise<Discovered<'route53'>> {
  const { zone, name } = named;
  const { sides, isUnsure } = sidesOf(named, regions);
  const [first, second] = sides;
  const [serving] = first;
  const checks = sides.map((sets) => sets.find(({ HealthCheckId }) => HealthCheckId)?.HealthCheckId);
  const routingControls = await routingControlsBehind(aws, region, checks);
  const records = serving?.Weight === undefined ? 'failover' : 'weighted';
  return {
    id: plainName(name),
    component: {
      kind: 'route53',
      zone,
      name,
      ttl: `${serving?.TTL ?? 60} s`,
      lever: leverFor(records, checks, routingControls !== undefined),
      records,
      ...(routingControls && { routingControls }),
      primary: record(first, isUnsure),
      recovery: record(second, isUnsure),
      service: { path: PATH },
    },
  };
}

function leverFor(
  records: 'failover' | 'weighted',
  [primary, recovery]: readonly (string | undefined)[],
  hasControls: boolean,
) {
  if (hasControls) return 'arc-routing-controls' as const;
  if (primary !== undefined) {
    const other = records === 'weighted' ? 'weighted-records' : recovery !== undefined && 'failover-records';
    if (!other) return 'health-check-inversion' as const;
    return supposed('health-check-inversion', `whether this is preferred; ${other} would do, too`);
  }
  return records === 'weighted'
    ? ('weighted-records' as const)
    : notKnown('no lever moves failover records of which the primary has no health check');
}

/** One side, from its records of all types. */
function record(sets: readonly ResourceRecordSet[], isUnsure: boolean) {
  const target = targetOf(sets);
  const setIdentifier = sets[0]?.SetIdentifier ?? '';
  const [address, ipv6] = target === undefined ? ['A', 'AAAA'].map((type) => valueOfType(sets, type)) : [];
  const healthCheck = sets.find(({ HealthCheckId }) => HealthCheckId)?.HealthCheckId;
  return {
    setIdentifier: isUnsure
      ? supposed(setIdentifier, 'whether this is the region of the record; both records weigh the same')
      : setIdentifier,
    ...(target !== undefined && { target }),
    ...(address !== undefined && { address }),
    ...(ipv6 !== undefined && { ipv6 }),
    ...(healthCheck !== undefined && { healthCheck }),
  };
}
