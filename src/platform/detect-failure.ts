import * as z from 'zod';
import { regionDoorOf } from '../components/public-name/destination.ts';
import { doorOf, servicesOf } from '../components/public-name/door.ts';
import { componentsBehind } from '../drill/components.ts';
import { duration, percentage } from '../drill/quantities.ts';
import { inWords } from '../duration.ts';
import { DrillError } from '../errors.ts';
import { isAsked } from '../ports/sql.ts';
import { errorRateNeed, latencyNeed, metricsIn } from '../steps/cloudwatch/service.ts';
import { hasNoLogin } from '../steps/data/target.ts';
import { databaseOf, given, sqlStores } from '../steps/given.ts';
import { loginTo } from '../steps/needs.ts';
import { defineStep } from '../steps/step.ts';
import {
  doorCheck,
  errorRateCheck,
  lookAtErrorRate,
  lookAtResponseTime,
  type Name,
  nameLooks,
  noteNotMeasured,
  publicName,
  responseTimeCheck,
  SET_UP,
  serviceLook,
  troubleLook,
  troubleOf,
  type Writer,
  writer,
  writerCheck,
  writerLook,
} from './detection-looks.ts';

const params = z.object({
  everyMs: z.number(),
  failures: z.int(),
  timeoutMs: z.number(),
  names: z.array(publicName),
  writers: z.array(writer),
  errorRateMax: z.number(),
  p95MaxMs: z.number(),
  withinMs: z.number(),
  /** Set where nobody decides what was found: to find nothing is then a failure. */
  mustFind: z.boolean(),
});
type Params = z.output<typeof params>;

type Detected = {
  writerUnreachable: boolean;
  allCriticalFailed: boolean;
  errorRateSustained: boolean;
  responseTimeSustained: boolean;
  /** Services that are down, and how many of them are critical. */
  servicesDown: string[];
  criticalDown: number;
  /** Share of requests that failed, as the shop's metric said last. */
  errorShare: number | null;
};

/** From so many critical services down, and such a share of failed requests, people look at it (the handbook's figures). */
const REVIEWED = { criticalDown: 2, errorShare: 0.05 };

const notFound = ({ withinMs }: Params): DrillError =>
  new DrillError('nothing-detected', `No failure was detected within ${inWords(withinMs)}.`, {
    hint: 'See whether it was caused at all, and whether the checks would see it.',
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
      p95: duration.default(2_000),
      within: duration.default(480_000),
      mustFind: z
        .boolean()
        .default(true)
        .describe('true: the step fails if it detects no failure. false: a later rule decides.'),
    }),
    ({ every, failures, timeout, errorRate, p95, within, mustFind }, around) => ({
      everyMs: every,
      failures,
      withinMs: within,
      mustFind,
      timeoutMs: timeout,
      errorRateMax: errorRate,
      p95MaxMs: p95,
      names: componentsBehind('dns', around.topology).map((traffic) => ({
        door: doorOf(traffic, around.probe ?? { timeout }),
        primary: regionDoorOf(traffic.primary),
        services: servicesOf(traffic),
        metric: metricsIn('primary', traffic, around.topology.regions, 'recovery'),
      })),
      writers: sqlStores(around.topology).map(({ id, kind, login }) => {
        const asked = { ...around, of: id };
        const database = databaseOf({ on: 'writer' }, asked);
        const hasLogin = login !== undefined && isAsked(database.engine);
        return { ...database, kind, hasLogin, needs: hasLogin ? [] : [...(troubleOf({ kind })?.needs(asked) ?? [])] };
      }),
    }),
  ),
  needs: ({ names, writers }) => [
    ...writers.map((one) => loginTo(one, 'proof')),
    ...writers.flatMap((one) => one.needs),
    ...names.flatMap(({ metric }) =>
      metric ? [errorRateNeed(metric, 'detection'), latencyNeed(metric, 'detection')] : [],
    ),
  ],
  plane: 'data',
  title({ everyMs, failures, writers }) {
    const silent = writers.filter(({ engine }) => !isAsked(engine)).map(({ store }) => store);
    const not = silent.length === 0 ? '' : `; whether ${silent.join(', ')} takes writes is not measured`;
    return `Detect the failure: ${failures} failed checks in a row, every ${everyMs / 1000} s${not}`;
  },
  calls: ({ writers }) => [
    'cloudwatch:GetMetricData',
    ...new Set(toldByAws(writers).flatMap(({ trouble }) => trouble.calls)),
  ],
  permissions: ({ writers }, account) => [
    { action: 'cloudwatch:GetMetricData', resource: '*' },
    ...toldByAws(writers).flatMap(({ one, trouble }) => trouble.permissions(one, account)),
  ],
  command: ({ names }) => names.map(({ door }) => `curl -fsS ${door.url}`).join(' && ') || '# see what is down',
  doneWhen: () => 'The failure is seen: the request fails several times in a row.',
  usuallyMs: ({ everyMs, failures }) => everyMs * failures,
  // The metric is one look of several, and the others continue.
  patienceMs: 0,
  observe: async () => ({ done: false, underway: true, state: null }),

  async settle(wanted, context) {
    const { clock } = context;
    const { names, writers, failures } = wanted;
    const asked = writers.filter((one) => !hasNoLogin(one, context));
    const silent = writers.filter((one) => !asked.includes(one));
    for (const one of silent) noteNotMeasured(one, context);
    const troubles = silent.flatMap((one) => troubleLook(one, wanted, context));
    // What AWS says of a writer may be well while nobody is served: it is no check that has to fail.
    const checks = [
      ...asked.map((one) => writerLook(one, wanted, context)),
      ...names.flatMap((one) => nameLooks(one, wanted, context)),
    ];
    const services = names.flatMap((one) => one.services.map((service) => ({ ...service, primary: one.primary })));
    const streaks = new Map<string, number>();
    const lastMs = clock.nowMs() + wanted.withinMs;
    const metricDueMs = new Map(names.map((one) => [one, clock.nowMs() + (one.metric?.period ?? 0)]));
    const errorShares = new Map<Name, number>();
    const serviceDueMs = new Map<string, number>();
    for (;;) {
      const beganMs = clock.nowMs();
      const dueMs = beganMs + wanted.everyMs;
      const dueServices = services.filter((one) => beganMs >= (serviceDueMs.get(one.name) ?? 0));
      for (const { name: service, everyMs } of dueServices) serviceDueMs.set(service, beganMs + everyMs);
      await Promise.all(
        [...checks, ...troubles, ...dueServices.map((one) => serviceLook(one, wanted, context))].map(async (one) => {
          const { check, layer, critical, look } = one;
          const detail = await look();
          // A wrong login or certificate says nothing about the database, so it must not count as a failure.
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
      for (const one of names) {
        const { metric } = one;
        if (!metric || clock.nowMs() < (metricDueMs.get(one) ?? 0)) continue;
        const seen = await lookAtErrorRate(one, metric, wanted.errorRateMax, context);
        if (seen) {
          errorShares.set(one, seen.share);
          count(streaks, errorRateCheck(one), seen.ok);
        }
        const answered = await lookAtResponseTime(one, metric, wanted.p95MaxMs, context);
        if (answered) count(streaks, responseTimeCheck(one), answered.ok);
        metricDueMs.set(one, (metricDueMs.get(one) ?? 0) + metric.period);
      }
      const bad = (check: string, times: number) => (streaks.get(check) ?? 0) >= times;
      const sustained = (check: (of: Name) => string) =>
        names.some((one) => one.metric && bad(check(one), Math.ceil(METRIC_FAILS_FOR_MS / one.metric.period)));
      const detected = {
        writerUnreachable:
          asked.some(({ store }) => bad(writerCheck(store), failures)) ||
          troubles.some(({ check }) => bad(check, failures)),
        allCriticalFailed:
          checks.length > 0 &&
          checks.every(({ check }) => bad(check, failures)) &&
          services.every((one) => !one.critical || bad(one.name, one.failures)),
        errorRateSustained: sustained(errorRateCheck),
        responseTimeSustained: sustained(responseTimeCheck),
      };
      const down = services.filter((one) => bad(one.name, one.failures));
      const errorShare = errorShares.size === 0 ? null : Math.max(...errorShares.values());
      const seen = {
        servicesDown: down.map((one) => one.name),
        criticalDown: down.filter(({ critical }) => critical).length,
        errorShare,
      };
      const isForPeople =
        seen.criticalDown >= REVIEWED.criticalDown &&
        errorShare !== null &&
        errorShare >= REVIEWED.errorShare &&
        errorShare <= wanted.errorRateMax;
      // Where no rule decides, one critical service is a finding, or a name at which customers are not served.
      const isUnserved = names.some(({ door }) => bad(doorCheck(door.of), failures));
      const isSeen = wanted.mustFind && (seen.criticalDown > 0 || isUnserved);
      const isFound = isSeen || isForPeople || Object.values(detected).includes(true);
      if (!isFound && wanted.mustFind && clock.nowMs() >= lastMs) throw notFound(wanted);
      if (isFound || clock.nowMs() >= lastMs) return { ...detected, ...seen };
      await clock.sleep(Math.max(0, dueMs - clock.nowMs()), context.signal);
    }
  },
});

/** Writers that nobody can log in to, where AWS itself tells of their kind. */
const toldByAws = (writers: readonly Writer[]) =>
  writers.flatMap((one) => {
    const trouble = one.hasLogin ? undefined : troubleOf(one);
    return trouble ? [{ one, trouble }] : [];
  });

/** How many looks in a row have found it bad. */
const count = (streaks: Map<string, number>, check: string, ok: boolean) =>
  streaks.set(check, ok ? 0 : (streaks.get(check) ?? 0) + 1);
