import type { MetricDataQuery, MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { regionalArn } from '../arn.ts';
import type { Input } from '../aws/aws.ts';
import { cacheMetric } from './elasticache/metrics.ts';
import { awsError } from './faults.ts';
import { instanceIn } from './rds/instance.ts';
import { reportedLagSeconds } from './rds/replication.ts';
import { vcpusIn } from './service-quotas.ts';
import { periodOf } from './shop/customers.ts';
import type { World } from './world.ts';

const MINUTE = 60_000;

/** CloudWatch as its API answers: one value a period, once the period is over. */
export const cloudwatch = {
  GetMetricData(world: World, region: string, input: Input<'cloudwatch', 'GetMetricData'>) {
    const { StartTime, EndTime, MetricDataQueries } = input;
    if (!StartTime || !EndTime || StartTime >= EndTime) {
      throw awsError('InvalidParameterValue', 'The parameter StartTime must be less than the parameter EndTime.');
    }
    const window = { fromMs: StartTime.getTime(), untilMs: EndTime.getTime() };
    return {
      MetricDataResults: (MetricDataQueries ?? []).map((query) => resultOf(world, region, query, window)),
      Messages: [],
    };
  },

  DescribeAlarms(world: World, region: string, { AlarmNames }: Input<'cloudwatch', 'DescribeAlarms'>) {
    const { namespace, errorRate, period } = world.topology.service.metrics;
    const fromMs = Math.floor((world.clock.nowMs() - world.durations.metricDelay) / period) * period - period;
    const isBad = () => periodOf(world, fromMs).errorRate > 0.01;
    const stops = world.simulation.experiments.flatMap(({ stoppedByAlarm }) => stoppedByAlarm?.name ?? []);
    const names = [...new Set([`${world.topology.kubernetes.namespace}-error-rate`, ...stops])];
    const wanted = names.filter((name) => AlarmNames?.includes(name) ?? true);
    const { account } = world.topology;
    return {
      MetricAlarms: wanted.map((name) => ({
        AlarmName: name,
        AlarmArn: regionalArn({ service: 'cloudwatch', region, account, resource: `alarm:${name}` }),
        Namespace: namespace,
        MetricName: errorRate,
        Threshold: 0.01,
        ComparisonOperator: 'GreaterThanThreshold' as const,
        // What stops an experiment does so when the simulation says, and is quiet before.
        StateValue: !stops.includes(name) && isBad() ? ('ALARM' as const) : ('OK' as const),
      })),
    };
  },
};

function resultOf(
  world: World,
  region: string,
  { Id, MetricStat }: MetricDataQuery,
  { fromMs, untilMs }: { fromMs: number; untilMs: number },
): MetricDataResult {
  const publishedMs = publishedEveryMs(world, MetricStat);
  const periodMs = Math.max(1, Math.round(((MetricStat?.Period ?? 60) * 1000) / publishedMs)) * publishedMs;
  const Timestamps: Date[] = [];
  const Values: number[] = [];
  const completeMs = world.clock.nowMs() - world.durations.metricDelay;
  const firstMs = Math.floor(fromMs / periodMs) * periodMs;
  for (let ms = firstMs; ms < untilMs && ms + periodMs <= completeMs; ms += periodMs) {
    const values = Array.from({ length: periodMs / publishedMs }, (_, index) => ms + index * publishedMs)
      .map((fromMs) => published(world, region, MetricStat, fromMs))
      .filter((value) => value !== undefined);
    if (values.length === 0) continue;
    Timestamps.unshift(new Date(ms));
    Values.unshift(values.reduce((sum, value) => sum + value, 0) / values.length);
  }
  return { Id, Label: MetricStat?.Metric?.MetricName, StatusCode: 'Complete', Timestamps, Values };
}

/** RDS publishes once a minute, the shop as often as the topology says. */
const publishedEveryMs = ({ topology }: World, stat: MetricDataQuery['MetricStat']): number =>
  stat?.Metric?.Namespace === topology.service.metrics.namespace ? topology.service.metrics.period : MINUTE;

/** A metric's value for the period that begins at `ms`; `undefined` where nobody published one. */
function published(world: World, region: string, stat: MetricDataQuery['MetricStat'], ms: number): number | undefined {
  const { Namespace, MetricName, Dimensions } = stat?.Metric ?? {};
  const { metrics } = world.topology.service;
  if (Namespace === 'AWS/RDS' && MetricName === metrics.replicaLag) {
    const identifier = Dimensions?.find(({ Name }) => Name === 'DBInstanceIdentifier')?.Value ?? '';
    const replica = instanceIn(world, region, identifier);
    return replica && reportedLagSeconds(world, replica, ms + MINUTE / 2);
  }
  if (Namespace === 'AWS/ElastiCache') {
    const node = Dimensions?.find(({ Name }) => Name === 'CacheClusterId')?.Value ?? '';
    return cacheMetric(world, region, MetricName, node, ms + MINUTE / 2);
  }
  if (Namespace === 'AWS/Usage' && MetricName === 'ResourceCount') return vcpusIn(world, region, ms);
  if (Namespace !== metrics.namespace) return undefined;
  if (MetricName === metrics.errorRate) return periodOf(world, ms).errorRate;
  if (MetricName !== metrics.latency) return undefined;
  const average = stat?.Stat === 'Average';
  const slowdown = average ? periodOf(world, ms).slowdownMean : periodOf(world, ms).slowdown95;
  return slowdown === null ? undefined : (slowdown * world.durations.request(average ? 0.5 : 0.95)) / 1000;
}
