import * as z from 'zod';
import { duration, percentage } from '../../drill/quantities.ts';
import { type Metric, metricNeeds, newestValue } from '../cloudwatch/metric.ts';
import { takesWrites } from '../data/takes-writes.ts';
import { impairedSinceMs } from '../failure/impaired.ts';
import { databaseOf, given, side } from '../given.ts';
import { loginTo } from '../needs.ts';
import { arnOf } from '../rds/instance.ts';
import { fenceOf, fenceParams, warnUnlessQuarantined } from '../rds/quarantine.ts';
import { defineStep, type StepContext } from '../step.ts';
import { leverMustHold } from '../traffic/lever-holds.ts';
import { doorParams } from './customer.ts';
import { doorOf } from './door.ts';
import {
  checkStanding,
  fullSizeOf,
  standingCalls,
  standingNeeds,
  standingParams,
  standingPermissions,
} from './standing.ts';

const database = z.object({ region: z.string(), instance: z.string(), name: z.string() });
const params = z.object({
  door: doorParams,
  everyMs: z.number(),
  lastsMs: z.number(),
  errorRateMax: z.number(),
  p95MaxMs: z.number(),
  metrics: z.object({
    region: z.string(),
    namespace: z.string(),
    errorRate: z.string(),
    latency: z.string(),
    period: z.number(),
  }),
  oldWriter: database,
  newWriter: database,
  /** Null where the other side needs no quarantine, or is put into it later. */
  fence: fenceParams.nullable(),
  standing: standingParams,
});
type Params = z.output<typeof params>;

/** How long a metric may stay over its limit while the last customers' caches run out. */
const METRIC_PATIENCE_MS = 3 * 60_000;

/** Sees the recovery region serve: lasting success through the public door, error rate, latency, at full size, and one writer only. */
export const verifyService = defineStep<Params, { failed: string[] }>({
  kind: 'probe.verify-service',
  params,
  given: given(
    z.strictObject({
      lasts: duration.default(60_000),
      errorRate: percentage.default(0.001),
      p95: duration.default(2_000),
      writer: z.enum(['writer', 'replica']).default('replica').describe('Which instance must be the one that writes.'),
      capacity: side
        .optional()
        .describe('The region whose cluster must be at its full size; none is looked at, unless said.'),
    }),
    ({ lasts, errorRate, p95, writer, capacity }, around) => {
      const { topology, probe } = around;
      const old = writer === 'replica' ? 'writer' : 'replica';
      const named = (on: 'writer' | 'replica') => {
        const { region, instance, database: name } = databaseOf({ on }, around);
        return { region, instance, name };
      };
      return {
        door: doorOf(topology, probe ?? { timeout: 2_000 }),
        everyMs: probe?.every ?? 1_000,
        lastsMs: lasts,
        errorRateMax: errorRate,
        p95MaxMs: p95,
        metrics: { region: databaseOf({ on: writer }, around).region, ...topology.service.metrics },
        oldWriter: named(old),
        newWriter: named(writer),
        fence: fenceOf({ on: old }, around),
        standing: {
          region: named(writer).region,
          writer: named(writer).instance,
          multiAz: topology.database[writer].multiAz,
          follows: true,
          capacity: capacity ? fullSizeOf(capacity, topology) : null,
          alarms: topology.service.alarms,
        },
      };
    },
  ),
  needs: ({ metrics, oldWriter, newWriter, standing }) => [
    ...standingNeeds(standing),
    ...metricNeeds(metrics, 'verification'),
    ...[oldWriter, newWriter].map(({ region, instance, name }) =>
      loginTo({ region, instance, database: name }, 'proof'),
    ),
  ],
  plane: 'data',
  title: ({ lastsMs }) => `Verify ${lastsMs / 1000} s of unbroken service`,
  region: ({ metrics }) => metrics.region,
  calls: ['cloudwatch:GetMetricData', ...standingCalls],
  permissions: ({ oldWriter, standing }, account) => [
    { action: 'cloudwatch:GetMetricData', resource: '*' },
    { action: 'rds:DescribeDBInstances', resource: arnOf(oldWriter.region, account, oldWriter.instance) },
    ...standingPermissions(standing, account),
  ],
  command: ({ door }) => `curl -fsS ${door.url}  # and the error rate and latency in CloudWatch`,
  usuallyMs: ({ lastsMs }) => lastsMs + 30_000,
  observe: async () => ({ done: false, underway: true, state: null }),

  async settle(wanted, context) {
    const failed: string[] = [];
    const note = (check: string, ok: boolean, detail: string) => {
      if (!ok) failed.push(check);
      context.record({ type: 'check', check, layer: 'verification', critical: true, ok, detail });
    };
    const sinceMs = await lastingSuccess(wanted, context);
    note('lasting-success', true, `${wanted.lastsMs / 1000} s without a failed request`);

    const { metrics } = wanted;
    const errorRate = {
      region: metrics.region,
      namespace: metrics.namespace,
      name: metrics.errorRate,
      stat: 'Average' as const,
      periodMs: metrics.period,
    };
    const [share] = await Promise.all([
      belowLimit(errorRate, sinceMs, wanted.errorRateMax, context),
      ...(wanted.fence ? [warnUnlessQuarantined(wanted.fence, context)] : []),
    ]);
    note(
      'error-rate',
      share !== undefined && share <= wanted.errorRateMax,
      inWords(share, (value) => `${(value * 100).toFixed(3)} % of requests fail`),
    );
    const latency = { ...errorRate, name: metrics.latency, stat: 'p95' as const };
    const p95 = await belowLimit(latency, sinceMs, wanted.p95MaxMs / 1000, context);
    note(
      'latency',
      p95 !== undefined && p95 * 1000 <= wanted.p95MaxMs,
      inWords(p95, (value) => `p95 ${Math.round(value * 1000)} ms`),
    );

    await checkStanding(wanted.standing, note, context);
    leverMustHold(context);

    if (context.sql.withoutLogin) return { failed };
    // Side by side: a lost region lets each question wait.
    const [old, current] = await Promise.all(
      [wanted.oldWriter, wanted.newWriter].map((one) => takesWrites(one, context, { timeoutMs: 2_000 })),
    );
    const others = {
      true: 'and so does the old one',
      false: 'the old one does not',
      null: `of the old one ${old?.detail}`,
    };
    note(
      'single-writer',
      current?.takes === true && old?.takes === false,
      `${current?.takes ? 'the new writer takes writes' : 'the new writer takes no writes'}, ${others[`${old?.takes ?? null}`]}`,
    );
    return { failed };
  },
});

/**
 * Waits until the watched customer has been served for long enough without a break; gives when that stretch began.
 * A customer of its own, with fresh DNS caches, would be content before the one by whom the recovery time is measured. That he was
 * served before the failure counts for nothing, also where he never noticed it.
 */
async function lastingSuccess({ everyMs, lastsMs }: Params, context: StepContext): Promise<number> {
  const brokenMs = impairedSinceMs(context) ?? 0;
  for (;;) {
    leverMustHold(context);
    const visits = context.probed();
    const failedMs = visits.reduce((latest, { ok, at }) => (ok ? latest : Math.max(latest, at)), brokenMs);
    const first = visits.find(({ at }) => at > failedMs);
    const last = visits.at(-1);
    if (first && last && last.at - first.at >= lastsMs) return first.at;
    const earliestMs = first ? first.at + lastsMs - context.clock.nowMs() : 0;
    await context.clock.sleep(Math.max(everyMs, earliestMs), context.signal);
  }
}

async function belowLimit(
  metric: Metric,
  sinceMs: number,
  limit: number,
  context: StepContext,
): Promise<number | undefined> {
  const { clock, signal, record, step } = context;
  const { region, namespace, name, periodMs } = metric;
  const beganMs = clock.nowMs();
  const nextMs = Math.min(15_000, periodMs);
  for (let times = 1; ; times += 1) {
    leverMustHold(context);
    const value = await newestValue(metric, sinceMs, context);
    const waitedMs = clock.nowMs() - beganMs;
    if ((value !== undefined && value <= limit) || waitedMs >= METRIC_PATIENCE_MS) return value;
    // A value comes once its period is over.
    if (value === undefined && waitedMs > 2 * periodMs) {
      const what = `metric ${name} of ${namespace} in ${region}`;
      record({ type: 'look-failing', step, what, reason: 'no value was published', times, nextMs });
    }
    await clock.sleep(nextMs, signal);
  }
}

const inWords = (value: number | undefined, words: (value: number) => string): string =>
  value === undefined ? 'no value was published' : words(value);
