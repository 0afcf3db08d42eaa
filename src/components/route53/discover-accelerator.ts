import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Aws } from '../../aws/aws.ts';
import { listOf } from '../../aws/pages.ts';
import { plainDomain } from '../../drill/names.ts';
import { type Discovered, notKnown, plainName, type Regions } from '../discovery.ts';
import { ACCELERATOR_REGION } from './schema.ts';

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
export async function discoverAccelerator(
  aws: Aws,
  { zone, name, dnsName }: Accelerated,
  { primary, recovery }: Regions,
): Promise<Discovered<'route53'> | undefined> {
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
    const address = notKnown(
      "the address of the region's own load balancer, behind the accelerator; or 'target' with its DNS name",
      '192.0.2.1',
    );
    return {
      id: plainName(name),
      component: {
        kind: 'route53',
        zone,
        name,
        ttl: notKnown('the record is an alias; the addresses that it leads to never change', '60 s'),
        lever: 'global-accelerator-dials',
        accelerator: { primary: groups.primary, recovery: groups.recovery },
        primary: { address },
        recovery: { address },
        service: { path: PATH },
      },
    };
  }
  return undefined;
}

/** What is asked of the service behind a name, no account tells. */
export const PATH = notKnown('a path that reads and writes through the whole system', '/health');
