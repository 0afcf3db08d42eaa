import * as z from 'zod';
import type { ComponentBehind } from '../../drill/components.ts';
import type { Topology } from '../../drill/topology.ts';
import type { NeedOf } from '../needs.ts';
import type { StepContext } from '../step.ts';
import { type Metric, newestTogether, newestValue } from './metric.ts';

const own = z.object({
  region: z.string(),
  namespace: z.string(),
  errorRate: z.string(),
  latency: z.string(),
  period: z.number(),
});
const ofBalancer = z.object({ region: z.string(), loadBalancer: z.string(), period: z.number() });

/** The metrics behind a public name, where a region publishes them: the service's own, or its load balancer's; null where the topology names none. */
export const serviceMetrics = z.union([own, ofBalancer]).nullable();
export type ServiceMetrics = NonNullable<z.output<typeof serviceMetrics>>;

type Side = keyof Pick<Topology['regions'], 'primary' | 'recovery'>;

const BALANCERS = 'AWS/ApplicationELB';
const MINUTE = 60_000;

/** @param ownIn where the service's own metrics are read; a load balancer's are in its region alone. */
export function metricsIn(
  side: Side,
  traffic: Pick<ComponentBehind<'dns'>, 'service' | Side>,
  regions: Topology['regions'],
  ownIn: Side = side,
): ServiceMetrics | null {
  const { metrics } = traffic.service;
  if (!metrics) return null;
  if (!('from' in metrics)) return { region: regions[ownIn], ...metrics };
  const { loadBalancer = '' } = traffic[side];
  return { region: regions[side], loadBalancer, period: MINUTE };
}

type Purpose = NeedOf<'metric'>['for'];

/** What must be published now: of a load balancer nothing, unless customers come to it already. */
export const metricNeeds = (metrics: ServiceMetrics, purpose: Purpose): NeedOf<'metric'>[] =>
  'loadBalancer' in metrics ? [] : [errorRateNeed(metrics, purpose), latencyNeed(metrics, purpose)];

/** What tells the error rate where customers are now. */
export const errorRateNeed = (metrics: ServiceMetrics, purpose: Purpose): NeedOf<'metric'> =>
  needFor('loadBalancer' in metrics ? requestsOf(metrics, 'RequestCount') : errorRateOf(metrics), purpose);

/** What tells how long answers take where customers are now. */
export const latencyNeed = (metrics: ServiceMetrics, purpose: Purpose): NeedOf<'metric'> =>
  needFor(latencyOf(metrics), purpose);

const needFor = (metric: Metric, purpose: Purpose): NeedOf<'metric'> => ({ need: 'metric', ...metric, for: purpose });

const errorRateOf = ({ region, namespace, errorRate: name, period: periodMs }: z.output<typeof own>): Metric => ({
  region,
  namespace,
  name,
  stat: 'Average',
  periodMs,
});

/** In seconds. */
const latencyOf = (metrics: ServiceMetrics): Metric =>
  'loadBalancer' in metrics
    ? { ...requestsOf(metrics, 'TargetResponseTime'), stat: 'p95' }
    : { ...errorRateOf(metrics), name: metrics.latency, stat: 'p95' };

const requestsOf = ({ region, loadBalancer, period }: z.output<typeof ofBalancer>, name: string): Metric => ({
  region,
  namespace: BALANCERS,
  name,
  dimensions: { LoadBalancer: loadBalancer },
  stat: 'Sum',
  periodMs: period,
});

/** The newest share of requests that failed, of a whole period after `sinceMs`; nothing where there is none yet, or no request. */
export async function errorShare(
  metrics: ServiceMetrics,
  sinceMs: number,
  context: Pick<StepContext, 'aws' | 'clock'>,
): Promise<number | undefined> {
  if (!('loadBalancer' in metrics)) return newestValue(errorRateOf(metrics), sinceMs, context);
  const names = ['RequestCount', 'HTTPCode_Target_5XX_Count', 'HTTPCode_ELB_5XX_Count'];
  const asked = names.map((name) => requestsOf(metrics, name));
  // What did not happen is not published.
  const [requests = 0, ofTargets = 0, ofBalancer = 0] = await newestTogether(asked, sinceMs, context);
  // A request for which there was no target is not counted as one.
  const all = Math.max(requests, ofTargets + ofBalancer);
  return all === 0 ? undefined : (ofTargets + ofBalancer) / all;
}

/** The newest 95th percentile of the answers, in seconds. */
export const latency95 = (
  metrics: ServiceMetrics,
  sinceMs: number,
  context: Pick<StepContext, 'aws' | 'clock'>,
): Promise<number | undefined> => newestValue(latencyOf(metrics), sinceMs, context);

/** What is read of them, for people. */
export const metricName = (metrics: ServiceMetrics, which: 'errorRate' | 'latency'): string =>
  'loadBalancer' in metrics
    ? `${which === 'latency' ? 'TargetResponseTime' : 'RequestCount'} of ${metrics.loadBalancer} in ${metrics.region}`
    : `${metrics[which]} of ${metrics.namespace} in ${metrics.region}`;
