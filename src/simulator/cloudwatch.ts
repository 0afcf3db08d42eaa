import type { MetricDataQuery, MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { regionalArn } from '../arn.ts';
import type { Input } from '../aws/aws.ts';
import { type ComponentBehind, componentsBehind } from '../drill/components.ts';
import { tableMetric } from './dynamodb/metrics.ts';
import { vcpusOfTasks } from './ecs/service.ts';
import { balancerMetric } from './elastic-load-balancing/metrics.ts';
import { cacheMetric } from './elasticache/metrics.ts';
import { awsError } from './faults.ts';
import { clusterWith, globalLagMs } from './rds/global-database.ts';
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

  /** Metrics are accepted and not kept: nothing of the platform is measured with them. */
  PutMetricData(_world: World, _region: string, { Namespace, MetricData }: Input<'cloudwatch', 'PutMetricData'>) {
    if (!Namespace || !/^[^:][\w.\-/#: ]{0,254}$/.test(Namespace) || Namespace.startsWith('AWS/'))
      throw awsError('InvalidParameterValue', 'The value for parameter Namespace is invalid.');
    if (!MetricData?.length) throw awsError('MissingParameter', 'The parameter MetricData is required.');
    for (const { MetricName, Value, Dimensions } of MetricData) {
      if (!MetricName) throw awsError('MissingParameter', 'The parameter MetricData.member.1.MetricName is required.');
      if (Value !== undefined && !Number.isFinite(Value))
        throw awsError('InvalidParameterValue', 'The value for parameter MetricData.member.1.Value is invalid.');
      const isWrong = ({ Name = '', Value: text = '' }) => !isDimension(Name, 255) || !isDimension(text, 1_024);
      if ((Dimensions?.length ?? 0) > 30 || Dimensions?.some(isWrong))
        throw awsError('InvalidParameterValue', 'The value for parameter MetricData.member.1.Dimensions is invalid.');
    }
    return {};
  },

  DescribeAlarms(world: World, region: string, { AlarmNames }: Input<'cloudwatch', 'DescribeAlarms'>) {
    const there = measuredNames(world).filter(({ alarm }) => !AlarmNames || AlarmNames.includes(alarm));
    const alarms = [...new Set(there.map(({ alarm }) => alarm))];
    const stops = world.simulation.experiments
      .flatMap(({ stoppedByAlarm }) => stoppedByAlarm?.name ?? [])
      .filter((name) => !alarms.includes(name) && (AlarmNames?.includes(name) ?? true));
    return {
      MetricAlarms: [
        ...alarms.map((name) =>
          alarmOf(
            world,
            region,
            name,
            there.filter(({ alarm }) => alarm === name),
          ),
        ),
        // What stops an experiment does so when the simulation says, and is quiet before.
        ...[...new Set(stops)].map((name) => alarmOf(world, region, name, [])),
      ],
    };
  },
};

/** Names and values of dimensions are of ASCII, with something to see in them. */
const isDimension = (text: string, most: number): boolean =>
  text.length <= most && /^[\x20-\x7e]*[\x21-\x7e][\x20-\x7e]*$/.test(text);

type Name = ComponentBehind<'dns'>;

/** A public name with metrics, and the alarm on its error rate. */
interface Measured {
  name: Name;
  metrics: Extract<NonNullable<Name['service']['metrics']>, { namespace: string }>;
  alarm: string;
}

const measuredNames = ({ topology }: World): Measured[] =>
  componentsBehind('dns', topology).flatMap((name) => {
    const { metrics } = name.service;
    if (!metrics) return [];
    if ('from' in metrics) return name.service.alarms.map((alarm) => ({ name, metrics: OF_BALANCER, alarm }));
    return [{ name, metrics, alarm: `${metrics.namespace.toLowerCase().replaceAll('/', '-')}-error-rate` }];
  });

/** Alarms on what a load balancer counts are those that the topology names. */
const OF_BALANCER = {
  namespace: 'AWS/ApplicationELB',
  errorRate: 'HTTPCode_Target_5XX_Count',
  latency: '',
  period: MINUTE,
};

function alarmOf(world: World, region: string, AlarmName: string, names: Measured[]) {
  const isOver = ({ name, metrics: { period } }: Measured): boolean => {
    const fromMs = Math.floor((world.clock.nowMs() - world.durations.metricDelay) / period) * period - period;
    return periodOf(world, name, fromMs).errorRate > 0.01;
  };
  return {
    AlarmName,
    AlarmArn: regionalArn({
      service: 'cloudwatch',
      region,
      account: world.topology.account,
      resource: `alarm:${AlarmName}`,
    }),
    Namespace: names[0]?.metrics.namespace,
    MetricName: names[0]?.metrics.errorRate,
    Threshold: 0.01,
    ComparisonOperator: 'GreaterThanThreshold' as const,
    StateValue: names.some(isOver) ? ('ALARM' as const) : ('OK' as const),
  };
}

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
    const sum = values.reduce((all, value) => all + value, 0);
    Values.unshift(MetricStat?.Stat === 'Sum' ? sum : sum / values.length);
  }
  return { Id, Label: MetricStat?.Metric?.MetricName, StatusCode: 'Complete', Timestamps, Values };
}

/** RDS publishes once a minute, a service as often as the topology says. */
const publishedEveryMs = (world: World, stat: MetricDataQuery['MetricStat']): number =>
  namesWith(world, stat)[0]?.metrics.period ?? MINUTE;

/** The names whose metric is asked for. */
const namesWith = (world: World, stat: MetricDataQuery['MetricStat']): Measured[] =>
  measuredNames(world).filter(
    ({ metrics }) =>
      metrics !== OF_BALANCER &&
      metrics.namespace === stat?.Metric?.Namespace &&
      [metrics.errorRate, metrics.latency].includes(stat.Metric.MetricName ?? ''),
  );

/** A metric's value for the period that begins at `ms`; `undefined` where nobody published one. */
function published(world: World, region: string, stat: MetricDataQuery['MetricStat'], ms: number): number | undefined {
  const { Namespace, MetricName, Dimensions } = stat?.Metric ?? {};
  if (Namespace === 'AWS/RDS' && MetricName === 'ReplicaLag') {
    const identifier = Dimensions?.find(({ Name }) => Name === 'DBInstanceIdentifier')?.Value ?? '';
    const replica = instanceIn(world, region, identifier);
    return replica && reportedLagSeconds(world, replica, ms + MINUTE / 2);
  }
  if (Namespace === 'AWS/RDS' && MetricName === 'AuroraGlobalDBReplicationLag') {
    const identifier = Dimensions?.find(({ Name }) => Name === 'DBClusterIdentifier')?.Value ?? '';
    const found = clusterWith(world, region, identifier);
    return found && globalLagMs(world, found, ms + MINUTE / 2);
  }
  if (Namespace === 'AWS/DynamoDB') {
    const dimension = (name: string) => Dimensions?.find(({ Name }) => Name === name)?.Value ?? '';
    const asked = { table: dimension('TableName'), to: dimension('ReceivingRegion') };
    return tableMetric(world, region, MetricName, asked, ms + MINUTE / 2);
  }
  if (Namespace === 'AWS/ElastiCache') {
    const node = Dimensions?.find(({ Name }) => Name === 'CacheClusterId')?.Value ?? '';
    return cacheMetric(world, region, MetricName, node, ms + MINUTE / 2);
  }
  if (Namespace === 'AWS/ApplicationELB') {
    const balancer = Dimensions?.find(({ Name }) => Name === 'LoadBalancer')?.Value ?? '';
    return balancerMetric(world, region, MetricName, balancer, ms);
  }
  if (Namespace === 'AWS/Usage' && MetricName === 'ResourceCount') {
    const isFargate = Dimensions?.some(({ Value }) => Value === 'Fargate');
    return isFargate ? vcpusOfTasks(world, region, ms) : vcpusIn(world, region, ms);
  }
  const values = namesWith(world, stat)
    .map(({ name, metrics }) => metricOf(world, name, MetricName === metrics.errorRate, stat?.Stat, ms))
    .filter((value) => value !== undefined);
  // Names that share a metric are as bad as the worst of them.
  return values.length === 0 ? undefined : Math.max(...values);
}

function metricOf(
  world: World,
  name: Name,
  ofErrors: boolean,
  stat: string | undefined,
  ms: number,
): number | undefined {
  const { errorRate, slowdownMean, slowdown95 } = periodOf(world, name, ms);
  if (ofErrors) return errorRate;
  const isAverage = stat === 'Average';
  const slowdown = isAverage ? slowdownMean : slowdown95;
  return slowdown === null ? undefined : (slowdown * world.durations.request(isAverage ? 0.5 : 0.95)) / 1000;
}
