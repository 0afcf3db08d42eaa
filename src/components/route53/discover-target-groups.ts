import type { Aws } from '../../aws/aws.ts';
import { isAwsError } from '../../aws/aws.ts';
import { listOf } from '../../aws/pages.ts';
import { sameTarget } from '../../drill/dns-name.ts';

/** The names of the target groups of the load balancer that a record leads to; none, where it is no load balancer of the region, or may not be read. */
export async function targetGroupsBehind(aws: Aws, region: string, target: string | undefined): Promise<string[]> {
  if (target === undefined || !target.includes('.elb.')) return [];
  try {
    const all = await listOf(aws, 'elasticloadbalancing', region, 'DescribeLoadBalancers', 'LoadBalancers', {});
    const LoadBalancerArn = all.find(({ DNSName }) => sameTarget(DNSName, target))?.LoadBalancerArn;
    if (LoadBalancerArn === undefined) return [];
    const asked = { LoadBalancerArn };
    const groups = await listOf(aws, 'elasticloadbalancing', region, 'DescribeTargetGroups', 'TargetGroups', asked);
    return groups.flatMap(({ TargetGroupName }) => TargetGroupName ?? []);
  } catch (error) {
    if (isAwsError(error, 'AccessDenied')) return [];
    throw error;
  }
}
