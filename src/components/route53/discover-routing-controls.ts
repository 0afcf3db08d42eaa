import type { Aws } from '../../aws/aws.ts';
import { notKnown } from '../discovery.ts';

/** The routing controls that the health checks of both sides follow; nothing where one follows none. */
export async function routingControlsBehind(aws: Aws, region: string, checks: readonly (string | undefined)[]) {
  const [primary, recovery] = await Promise.all(checks.map((check) => controlBehind(aws, region, check)));
  if (primary === undefined || recovery === undefined) return undefined;
  const why = "the cluster's five endpoints, by region: aws route53-recovery-control-config list-clusters";
  return { primary, recovery, endpoints: notKnown(why) };
}

async function controlBehind(aws: Aws, region: string, HealthCheckId: string | undefined): Promise<string | undefined> {
  if (HealthCheckId === undefined) return undefined;
  const { HealthCheck } = await aws.call('route53', region, 'GetHealthCheck', { HealthCheckId });
  return HealthCheck?.HealthCheckConfig?.RoutingControlArn;
}
