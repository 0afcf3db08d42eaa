import { describe, expect, test } from 'vitest';
import { vocabulary } from '../../src/runbook/vocabulary.ts';
import { mistakesOf } from '../drill/files.ts';
import { changesMade, finished } from './drill.ts';

const DRILL = 'multi-az-failover';
const AURORA = 'topology=test/platforms/aurora-mysql-global-endpoint.yaml';

const run = (...settings: string[]) => finished(DRILL, [AURORA, ...settings]);

describe('an Aurora cluster whose writer moves to another zone', () => {
  test('serves again from there, and no row is lost', async () => {
    const ended = await run();
    expect([ended.outcome, ended.reason]).toEqual(['passed', 'every target was met']);
    const checks = ended
      .of('check')
      .filter(({ check }) => ['zone-moved', 'standby-again', 'endpoint-moved'].includes(check));
    expect(Object.fromEntries(checks.map(({ check, detail }) => [check, detail]))).toMatchObject({
      'zone-moved': 'from ca-central-1a to ca-central-1b',
      'standby-again': 'a reader in ca-central-1a',
      'endpoint-moved': expect.stringMatching(/^parcels-east\.cluster-.* led to 10\.1\.1\.\d+ after/),
    });
    expect(ended.of('step-started').map(({ step }) => step)).toContain('fail-over/parcels');
  });

  test.each([
    ['takes too long', 'simulation.zoneFailover.takes=150 s', /^RTO missed by/],
    ['has an endpoint that turns too late', 'simulation.zoneFailover.dnsTakes=80 s', /endpoint-moved \(after 1 min/],
    ['stays where it is', 'simulation.zoneFailover.dropped=true', /zone-moved \(still in ca-central-1a/],
  ])('misses its target where it %s', async (_, setting, reason) => {
    const ended = await run(setting);
    expect([ended.outcome, ended.reason]).toEqual(['target-missed', expect.stringMatching(reason)]);
  });

  test('is asked for once, although its answer was lost', async () => {
    const ended = await run(
      'simulation.lostAnswers=[{ service: rds, operation: FailoverDBCluster }]',
      'targets.rto=10 min',
    );
    expect(ended.outcome).toBe('passed');
    expect(changesMade(ended, 'FailoverDBCluster')).toBe(1);
  });

  test('with one instance only does not fit, in one line', () => {
    const overrides = ['topology=test/platforms/aurora-two-names-and-cache.yaml'];
    expect(
      mistakesOf('drills/multi-az-failover.yaml', { overrides, vocabulary }).map(({ message }) => message),
    ).toEqual([
      'the topology clinic has no second instance of clinic-records-london (primary.instances), which this drill needs',
    ]);
  });
});
