import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadDrill } from '../../src/drill/load.ts';
import { reportOf } from '../../src/report/model.ts';
import { vocabulary } from '../../src/runbook/vocabulary.ts';
import { at } from '../../src/simulator/timeline.ts';
import { scratch } from '../drill/files.ts';
import { changesMade, type Finished, rehearsed } from './drill.ts';

const folder = scratch();

const GLOBAL_ENDPOINT = 'aurora-mysql-global-endpoint';
const TWO_NAMES = 'aurora-two-names-and-cache';
const THREE_REGIONS = 'aurora-three-regions';
const ONE_NAME = 'aurora-behind-one-name';

/** A drill that ships, on one of the platforms of `test/platforms/`. */
function run(drill: string, platform: string, ...overrides: string[]): Promise<Finished> {
  const topology = resolve(`test/platforms/${platform}.yaml`);
  const text = readFileSync(`drills/${drill}.yaml`, 'utf8').replace('topologies/ecommerce-platform.yaml', topology);
  const path = folder.write(`${drill}-on-${platform}.yaml`, text);
  return rehearsed(loadDrill(path, { overrides, vocabulary }), overrides);
}

const reportOn = ({ entries }: Finished) => reportOf(entries, { journalHash: '' });
const resultOf = ({ of }: Finished, wanted: string) => of('step-ended').find(({ step }) => step === wanted);
const database = ({ anHourLater }: Finished) => anHourLater.state().aurora[0] as NonNullable<Aurora>;
type Aurora = ReturnType<Finished['anHourLater']['state']>['aurora'][0];

describe.each([
  [GLOBAL_ENDPOINT, 'multi-region-failover', 'parcels', 'parcels-west'],
  [GLOBAL_ENDPOINT, 'database-failure', 'parcels', 'parcels-west'],
  [GLOBAL_ENDPOINT, 'aurora-global-failover', 'parcels', 'parcels-east'],
  [GLOBAL_ENDPOINT, 'aurora-global-switchover', 'parcels', 'parcels-east'],
  [TWO_NAMES, 'multi-region-failover', 'records', 'clinic-records-dublin'],
  [TWO_NAMES, 'network-partition', 'records', 'clinic-records-london'],
  [TWO_NAMES, 'database-failure', 'records', 'clinic-records-dublin'],
  [TWO_NAMES, 'planned-switchover', 'records', 'clinic-records-dublin'],
  [TWO_NAMES, 'failback', 'records', 'clinic-records-london'],
  [THREE_REGIONS, 'multi-region-failover', 'scores', 'arcade-singapore'],
  [ONE_NAME, 'multi-region-failover', 'ledger', 'ledger-dublin'],
])('on %s', (platform, drill, store, writer) => {
  test(`${drill} passes, and measures what it took and lost`, async () => {
    const ended = await run(drill, platform, 'targets={ rto: 15 min, rpo: 1 min }');
    expect([ended.reason, ended.outcome]).toEqual(['every target was met', 'passed']);
    expect(ended.standing.auroraWriters).toEqual([writer]);
    const { recovery, losses } = reportOn(ended);
    expect(recovery.total).toMatchObject({ source: 'simulated' });
    expect(losses.find(({ of }) => of === store)?.loss).toMatchObject({ source: 'simulated' });
  });
});

describe('the old primary cluster', () => {
  const groups = (ended: Finished, name: string) => {
    const cluster = ended.world.state().aurora[0]?.clusters.find((one) => one.cluster === name);
    return at(cluster?.securityGroups ?? [], Number.POSITIVE_INFINITY);
  };

  test('leaves quarantine once it follows, with the groups that it had', async () => {
    const ended = await run('failback', TWO_NAMES);
    expect(groups(ended, 'clinic-records-london')).toEqual(['sg-0a000000000000001']);
  });

  test('is stopped by Aurora alone where the topology names no quarantine', async () => {
    const without =
      'topology.data.records.primary={ cluster: clinic-records-london, instances: [{ identifier: clinic-records-london-1, class: db.r6g.xlarge }] }';
    const ended = await run('database-failure', TWO_NAMES, without);
    expect(resultOf(ended, 'fence/records')).toMatchObject({ result: { how: 'by-aurora' } });
  });

  test('that a link cuts off is put into quarantine and restarted once the link is back', async () => {
    const ended = await run(
      'network-partition',
      TWO_NAMES,
      'simulation.partition.thirdSees=recovery',
      'targets.rto=6 min',
    );
    expect([ended.reason, ended.outcome]).toEqual(['every target was met', 'passed']);
    expect(database(ended).losses).toHaveLength(1);
    // The link is back, and so is the region that was cut off.
    expect(resultOf(ended, 'keep-out/records')).toMatchObject({ outcome: 'ok', result: { how: 'quarantined' } });
    expect(groups(ended, 'clinic-records-london')).toEqual(['sg-0a000000000000009']);
    expect(changesMade(ended, 'RebootDBInstance')).toBe(1);
  });
});

test('applications behind the global writer endpoint keep their address', async () => {
  const ended = await run('multi-region-failover', GLOBAL_ENDPOINT);
  const address = 'parcels-global.global-abc123.global.rds.amazonaws.com';
  expect(resultOf(ended, 'take-over/parcels')).toMatchObject({ result: { writer: 'parcels-west', address } });
  const before = ended.before.deployments.map(([, , , variable]) => variable);
  expect(new Set(before)).toEqual(new Set([address]));
  expect(ended.standing.deployments.map(([, , , variable]) => variable)).toEqual(before);
});

describe('in three regions', () => {
  test('the recovery cluster gets an instance before it takes over, and the third goes on following', async () => {
    const ended = await run('multi-region-failover', THREE_REGIONS);
    expect(resultOf(ended, 'take-over/scores/instance')).toMatchObject({ outcome: 'ok' });
    const clusters = database(ended).clusters.map(({ cluster, isWriter, follows }) => [
      cluster,
      at(isWriter, Number.POSITIVE_INFINITY),
      at(follows, Number.POSITIVE_INFINITY),
    ]);
    expect(clusters).toEqual([
      ['arcade-sydney', false, true],
      ['arcade-singapore', true, true],
      ['arcade-oregon', false, true],
    ]);
  });

  test('nobody takes over where the region has no room for that instance', async () => {
    const ended = await run('multi-region-failover', THREE_REGIONS, 'simulation.globalCluster.newInstance.fails=true');
    expect(ended.outcome).not.toBe('passed');
    expect(ended.reason).toContain('arcade-singapore-1 is insufficient-capacity');
    expect(changesMade(ended, 'FailoverGlobalCluster')).toBe(0);
    expect(ended.standing.auroraWriters).toEqual(['arcade-sydney']);
  });
});

describe('a drill finds out beforehand', () => {
  test('that the recovery cluster runs another version', async () => {
    const ended = await run('multi-region-failover', TWO_NAMES, 'simulation.globalCluster.recoveryVersion="15.4"');
    expect([ended.outcome, ended.reason]).toEqual([
      'rolled-back',
      'preflight: clinic-records-london runs version 16.6, clinic-records-dublin runs 15.4',
    ]);
  });

  test('that it runs another patch level: a failover goes on, and a switchover is refused', async () => {
    const other = 'simulation.globalCluster.recoveryVersion=8.0.mysql_aurora.3.08.1';
    const ended = await run('multi-region-failover', GLOBAL_ENDPOINT, other);
    expect(ended.outcome).toBe('passed');
    expect(ended.of('finding').map(({ what }) => what)).toContain(
      'parcels-east runs version 8.0.mysql_aurora.3.08.0, parcels-west runs 8.0.mysql_aurora.3.08.1',
    );
    const switched = await run('aurora-global-switchover', GLOBAL_ENDPOINT, other);
    expect([switched.outcome, switched.reason]).toEqual(['rolled-back', expect.stringContaining('3.08.1')]);
  });

  test('that there is no global writer endpoint', async () => {
    const ended = await run('multi-region-failover', GLOBAL_ENDPOINT, 'simulation.globalCluster.noGlobalEndpoint=true');
    expect(ended.reason).toBe('preflight: parcels-global has no global writer endpoint');
  });

  test('that the recovery cluster does not follow in step', async () => {
    const ended = await run('planned-switchover', TWO_NAMES, 'simulation.globalCluster.unsynchronized=10 min');
    expect([ended.outcome, ended.reason]).toEqual([
      'rolled-back',
      expect.stringMatching(/^preflight: clinic-records-dublin does not follow clinic-records-london/),
    ]);
  });
});

test('a switchover is asked for again while the clusters are not synchronized', async () => {
  const refused = 'simulation.globalCluster.refused=3';
  const ended = await run('planned-switchover', TWO_NAMES, refused);
  expect([ended.reason, ended.outcome]).toEqual(['every target was met', 'passed']);
  expect(changesMade(ended, 'SwitchoverGlobalCluster')).toBe(1);
});
