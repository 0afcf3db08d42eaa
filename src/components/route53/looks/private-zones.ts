import type { VPC } from '@aws-sdk/client-route-53';
import { cliRegion } from '../../../partition.ts';
import { blocker, type Finding } from '../../../steps/account/findings.ts';
import { answered, type Look, type LookContext } from '../../../steps/account/look.ts';
import type { DescribedTraffic } from '../described.ts';

/** A public zone answers everyone, a private one only clients in its VPCs. */
export function visibilityFindings(
  { zone, region, private: isPrivate, primary, recovery }: DescribedTraffic,
  found: boolean,
  vpcs: readonly VPC[],
): Finding[] {
  if (found !== isPrivate) {
    const what = `the hosted zone ${zone} is ${found ? 'private' : 'public'}, and the topology says ${isPrivate ? 'private' : 'public'}`;
    const why = found
      ? 'It answers inside its VPCs only: customers and the drill must be there, or ask resolvers that are.'
      : 'Everybody can see the name, and the drill would ask resolvers inside a VPC for nothing.';
    return [blocker(zone, what, why, `Set 'private: ${found}' in the topology, or correct 'zone'.`)];
  }
  if (!found) return [];
  return [primary.region, recovery.region]
    .filter((one) => !vpcs.some(({ VPCRegion }) => VPCRegion === one))
    .map((one) =>
      blocker(
        zone,
        `the private hosted zone ${zone} has no VPC in ${one}`,
        'Its names cannot be resolved in that region.',
        `aws route53 associate-vpc-with-hosted-zone${cliRegion(region)} --hosted-zone-id ${zone} --vpc VPCRegion=${one},VPCId=<the VPC's id>`,
      ),
    );
}

/** The watched customer resolves the name as a customer does: from outside, a private zone tells nobody anything. */
export async function insideLook({ name }: DescribedTraffic, context: LookContext): Promise<Look> {
  const { dns, signal } = context;
  const why = await answered(async () => {
    try {
      await dns.resolve(name, signal);
      return undefined;
    } catch (error) {
      if (error instanceof Error && ['NotFound', 'NoAddress'].includes(error.name)) return error.message;
      throw error;
    }
  }, context);
  if (why === undefined) return { rows: [], findings: [] };
  const what = `${name} is in a private zone, and cannot be resolved from here: ${why}`;
  const fix =
    "Run dr-drill in one of the VPCs of the zone, or set 'resolvers' in the topology to inbound endpoints of a Route 53 Resolver that this machine can reach.";
  return {
    rows: [],
    findings: [blocker(name, what, 'No customer could be watched, and no shift be seen.', fix)],
  };
}
