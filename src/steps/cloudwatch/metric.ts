import * as z from 'zod';
import { listOf } from '../../aws/pages.ts';
import type { Traffic } from '../../components/route53/schema.ts';
import type { NeedOf } from '../needs.ts';
import type { StepContext } from '../step.ts';

export interface Metric {
  region: string;
  namespace: string;
  name: string;
  dimensions?: Record<string, string>;
  stat: 'Average' | 'Maximum' | 'p95';
  /** How often it is published, in milliseconds. */
  periodMs: number;
}

/** The service's own metrics behind a public name, where a region publishes them; null where the topology names none. */
export const serviceMetrics = z
  .object({
    region: z.string(),
    namespace: z.string(),
    errorRate: z.string(),
    latency: z.string(),
    period: z.number(),
  })
  .nullable();

export const metricsIn = (region: string, { service }: Pick<Traffic, 'service'>): z.output<typeof serviceMetrics> =>
  service.metrics ? { region, ...service.metrics } : null;

type Purpose = NeedOf<'metric'>['for'];

export const metricNeed = (
  {
    region,
    namespace,
    name,
    stat,
    period,
  }: Pick<Metric, 'region' | 'namespace' | 'name' | 'stat'> & { period: number },
  purpose: Purpose,
): NeedOf<'metric'> => ({ need: 'metric', region, namespace, name, stat, periodMs: period, for: purpose });

/** Error rate and latency of the service. */
export const metricNeeds = (
  {
    errorRate,
    latency,
    ...of
  }: Pick<Metric, 'region' | 'namespace'> & {
    errorRate: string;
    latency: string;
    period: number;
  },
  purpose: Purpose,
): NeedOf<'metric'>[] => [
  metricNeed({ ...of, name: errorRate, stat: 'Average' }, purpose),
  metricNeed({ ...of, name: latency, stat: 'p95' }, purpose),
];

/** The newest value that covers a whole period after `sinceMs`, begun before `untilMs`; `undefined` where there is none yet. */
export async function newestValue(
  metric: Metric,
  sinceMs: number,
  { aws, clock }: Pick<StepContext, 'aws' | 'clock'>,
  untilMs = clock.nowMs(),
): Promise<number | undefined> {
  const results = await listOf(aws, 'cloudwatch', metric.region, 'GetMetricData', 'MetricDataResults', {
    StartTime: new Date(sinceMs),
    EndTime: new Date(untilMs),
    MetricDataQueries: [
      {
        Id: 'wanted',
        MetricStat: {
          Metric: {
            Namespace: metric.namespace,
            MetricName: metric.name,
            Dimensions: Object.entries(metric.dimensions ?? {}).map(([Name, Value]) => ({ Name, Value })),
          },
          Period: metric.periodMs / 1000,
          Stat: metric.stat,
        },
      },
    ],
  });
  // A page may hold no value yet, and the newest come first.
  return results.flatMap(({ Values = [] }) => Values)[0];
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
