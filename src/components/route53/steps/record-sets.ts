import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Aws } from '../../../aws/aws.ts';
import { pagesOf } from '../../../aws/pages.ts';
import { sameName } from '../../../drill/dns-name.ts';
import { plainDomain } from '../../../drill/names.ts';

/** The records of one name, and the region that Route 53 is called in. */
export interface Records {
  region: string;
  zone: string;
  name: string;
}

/** Types that lead a customer somewhere; a name may have several of them. */
const LEADING = ['A', 'AAAA', 'CNAME', 'HTTPS', 'SVCB'];

export const leadsCustomers = ({ Type }: ResourceRecordSet): boolean => LEADING.includes(Type ?? '');

/** Every record set of a name, of every type, to the last page. Route 53 lists them one after the other. */
export async function setsOf({ region, zone, name }: Records, { aws }: { aws: Aws }): Promise<ResourceRecordSet[]> {
  const sets: ResourceRecordSet[] = [];
  const asked = { HostedZoneId: zone, StartRecordName: name };
  for await (const page of pagesOf(aws, 'route53', region, 'ListResourceRecordSets', asked)) {
    sets.push(...(page.ResourceRecordSets ?? []).filter(({ Name }) => sameName(Name, name)));
    if (!sameName(page.NextRecordName, name)) break;
  }
  return sets;
}

/** The sets of a name that lead customers. */
export const leadingSetsOf = async (records: Records, context: { aws: Aws }): Promise<ResourceRecordSet[]> =>
  (await setsOf(records, context)).filter(leadsCustomers);

/** Where a set leads: the name of its alias, or its values. */
export const leadsTo = ({ AliasTarget, ResourceRecords = [] }: ResourceRecordSet): string =>
  AliasTarget ? plainDomain(AliasTarget.DNSName) : ResourceRecords.map(({ Value }) => Value).join(', ');

/** The routing policy of a set, in words. */
export function policyOf(set: ResourceRecordSet): string {
  const { Failover, Weight, Region, GeoLocation, GeoProximityLocation, MultiValueAnswer, CidrRoutingConfig } = set;
  if (Failover) return `failover, ${Failover.toLowerCase()}`;
  if (Weight !== undefined) return `weight ${Weight}`;
  if (Region) return `latency, ${Region}`;
  if (GeoLocation) return 'geolocation';
  if (GeoProximityLocation) return 'geoproximity';
  if (MultiValueAnswer) return 'multivalue';
  return CidrRoutingConfig ? 'IP-based' : 'simple';
}

/** A set in a line, with all that decides whom it leads where. */
export const inALine = (set: ResourceRecordSet): string =>
  [
    `${set.Type}${set.SetIdentifier === undefined ? '' : ` ${set.SetIdentifier}`}: ${policyOf(set)}`,
    `to ${leadsTo(set)}`,
    ...(set.HealthCheckId ? [`health check ${set.HealthCheckId}`] : []),
  ].join(', ');

/** Every set that leads customers, each in a line. */
export const factsOf = (sets: readonly ResourceRecordSet[]): string[] => sets.filter(leadsCustomers).map(inALine);
