import { newestValue } from '../../../steps/cloudwatch/metric.ts';
import type { StepContext } from '../../../steps/step.ts';

const MINUTE = 60_000;

/** The newest minute that CloudWatch has of a metric of a cache node, begun between two instants; `undefined` where there is none. */
export const nodeMetric = (
  { region, node, name }: { region: string; node: string; name: string },
  fromMs: number,
  context: Pick<StepContext, 'aws' | 'clock'>,
  untilMs?: number,
): Promise<number | undefined> =>
  newestValue(
    {
      region,
      namespace: 'AWS/ElastiCache',
      name,
      dimensions: { CacheClusterId: node, CacheNodeId: '0001' },
      stat: 'Average',
      periodMs: MINUTE,
    },
    fromMs,
    context,
    untilMs,
  );
