import { expect, test } from 'vitest';
import { estimate } from '../../src/plan/estimate.ts';
import { stepsOf } from '../../src/plan/planned.ts';
import { FAILOVER, load, planFor, SNAPSHOT, stepIn } from './drills.ts';

/** The estimate, had one step another usual duration. */
function estimateWith(step: string, moreMs: number, path = FAILOVER) {
  const { drill, topology } = load(path);
  const plan = planFor(path);
  stepIn(plan, step).usuallyMs += moreMs;
  return estimate(drill, topology, plan.phases);
}

const path = (estimated: ReturnType<typeof estimate>) => estimated.criticalPath.map(({ step }) => step);

test('a slower step on the branch that decides moves the estimate by as much', () => {
  const { recoveryMs } = planFor(FAILOVER).estimate;
  expect(estimateWith('take-over/orders', 60_000).recoveryMs).toBe(recoveryMs + 60_000);
  expect(estimateWith('point/shop', 7_000).recoveryMs).toBe(recoveryMs + 7_000);
});

test('a slower step on another branch moves nothing until its slack is used up, and then decides', () => {
  const { recoveryMs, races } = planFor(FAILOVER).estimate;
  const slackMs = races[0]?.branches.find(({ branch }) => branch === 'shop')?.slackMs ?? 0;
  expect(races[0]?.decides).toBe('orders');
  expect(slackMs).toBeGreaterThan(0);
  expect(estimateWith('scale/shop/nodes', slackMs).recoveryMs).toBe(recoveryMs);
  const slower = estimateWith('scale/shop/nodes', slackMs + 10_000);
  expect(slower.recoveryMs).toBe(recoveryMs + 10_000);
  expect(slower.races[0]?.decides).toBe('shop');
  expect(path(slower)).toContain('scale/shop/nodes');
  expect(path(slower)).not.toContain('take-over/orders');
});

test('a failover counts from the failure until DNS caches have run out, and neither what is before nor after', () => {
  const { recoveryMs, criticalPath } = planFor(FAILOVER).estimate;
  expect(path(planFor(FAILOVER).estimate)).toEqual([
    'detect-failure',
    'validate-recovery',
    'fence/orders',
    'take-over/orders',
    'point/shop',
    'shift/public',
    null,
  ]);
  expect(recoveryMs).toBe(criticalPath.reduce((sum, { usuallyMs }) => sum + usuallyMs, 0));
  for (const outside of ['preflight', 'baseline/public', 'verify/public']) {
    expect(estimateWith(outside, 60_000).recoveryMs).toBe(recoveryMs);
  }
});

test('a longer TTL is waited for', () => {
  const { recoveryMs } = planFor(FAILOVER).estimate;
  expect(planFor(FAILOVER, 'topology.traffic.public.ttl=90 s').estimate.recoveryMs).toBe(recoveryMs + 60_000);
});

test('slower detection is waited for', () => {
  const { recoveryMs } = planFor(FAILOVER).estimate;
  expect(planFor(FAILOVER, 'detection.failures=6').estimate.recoveryMs).toBe(recoveryMs + 30_000);
});

test('a restore counts from the choice of the recovery point to the end of the checks, without caches', () => {
  const { recoveryMs } = planFor(SNAPSHOT).estimate;
  const steps = [
    'choose-recovery-point/orders',
    'count-source',
    'approve',
    'restore/orders',
    'wait-until-usable',
    'check-data',
    'count-heartbeats',
  ];
  expect(path(planFor(SNAPSHOT).estimate)).toEqual(steps);
  expect(estimateWith('delete-restored/orders', 60_000, SNAPSHOT).recoveryMs).toBe(recoveryMs);
  expect(estimateWith('restore/orders', 60_000, SNAPSHOT).recoveryMs).toBe(recoveryMs + 60_000);
});

test('each wait begins where the one before ends', () => {
  const { criticalPath, recoveryMs } = planFor(FAILOVER).estimate;
  const ends = criticalPath.map(({ afterMs, usuallyMs }) => afterMs + usuallyMs);
  expect(criticalPath.map(({ afterMs }) => afterMs)).toEqual([0, ...ends.slice(0, -1)]);
  expect(ends.at(-1)).toBe(recoveryMs);
});

test('what is missing to the target is below zero', () => {
  const { recoveryMs, rtoToSpareMs } = planFor(FAILOVER, 'targets.rto=3 min').estimate;
  expect(rtoToSpareMs).toBe(180_000 - recoveryMs);
  expect(rtoToSpareMs).toBeLessThan(0);
});

test('it is labelled as an estimate that is no measurement', () => {
  expect(planFor(FAILOVER).estimate.label).toMatch(/^estimate for planning.*never a measurement$/);
});

test('every step has a usual duration within its deadline', () => {
  for (const drill of [FAILOVER, SNAPSHOT]) {
    for (const { step, usuallyMs, deadlineMs } of stepsOf(planFor(drill).phases)) {
      expect(usuallyMs, step).toBeLessThan(deadlineMs);
    }
  }
});

test('customers who came home before the writer moves wait for the writer and its applications, and for nothing behind', () => {
  const { span, criticalPath, recoveryMs } = planFor('drills/failback.yaml').estimate;
  expect(span).toBe('from the phase switch to the end of the phase connect');
  expect(criticalPath.map(({ step }) => step)).toEqual(
    expect.arrayContaining(['take-over/orders/stop', 'take-over/orders/promote', 'take-over/orders/allow']),
  );
  expect(criticalPath.map(({ step }) => step?.split('/')[0])).not.toContain('follow-home');
  expect(recoveryMs).toBeGreaterThan(120_000);
});
