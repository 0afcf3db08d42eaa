import { newestMinute } from '../../steps/cloudwatch/metric.ts';
import type { StepContext } from '../../steps/step.ts';

/** How far a cluster is behind the one that it follows, in milliseconds, as CloudWatch had it before `asOfMs`; `null` for unknown. */
export async function reportedLagMs(
  region: string,
  cluster: string,
  context: Pick<StepContext, 'aws' | 'clock'>,
  when: { asOfMs?: number | undefined } = {},
): Promise<number | null> {
  const metric = { region, namespace: 'AWS/RDS', name: 'AuroraGlobalDBReplicationLag' };
  const lagMs = await newestMinute({ ...metric, dimensions: { DBClusterIdentifier: cluster } }, context, when);
  return lagMs === undefined || lagMs < 0 ? null : Math.round(lagMs);
}
