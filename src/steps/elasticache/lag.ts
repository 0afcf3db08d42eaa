import { newestValue } from '../cloudwatch/metric.ts';
import type { StepContext } from '../step.ts';
import { findGroup } from './group.ts';

const MINUTE = 60_000;

/** How far the secondary group of a global datastore lies behind, as CloudWatch last reported it; null where it does not say. */
export async function datastoreLagMs(
  region: string,
  group: string,
  context: Pick<StepContext, 'aws' | 'clock'>,
): Promise<number | null> {
  const node = (await findGroup(context, region, group))?.MemberClusters?.[0] ?? '';
  const seconds = await newestValue(
    {
      region,
      namespace: 'AWS/ElastiCache',
      name: 'GlobalDatastoreReplicationLag',
      dimensions: { CacheClusterId: node, CacheNodeId: '0001' },
      stat: 'Average',
      periodMs: MINUTE,
    },
    context.clock.nowMs() - 5 * MINUTE,
    context,
  );
  return seconds === undefined ? null : Math.round(seconds * 1000);
}
