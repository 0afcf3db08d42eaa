import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadDrill } from '../../src/drill/load.ts';
import { vocabulary } from '../../src/runbook/vocabulary.ts';
import { drillText, scratch } from '../drill/files.ts';
import { finished, rehearsed } from '../run/drill.ts';
import { waysToFail } from './ways-to-fail.ts';

const DRILL = 'partial-restore';
const folder = scratch();

waysToFail(DRILL, [
  {
    fault: 'the person who is asked refuses',
    set: ['simulation.approval.refuses=true'],
    end: 'rolled-back',
    reason: /^approve: .* refused/,
  },
  {
    fault: 'the restore fails',
    set: ['simulation.restore.fails=true'],
    end: 'rolled-back',
    reason: /^restore\/orders: .* restore-error/,
  },
  {
    fault: 'the restore takes longer than the RTO',
    set: ['simulation.restore.takes=20 min'],
    end: 'target-missed',
    reason: /^RTO missed by 6 min/,
  },
  {
    fault: 'the login may not create a schema in the live database',
    set: ['simulation.carry.refused=true'],
    end: 'rolled-back',
    reason: /^carry: The login may make no schema in shop/,
  },
  {
    fault: 'some rows are not copied',
    set: ['simulation.carry.losesRows=3'],
    end: 'target-missed',
    reason: /data check failed: Every row of products was copied \(\S+: 1197 rows, 1200 restored\)/,
  },
  {
    fault: 'the requested table never existed',
    set: ['phases.6.steps.0.with.tables=[invoices]'],
    end: 'rolled-back',
    reason: /^carry: relation "invoices" does not exist/,
  },
  {
    fault: 'orders are missing in the backup',
    set: ['simulation.restore.losesRows=40'],
    end: 'target-missed',
    reason: /data check failed: Every item has its order/,
  },
  {
    fault: 'the backup is older than the RPO',
    set: ['targets.rpo=1 min'],
    end: 'target-missed',
    reason: /^RPO missed by/,
  },
  {
    fault: 'the instance that is still being restored cannot be deleted in time',
    set: ['simulation.restore.takes=5 h'],
    end: 'failed',
    reason: /^delete\/orders: not done within 90 min/,
  },
]);

test('copies a table beside the live one, says what a dry run cannot compare, and drops it again', async () => {
  const run = await finished(DRILL);
  expect(run.of('step-ended').find(({ step }) => step === 'carry')).toMatchObject({
    result: { schema: 'drill_restored', tables: { products: 1_200 } },
  });
  const carried = run.of('data-check').filter(({ check }) => check.startsWith('carried-'));
  expect(carried.map(({ ok, detail }) => [ok, detail])).toEqual([
    [true, '1200 rows, 1200 restored'],
    [null, expect.stringMatching(/^not made: a simulated database knows only the number of copied rows/)],
  ]);
  expect(run.standing).toEqual(run.before);
});

test('puts rows back only where the drill says so, and takes them out again when it fails', async () => {
  expect(readFileSync(`drills/${DRILL}.yaml`, 'utf8')).toMatch(/^ +# - .*data\.put-back/m);
  const kinds = (await finished(DRILL)).of('step-started').map(({ kind }) => kind);
  expect(kinds).not.toContain('data.put-back');
  const path = folder.write(
    'putting-back.yaml',
    drillText(`drills/${DRILL}.yaml`).replace('# - { step: put-back', '- { step: put-back'),
  );
  const run = await rehearsed(loadDrill(path, { overrides: [], vocabulary }));
  expect([run.outcome, run.reason]).toEqual(['passed', 'every target was met']);
  const aborted = await rehearsed(loadDrill(path, { overrides: [], vocabulary }), [], {
    abortAt: (entry) => entry.type === 'step-ended' && entry.step === 'put-back',
  });
  expect(aborted.of('undo-ended').map(({ step, outcome }) => `${step} ${outcome}`)).toEqual(
    expect.arrayContaining(['put-back ok', 'carry ok']),
  );
  expect(aborted.standing).toEqual(aborted.before);
});

test.each(['mysql-pair', 'aurora-mysql-global-endpoint'])(
  'carries and puts back in MySQL as well: %s',
  async (platform) => {
    const path = folder.write(
      'in-mysql.yaml',
      drillText(`drills/${DRILL}.yaml`).replace('# - { step: put-back', '- { step: put-back'),
    );
    const load = () => loadDrill(path, { overrides: [`topology=test/platforms/${platform}.yaml`], vocabulary });
    const run = await rehearsed(load());
    expect(run.of('step-ended').find(({ step }) => step === 'carry')).toMatchObject({
      result: { schema: 'drill_restored', tables: { products: 1_200 } },
    });
    expect(run.of('data-check').filter(({ ok }) => ok === false)).toEqual([]);
    expect(run.standing).toEqual(run.before);
    for (const after of ['carry', 'put-back']) {
      const aborted = await rehearsed(load(), [], {
        abortAt: (entry) => entry.type === 'step-ended' && entry.step === after,
      });
      expect([after, aborted.outcome, aborted.standing]).toEqual([after, 'aborted', aborted.before]);
    }
  },
);
