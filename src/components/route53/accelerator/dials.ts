import type { Read } from '../../../steps/by-hand.ts';
import { until } from '../../../steps/poll.ts';
import type { Permission, Standing, StepContext } from '../../../steps/step.ts';
import { ACCELERATOR_REGION } from '../schema.ts';

/** Percentages by the ARNs of their endpoint groups. */
export type Dials = Record<string, number>;

/** What reading and turning dials calls. */
export const dialCalls = [
  'globalaccelerator:DescribeEndpointGroup',
  'globalaccelerator:UpdateEndpointGroup',
  'globalaccelerator:DescribeAccelerator',
] as const;

export const dialPermissions = (dials: Dials): Permission[] => {
  const groups = Object.keys(dials);
  return [
    ...['DescribeEndpointGroup', 'UpdateEndpointGroup'].flatMap((action) =>
      groups.map((resource) => ({ action: `globalaccelerator:${action}`, resource })),
    ),
    { action: 'globalaccelerator:DescribeAccelerator', resource: acceleratorOf(dials) },
  ];
};

/** What is turned up goes first: at no moment is every dial down. */
export const dialsCommand = (dials: Dials): string =>
  inOrder(dials)
    .map(
      ([arn, dial]) =>
        `aws globalaccelerator update-endpoint-group --region ${ACCELERATOR_REGION} --endpoint-group-arn ${arn} --traffic-dial-percentage ${dial}`,
    )
    .join(' && ');

/** The dials of these endpoint groups, for a person who reads them. */
export const dialsByHand = (dials: Dials, read: Read): Dials =>
  Object.fromEntries(
    Object.keys(dials).map((arn, index) => [
      arn,
      read.number(
        `dial ${index + 1}`,
        `aws globalaccelerator describe-endpoint-group --region ${ACCELERATOR_REGION} --endpoint-group-arn ${arn} --query EndpointGroup.TrafficDialPercentage --output text`,
      ),
    ]),
  );

const inOrder = (dials: Dials): [arn: string, dial: number][] => Object.entries(dials).sort(([, a], [, b]) => b - a);

/** An endpoint group's ARN begins with its accelerator's. */
const acceleratorOf = (dials: Dials): string => Object.keys(dials)[0]?.split('/listener/')[0] ?? '';

export async function dialsNow(wanted: Dials, { aws }: StepContext): Promise<Dials> {
  const now: Dials = {};
  for (const arn of Object.keys(wanted)) {
    const answer = await aws.call('globalaccelerator', ACCELERATOR_REGION, 'DescribeEndpointGroup', {
      EndpointGroupArn: arn,
    });
    now[arn] = answer.EndpointGroup?.TrafficDialPercentage ?? 100;
  }
  return now;
}

export const haveDials = (now: Dials, wanted: Dials): boolean =>
  Object.entries(wanted).every(([arn, dial]) => now[arn] === dial);

/** How the dials stand, and whether they are at the percentages. */
export async function dialsStanding(wanted: Dials, context: StepContext): Promise<Standing> {
  const now = await dialsNow(wanted, context);
  return {
    asAsked: haveDials(now, wanted),
    facts: Object.entries(now).map(([arn, dial]) => `dial of endpoint group ${arn.split('/').at(-1)}: ${dial}`),
  };
}

/** Turns the dials that stand otherwise. Nothing else of a group is named, so nothing else changes. */
export async function turnDials(wanted: Dials, context: StepContext): Promise<void> {
  const now = await dialsNow(wanted, context);
  for (const [arn, dial] of inOrder(wanted)) {
    if (now[arn] === dial) continue;
    await context.aws.call('globalaccelerator', ACCELERATOR_REGION, 'UpdateEndpointGroup', {
      EndpointGroupArn: arn,
      TrafficDialPercentage: dial,
    });
  }
}

/** Waits until every edge location uses the dials. One look may still see the earlier state. */
export async function deployed(dials: Dials, context: StepContext): Promise<void> {
  let looks = 0;
  const twice = async () => {
    looks = (await isDeployed(dials, context)) ? looks + 1 : 0;
    return looks < 2 ? undefined : true;
  };
  await until(context, twice, { maxMs: 2_000 });
}

export async function isDeployed(dials: Dials, { aws }: StepContext): Promise<boolean> {
  const AcceleratorArn = acceleratorOf(dials);
  const answer = await aws.call('globalaccelerator', ACCELERATOR_REGION, 'DescribeAccelerator', { AcceleratorArn });
  return answer.Accelerator?.Status === 'DEPLOYED';
}

/** Gives the dials back, and waits until every edge has them; does nothing where they are as they were. */
export async function returnDials(former: Dials, context: StepContext): Promise<void> {
  if (haveDials(await dialsNow(former, context), former)) return;
  await turnDials(former, context);
  await deployed(former, context);
}
