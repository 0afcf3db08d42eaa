import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock/virtual-clock.ts';
import { loadDrill, loadTopology } from '../../src/drill/load.ts';
import { simulationSchema } from '../../src/drill/simulation.ts';
import { reportOf } from '../../src/report/model.ts';
import { vocabulary } from '../../src/runbook/vocabulary.ts';
import { simulate } from '../../src/simulator/simulate.ts';
import { scratch } from '../drill/files.ts';
import { changesMade, type Finished, rehearsed } from './drill.ts';

const folder = scratch();

/** A drill that ships, on the platform whose load balancers have target groups. */
function run(drill: string, ...overrides: string[]): Promise<Finished> {
  const topology = resolve('test/platforms/load-balancers.yaml');
  const text = readFileSync(`drills/${drill}.yaml`, 'utf8').replace('topologies/ecommerce-platform.yaml', topology);
  const path = folder.write(`${drill}.yaml`, text);
  return rehearsed(loadDrill(path, { overrides, vocabulary }), overrides);
}

const orderOf = ({ of }: Finished): string[] =>
  of('step-ended').flatMap(({ step, outcome }) => (/^(shift|return)/.test(step) ? [`${step} ${outcome}`] : []));

const TOLD = 'unhealthy (Target.FailedHealthChecks: Health checks failed)';

/** From a time on when the preflight has passed. */
const FAILING = 'simulation.targets={ unhealthy: recovery, from: 3 min }';

describe('customers are shifted once each target group has a healthy target', () => {
  test('the wait is a step of its own, and the report says how many are healthy', async () => {
    const ended = await run('multi-region-failover');
    expect([ended.reason, ended.outcome]).toEqual(['every target was met', 'passed']);
    expect(orderOf(ended)).toEqual(['shift/store-name/targets ok', 'shift/store-name ok']);
    const { checks } = reportOf(ended.entries, { journalHash: '' });
    expect(checks).toContainEqual(
      expect.objectContaining({
        check: 'targets/store.example.org',
        ok: true,
        detail: '6 of 6 targets of storefront-east are healthy; 4 of 4 targets of basket-east are healthy',
      }),
    );
  });

  test('targets that fail are waited for, with the reason that AWS gives', async () => {
    const ended = await run('multi-region-failover', FAILING, 'simulation.targets.until=8 min');
    expect([ended.reason, ended.outcome]).toEqual([expect.stringContaining('RTO missed'), 'target-missed']);
    expect(ended.of('not-ready').find(({ step }) => step === 'shift/store-name/targets')?.reasons).toEqual([
      `0 of 6 targets of storefront-east are healthy: ${TOLD}`,
      `0 of 4 targets of basket-east are healthy: ${TOLD}`,
    ]);
    expect(orderOf(ended)).toEqual(['shift/store-name/targets ok', 'shift/store-name ok']);
  });

  test('without a healthy target nobody is moved, and the drill says why', async () => {
    const ended = await run('multi-region-failover', FAILING);
    expect(ended.reason).toBe('shift/store-name/targets: not done within 5 min');
    expect(ended.of('step-ended').find(({ step }) => step === 'shift/store-name/targets')?.error).toMatchObject({
      message: expect.stringContaining(`0 of 6 targets of storefront-east are healthy: ${TOLD}`),
    });
    expect(changesMade(ended, 'ChangeResourceRecordSets')).toBe(0);
  });

  test('targets that fail before the drill stop it before anything is changed', async () => {
    const ended = await run('multi-region-failover', 'simulation.targets.unhealthy=recovery');
    expect(ended.of('finding').find(({ subject }) => subject === 'basket-east')).toMatchObject({
      severity: 'blocker',
      what: `0 of 1 targets of basket-east are healthy: ${TOLD}`,
      fix: expect.stringContaining('aws elbv2 describe-target-health --region us-east-1'),
    });
    expect(ended.of('call').filter(({ operation }) => /^(Change|Modify|Update)/.test(operation))).toEqual([]);
  });

  test('a group without targets stops it, too', async () => {
    const ended = await run('multi-region-failover', 'simulation.targets.none=recovery');
    expect(ended.reason).toContain('preflight: the target group storefront-east has no targets');
  });

  test('where the standby runs nothing, that is a warning: the drill starts the pods, and waits for them', async () => {
    const cold = 'topology.compute.store.deployments=[{ name: storefront, replicas: 6, standby: 0, critical: true }]';
    const ended = await run('multi-region-failover', cold);
    expect(ended.of('finding').find(({ subject }) => subject === 'basket-east')).toMatchObject({
      severity: 'warning',
      what: 'the target group basket-east has no targets',
    });
    expect(orderOf(ended)).toEqual(['shift/store-name/targets ok', 'shift/store-name ok']);
  });

  test('a way back waits for the primary region, and each stage of a gradual shift for the sides that it sends customers to', async () => {
    const back = await run('failback');
    expect(back.outcome).toBe('passed');
    expect(orderOf(back)).toEqual(['return-100/store-name/primary-targets ok', 'return-100/store-name ok']);
    const gradual = await run('planned-switchover', 'topology.traffic.store-name.lever=weighted-records');
    expect(gradual.outcome).toBe('passed');
    expect(orderOf(gradual)).toEqual([
      ...[25, 50, 75].flatMap((share) => [
        `shift-${share}/store-name/targets ok`,
        `shift-${share}/store-name/primary-targets ok`,
        `shift-${share}/store-name ok`,
      ]),
      'shift-100/store-name/targets ok',
      'shift-100/store-name ok',
    ]);
  });
});

test('a name without metrics is verified by the watched customers alone, and the step says so', async () => {
  const ended = await run('multi-region-failover');
  expect(ended.of('step-started').find(({ kind }) => kind === 'probe.verify-service')?.title).toBe(
    'Verify 60 s of uninterrupted service at store.example.org, by the watched customers alone: no metrics',
  );
});

describe('an alias that evaluates its target', () => {
  const led = async (simulation: object): Promise<string[]> => {
    const clock = new VirtualClock(Date.UTC(2026, 10, 23, 9));
    const { ports } = simulate({
      topology: loadTopology('test/platforms/load-balancers.yaml'),
      simulation: simulationSchema.parse(simulation),
      seed: 1,
      clock,
    });
    const side = async () => {
      const [name, target] = await Promise.all(
        ['store.example.org', 'store-2.us-east-1.elb.amazonaws.com'].map((one) => ports.dns.authoritative(one)),
      );
      return name?.addresses.some((one) => target?.addresses.includes(one)) ? 'east' : 'west';
    };
    const story = async () => {
      const before = await side();
      await clock.sleep(90_000);
      const during = await side();
      await clock.sleep(60_000);
      return [before, during, await side()];
    };
    return clock.run(story());
  };

  test('is left by Route 53 while no target behind it is healthy', async () => {
    expect(await led({})).toEqual(['west', 'west', 'west']);
    const failing = { unhealthy: 'primary', from: '60 s', until: '120 s' };
    expect(await led({ targets: failing })).toEqual(['west', 'east', 'west']);
  });
});
