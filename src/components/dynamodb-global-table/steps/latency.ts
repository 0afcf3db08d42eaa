import { newestMinute } from '../../../steps/cloudwatch/metric.ts';
import type { StepContext } from '../../../steps/step.ts';

/** How long writes took to another region on average, as CloudWatch last reported it; null where it does not say. */
export async function reportedLatencyMs(
  { region, table, to }: { region: string; table: string; to: string },
  context: Pick<StepContext, 'aws' | 'clock'>,
): Promise<number | null> {
  const dimensions = { TableName: table, ReceivingRegion: to };
  const ms = await newestMinute({ region, namespace: 'AWS/DynamoDB', name: 'ReplicationLatency', dimensions }, context);
  return ms === undefined ? null : Math.round(ms);
}
