import type { Accelerator } from '@aws-sdk/client-global-accelerator';
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Aws } from '../aws/aws.ts';
import { plainDomain } from '../drill/names.ts';
import { ACCELERATOR_REGION } from '../drill/traffic.ts';
import type { Found } from './draft.ts';

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
  const accelerator = (await acceleratorsIn(aws)).find(({ DnsName = '' }) => plainDomain(DnsName) === dnsName);
  if (!accelerator) return undefined;
  const { Listeners = [] } = await aws.call('globalaccelerator', ACCELERATOR_REGION, 'ListListeners', {
    AcceleratorArn: accelerator.AcceleratorArn,
  });
  for (const { ListenerArn } of Listeners) {
    const { EndpointGroups = [] } = await aws.call('globalaccelerator', ACCELERATOR_REGION, 'ListEndpointGroups', {
      ListenerArn,
    });
    const arnIn = (region: string) =>
      EndpointGroups.find(({ EndpointGroupRegion }) => EndpointGroupRegion === region)?.EndpointGroupArn;
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

async function acceleratorsIn(aws: Aws): Promise<Accelerator[]> {
  const found: Accelerator[] = [];
  for (let NextToken: string | undefined; ; ) {
    const asked = NextToken === undefined ? {} : { NextToken };
    const answer = await aws.call('globalaccelerator', ACCELERATOR_REGION, 'ListAccelerators', asked);
    found.push(...(answer.Accelerators ?? []));
    NextToken = answer.NextToken;
    if (NextToken === undefined) return found;
  }
}
