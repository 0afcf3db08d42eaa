import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { plainTarget } from '../../../drill/dns-name.ts';
import { plainDomain } from '../../../drill/names.ts';
import { blocker, type Finding } from '../../../steps/account/findings.ts';
import type { DescribedTraffic } from '../described.ts';
import { inALine, leadsCustomers, leadsTo, policyOf } from '../steps/record-sets.ts';

/** Everything at a name that the lever would leave behind. `list` is the command that shows it. */
export function nameFindings(traffic: DescribedTraffic, sets: readonly ResourceRecordSet[], list: string): Finding[] {
  const delegated = sets.find(({ Type, Name }) => Type === 'NS' && plainDomain(Name) === traffic.name);
  if (delegated && !sets.some(({ Type }) => Type === 'SOA')) return [delegatedElsewhere(traffic, delegated)];
  const leading = sets.filter(leadsCustomers);
  const simple = leading.find(
    (set) => set.SetIdentifier === undefined && ['A', 'AAAA', 'CNAME'].includes(set.Type ?? ''),
  );
  if (simple) return [simpleRecord(traffic, simple, list)];
  return [
    ...leading.filter((set) => !isDescribed(traffic, set)).map((set) => leftBehind(traffic, set, list)),
    ...typesOf(leading).flatMap((type) => halfType(traffic, leading, type, list)),
    ...leading.filter(hasOtherPolicy).map((set) => otherPolicy(traffic, set)),
  ];
}

const isDescribed = ({ primary, recovery }: DescribedTraffic, { SetIdentifier }: ResourceRecordSet): boolean =>
  [primary.setIdentifier, recovery.setIdentifier].includes(SetIdentifier);

const aType = (type = ''): string => `${type.startsWith('C') ? 'a' : 'an'} ${type}`;

const typesOf = (sets: readonly ResourceRecordSet[]): string[] => [...new Set(sets.map(({ Type }) => Type ?? ''))];

const delegatedElsewhere = ({ name, zone }: DescribedTraffic, { ResourceRecords = [] }: ResourceRecordSet): Finding =>
  blocker(
    name,
    `${name} is delegated to ${ResourceRecords.map(({ Value }) => Value).join(', ')}`,
    `What stands in ${zone} for it answers nobody.`,
    "Set 'zone' of the name in the topology to the hosted zone of those name servers.",
  );

/** One record for everyone has nothing that a lever could move. */
function simpleRecord({ name, lever }: DescribedTraffic, set: ResourceRecordSet, list: string): Finding {
  const target = leadsTo(set);
  const isName = set.Type === 'CNAME' || set.AliasTarget !== undefined;
  const kind = isName ? kindOf(target) : undefined;
  const what = `${name} has one simple ${set.Type} record, ${set.AliasTarget ? 'an alias of' : 'to'} ${target}${kind ? ` (${kind})` : ''}`;
  const why = `The lever ${lever} moves customers between two records with set identifiers.`;
  return blocker(name, what, why, `${fixOf(name, target, kind)} See: ${list}`);
}

function fixOf(name: string, target: string, kind: string | undefined): string {
  const byOne = "Set 'lever: simple-record' in the topology, with where each region leads;";
  if (kind === undefined) return `${byOne} or give ${name} two weighted or failover records, one a region.`;
  if (kind === 'another record')
    return `If ${target} has a record for each region, set 'name' in the topology to it; customers of ${name} follow. Otherwise give ${name} two records.`;
  if (kind === 'accelerator') return 'Use the lever global-accelerator-dials.';
  if (kind === 'CloudFront')
    return 'CloudFront chooses among origins by itself; give the origin a name with two records.';
  return `${byOne} or give ${name} two weighted or failover records, one a region.`;
}

/** What AWS names like this. */
function kindOf(target: string): string {
  const name = plainTarget(target);
  const isOf = (suffix: string) => new RegExp(`(^|\\.)${suffix}(\\.cn)?$`).test(name);
  if (isOf('elb\\.([a-z0-9-]+\\.)?amazonaws\\.com') || /\.elb\.amazonaws\.com(\.cn)?$/.test(name))
    return 'load balancer';
  if (isOf('cloudfront\\.net')) return 'CloudFront';
  if (isOf('awsglobalaccelerator\\.com')) return 'accelerator';
  if (/\.execute-api\./.test(name)) return 'API Gateway';
  if (/(^|\.)s3-website[.-]/.test(name)) return 'S3 website';
  if (isOf('elasticbeanstalk\\.com')) return 'Elastic Beanstalk';
  if (/\.vpce\./.test(name)) return 'VPC endpoint';
  return 'another record';
}

const leftBehind = ({ name, primary, recovery }: DescribedTraffic, set: ResourceRecordSet, list: string): Finding =>
  blocker(
    name,
    set.SetIdentifier === undefined
      ? `${name} has ${aType(set.Type)} record beside the two: ${inALine(set)}`
      : `${name} has another set beside ${primary.setIdentifier} and ${recovery.setIdentifier}: ${inALine(set)}`,
    'The lever leaves it where it is, and customers with it.',
    `Delete it, or give it the set identifiers and the policy of the others: ${list}`,
  );

/** Each type must have both sides: a customer who asks for the other type would find one region only. */
function halfType(
  { name, primary, recovery }: DescribedTraffic,
  leading: readonly ResourceRecordSet[],
  type: string,
  list: string,
): Finding[] {
  const has = (side: DescribedTraffic['primary']) =>
    leading.some(({ Type, SetIdentifier }) => Type === type && SetIdentifier === side.setIdentifier);
  // That a side has no record at all is found by itself.
  const hasAny = (side: DescribedTraffic['primary']) =>
    leading.some(({ SetIdentifier }) => SetIdentifier === side.setIdentifier);
  return [primary, recovery]
    .filter((side) => hasAny(side) && !has(side))
    .filter((side) => has(side === primary ? recovery : primary))
    .map((side) =>
      blocker(
        name,
        `${name} has ${aType(type)} record for one region only: there is none with the set identifier ${side.setIdentifier}`,
        `Clients that ask for ${type} would stay in the old region, or get no answer.`,
        `Create it, or delete the other: ${list}`,
      ),
    );
}

const hasOtherPolicy = (set: ResourceRecordSet): boolean =>
  set.SetIdentifier !== undefined && /^(geo|multivalue|IP-based)/.test(policyOf(set));

const otherPolicy = ({ name }: DescribedTraffic, set: ResourceRecordSet): Finding =>
  blocker(
    name,
    `${set.SetIdentifier} (${set.Type}) has the routing policy ${policyOf(set)}`,
    'Who is sent where depends on where he is. This policy is not handled yet.',
    'Use weighted or failover records, or an accelerator.',
  );
