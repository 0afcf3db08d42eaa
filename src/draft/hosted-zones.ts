import type { HostedZone, ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Aws } from '../aws/aws.ts';
import { sameName } from '../drill/dns-name.ts';

/** All hosted zones, to the last page. */
export async function hostedZones(aws: Aws, region: string): Promise<HostedZone[]> {
  const found: HostedZone[] = [];
  for (let Marker: string | undefined; ; ) {
    const answer = await aws.call('route53', region, 'ListHostedZones', Marker === undefined ? {} : { Marker });
    found.push(...(answer.HostedZones ?? []));
    if (!answer.IsTruncated || !answer.NextMarker) return found;
    Marker = answer.NextMarker;
  }
}

/** All record sets of a zone, or of one name in it, to the last page. */
export async function recordSetsIn(
  aws: Aws,
  region: string,
  zone: string,
  name: string | undefined,
): Promise<ResourceRecordSet[]> {
  const found: ResourceRecordSet[] = [];
  let from: object = name === undefined ? {} : { StartRecordName: name };
  for (;;) {
    const answer = await aws.call('route53', region, 'ListResourceRecordSets', { HostedZoneId: zone, ...from });
    const { ResourceRecordSets = [], IsTruncated, NextRecordName, NextRecordType, NextRecordIdentifier } = answer;
    found.push(...ResourceRecordSets.filter(({ Name }) => name === undefined || sameName(Name, name)));
    if (!IsTruncated || (name !== undefined && !sameName(NextRecordName, name))) return found;
    from = {
      StartRecordName: NextRecordName,
      StartRecordType: NextRecordType,
      StartRecordIdentifier: NextRecordIdentifier,
    };
  }
}
