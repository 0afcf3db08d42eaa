import type { Accelerator, EndpointGroup } from '@aws-sdk/client-global-accelerator';
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Aws } from '../../../aws/aws.ts';
import { isAwsError } from '../../../aws/aws.ts';
import { plainDomain } from '../../../drill/names.ts';
import { blocker, type Finding, warning } from '../../../steps/account/findings.ts';
import { fact, type Look, type LookContext, type Row, rootOf, together, UNSAID } from '../../../steps/account/look.ts';
import type { DescribedAccelerator } from '../described.ts';
import { ACCELERATOR_REGION } from '../schema.ts';

type Group = { described: DescribedAccelerator['primary']; found: EndpointGroup | undefined; first: boolean };

export const acceleratorCalls = ['globalaccelerator:DescribeAccelerator', 'globalaccelerator:DescribeEndpointGroup'];

export const acceleratorPermissions = ({ arn, primary, recovery }: DescribedAccelerator) => [
  { action: 'globalaccelerator:DescribeAccelerator', resource: arn },
  ...[primary, recovery].map((group) => ({ action: 'globalaccelerator:DescribeEndpointGroup', resource: group.arn })),
];

/** Looks whether the public name leads to the accelerator, and whether its dials can move anyone. */
export async function acceleratorLook(
  {
    name,
    list,
    accelerator,
    atHome,
  }: { name: string; list: string; accelerator: DescribedAccelerator; atHome: boolean },
  records: readonly ResourceRecordSet[],
  { aws }: LookContext,
): Promise<Look> {
  const { arn } = accelerator;
  const found = await unlessMissing(
    aws.call('globalaccelerator', ACCELERATOR_REGION, 'DescribeAccelerator', { AcceleratorArn: arn }),
  );
  if (!found?.Accelerator) {
    const fix = `Correct the topology: aws globalaccelerator list-accelerators --region ${ACCELERATOR_REGION}`;
    return { rows: [], findings: [blocker(arn, `there is no accelerator ${arn}`, 'No customer could be moved.', fix)] };
  }
  const groups: Group[] = [];
  for (const first of [true, false]) {
    const described = first ? accelerator.primary : accelerator.recovery;
    groups.push({ described, first, found: await groupIn(described.arn, aws) });
  }
  const leads = records.map(targetOf).join(', ') || 'not there';
  return together([
    fact(
      { what: `${name} leads to`, topology: arn, account: leads },
      nameFindings({ name, list }, records, found.Accelerator),
    ),
    fact(
      { what: 'accelerator', topology: 'enabled, DEPLOYED', account: stateOf(found.Accelerator) },
      stateFindings(arn, found.Accelerator),
    ),
    ...groups.map((group) => groupLook(group, atHome)),
  ]);
}

const groupIn = async (EndpointGroupArn: string, aws: Aws): Promise<EndpointGroup | undefined> =>
  (
    await unlessMissing(
      aws.call('globalaccelerator', ACCELERATOR_REGION, 'DescribeEndpointGroup', { EndpointGroupArn }),
    )
  )?.EndpointGroup;

async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isAwsError(rootOf(error), 'AcceleratorNotFound', 'EndpointGroupNotFound')) return undefined;
    throw error;
  }
}

const plain = (name = ''): string => plainDomain(name);

const targetOf = ({ AliasTarget, ResourceRecords = [] }: ResourceRecordSet): string =>
  AliasTarget ? plain(AliasTarget.DNSName) : ResourceRecords.map(({ Value }) => Value).join(', ');

const stateOf = ({ Enabled, Status }: Accelerator): string => `${Enabled ? 'enabled' : 'disabled'}, ${Status}`;

function groupLook({ described, found, first }: Group, atHome: boolean): Look {
  const { arn, region } = described;
  const row = (what: string, topology: string, account: string): Row => ({
    what: `endpoint group in ${region} ${what}`,
    topology,
    account,
  });
  if (!found) return fact(row('', arn, 'not there'), [noGroup(arn)]);
  const { EndpointGroupRegion, TrafficDialPercentage: dial = 100, EndpointDescriptions = [] } = found;
  const healthy = EndpointDescriptions.filter(isHealthy).length;
  return together([
    fact(
      row('is in', region, EndpointGroupRegion ?? UNSAID),
      EndpointGroupRegion === region ? [] : [elsewhere(arn, region, EndpointGroupRegion)],
    ),
    fact(row('dial', first ? '100 %' : '0 %', `${dial} %`), atHome ? dialFindings(arn, region, dial, first) : []),
    fact(
      row('endpoints', UNSAID, `${healthy} of ${EndpointDescriptions.length} healthy`),
      healthy > 0 ? [] : [unhealthy(arn, region)],
    ),
  ]);
}

const isHealthy = ({ HealthState }: { HealthState?: string | undefined }): boolean => HealthState === 'HEALTHY';

/** A dial moves only those who come through the accelerator. */
function nameFindings(
  { name, list }: { name: string; list: string },
  records: readonly ResourceRecordSet[],
  { DnsName, IpSets = [] }: Accelerator,
): Finding[] {
  const addresses = IpSets.flatMap(({ IpAddresses = [] }) => IpAddresses);
  const leadsThere = ({ AliasTarget, ResourceRecords = [] }: ResourceRecordSet) =>
    AliasTarget
      ? plain(AliasTarget.DNSName) === plain(DnsName)
      : ResourceRecords.length > 0 && ResourceRecords.every(({ Value = '' }) => addresses.includes(Value));
  const astray = records.filter((record) => !leadsThere(record));
  if (records.length > 0 && astray.length === 0) return [];
  const what =
    records.length === 0
      ? `${name} has no A record`
      : `${name} leads to ${astray.map(targetOf).join(', ')}, not to the accelerator ${DnsName}`;
  const fix = `Make it an alias of ${DnsName}, or correct the topology: ${list}`;
  return [blocker(name, what, 'Who does not come through the accelerator is not moved by its dials.', fix)];
}

function stateFindings(arn: string, { Enabled, Status }: Accelerator): Finding[] {
  if (!Enabled) {
    const fix = `aws globalaccelerator update-accelerator --region ${ACCELERATOR_REGION} --accelerator-arn ${arn} --enabled`;
    return [blocker(arn, 'the accelerator is disabled', 'It takes no traffic at all.', fix)];
  }
  if (Status === 'DEPLOYED') return [];
  const why = 'The drill counts customers as moved when it is deployed, and would wait for the change of someone else.';
  return [warning(arn, `the accelerator is ${Status}`, why, 'Wait until that is done, and look again.')];
}

function noGroup(arn: string): Finding {
  const fix = `Correct the topology: aws globalaccelerator list-endpoint-groups --region ${ACCELERATOR_REGION} --listener-arn ${arn.split('/endpoint-group/')[0]}`;
  return blocker(arn, `there is no endpoint group ${arn}`, 'It has no traffic dial that could be changed.', fix);
}

function elsewhere(arn: string, region: string, found: string | undefined): Finding {
  const what = `the endpoint group is in ${found}, not in ${region}`;
  const why = 'Customers would be sent to a region that is not prepared for them.';
  return blocker(arn, what, why, 'Correct the topology: the two may have been exchanged.');
}

function unhealthy(arn: string, region: string): Finding {
  const what = `no endpoint of the group in ${region} is healthy`;
  const why =
    'Global Accelerator ignores the dials of a group without healthy endpoints: customers would be sent back, even to a dial of 0.';
  const fix = `Fix what its health checks ask, or the checks: aws globalaccelerator describe-endpoint-group --region ${ACCELERATOR_REGION} --endpoint-group-arn ${arn}`;
  return blocker(arn, what, why, fix);
}

function dialFindings(arn: string, region: string, dial: number, first: boolean): Finding[] {
  const wanted = first ? 100 : 0;
  if (dial === wanted) return [];
  const fix = `aws globalaccelerator update-endpoint-group --region ${ACCELERATOR_REGION} --endpoint-group-arn ${arn} --traffic-dial-percentage ${wanted}`;
  if (dial === 0) {
    const what = `the dial of ${region} is at 0: traffic has left the primary already`;
    return [blocker(arn, what, 'A drill begins with customers in the primary region.', fix)];
  }
  const what = `the dial of ${region} is at ${dial}, not at ${wanted}`;
  const why = 'Customers may be in both regions before the drill, so that an outage of one is hard to measure.';
  return [warning(arn, what, why, fix)];
}
