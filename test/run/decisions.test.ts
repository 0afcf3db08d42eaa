import { expect, test } from 'vitest';
import { loadDrill } from '../../src/drill/load.ts';
import { NOTHING_BREAKS } from './courses.ts';
import { type Drill, FAILOVER, finished, POINT_IN_TIME, SNAPSHOT } from './drill.ts';
import { finishedIn } from './prepared-account.ts';
import { sabotaging } from './sabotage.ts';

test('a decision stands in the journal with the rule that it followed', async () => {
  const decided = async (drill: Drill, overrides: string[] = []) =>
    (await finished(drill, overrides)).of('decision').map(({ decision, rule }) => `${decision}: ${rule}`);
  expect(await decided(FAILOVER)).toEqual(['fail-over: writerUnreachable']);
  expect(await decided(SNAPSHOT)).toEqual(['stop: discards']);
  expect(await decided(SNAPSHOT, ['afterwards=switch-over'])).toEqual(['restore: switchesOver']);
  expect(await decided(SNAPSHOT, ['simulation.restore.losesRows=40'])).toEqual(['stop: dataNotProven']);
});

test('a failure that was asked for and never came is waited for, and then no failover is decided', async () => {
  const run = await finishedIn(NOTHING_BREAKS, FAILOVER, ['detection.within=3 min']);
  expect(run.of('decision')).toMatchObject([{ decision: 'watch', rule: 'noRuleHolds' }]);
  expect([run.outcome, run.reason]).toEqual(['rolled-back', 'decide: nothing that was detected calls for a failover']);
  expect(run.standing).toEqual(run.before);
});

test('a restore that is to be measured by rows stops when none can be written', async () => {
  const loaded = loadDrill(`drills/${POINT_IN_TIME}.yaml`);
  const run = await finishedIn(sabotaging('write-heartbeats', 'refused', loaded), POINT_IN_TIME);
  expect([run.outcome, run.reason]).toEqual([
    'rolled-back',
    'write-heartbeats: Not one heartbeat row could be written to ecommerce-db-primary in 6 min.',
  ]);
});
