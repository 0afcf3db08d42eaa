import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Aws } from '../../aws/aws.ts';
import { plainTarget } from '../../drill/dns-name.ts';
import { hostedZoneId, plainDomain } from '../../drill/names.ts';
import { globalRegionOf } from '../../partition.ts';
import { type Discover, type Discovered, notKnown, plainName, type Regions, supposed, without } from '../discovery.ts';
import { type Accelerated, acceleratedBy, discoverAccelerator, PATH } from './discover-accelerator.ts';
import { configOf, endpointCheckOf, routingControlsBehind } from './discover-health-checks.ts';
import { balancerBehind } from './discover-load-balancers.ts';
import { hostedZones, recordSetsIn } from './hosted-zones.ts';
import { policyOf } from './steps/record-sets.ts';

/** All records of one name that lead customers somewhere. */
interface Named {
  zone: string;
  isPrivate: boolean;
  name: string;
  sets: ResourceRecordSet[];
}

/** Every name that has records for each of two regions, one simple record that leads to the primary one, or leads to an accelerator of both. */
export const discoverNames: Discover<'route53'> = async (aws, regions) => {
  const { domain, recovery } = regions;
  const region = globalRegionOf('route53', recovery);
  const names: Named[] = [];
  const accelerated: Accelerated[] = [];
  for (const { Id = '', Config } of await hostedZones(aws, region, domain)) {
    const zone = hostedZoneId(Id);
    const sets = (await recordSetsIn(aws, region, zone, domain)).filter(({ Type = '' }) => LEADING.includes(Type));
    const behind = sets.flatMap((one) => acceleratedBy(zone, one));
    accelerated.push(...behind);
    for (const name of new Set(sets.map(({ Name }) => plainDomain(Name))))
      if (!behind.some((one) => one.name === name))
        names.push({
          zone,
          isPrivate: Config?.PrivateZone ?? false,
          name,
          sets: sets.filter(({ Name }) => plainDomain(Name) === name),
        });
  }
  const pairs = names.filter((one) => whyNot(one, regions) === undefined);
  const simple = names.filter(({ sets }) => identifiersOf(sets).length === 0);
  const pointed = simple.filter(({ sets }) => regionOf(sets) === regions.primary);
  const dials = await Promise.all(accelerated.map((one) => discoverAccelerator(aws, one, regions)));
  return {
    found: [
      ...(await Promise.all(pairs.map((one) => described(aws, region, one, regions)))),
      ...(await Promise.all(pointed.map((one) => simplyDescribed(aws, one, regions)))),
      ...dials.filter((one) => one !== undefined),
    ],
    passedOver: [
      ...names.flatMap((one) => (simple.includes(one) ? [] : (whyNot(one, regions) ?? []))),
      ...without(
        `names with simple records that lead to no load balancer or API in ${regions.primary}`,
        simple.filter((one) => !pointed.includes(one)).map(({ name }) => name),
      ),
      ...without(
        `names that lead to an accelerator without endpoint groups in both regions`,
        accelerated.filter((_, index) => dials[index] === undefined).map(({ name }) => name),
      ),
      ...(domain !== undefined && names.length + accelerated.length === 0
        ? [`no record of ${domain} in any hosted zone`]
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
  const other = sets.find(({ Failover, Weight, Region }) => !Failover && Weight === undefined && !Region);
  if (other) return `the routing policy of ${name} is ${policyOf(other)}: use weighted, failover or latency records`;
  const regions = several.flatMap((id) => regionOf(sets.filter(({ SetIdentifier }) => SetIdentifier === id)) ?? []);
  const elsewhere = regions.find((region) => region !== primary && region !== recovery);
  if (elsewhere) return `${name} leads to ${elsewhere}, which is neither of the two regions`;
  return regions.length === 2 && regions[0] === regions[1] ? `${name} leads to ${regions[0]} alone` : undefined;
}

/** A latency record says where it leads, and so does the name of a load balancer. */
const regionOf = (sets: readonly ResourceRecordSet[]): string | undefined => {
  const latency = sets.find(({ Region }) => Region)?.Region;
  if (latency) return latency;
  const labels = (targetOf(sets) ?? '').split('.');
  return labels.includes('amazonaws')
    ? labels.find((label) => /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/.test(label))
    : undefined;
};

const valuesOfType = (sets: readonly ResourceRecordSet[], type: string): string[] =>
  (sets.find(({ Type }) => Type === type)?.ResourceRecords ?? []).flatMap(({ Value }) => Value ?? []);

function targetOf(sets: readonly ResourceRecordSet[]): string | undefined {
  const target = sets.find(({ AliasTarget }) => AliasTarget)?.AliasTarget?.DNSName ?? valuesOfType(sets, 'CNAME')[0];
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
  const configs = await Promise.all(checks.map((check) => configOf(aws, region, check)));
  const routingControls = routingControlsBehind(configs);
  const [asked, askedThere] = configs.map(endpointCheckOf);
  const records = serving?.Region ? 'latency' : serving?.Weight === undefined ? 'failover' : 'weighted';
  const isAlias = sides.every((sets) => targetOf(sets) !== undefined);
  const balancer = await balancerBehind(aws, regions.primary, targetOf(first));
  const balancerThere = await balancerBehind(aws, regions.recovery, targetOf(second));
  // Metrics of one side alone would measure nothing once customers have moved.
  const areCounted = [balancer, balancerThere].every(({ loadBalancer }) => loadBalancer !== undefined);
  return {
    id: plainName(name),
    component: {
      kind: 'route53',
      zone,
      name,
      ...placed(named),
      ttl: `${serving?.TTL ?? 60} s`,
      lever: leverFor({ records, checks, isAlias, hasControls: routingControls !== undefined }),
      records,
      ...(routingControls && { routingControls }),
      primary: {
        ...record(first, isUnsure),
        ...(asked && { endpointCheck: asked }),
        ...balancer,
      },
      recovery: {
        ...record(second, isUnsure),
        ...(askedThere && { endpointCheck: askedThere }),
        ...balancerThere,
      },
      service: { path: PATH, ...(areCounted && { metrics: { from: 'load-balancer' } }) },
    },
  };
}

/** Whether it is in a private zone, and its types where they do not go without saying. */
function placed({ isPrivate, sets }: Named) {
  const types = TYPES.filter((type) => sets.some(({ Type }) => Type === type));
  const isPlain = targetOf(sets) === undefined || types.join() === 'A';
  return { ...(isPrivate && { private: true }), ...(!isPlain && { types }) };
}

const TYPES = ['A', 'AAAA', 'CNAME'] as const;

/** A name with one record for both regions, which leads to the primary one: where it is to lead in the other one, nobody has written down. */
async function simplyDescribed(aws: Aws, named: Named, { primary }: Regions): Promise<Discovered<'route53'>> {
  const { zone, name, sets } = named;
  const alias = sets.find(({ AliasTarget }) => AliasTarget)?.AliasTarget;
  const there = 'what takes its place in the recovery region, such as the DNS name of a load balancer there';
  return {
    id: plainName(name),
    component: {
      kind: 'route53',
      zone,
      name,
      ...placed(named),
      ttl: `${sets[0]?.TTL ?? 60} s`,
      lever: 'simple-record',
      primary: {
        target: targetOf(sets) ?? '',
        ...targetZoneOf(alias),
        ...(await balancerBehind(aws, primary, targetOf(sets))),
      },
      recovery: {
        target: notKnown(there, 'recovery.example.com'),
        ...(alias && {
          targetZone: notKnown('the hosted zone id of that target', 'Z0PLACEHOLDER'),
          evaluateTargetHealth: alias.EvaluateTargetHealth ?? false,
        }),
      },
      service: { path: PATH },
    },
  };
}

const targetZoneOf = (alias: ResourceRecordSet['AliasTarget']) =>
  alias && { targetZone: alias.HostedZoneId ?? '', evaluateTargetHealth: alias.EvaluateTargetHealth ?? false };

interface Found {
  records: 'failover' | 'weighted' | 'latency';
  checks: readonly (string | undefined)[];
  isAlias: boolean;
  hasControls: boolean;
}

function leverFor({ records, checks: [primary, recovery], isAlias, hasControls }: Found) {
  if (hasControls) return 'arc-routing-controls' as const;
  if (records === 'latency') return 'latency-records' as const;
  const mayExchange = isAlias || (primary !== undefined && recovery !== undefined);
  if (primary !== undefined) {
    const other = records === 'weighted' ? 'weighted-records' : mayExchange && 'failover-records';
    if (!other) return 'health-check-inversion' as const;
    return supposed('health-check-inversion', `whether this is preferred; ${other} would do, too`);
  }
  if (records === 'weighted') return 'weighted-records' as const;
  return mayExchange
    ? ('failover-records' as const)
    : notKnown('no lever moves failover records whose primary has no health check');
}

/** One side, from its records of all types. */
function record(sets: readonly ResourceRecordSet[], isUnsure: boolean) {
  const target = targetOf(sets);
  const setIdentifier = sets[0]?.SetIdentifier ?? '';
  const values = target === undefined ? ['A', 'AAAA'].map((type) => valuesOfType(sets, type)) : [];
  const isSeveral = values.some((all) => all.length > 1);
  const [address, ipv6] = isSeveral ? [] : values.map(([first]) => first);
  const alias = sets.find(({ AliasTarget }) => AliasTarget)?.AliasTarget;
  const healthCheck = sets.find(({ HealthCheckId }) => HealthCheckId)?.HealthCheckId;
  return {
    setIdentifier: isUnsure
      ? supposed(setIdentifier, 'whether this is the region of the record; both records weigh the same')
      : setIdentifier,
    ...(target !== undefined && { target }),
    // A lever that rewrites such a record must know its zone.
    ...(sets.some(({ Region }) => Region) && targetZoneOf(alias)),
    ...(isSeveral && { addresses: values.flat() }),
    ...(address !== undefined && { address }),
    ...(ipv6 !== undefined && { ipv6 }),
    ...(healthCheck !== undefined && { healthCheck }),
  };
}
