import { listOf } from '../../aws/pages.ts';
import type { StepContext } from '../step.ts';

export interface Metric {
  region: string;
  namespace: string;
  name: string;
  dimensions?: Record<string, string> | undefined;
  stat: 'Average' | 'Maximum' | 'Sum' | 'p95';
  /** How often it is published, in milliseconds. */
  periodMs: number;
}

/** The newest value that covers a whole period after `sinceMs`, begun before `untilMs`; `undefined` where there is none yet. */
export async function newestValue(
  metric: Metric,
  sinceMs: number,
  context: Pick<StepContext, 'aws' | 'clock'>,
  untilMs?: number,
): Promise<number | undefined> {
  return (await newestTogether([metric], sinceMs, context, untilMs))[0];
}

/** The values of several metrics of a region in the newest period that any of them has. */
export async function newestTogether(
  metrics: readonly Metric[],
  sinceMs: number,
  { aws, clock }: Pick<StepContext, 'aws' | 'clock'>,
  untilMs = clock.nowMs(),
): Promise<(number | undefined)[]> {
  const results = await listOf(aws, 'cloudwatch', metrics[0]?.region ?? '', 'GetMetricData', 'MetricDataResults', {
    StartTime: new Date(sinceMs),
    EndTime: new Date(untilMs),
    MetricDataQueries: metrics.map(({ namespace, name, dimensions = {}, periodMs, stat }, index) => ({
      Id: `m${index}`,
      MetricStat: {
        Metric: {
          Namespace: namespace,
          MetricName: name,
          Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        },
        Period: periodMs / 1000,
        Stat: stat,
      },
    })),
  });
  // A page may hold no value yet, and the newest come first.
  const values = metrics.map((_, index) =>
    results
      .filter(({ Id }) => Id === `m${index}`)
      .flatMap(({ Timestamps = [], Values = [] }) =>
        Values.map((value, at) => ({ value, ms: Timestamps[at]?.getTime() })),
      ),
  );
  const newestMs = Math.max(...values.flatMap(([first]) => first?.ms ?? []));
  return values.map((some) => some.find(({ ms }) => ms === newestMs)?.value);
}

const MINUTE = 60_000;

/** What a metric of each minute last was before `asOfMs`, and of a minute that began at `sinceMs` or later; `undefined` where there is none of the last five. */
export function newestMinute(
  metric: Omit<Metric, 'stat' | 'periodMs'>,
  context: Pick<StepContext, 'aws' | 'clock'>,
  { asOfMs, sinceMs = 0 }: { asOfMs?: number | undefined; sinceMs?: number } = {},
): Promise<number | undefined> {
  // A minute that had not passed by then says something of what came after.
  const untilMs = asOfMs === undefined ? context.clock.nowMs() : asOfMs - MINUTE + 1;
  const inMinutes = { ...metric, stat: 'Average' as const, periodMs: MINUTE };
  return newestValue(inMinutes, Math.max(sinceMs, untilMs - 5 * MINUTE), context, untilMs);
}
