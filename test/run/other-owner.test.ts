import { expect, test } from 'vitest';
import { loadDrill } from '../../src/drill/load.ts';
import { vocabulary } from '../../src/runbook/vocabulary.ts';
import { drillText, scratch } from '../drill/files.ts';
import { GROUPS } from '../simulator/world.ts';
import { changesMade, FAILOVER, type Finished, finished, rehearsed } from './drill.ts';

const shares = scratch().write('own-shift.yaml', drillText('test/drill/fixtures/own-shift.yaml'));
const shared = (...overrides: string[]) => rehearsed(loadDrill(shares, { overrides, vocabulary }), overrides);
const failingCheck = ({ of }: Finished) => of('check').find(({ check, ok }) => check.startsWith('lever-holds/') && !ok);

const PUTS_BACK = 'simulation.traffic.controller={ after: 3 s }';
const CHECK_2 = '11111111-aaaa-4bbb-8ccc-000000000002';

test('a stage fails where another owner puts its weights back while it holds, and that is said', async () => {
  const run = await shared(PUTS_BACK);
  expect([run.outcome, run.reason]).toEqual([
    'rolled-back',
    expect.stringMatching(
      /^shift-25\/public: Somebody else changed what shift-25\/public made \(Have 75 % in ap-east-2, 25 % in ap-northeast-1 for 3 min\) between \d\d:\d\d:\d\d and \d\d:\d\d:\d\d UTC\. This run made no change in between\. .*Now: A taipei: weight 100, to 203\.0\.113\.10/,
    ),
  ]);
  // One stage; what the other owner has put back needs no way back.
  expect(changesMade(run, 'ChangeResourceRecordSets')).toBe(1);
  expect(run.standing).toEqual(run.before);
  const begun = run.of('check').find(({ check }) => check === 'shift-25/public in force');
  expect(Date.parse(failingCheck(run)?.at ?? '') - Date.parse(begun?.at ?? '')).toBeLessThan(15_000);
});

test('what stood before is told where a look saw it, and otherwise that no look did', async () => {
  expect((await finished('failback', [PUTS_BACK])).reason).toMatch(
    /in between\. No look had seen it stand before\. Now: A /,
  );
  const later = await finished('failback', ['simulation.traffic.controller={ after: 12 s }']);
  expect(later.reason).toMatch(/in between\. Before: A taipei: weight 10, .*\. Now: A taipei: weight 100, /);
});

test('a stage that nobody touches stands to its end', async () => {
  const run = await shared();
  expect(run.outcome).toBe('passed');
  expect(failingCheck(run)).toBeUndefined();
});

test('a change that another owner makes in the last seconds of a stage is seen before the stage ends', async () => {
  const run = await shared('simulation.traffic.controller={ after: 3 min }', 'simulation.dials.takes=1 s');
  expect(run.outcome).toBe('rolled-back');
  expect(run.reason).toContain('Somebody else changed');
});

test.each([
  ['an inverted health check', [], /health check .*: not inverted, enabled/],
  ['weights', ['topology.traffic.public.lever=weighted-records'], /A taipei: weight 100/],
  [
    'the roles of failover records',
    [
      'topology.traffic.public.records=failover',
      'topology.traffic.public.lever=failover-records',
      `topology.traffic.public.recovery.healthCheck=${CHECK_2}`,
    ],
    /A taipei: failover, primary/,
  ],
  [
    'routing controls',
    [
      'topology.traffic.public.records=failover',
      'topology.traffic.public.lever=arc-routing-controls',
      `topology.traffic.public.recovery.healthCheck=${CHECK_2}`,
      'topology.traffic.public.routingControls={ primary: on-here, recovery: on-there, endpoints: { ap-northeast-1: "https://host.example.com" } }',
    ],
    /routing control on-there: Off/,
  ],
  [
    'dials',
    [
      'topology.traffic.public.lever=global-accelerator-dials',
      `topology.traffic.public.accelerator={ primary: ${GROUPS.primary}, recovery: ${GROUPS.recovery} }`,
    ],
    /dial of endpoint group taipei: 100/,
  ],
])('a failover fails its verification where another owner puts back %s', async (_, overrides, now) => {
  const run = await finished(FAILOVER, [...overrides, 'simulation.traffic.controller={ after: 40 s }']);
  expect(run.outcome).not.toBe('passed');
  expect(run.reason).toContain('Somebody else changed');
  expect(failingCheck(run)?.detail).toMatch(now);
});
