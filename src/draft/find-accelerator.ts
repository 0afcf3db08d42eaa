import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Aws } from '../aws/aws.ts';
import { listOf } from '../aws/pages.ts';
import { ACCELERATOR_REGION } from '../components/route53/schema.ts';
import { plainDomain } from '../drill/names.ts';
import type { Found } from './draft.ts';

const SERVICE = 'globalaccelerator';

/** One record for both regions, an alias of an accelerator. */
export interface Accelerated {
  zone: string;
  name: string;
  dnsName: string;
}

export const acceleratedBy = (zone: string, { Type, Name = '', AliasTarget }: ResourceRecordSet): Accelerated[] => {
  const dnsName = plainDomain(AliasTarget?.DNSName ?? '');
  return Type === 'A' && dnsName.endsWith('.awsglobalaccelerator.com')
    ? [{ zone, name: plainDomain(Name), dnsName }]
    : [];
};

/** The endpoint groups behind such a name: the listener that has one in each region. Nothing where there is none. */
export async function findAccelerator(
  aws: Aws,
  { zone, name, dnsName }: Accelerated,
  { primary, recovery }: { primary: string; recovery: string },
): Promise<Found | undefined> {
  const accelerator = (await listOf(aws, SERVICE, ACCELERATOR_REGION, 'ListAccelerators', 'Accelerators', {})).find(
    ({ DnsName = '' }) => plainDomain(DnsName) === dnsName,
  );
  if (!accelerator) return undefined;
  const { AcceleratorArn } = accelerator;
  const listeners = await listOf(aws, SERVICE, ACCELERATOR_REGION, 'ListListeners', 'Listeners', { AcceleratorArn });
  for (const { ListenerArn } of listeners) {
    const asked = { ListenerArn };
    const all = await listOf(aws, SERVICE, ACCELERATOR_REGION, 'ListEndpointGroups', 'EndpointGroups', asked);
    const arnIn = (region: string) =>
      all.find(({ EndpointGroupRegion }) => EndpointGroupRegion === region)?.EndpointGroupArn;
    const groups = { primary: arnIn(primary), recovery: arnIn(recovery) };
    if (groups.primary === undefined || groups.recovery === undefined) continue;
    return {
      values: [
        [['traffic', 'zone'], zone],
        [['traffic', 'name'], name],
        [['traffic', 'lever'], 'global-accelerator-dials'],
        [['traffic', 'accelerator'], groups],
      ],
      unknown: [
        [['traffic', 'ttl'], 'the record is an alias; the addresses that it leads to never change'],
        ...(['primary', 'recovery'] as const).map((side): Found['unknown'][number] => [
          ['traffic', side, 'address'],
          "the address of the region's own load balancer, behind the accelerator",
        ]),
      ],
      absent: [
        ['traffic', 'records'],
        ...(['primary', 'recovery'] as const).flatMap((side) => [
          ['traffic', side, 'setIdentifier'],
          ['traffic', side, 'healthCheck'],
        ]),
      ],
    };
  }
  return undefined;
}
