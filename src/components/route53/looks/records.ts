import type { GetHostedZoneResponse, HostedZone, ResourceRecordSet, VPC } from '@aws-sdk/client-route-53';
import { globalArn } from '../../../arn.ts';
import { isAwsError } from '../../../aws/aws.ts';
import { wildcardsFor } from '../../../drill/dns-name.ts';
import { plainDomain } from '../../../drill/names.ts';
import { inWords } from '../../../duration.ts';
import { cliRegion } from '../../../partition.ts';
import { blocker, type Finding } from '../../../steps/account/findings.ts';
import {
  answered,
  fact,
  type Look,
  type LookContext,
  type LookFor,
  looked,
  type Row,
  rootOf,
  together,
  UNSAID,
} from '../../../steps/account/look.ts';
import { addressesOf } from '../../public-name/answer.ts';
import type { DescribedTraffic, DescribedRecord as Side } from '../described.ts';
import { inALine, leadsCustomers, leadsTo, policyOf, setsOf } from '../steps/record-sets.ts';
import { acceleratorCalls, acceleratorLook, acceleratorPermissions } from './accelerator.ts';
import { healthChecksLook } from './health-checks.ts';
import { nameFindings } from './name-records.ts';
import { insideLook, visibilityFindings } from './private-zones.ts';
import { alsoTypes, type FoundRecord, listCommand, recordFindings, saidOf } from './record-findings.ts';
import { simpleRecordsLook } from './simple-records.ts';

/** The records of the public name, the health checks that they carry, and whether the lever can move customers. */
export const publicNameLook: LookFor<'public-name'> = {
  calls: ({ described }) => [
    'route53:GetHostedZone',
    'route53:ListResourceRecordSets',
    'route53:GetHealthCheck',
    ...(described?.accelerator ? acceleratorCalls : []),
  ],
  permissions: ({ described }) => (described ? trafficPermissions(described) : []),
  subject: ({ name }) => name,
  async look({ described }, context) {
    if (!described) return { rows: [], findings: [] };
    return together([
      await looked(described.name, () => recordsLook(described, context), context),
      ...(await Promise.all(
        targetsOf(described).map((one) => looked(one, () => targetLook(described, one, context), context)),
      )),
      ...(described.private ? [await looked(described.name, () => insideLook(described, context), context)] : []),
      await looked('health checks', async () => together(await healthChecksLook(described, context)), context),
    ]);
  },
};

const targetsOf = ({ primary, recovery }: DescribedTraffic): string[] => [
  ...new Set([primary, recovery].flatMap(({ target }) => target ?? [])),
];

/** A shift is seen by where the public name and the target lead: a target that DNS does not know is never reached. */
async function targetLook(
  { name, zone, region }: DescribedTraffic,
  target: string,
  context: LookContext,
): Promise<Look> {
  const ask = () => addressesOf({ addresses: [], targets: [target] }, context);
  const addresses = await answered(ask, context);
  if (addresses.length > 0) return { rows: [], findings: [] };
  const what = `${target} has no address in DNS`;
  const why = `The drill could not see that ${name} leads there, and customers who are sent there get no answer.`;
  const fix = `Check that the load balancer is there, and correct the topology: ${listCommand({ region, zone, name })}`;
  return { rows: [], findings: [blocker(target, what, why, fix)] };
}

const trafficPermissions = ({ region, zone, primary, recovery, accelerator }: DescribedTraffic) => [
  ...['route53:GetHostedZone', 'route53:ListResourceRecordSets'].map((action) => ({
    action,
    resource: globalArn({ service: 'route53', region, resource: `hostedzone/${zone}` }),
  })),
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

/** Looks whether there is a record for each region, or one for both, and whether the lever can move them and leaves nothing behind. */
async function recordsLook(traffic: DescribedTraffic, context: LookContext): Promise<Look> {
  const { region, name, zone } = traffic;
  const found = await zoneOf(traffic, context);
  if (!found) {
    const why = 'Customers could not be sent to the other region.';
    const fix = `Correct the topology: aws route53 list-hosted-zones-by-name${cliRegion(region)} --dns-name ${name}`;
    return { rows: [], findings: [blocker(zone, `there is no hosted zone ${zone}`, why, fix)] };
  }
  const unfit = zoneFindings(traffic, found.HostedZone ?? {}, found.VPCs ?? []);
  if (unfit.length > 0) return { rows: [], findings: unfit };
  const sets = await setsOf(traffic, context);
  const { accelerator } = traffic;
  if (accelerator) {
    const leading = sets.filter(leadsCustomers);
    return acceleratorLook(
      { name, list: listCommand(traffic), accelerator, atHome: traffic.customersIn === 'primary' },
      leading,
      context,
    );
  }
  if (!sets.some(leadsCustomers)) {
    const wildcard = await wildcardFor(traffic, context);
    if (wildcard) return { rows: [], findings: [answeredByWildcard(traffic, wildcard)] };
  }
  const leading = sets.filter(leadsCustomers);
  if (traffic.records === 'simple') return simpleRecordsLook(traffic, sets);
  const away = traffic.lever === 'latency-records' && traffic.customersIn === 'recovery';
  const sides: Found[] = (away ? [traffic.recovery] : [traffic.primary, traffic.recovery]).flatMap(
    (described): Found[] => {
      const own = leading.filter(
        (set) => set.SetIdentifier !== undefined && set.SetIdentifier === described.setIdentifier,
      );
      return own.length > 0 ? own.map((set) => ({ described, set })) : [{ described }];
    },
  );
  // A name with one record for everyone has no sides to compare.
  const hasSides = leading.length === 0 || leading.some(({ SetIdentifier }) => SetIdentifier !== undefined);
  const apex = hasSides ? plainDomain(found.HostedZone?.Name) : undefined;
  const looks = sides.map((one) => sideLook(traffic, one, { severalTypes: typesIn(leading) > 1, apex }, context));
  return together([
    ...(await Promise.all(looks)),
    {
      rows: [],
      findings: [
        ...nameFindings(traffic, sets, listCommand(traffic)),
        ...disagreeing(traffic, leading),
        ...alsoTypes(traffic, leading),
      ],
    },
  ]);
}

type Found = Pick<FoundRecord, 'described'> & Partial<Pick<FoundRecord, 'set'>>;

const typesIn = (sets: readonly ResourceRecordSet[]): number => new Set(sets.map(({ Type }) => Type)).size;

/** One record of a side. Without an apex there are no sides to compare, and only what the record says is shown. */
async function sideLook(
  traffic: DescribedTraffic,
  { described, set }: Found,
  { severalTypes, apex }: { severalTypes: boolean; apex: string | undefined },
  context: LookContext,
): Promise<Look> {
  const { name, ttlMs } = traffic;
  const row = (what: string, topology: string, account: string): Row => ({
    what: `${name} ${described.setIdentifier}${severalTypes && set ? ` ${set.Type}` : ''} ${what}`,
    topology,
    account,
  });
  const wanted = saidOf(described, set?.Type);
  if (!set) return fact(row('record', wanted, 'not there'), apex === undefined ? [] : [missing(traffic, described)]);
  const checksBehind = apex === undefined ? [] : await checksBehindOf(traffic, set, apex, context);
  const { record, ttl, policy, healthCheck } =
    apex === undefined ? NOTHING_WRONG : recordFindings(traffic, { described, set, checksBehind });
  return together([
    fact(row('record', wanted, leadsTo(set)), record),
    fact(row('TTL', inWords(ttlMs), set.TTL === undefined ? 'that of the alias' : inWords(set.TTL * 1000)), ttl),
    fact(row('policy', UNSAID, policyOf(set)), policy),
    fact(row('health check', described.healthCheck ?? 'none', set.HealthCheckId ?? 'none'), healthCheck),
  ]);
}

const NOTHING_WRONG = { record: [], ttl: [], policy: [], healthCheck: [] };

/** An alias of records in the zone is as healthy as they are, if it is told to look. */
async function checksBehindOf(
  traffic: DescribedTraffic,
  { AliasTarget, HealthCheckId, Type }: ResourceRecordSet,
  apex: string,
  context: LookContext,
): Promise<string[]> {
  const name = plainDomain(AliasTarget?.DNSName);
  if (HealthCheckId !== undefined || !AliasTarget?.EvaluateTargetHealth || !name.endsWith(`.${apex}`)) return [];
  const behind = await setsOf({ ...traffic, name }, context);
  return behind.filter((set) => set.Type === Type).flatMap((set) => set.HealthCheckId ?? []);
}

async function zoneOf(
  { region, zone }: DescribedTraffic,
  { aws }: LookContext,
): Promise<GetHostedZoneResponse | undefined> {
  try {
    return await aws.call('route53', region, 'GetHostedZone', { Id: zone });
  } catch (error) {
    if (isAwsError(rootOf(error), 'NoSuchHostedZone')) return undefined;
    throw error;
  }
}

function zoneFindings(
  traffic: DescribedTraffic,
  { Name, Config }: Partial<HostedZone>,
  vpcs: readonly VPC[],
): Finding[] {
  const { region, zone, name, types = [] } = traffic;
  const findings: Finding[] = [];
  const apex = plainDomain(Name);
  if (name !== apex && !name.endsWith(`.${apex}`)) {
    const fix = `Set 'zone' in the topology to the zone of ${name}: aws route53 list-hosted-zones-by-name${cliRegion(region)} --dns-name ${name}`;
    findings.push(blocker(zone, `the hosted zone ${zone} is of ${apex}, not of ${name}`, 'It has no such name.', fix));
  }
  if (name === apex && types.includes('CNAME')) {
    const what = `${name} is the apex of its zone, and the topology says a CNAME record`;
    const why = 'The apex of a zone cannot have a CNAME record.';
    findings.push(blocker(name, what, why, "Set 'types' in the topology to [A], for an alias."));
  }
  return [...findings, ...visibilityFindings(traffic, Config?.PrivateZone ?? false, vpcs)];
}

async function wildcardFor(traffic: DescribedTraffic, context: LookContext): Promise<string | undefined> {
  for (const name of wildcardsFor(traffic.name)) {
    const sets = await setsOf({ ...traffic, name }, context);
    if (sets.some(leadsCustomers)) return name;
  }
  return undefined;
}

const answeredByWildcard = (traffic: DescribedTraffic, wildcard: string): Finding =>
  blocker(
    traffic.name,
    `${traffic.name} has no records of its own: the wildcard ${wildcard} answers for it`,
    'The lever would move every name that the wildcard answers for.',
    `Create records of ${traffic.name} itself, one a region: ${listCommand({ ...traffic, name: wildcard })}`,
  );

/** A lever changes all types alike, and takes that back alike. */
function disagreeing(traffic: DescribedTraffic, leading: readonly ResourceRecordSet[]): Finding[] {
  return [traffic.primary, traffic.recovery].flatMap(({ setIdentifier }) => {
    const own = leading.filter((set) => setIdentifier !== undefined && set.SetIdentifier === setIdentifier);
    const policies = new Set(own.map(policyOf));
    if (policies.size <= 1) return [];
    const what = `${setIdentifier} differs by type: ${own.map(inALine).join('; ')}`;
    const why = 'Customers over IPv4 and IPv6 are not in the same region before the drill.';
    return [blocker(traffic.name, what, why, `Give all types the same policy and weight: ${listCommand(traffic)}`)];
  });
}

const missing = (traffic: DescribedTraffic, { setIdentifier }: Side): Finding =>
  blocker(
    traffic.name,
    `${traffic.name} has no record with the set identifier ${setIdentifier}`,
    'Traffic shifts from one record to another: there must be one a region.',
    `Create one a region, or correct the topology: ${listCommand(traffic)}`,
  );
