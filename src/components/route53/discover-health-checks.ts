import type { HealthCheckConfig } from '@aws-sdk/client-route-53';
import type { Aws } from '../../aws/aws.ts';
import { notKnown } from '../discovery.ts';

/** How the health check of a record is set up; nothing where it has none. */
export async function configOf(
  aws: Aws,
  region: string,
  HealthCheckId: string | undefined,
): Promise<HealthCheckConfig | undefined> {
  if (HealthCheckId === undefined) return undefined;
  const { HealthCheck } = await aws.call('route53', region, 'GetHealthCheck', { HealthCheckId });
  return HealthCheck?.HealthCheckConfig;
}

/** The routing controls that the health checks of both sides follow; nothing where one follows none. */
export function routingControlsBehind(configs: readonly (HealthCheckConfig | undefined)[]) {
  const [primary, recovery] = configs.map((config) => config?.RoutingControlArn);
  if (primary === undefined || recovery === undefined) return undefined;
  const why = "the cluster's five endpoints, by region: aws route53-recovery-control-config list-clusters";
  return { primary, recovery, endpoints: notKnown(why) };
}

/** How a health check asks an endpoint; nothing where it asks none. */
export function endpointCheckOf({ RequestInterval, FailureThreshold, ResourcePath }: Partial<HealthCheckConfig> = {}) {
  if (RequestInterval === undefined) return undefined;
  return {
    every: `${RequestInterval} s`,
    failures: FailureThreshold ?? 3,
    ...(ResourcePath !== undefined && ResourcePath !== '' && { path: ResourcePath }),
  };
}
