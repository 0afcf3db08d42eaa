import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadDrill } from '../../src/drill/load.ts';
import { standingWords } from '../../src/report/component-figures.ts';
import { reportOf } from '../../src/report/model.ts';
import { vocabulary } from '../../src/runbook/vocabulary.ts';
import { scratch, shippedTopology } from '../drill/files.ts';
import { type Finished, rehearsed } from './drill.ts';

const folder = scratch();

/** A drill that ships, on one of the platforms of `test/platforms/`. */
function run(drill: string, platform: string, ...overrides: string[]): Promise<Finished> {
  const topology = resolve(`test/platforms/${platform}.yaml`);
  const text = readFileSync(`drills/${drill}.yaml`, 'utf8').replace('topologies/ecommerce-platform.yaml', topology);
  const path = folder.write(`${drill}-on-${platform}.yaml`, text);
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
      const finished = await run(drill, platform);
      expect([finished.reason, finished.outcome]).toEqual(['every target was met', 'passed']);
      expect(reportOn(finished).takenOver).toEqual(stores.map((of) => ({ of, standing: 'taken over' })));
      const to = drill === 'failback' ? 'primary' : 'recovery';
      const region = { primary: 'eu-central-1', recovery: 'eu-west-1' }[to];
      const serving = finished.standing.deployments.filter(([one]) => one === region);
      for (const [, , , ...addresses] of serving)
        for (const address of addresses.slice(0, stores.length)) expect(address).toContain(`.${region}.`);
    },
  );
});

describe('a data store that customers can do without, whose promotion fails', () => {
  const fails = ['simulation.promotion={ fails: true, of: library-reviews-replica }'];

  test('is given up, and nothing that follows is asked of it', async () => {
    const finished = await run('multi-region-failover', 'two-pairs', ...fails);
    expect(started(finished, 'reviews')).toEqual(['baseline/reviews', 'fence/reviews', 'take-over/reviews']);
    expect(started(finished, 'loans')).toContain('verify/loans');
    expect(finished.of('step-ended').filter(({ outcome }) => outcome !== 'ok')).toHaveLength(1);
  });

  test('keeps nobody from being served, and the report says which store was taken over', async () => {
    const finished = await run('multi-region-failover', 'two-pairs', ...fails);
    const report = reportOn(finished);
    expect(report.recovery.total).toMatchObject({ source: 'measured' });
    expect(standingWords(report).at(-1)).toBe('loans was taken over; reviews was given up.');
    // Nobody has seen what it holds.
    expect(finished.reason).toContain('RPO of reviews unknown: it was given up');
  });
});

describe('where the second of two data stores cannot be taken over', () => {
  const fails = 'simulation.globalCluster.fails=true';

  test('a switchover holds the one that was promoted, and the other goes back', async () => {
    const finished = await run('planned-switchover', 'pair-and-global', fails);
    expect(finished.outcome).toBe('failed');
    expect(finished.of('held').map(({ step }) => step)).toEqual(['take-over/loans/promote']);
    expect(finished.of('undo-ended')).toMatchObject([{ step: 'take-over/baskets', outcome: 'ok' }]);
    expect(finished.standing.auroraWriters).toEqual(['library-baskets-primary']);
    expect(standingWords(reportOn(finished))).toEqual([
      'loans was taken over, and is held for a person to decide; baskets went back to where it was.',
    ]);
  });

  test('a failover holds the one that was promoted, and says that the other was not taken over', async () => {
    const finished = await run('multi-region-failover', 'pair-and-global', fails);
    expect(finished.of('held').map(({ step }) => step)).toEqual(['take-over/loans']);
    expect(reportOn(finished).takenOver).toEqual([
      { of: 'loans', standing: 'held' },
      { of: 'baskets', standing: 'not taken over' },
    ]);
  });
});

test('a store that was taken over stays with the one that cannot go back, although it could', async () => {
  const finished = await run('planned-switchover', 'pair-and-global', 'simulation.traffic.controller={ after: 3 s }');
  expect(finished.outcome).toBe('failed');
  expect(reportOn(finished).takenOver.map(({ standing }) => standing)).toEqual(['held', 'held']);
  expect(finished.standing.auroraWriters).toEqual(['library-baskets-recovery']);
});

test('rows are not measured in a data store that a drill does not ask', async () => {
  const path = folder.write(
    'database-failure.yaml',
    readFileSync('drills/database-failure.yaml', 'utf8').replace('topologies/ecommerce-platform.yaml', shippedTopology),
  );
  const report = reportOn(await rehearsed(loadDrill(path, { vocabulary })));
  const baskets = report.losses.find(({ of }) => of === 'baskets');
  expect(baskets).toMatchObject({
    loss: { unknown: 'this drill writes no heartbeat rows to it', sought: false },
    target: null,
  });
  expect(report.outcome).toBe('passed');
});
