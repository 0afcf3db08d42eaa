import type { StepContext } from '../../../steps/step.ts';
import { findGroup } from './group.ts';
import { nodeMetric } from './node-metric.ts';

const MINUTE = 60_000;

/** How far the secondary group of a global datastore is behind, as CloudWatch last reported it; null where it does not say. */
export async function datastoreLagMs(
  region: string,
  group: string,
  context: Pick<StepContext, 'aws' | 'clock'>,
): Promise<number | null> {
  const node = (await findGroup(context, region, group))?.MemberClusters?.[0] ?? '';
  const sinceMs = context.clock.nowMs() - 5 * MINUTE;
  const seconds = await nodeMetric({ region, node, name: 'GlobalDatastoreReplicationLag' }, sinceMs, context);
  return seconds === undefined ? null : Math.round(seconds * 1000);
}
