import type { TargetGroup, TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import { isArn } from '../../../arn.ts';
import { isAwsError } from '../../../aws/aws.ts';
import { listOf } from '../../../aws/pages.ts';
import { rootOf } from '../../../steps/account/look.ts';
import type { StepContext } from '../../../steps/step.ts';

type Asking = Pick<StepContext, 'aws'>;

/** What reading the health of targets calls. */
export const healthCalls = [
  'elasticloadbalancing:DescribeTargetGroups',
  'elasticloadbalancing:DescribeTargetHealth',
] as const;

/** IAM knows no resource for any of them. */
export const readPermissions = (calls: readonly string[]) => calls.map((action) => ({ action, resource: '*' }));

/** A target group and its targets. */
export interface Health {
  /** As the topology calls it. */
  group: string;
  healthy: number;
  targets: number;
  /** Why targets are not healthy, in AWS's words, each once. */
  reasons: string[];
}

/** The target group of that name or ARN; nothing, where the region has none. */
export async function targetGroup(region: string, group: string, { aws }: Asking): Promise<TargetGroup | undefined> {
  const asked = isArn(group) ? { TargetGroupArns: [group] } : { Names: [group] };
  try {
    return (await listOf(aws, 'elasticloadbalancing', region, 'DescribeTargetGroups', 'TargetGroups', asked))[0];
  } catch (error) {
    if (isAwsError(rootOf(error), 'TargetGroupNotFound')) return undefined;
    throw error;
  }
}

/** The health of a group's targets now. */
export async function healthOf(region: string, group: string, arn: string, { aws }: Asking): Promise<Health> {
  const answer = await aws.call('elasticloadbalancing', region, 'DescribeTargetHealth', { TargetGroupArn: arn });
  const all = answer.TargetHealthDescriptions ?? [];
  return {
    group,
    healthy: all.filter(isHealthy).length,
    targets: all.length,
    reasons: [...new Set(all.filter((one) => !isHealthy(one)).map(reasonOf))].toSorted(),
  };
}

const isHealthy = ({ TargetHealth }: TargetHealthDescription): boolean => TargetHealth?.State === 'healthy';

function reasonOf({ TargetHealth: { State, Reason, Description } = {} }: TargetHealthDescription): string {
  const told = [Reason, Description].filter((one) => one !== undefined).join(': ');
  return told === '' ? (State ?? 'unknown') : `${State ?? 'unknown'} (${told})`;
}

/** A group's health in a line. */
export function healthInALine({ group, healthy, targets, reasons }: Health): string {
  const name = shortName(group);
  if (targets === 0) return `the target group ${name} has no targets`;
  const why = reasons.join('; ');
  const told = why === '' ? '' : healthy === 0 ? `: ${why}` : `, others are ${why}`;
  return `${healthy} of ${targets} targets of ${name} are healthy${told}`;
}

/** The name of a target group, also where its ARN is given. */
export const shortName = (group: string): string => (isArn(group) ? (group.split('/').at(-2) ?? group) : group);

/** The command that shows a group's health. */
export const healthCommand = (region: string, group: string): string =>
  isArn(group)
    ? `aws elbv2 describe-target-health --region ${region} --target-group-arn ${group}`
    : `aws elbv2 describe-target-health --region ${region} --target-group-arn "$(aws elbv2 describe-target-groups --region ${region} --names ${group} --query 'TargetGroups[0].TargetGroupArn' --output text)"`;
