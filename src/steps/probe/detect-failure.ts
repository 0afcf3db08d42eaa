import * as z from 'zod';
import { duration, percentage } from '../../drill/quantities.ts';
import { type Destination, regionDoorOf } from '../../drill/traffic.ts';
import { inWords } from '../../duration.ts';
import { DrillError, isPassing } from '../../errors.ts';
import { metricNeed, newestValue } from '../cloudwatch/metric.ts';
import { isStandby } from '../data/heartbeat.ts';
import { databaseOf, given } from '../given.ts';
import { loginTo } from '../needs.ts';
import { addressToAsk, destinationParams } from '../route53/answer.ts';
import { defineStep, type StepContext } from '../step.ts';
import { Customer, doorParams } from './customer.ts';
import { doorOf, servicesOf } from './door.ts';

const params = z.object({
  everyMs: z.number(),
  failures: z.int(),
  timeoutMs: z.number(),
  door: doorParams,
  primary: z.object({ region: z.string(), door: destinationParams, instance: z.string(), database: z.string() }),
  services: z.array(
    z.object({ name: z.string(), url: z.string(), everyMs: z.number(), failures: z.int(), critical: z.boolean() }),
  ),
  metric: z.object({ region: z.string(), namespace: z.string(), errorRate: z.string(), period: z.number() }),
  errorRateMax: z.number(),
  withinMs: z.number(),
  /** Set where nobody decides upon what was found: to find nothing is then a failure. */
  mustFind: z.boolean().default(false),
});
type Params = z.output<typeof params>;

type Detected = {
  writerUnreachable: boolean;
  allCriticalFailed: boolean;
  errorRateSustained: boolean;
  /** Services that are down, and how many of them are critical. */
  servicesDown: string[];
  criticalDown: number;
  /** Share of requests that failed, as the shop's metric said last. */
  errorShare: number | null;
};

/** From so many critical services down, and such a share of failed requests, people look at it (the handbook's figures). */
const REVIEWED = { criticalDown: 2, errorShare: 0.05 };

/** Errors of the set-up, by name. */
const SET_UP = ['LoginFailed', 'LoginRefused', 'TlsFailed', 'DrillError'];

const WRITER_CHECK = 'database-writer';

const notFound = ({ withinMs }: Params): DrillError =>
  new DrillError('nothing-detected', `No failure was detected within ${inWords(withinMs)}.`, {
    hint: 'See whether it was brought about at all, and whether the checks would see it.',
  });

/** Five bad minutes in a row count (the handbook's figure), however often the metric comes. */
const METRIC_FAILS_FOR_MS = 5 * 60_000;

/** Looks at the layers of the system until enough looks in a row have failed to call it a failure, or nothing has been found in time. */
export const detectFailure = defineStep<Params, Detected>({
  kind: 'probe.detect-failure',
  params,
  given: given(
    z.strictObject({
      every: duration.default(10_000),
      failures: z.int().positive().default(3),
      timeout: duration.default(5_000),
      errorRate: percentage.default(0.1),
      within: duration.default(480_000),
    }),
    ({ every, failures, timeout, errorRate, within }, around) => ({
      everyMs: every,
      failures,
      withinMs: within,
      mustFind: true,
      timeoutMs: timeout,
      errorRateMax: errorRate,
      door: doorOf(around.topology, around.probe ?? { timeout }),
      services: servicesOf(around.topology),
      primary: { ...databaseOf({ on: 'writer' }, around), door: regionDoorOf(around.topology.traffic.primary) },
      metric: { region: around.topology.regions.recovery, ...around.topology.service.metrics },
    }),
  ),
  needs: ({ primary, metric }) => [
    loginTo(primary, 'proof'),
    metricNeed({ ...metric, name: metric.errorRate, stat: 'Average' }, 'detection'),
  ],
  plane: 'data',
  title: ({ everyMs, failures }) => `Detect the failure: ${failures} failed checks in a row, every ${everyMs / 1000} s`,
  calls: ['cloudwatch:GetMetricData'],
  permissions: () => [{ action: 'cloudwatch:GetMetricData', resource: '*' }],
  command: ({ door }) => `curl -fsS ${door.url}`,
  usuallyMs: ({ everyMs, failures }) => everyMs * failures,
  // The metric is one look of several, and the others go on.
  patienceMs: 0,
  observe: async () => ({ done: false, underway: true, state: null }),

  async settle(wanted, context) {
    const { sql } = context;
    const checks = checksOf(wanted, context).filter(({ check }) => !(check === WRITER_CHECK && sql.withoutLogin));
    const streaks = new Map<string, number>();
    const lastMs = context.clock.nowMs() + wanted.withinMs;
    let metricDueMs = context.clock.nowMs() + wanted.metric.period;
    let errorShare: number | null = null;
    const serviceDueMs = new Map<string, number>();
    for (;;) {
      const beganMs = context.clock.nowMs();
      const dueMs = beganMs + wanted.everyMs;
      const dueServices = wanted.services.filter(({ name }) => beganMs >= (serviceDueMs.get(name) ?? 0));
      for (const { name, everyMs } of dueServices) serviceDueMs.set(name, beganMs + everyMs);
      await Promise.all(
        [...checks, ...dueServices.map((one) => serviceCheck(one, wanted, context))].map(async (one) => {
          const { check, layer, critical, look } = one;
          const detail = await look();
          // A wrong login or certificate says nothing of what was asked: it must not pass for a failure.
          if (!SET_UP.includes(detail ?? '')) count(streaks, check, detail === undefined);
          context.record({
            type: 'check',
            check,
            layer,
            critical,
            ok: detail === undefined,
            detail: detail ?? 'answers',
          });
        }),
      );
      if (context.clock.nowMs() >= metricDueMs) {
        errorShare = (await lookAtErrorRate(wanted, context, streaks)) ?? errorShare;
        metricDueMs += wanted.metric.period;
      }
      const bad = (check: string, times: number) => (streaks.get(check) ?? 0) >= times;
      const detected = {
        writerUnreachable: bad(WRITER_CHECK, wanted.failures),
        allCriticalFailed:
          checks.every(({ check }) => bad(check, wanted.failures)) &&
          wanted.services.every(({ name, failures, critical }) => !critical || bad(name, failures)),
        errorRateSustained: bad('error-rate', Math.ceil(METRIC_FAILS_FOR_MS / wanted.metric.period)),
      };
      const down = wanted.services.filter(({ name, failures }) => bad(name, failures));
      const seen = {
        servicesDown: down.map(({ name }) => name),
        criticalDown: down.filter(({ critical }) => critical).length,
        errorShare,
      };
      const isForPeople =
        seen.criticalDown >= REVIEWED.criticalDown &&
        errorShare !== null &&
        errorShare >= REVIEWED.errorShare &&
        errorShare <= wanted.errorRateMax;
      const isFound = isForPeople || Object.values(detected).includes(true);
      if (!isFound && wanted.mustFind && context.clock.nowMs() >= lastMs) throw notFound(wanted);
      if (isFound || context.clock.nowMs() >= lastMs) return { ...detected, ...seen };
      await context.clock.sleep(Math.max(0, dueMs - context.clock.nowMs()), context.signal);
    }
  },
});

/** Each look gives nothing when all is well, and otherwise what is wrong. */
function checksOf({ primary, door, timeoutMs }: Params, context: StepContext) {
  const { sql, signal } = context;
  const customer = new Customer({ ...door, timeoutMs }, context);
  return [
    {
      check: WRITER_CHECK,
      layer: 'infrastructure' as const,
      critical: true,
      look: () =>
        wrong(signal, async () => {
          await sql.query({ region: primary.region, instance: primary.instance, name: primary.database }, isStandby, {
            timeoutMs,
            signal,
          });
          return undefined;
        }),
    },
    {
      check: 'primary-region',
      layer: 'infrastructure' as const,
      critical: true,
      look: () => answering(door.url, primary.door, timeoutMs, context),
    },
    {
      check: 'public-door',
      layer: 'service' as const,
      critical: true,
      look: async () => {
        const visit = await customer.visit();
        return visit.ok ? undefined : visit.reason;
      },
    },
  ];
}

/** One of the services behind the door, asked in the primary region itself. */
const serviceCheck = (
  { name, url, critical }: Params['services'][number],
  { primary, timeoutMs }: Params,
  context: StepContext,
) => ({
  check: name,
  layer: 'service' as const,
  critical,
  look: () => answering(url, primary.door, timeoutMs, context),
});

const answering = (url: string, door: Destination, timeoutMs: number, { http, dns, signal }: StepContext) =>
  wrong(signal, async () => {
    const address = await addressToAsk(door, { dns, signal });
    const { status } = await http.request({ method: 'GET', url, address, timeoutMs }, signal);
    return status < 500 ? undefined : `status ${status}`;
  });

async function wrong(signal: AbortSignal, look: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await look();
  } catch (error) {
    signal.throwIfAborted();
    return error instanceof Error ? error.name : String(error);
  }
}

async function lookAtErrorRate({ metric, errorRateMax }: Params, context: StepContext, streaks: Map<string, number>) {
  const { region, namespace, errorRate, period: periodMs } = metric;
  const since = context.clock.nowMs() - 2 * periodMs;
  const metricNow = { region, namespace, name: errorRate, stat: 'Average' as const, periodMs };
  const share = await newestValue(metricNow, since, context).catch((error: unknown) => {
    context.signal.throwIfAborted();
    if (isPassing(error)) return undefined;
    throw error;
  });
  if (share === undefined) return undefined;
  const ok = share <= errorRateMax;
  count(streaks, 'error-rate', ok);
  const detail = `${(share * 100).toFixed(2)} % of requests fail`;
  context.record({ type: 'check', check: 'error-rate', layer: 'business', critical: false, ok, detail });
  return share;
}

const count = (streaks: Map<string, number>, check: string, ok: boolean) =>
  streaks.set(check, ok ? 0 : (streaks.get(check) ?? 0) + 1);
