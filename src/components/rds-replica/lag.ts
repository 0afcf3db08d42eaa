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

/** The command that shows the lag of a replica. */
export const lagCommand = ({ region, instance }: { region: string; instance: string }): string =>
  `aws cloudwatch get-metric-data --region ${region} --metric-data-queries '[{"Id":"lag","MetricStat":{"Metric":{"Namespace":"AWS/RDS","MetricName":"ReplicaLag","Dimensions":[{"Name":"DBInstanceIdentifier","Value":"${instance}"}]},"Period":60,"Stat":"Average"}}]' --start-time "$(date -ud '-5 min' +%FT%TZ)" --end-time "$(date -u +%FT%TZ)"`;
