import type { HostedZone, ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Aws } from '../../aws/aws.ts';
import { listOf, pagesOf } from '../../aws/pages.ts';
import { sameName } from '../../drill/dns-name.ts';
import { plainDomain } from '../../drill/names.ts';

/** All hosted zones that a name may be in; every one, where none is asked for. */
export async function hostedZones(aws: Aws, region: string, name: string | undefined): Promise<HostedZone[]> {
  const zones = await listOf(aws, 'route53', region, 'ListHostedZones', 'HostedZones', {});
  if (name === undefined) return zones;
  return zones.filter(({ Name }) => `.${plainDomain(name)}`.endsWith(`.${plainDomain(Name)}`));
}

/** All record sets of a zone, or of one name in it. */
export async function recordSetsIn(
  aws: Aws,
  region: string,
  zone: string,
  name: string | undefined,
): Promise<ResourceRecordSet[]> {
  const found: ResourceRecordSet[] = [];
  const asked = { HostedZoneId: zone, ...(name !== undefined && { StartRecordName: name }) };
  for await (const page of pagesOf(aws, 'route53', region, 'ListResourceRecordSets', asked)) {
    found.push(...(page.ResourceRecordSets ?? []).filter(({ Name }) => name === undefined || sameName(Name, name)));
    if (name !== undefined && !sameName(page.NextRecordName, name)) break;
  }
  return found;
}
