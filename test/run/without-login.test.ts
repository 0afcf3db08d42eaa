import { expect, test } from 'vitest';
import { reportOf } from '../../src/report/model.ts';
import { FAILOVER, REPLICA, SNAPSHOT, WRITER } from './drill.ts';
import { finishedIn } from './prepared-account.ts';

test('without a login a failover passes on the replica lag, which is called estimated', async () => {
  const { outcome, reason, entries, standing, of } = await finishedIn({ withoutLogin: true }, FAILOVER);
  expect([outcome, reason]).toEqual(['passed', 'every target was met']);
  expect(standing.writers).toEqual([REPLICA]);
  const report = reportOf(entries, { journalHash: '' });
  expect(report.dataLoss.loss).toMatchObject({ source: 'estimated' });
  expect(report.dataLoss.rows).toEqual({ unknown: 'no heartbeat rows were written' });
  expect(report.verdict.sentence).toContain('the data were not looked at');
  expect(of('heartbeats')).toEqual([]);
  expect(of('data-check')).toEqual([]);
  // That the old writer takes no writes could not be seen, and is said.
  expect(of('check').map(({ check }) => check)).not.toContain('single-writer');
  expect(
    of('finding')
      .map(({ what }) => what)
      .join(),
  ).toContain(`nothing proves that ${WRITER} takes no writes`);
});

test('without a login a restore proves nothing, and never switches over', async () => {
  const { outcome, reason, before, standing } = await finishedIn({ withoutLogin: true }, SNAPSHOT, [
    'afterwards=switch-over',
  ]);
  expect(outcome).toBe('target-missed');
  expect(reason).toContain('no data check was made');
  expect(standing).toEqual(before);
});
