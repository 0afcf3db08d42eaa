import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadDrill } from '../../src/drill/load.ts';
import type { Ports } from '../../src/ports/ports.ts';
import { standingWords } from '../../src/report/component-figures.ts';
import { reportOf } from '../../src/report/model.ts';
import { vocabulary } from '../../src/runbook/vocabulary.ts';
import { scratch } from '../drill/files.ts';
import { changesMade, FAILOVER, type Finished, finished, PRIMARY, rehearsed, WHOLE } from './drill.ts';
import { type Account, rehearsedIn } from './prepared-account.ts';

const folder = scratch();

/** A drill that ships, on one of the platforms of `test/platforms/`. */
function drillOn(drill: string, platform: string): { path: string } {
  const topology = resolve(`test/platforms/${platform}.yaml`);
  const text = readFileSync(`drills/${drill}.yaml`, 'utf8').replace('topologies/ecommerce-platform.yaml', topology);
  return { path: folder.write(`${drill}-on-${platform}.yaml`, text) };
}

function run(drill: string, platform: string, ...overrides: string[]): Promise<Finished> {
  const { path } = drillOn(drill, platform);
  return rehearsed(loadDrill(path, { overrides, vocabulary }), overrides);
}

const reportOn = ({ entries }: Finished) => reportOf(entries, { journalHash: '' });
const started = ({ of }: Finished, store: string) =>
  of('step-started').flatMap(({ step }) => (step.split('/').includes(store) ? [step] : []));

describe.each([
  ['two-pairs', ['loans', 'reviews']],
  ['pair-and-global', ['loans', 'baskets']],
])('on %s', (platform, stores) => {
  test.each(['multi-region-failover', 'planned-switchover', 'failback'])(
    '%s takes every data store over, and points at the new writers what uses them',
    async (drill) => {
      const ended = await run(drill, platform);
      expect([ended.reason, ended.outcome]).toEqual(['every target was met', 'passed']);
      expect(reportOn(ended).takenOver).toEqual(stores.map((of) => ({ of, standing: 'taken over' })));
      const to = drill === 'failback' ? 'primary' : 'recovery';
      const region = { primary: 'eu-central-1', recovery: 'eu-west-1' }[to];
      const serving = ended.standing.deployments.filter(([one]) => one === region);
      for (const [, , , ...addresses] of serving)
        for (const address of addresses.slice(0, stores.length)) expect(address).toContain(`.${region}.`);
    },
  );
});

describe('a MySQL pair with EKS Auto Mode', () => {
  const PLATFORM = 'mysql-pair';

  test.each([
    ...['multi-region-failover', 'planned-switchover', 'failback', 'database-failure', 'multi-az-failover'],
    ...['snapshot-restore', 'cross-region-restore', 'replica-promotion'],
  ])('%s passes on it as it ships', async (drill) => {
    const ended = await run(drill, PLATFORM);
    expect([ended.reason, ended.outcome]).toEqual(['every target was met', 'passed']);
  });

  test('is measured in rows, and asked what its engine understands', async () => {
    const ended = await run('multi-region-failover', PLATFORM);
    const { dataLoss } = reportOn(ended);
    expect(dataLoss.loss).toMatchObject({ source: 'simulated' });
    const checks = ended.of('data-check').map(({ check }) => check);
    expect(checks).toContain('order-totals');
    expect(checks).not.toContain('sequences');
    expect(ended.of('step-started').map(({ step }) => step)).not.toContain('scale/box-office/nodes');
  });

  test.each(['sqlserver', 'oracle'])('with %s instead is taken over, and its loss is not measured', async (engine) => {
    const ended = await run('multi-region-failover', PLATFORM, `topology.data.bookings.engine=${engine}`);
    expect([ended.outcome, ended.reason]).toEqual([
      'target-missed',
      expect.stringContaining(`RPO unknown: a drill speaks no SQL with ${engine}`),
    ]);
    const report = reportOn(ended);
    expect(report.takenOver).toEqual([{ of: 'bookings', standing: 'taken over' }]);
    expect(report.dataLoss.loss).toMatchObject({
      unknown: `a drill speaks no SQL with ${engine}, so no rows are written to it and counted again`,
      sought: false,
    });
  });

  test('with sqlserver instead, its loss is detected and taken over all the same', async () => {
    const ended = await run('database-failure', PLATFORM, 'topology.data.bookings.engine=sqlserver');
    expect(ended.of('step-ended').find(({ step }) => step === 'detect-failure')?.result).toMatchObject({
      writerUnreachable: true,
    });
    expect(ended.of('step-started').find(({ step }) => step === 'detect-failure')?.title).toContain(
      'whether bookings takes writes is not measured',
    );
    expect(reportOn(ended).recovery.total).toMatchObject({ source: 'simulated' });
  });

  test('with sqlserver instead, a drill passes over what is asked in SQL', () => {
    const { path } = drillOn('database-failure', PLATFORM);
    const overrides = ['topology.data.bookings.engine=sqlserver'];
    expect(loadDrill(path, { overrides, vocabulary }).drill.machine).toBe('custom');
  });

  test.each(['sqlserver', 'mariadb'])('with %s instead is not switched over, in words', (engine) => {
    expect(() => run('planned-switchover', PLATFORM, `topology.data.bookings.engine=${engine}`)).toThrow(
      /bookings runs (sqlserver|mariadb)/,
    );
  });
});

describe('a data store that customers can do without, whose promotion fails', () => {
  const fails = ['simulation.promotion={ fails: true, of: library-reviews-replica }'];

  test('is given up, and nothing that follows is asked of it', async () => {
    const ended = await run('multi-region-failover', 'two-pairs', ...fails);
    expect(started(ended, 'reviews')).toEqual(['baseline/reviews', 'fence/reviews', 'take-over/reviews']);
    expect(started(ended, 'loans')).toContain('verify/loans');
    expect(ended.of('step-ended').filter(({ outcome }) => outcome !== 'ok')).toHaveLength(1);
  });

  test('keeps nobody from being served, and the report says which store was taken over', async () => {
    const ended = await run('multi-region-failover', 'two-pairs', ...fails);
    const report = reportOn(ended);
    expect(report.recovery.total).toMatchObject({ source: 'simulated' });
    const [why, standing] = standingWords(report);
    expect(why).toContain(
      'Of what was done to it before, a person decides: Fence the old writer library-reviews-primary',
    );
    expect(standing).toBe('loans was taken over; reviews was given up.');
    // Nobody has seen what it holds.
    expect(ended.reason).toContain('RPO of reviews unknown: it was given up');
  });
});

describe('where the second of two data stores cannot be taken over', () => {
  const fails = 'simulation.globalCluster.fails=true';

  test('a switchover holds the one that was promoted, and the other goes back', async () => {
    const ended = await run('planned-switchover', 'pair-and-global', fails);
    expect(ended.outcome).toBe('failed');
    expect(ended.of('held').map(({ step }) => step)).toEqual(['take-over/loans/promote']);
    expect(ended.of('undo-ended')).toMatchObject([{ step: 'take-over/baskets', outcome: 'ok' }]);
    expect(ended.standing.auroraWriters).toEqual(['library-baskets-primary']);
    expect(standingWords(reportOn(ended))).toEqual([
      'loans was taken over, and is held for a person to decide; baskets went back to where it was.',
    ]);
  });

  test('a failover holds the one that was promoted, and says that the other was not taken over', async () => {
    const ended = await run('multi-region-failover', 'pair-and-global', fails);
    expect(ended.of('held').map(({ step }) => step)).toEqual(['take-over/loans']);
    expect(reportOn(ended).takenOver).toEqual([
      { of: 'loans', standing: 'held' },
      { of: 'baskets', standing: 'not taken over' },
    ]);
  });
});

test('a store that was taken over stays with the one that cannot go back, although it could', async () => {
  const ended = await run('planned-switchover', 'pair-and-global', 'simulation.traffic.controller={ after: 3 s }');
  expect(ended.outcome).toBe('failed');
  expect(reportOn(ended).takenOver.map(({ standing }) => standing)).toEqual(['held', 'held']);
  expect(ended.standing.auroraWriters).toEqual(['library-baskets-recovery']);
});

test('rows are not measured in a data store that a drill does not ask', async () => {
  const report = reportOn(await finished('database-failure'));
  expect(report.losses.find(({ of }) => of === 'baskets')).toMatchObject({
    loss: { unknown: 'this drill writes no heartbeat rows to it', sought: false },
    target: null,
  });
  expect(report.outcome).toBe('passed');
});

describe('the primary cluster of an Aurora global database', () => {
  const failingOver = (account: Account) => {
    const { path } = drillOn('multi-region-failover', 'pair-and-global');
    return rehearsedIn(account, loadDrill(path, { vocabulary }));
  };
  const fenced = ({ of }: Finished) => of('step-ended').find(({ step }) => step === 'fence/baskets');

  test('counts as stopped where it is lost with its region: it refuses writes three times in a row', async () => {
    expect(fenced(await failingOver({}))).toMatchObject({ outcome: 'ok', result: { how: 'unreachable' } });
  });

  test('is not failed over while it takes writes and nobody can stop it', async () => {
    const livesOn = (ports: Ports): Ports => ({
      ...ports,
      sql: {
        ...ports.sql,
        query: async (database, query, options) =>
          database.instance === 'library-baskets-primary' && query.name === 'prove-write'
            ? []
            : ports.sql.query(database, query, options),
      },
    });
    const ended = await failingOver({ portsThrough: livesOn });
    expect(fenced(ended)?.outcome).not.toBe('ok');
    expect(ended.of('look-failing').map(({ reason }) => reason)).toContainEqual(
      expect.stringContaining('library-baskets-primary takes writes all the same'),
    );
    expect(changesMade(ended, 'FailoverGlobalCluster')).toBe(0);
    expect(ended.standing.auroraWriters).toEqual(['library-baskets-primary']);
  });
});

describe('consumers of Kafka, where the primary region is lost', () => {
  test('go on from the checkpoints, and what they cannot know is said', async () => {
    const ended = await finished(FAILOVER, [WHOLE]);
    expect(ended.outcome).toBe('passed');
    const asked = ended.of('finding').map(({ what }) => what);
    expect(asked).toContainEqual(
      expect.stringContaining('their current offsets on ecommerce-messages-primary could not be read'),
    );
    expect(asked).toContainEqual(expect.stringMatching(/^could not stop its consumers: ecommerce-primary/));
    expect(ended.of('check').filter(({ check }) => check.startsWith('verify/messages/'))).toMatchObject([
      { check: 'verify/messages/order-fulfilment', ok: true },
      { check: 'verify/messages/notifications', ok: true },
    ]);
  });

  test('are stopped at home, where that region lives on', async () => {
    const ended = await finished(FAILOVER, [WHOLE, 'failure.kind=degradation']);
    const home = ended.standing.deployments.filter(([region, name]) => region === PRIMARY && name === 'notifications');
    expect(home.map(([, , wanted]) => wanted)).toEqual([0]);
  });

  test('are not started where a group has no checkpoint; customers are served all the same', async () => {
    const report = reportOn(await finished(FAILOVER, [WHOLE, 'simulation.messaging.lacksCheckpoints=[notifications]']));
    expect(report.takenOver).toContainEqual({ of: 'messages', standing: 'given up' });
    expect(report.recovery.total).toMatchObject({ source: 'simulated' });
    expect(report.reason).toContain("MirrorMaker's checkpoints have the next offset of notifications");
  });
});
