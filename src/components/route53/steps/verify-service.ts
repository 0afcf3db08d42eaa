import * as z from 'zod';
import { regionalArn } from '../../../arn.ts';
import { listOf } from '../../../aws/pages.ts';
import { duration, percentage } from '../../../drill/quantities.ts';
import type { ProbeResult } from '../../../journal/events.ts';
import {
  errorShare,
  latency95,
  metricName,
  metricNeeds,
  metricsIn,
  type ServiceMetrics,
  serviceMetrics,
} from '../../../steps/cloudwatch/service.ts';
import { recoveryCountsFromMs } from '../../../steps/failure/impaired.ts';
import { component, given, side } from '../../../steps/given.ts';
import { atRest, type Note, verifying } from '../../../steps/standing.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { doorParams } from '../../public-name/customer.ts';
import { doorOf } from '../../public-name/door.ts';
import { leverMustHold } from '../../public-name/lever-holds.ts';

const params = z.object({
  door: doorParams,
  region: z.string(),
  everyMs: z.number(),
  lastsMs: z.number(),
  errorRateMax: z.number(),
  p95MaxMs: z.number(),
  metrics: serviceMetrics,
  alarms: z.array(z.string()),
});
type Params = z.output<typeof params>;

/** How long customers who are not served are waited for once others are; twice the TTL, where that is longer. */
const LAST_CUSTOMERS_PATIENCE_MS = 2 * 60_000;

/** How long a metric may stay over its limit while the last customers' caches run out. */
const METRIC_PATIENCE_MS = 3 * 60_000;

/** Sees a region serve a public name: lasting success, error rate, latency, and no alarm. */
export const verifyService = defineStep<Params, { failed: string[] }>({
  kind: 'probe.verify-service',
  seesCustomersServed: true,
  params,
  given: given(
    z.strictObject({
      in: side.default('recovery').describe('The side that must serve.'),
      lasts: duration.default(60_000),
      errorRate: percentage.default(0.001),
      p95: duration.default(2_000),
    }),
    ({ in: where, lasts, errorRate, p95 }, around) => {
      const { probe } = around;
      const traffic = component('route53', around);
      const region = around.topology.regions[where];
      return {
        door: doorOf(traffic, probe ?? { timeout: 2_000 }),
        region,
        everyMs: probe?.every ?? 1_000,
        lastsMs: lasts,
        errorRateMax: errorRate,
        p95MaxMs: p95,
        metrics: metricsIn(where, traffic, around.topology.regions),
        alarms: traffic.service.alarms,
      };
    },
  ),
  needs: ({ region, metrics, alarms }) => [
    ...(metrics ? metricNeeds(metrics, 'verification') : []),
    ...alarms.map((name) => ({ need: 'alarm' as const, region, name, for: 'verification' as const })),
  ],
  plane: 'data',
  title: ({ door, lastsMs, metrics }) =>
    `Verify ${lastsMs / 1000} s of uninterrupted service at ${door.name}${metrics ? '' : ', by the watched customers alone: no metrics'}`,
  region: ({ region }) => region,
  calls: ['cloudwatch:GetMetricData', 'cloudwatch:DescribeAlarms'],
  permissions: ({ region, alarms }, account) => [
    { action: 'cloudwatch:GetMetricData', resource: '*' },
    ...alarms.map((name) => ({
      action: 'cloudwatch:DescribeAlarms',
      resource: regionalArn({ service: 'cloudwatch', region, account, resource: `alarm:${name}` }),
    })),
  ],
  command: ({ door }) => `curl -fsS ${door.url}`,
  doneWhen: () => 'Customers are served without an error for the whole time.',
  usuallyMs: ({ lastsMs }) => lastsMs + 30_000,
  observe: async () => ({ done: false, underway: true, state: null }),

  async settle(wanted, context) {
    const { note, failed } = verifying(context);
    const { sinceMs, customers, unserved } = await lastingSuccess(wanted, context);
    const lasted = `${wanted.lastsMs / 1000} s without a failed request`;
    note(
      'lasting-success',
      unserved === 0,
      unserved === 0 ? lasted : `${customers - unserved} of ${customers} customers had ${lasted}, the others did not`,
    );
    if (wanted.metrics) await withinLimits(wanted.metrics, wanted, sinceMs, note, context);
    else servedWithinLimits(wanted, sinceMs, note, context);
    const { alarms, region } = wanted;
    if (alarms.length > 0) {
      const loud = await atRest(() => loudAmong(alarms, region, context), context);
      note('alarms-quiet', loud.length === 0, loud.join('; ') || `${alarms.join(', ')}: no alarm`);
    }
    leverMustHold(context);
    return { failed };
  },
});

/** Error rate and latency as the service's own metrics tell them. */
async function withinLimits(
  metrics: NonNullable<Params['metrics']>,
  { errorRateMax, p95MaxMs }: Params,
  sinceMs: number,
  note: Note,
  context: StepContext,
): Promise<void> {
  const share = await belowLimit('errorRate', metrics, sinceMs, errorRateMax, context);
  note(
    'error-rate',
    share !== undefined && share <= errorRateMax,
    inWords(share, (value) => `${(value * 100).toFixed(3)} % of requests fail`),
  );
  const p95 = await belowLimit('latency', metrics, sinceMs, p95MaxMs / 1000, context);
  note(
    'latency',
    p95 !== undefined && p95 * 1000 <= p95MaxMs,
    inWords(p95, (value) => `p95 ${Math.round(value * 1000)} ms`),
  );
}

/** Where the topology names no metrics, the watched customers' own answers have to do. */
function servedWithinLimits(
  { door, errorRateMax, p95MaxMs }: Params,
  sinceMs: number,
  note: Note,
  { probed }: StepContext,
): void {
  const visits = probed(door.of).filter(({ at }) => at >= sinceMs);
  const failed = visits.filter(({ ok }) => !ok).length / Math.max(1, visits.length);
  note(
    'error-rate',
    failed <= errorRateMax,
    `${(failed * 100).toFixed(3)} % of the watched customers' requests fail; the topology names no metrics`,
  );
  const answered = visits.flatMap(({ ok, latencyMs }) => (ok ? latencyMs : [])).sort((a, b) => a - b);
  const p95Ms = answered[Math.ceil(answered.length * 0.95) - 1] ?? Number.POSITIVE_INFINITY;
  note('latency', p95Ms <= p95MaxMs, `p95 ${Math.round(p95Ms)} ms of the watched customers' requests`);
}

interface Lasting {
  /** When the last of the stretches began. */
  sinceMs: number;
  customers: number;
  /** How many customers were not served for long enough. */
  unserved: number;
}

/**
 * Waits until every watched customer has been served for long enough without a break. Customers of its own, with fresh DNS caches, would be
 * content before those by whom the recovery time is measured. That they were served before the failure counts for nothing, also where they
 * never noticed it. Once one of them has been served for long enough, the others are not waited for without end: their resolvers may keep
 * an old answer for good.
 */
async function lastingSuccess({ door, everyMs, lastsMs }: Params, context: StepContext): Promise<Lasting> {
  const { clock, signal } = context;
  const brokenMs = recoveryCountsFromMs(context) ?? 0;
  const beganMs = clock.nowMs();
  let firstLastedMs: number | undefined;
  for (;;) {
    leverMustHold(context);
    const visits = context.probed(door.of);
    const stretches = unbrokenIn(visits, brokenMs);
    // Results come in batches. Until one arrives that was sent after this step began, the newest failures may still be missing.
    const lasted = stretches.filter(
      ({ fromMs, toMs }) => fromMs !== undefined && toMs >= beganMs && toMs - fromMs >= lastsMs,
    );
    const customers = stretches.length;
    const unserved = customers - lasted.length;
    if (lasted.length > 0) firstLastedMs ??= clock.nowMs();
    const patienceMs = Math.max(LAST_CUSTOMERS_PATIENCE_MS, 2 * longestTtlMs(visits));
    const isOver = firstLastedMs !== undefined && clock.nowMs() - firstLastedMs >= patienceMs;
    if (customers > 0 && (unserved === 0 || (isOver && lasted.length > 0)))
      return { sinceMs: Math.max(...lasted.map(({ fromMs = 0 }) => fromMs)), customers, unserved };
    // Before the first of them can have been served for long enough, there is nothing to see.
    const firstMs = Math.min(...stretches.map(({ fromMs = Number.POSITIVE_INFINITY }) => fromMs));
    const soonestMs = Number.isFinite(firstMs) ? firstMs + lastsMs - clock.nowMs() : 0;
    await clock.sleep(Math.max(everyMs, soonestMs), signal);
  }
}

/** The unbroken success of each customer up to its last request; `fromMs` is undefined if that one failed. */
function unbrokenIn(visits: readonly ProbeResult[], brokenMs: number): { fromMs: number | undefined; toMs: number }[] {
  const all = new Map<number, { fromMs: number | undefined; toMs: number }>();
  for (const { customer = 0, ok, at } of visits) {
    const known = all.get(customer) ?? { fromMs: undefined, toMs: at };
    all.set(customer, known);
    known.toMs = Math.max(known.toMs, at);
    if (ok && at > brokenMs) known.fromMs ??= at;
    else if (!ok && (known.fromMs === undefined || at > known.fromMs)) known.fromMs = undefined;
  }
  return [...all.values()];
}

const longestTtlMs = (visits: readonly ProbeResult[]): number =>
  visits.reduce((longest, { answer }) => Math.max(longest, answer?.ttlMs ?? 0), 0);

async function belowLimit(
  which: 'errorRate' | 'latency',
  metrics: ServiceMetrics,
  sinceMs: number,
  limit: number,
  context: StepContext,
): Promise<number | undefined> {
  const { clock, signal, record, step } = context;
  const { period: periodMs } = metrics;
  const read = which === 'latency' ? latency95 : errorShare;
  const beganMs = clock.nowMs();
  const nextMs = Math.min(15_000, periodMs);
  for (let times = 1; ; times += 1) {
    leverMustHold(context);
    const value = await read(metrics, sinceMs, context);
    const waitedMs = clock.nowMs() - beganMs;
    if ((value !== undefined && value <= limit) || waitedMs >= METRIC_PATIENCE_MS) return value;
    // A value comes once its period is over.
    if (value === undefined && waitedMs > 2 * periodMs) {
      const what = `metric ${metricName(metrics, which)}`;
      record({ type: 'look-failing', step, what, reason: 'no value was published', times, nextMs });
    }
    await clock.sleep(nextMs, signal);
  }
}

const inWords = (value: number | undefined, words: (value: number) => string): string =>
  value === undefined ? 'no value was published' : words(value);

async function loudAmong(names: string[], region: string, { aws }: StepContext): Promise<string[]> {
  const alarms = await listOf(aws, 'cloudwatch', region, 'DescribeAlarms', 'MetricAlarms', { AlarmNames: names });
  return names.flatMap((name) => {
    const alarm = alarms.find(({ AlarmName }) => AlarmName === name);
    if (!alarm) return [`there is no alarm ${name} in ${region}`];
    return alarm.StateValue === 'ALARM' ? [`${name} is in alarm`] : [];
  });
}
