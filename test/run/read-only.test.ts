import { expect, test } from 'vitest';
import { loadDrill } from '../../src/drill/load.ts';
import { iamPolicyFor, type PolicyPurpose } from '../../src/plan/iam-policy.ts';
import { planOf } from '../../src/plan/plan.ts';
import { type Drill, FAILOVER, POINT_IN_TIME, SNAPSHOT } from './drill.ts';
import { finishedIn } from './prepared-account.ts';

test.each<[Drill, string]>([
  [FAILOVER, 'Cause the failure: ap-east-2 is lost, with everything in it'],
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

/** What the policy for a live run allows, and the one for reading does not. */
function changesOf(name: Drill): string[] {
  const { drill, topology } = loadDrill(`drills/${name}.yaml`, {});
  const actions = (purpose: PolicyPurpose) =>
    iamPolicyFor(planOf(drill, topology), purpose).Statement.flatMap(({ Action }) => Action);
  const reading = actions('read-only');
  return actions('live').filter((action) => !reading.includes(action));
}

test.each([FAILOVER, SNAPSHOT, POINT_IN_TIME] as const)(
  'the policy for reading is enough for a run of %s that only reads, and stops any other',
  async (drill) => {
    const denied = changesOf(drill);
    expect(denied).not.toEqual([]);
    const reading = await finishedIn({ readOnly: true, denied }, drill);
    expect(reading.reason).toContain('this run only reads, and the next step changes something');
    const changing = await finishedIn({ denied }, drill);
    expect(changing.reason).toContain(`preflight: ${denied[0]} on `);
    expect(changing.of('call').filter(({ mutating }) => mutating)).toEqual([]);
  },
);
