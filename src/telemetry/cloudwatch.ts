import type { Aws } from '../aws/aws.ts';
import type { Metric } from './metrics.ts';

/** The namespace of CloudWatch that drills have to themselves. */
export const NAMESPACE = 'dr-drill';

/** So many values one request may have. */
const REQUEST_MOST = 1_000;

/** Sends metrics to CloudWatch, with the attributes as dimensions. */
export async function putMetrics(
  metrics: readonly Metric[],
  { aws, region, atMs }: { aws: Aws; region: string; atMs: number },
): Promise<void> {
  const data = metrics.map(({ name, unit, value, attributes }) => ({
    MetricName: name,
    Value: value,
    Unit: unit === 's' ? ('Seconds' as const) : ('Count' as const),
    Timestamp: new Date(atMs),
    Dimensions: Object.entries(attributes).map(([Name, text]) => ({ Name, Value: dimension(text) })),
  }));
  for (let from = 0; from < data.length; from += REQUEST_MOST)
    await aws.call('cloudwatch', region, 'PutMetricData', {
      Namespace: NAMESPACE,
      MetricData: data.slice(from, from + REQUEST_MOST),
    });
}

/** CloudWatch takes ASCII, 1,024 characters at most. */
const dimension = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 1_024);

/** The statement of a policy that lets someone send metrics of drills, and no others. */
export const PUT_METRICS = {
  Sid: 'CloudwatchPutMetricData',
  Effect: 'Allow' as const,
  Action: ['cloudwatch:PutMetricData'],
  Resource: ['*'],
  Condition: { StringEquals: { 'cloudwatch:namespace': NAMESPACE } },
};
