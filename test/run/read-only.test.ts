import { expect, test } from 'vitest';
import { type Drill, FAILOVER, POINT_IN_TIME, SNAPSHOT } from './drill.ts';
import { finishedIn } from './prepared-account.ts';

test.each<[Drill, string]>([
  [FAILOVER, 'Bring about: ap-east-2 is lost, with everything in it'],
  [SNAPSHOT, 'Restore'],
  [POINT_IN_TIME, 'Write heartbeat rows'],
])('a run of %s that only reads ends before the first change', async (drill, change) => {
  const { outcome, reason, before, standing, of } = await finishedIn({ readOnly: true }, drill);
  expect(outcome).toBe('aborted');
  expect(reason).toContain(`this run only reads, and the next step changes something: ${change}`);
  expect(standing).toEqual(before);
  expect(of('call').filter(({ mutating }) => mutating)).toEqual([]);
  expect(of('heartbeats')).toEqual([]);
  expect(of('step-applying')).toEqual([]);
});
