import { newestMinute } from '../../steps/cloudwatch/metric.ts';
import type { StepContext } from '../../steps/step.ts';

/** Replica lag in milliseconds, as RDS last reported it before `asOfMs`, and of a minute that began at `sinceMs` or later; `null` for unknown, which RDS writes as -1. */
export async function reportedLagMs(
  region: string,
  instance: string,
  context: Pick<StepContext, 'aws' | 'clock'>,
  when: { asOfMs?: number | undefined; sinceMs?: number } = {},
): Promise<number | null> {
  const dimensions = { DBInstanceIdentifier: instance };
  const seconds = await newestMinute({ region, namespace: 'AWS/RDS', name: 'ReplicaLag', dimensions }, context, when);
  return seconds === undefined || seconds < 0 ? null : Math.round(seconds * 1000);
}
