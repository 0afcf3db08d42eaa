import { expect, test } from 'vitest';
import { loadDrill } from '../../src/drill/load.ts';
import { reportOf } from '../../src/report/model.ts';
import { vocabulary } from '../../src/runbook/vocabulary.ts';
import { scratch, shippedTopology } from '../drill/files.ts';
import { FAILOVER, finished, REPLICA, rehearsed } from './drill.ts';
import { killedAndResumed } from './killed.ts';

const folder = scratch();
const ASKED = "approval={ roles: ['incident commander', 'database lead', 'security lead'], each: 2 min }";
const TIME = 'targets.rto=20 min';

test('a failover waits for the person who is asked, and the waiting is part of the recovery time', async () => {
  const { outcome, entries, of, standing } = await finished(FAILOVER, [ASKED, TIME, 'simulation.approval.takes=40 s']);
  expect(outcome).toBe('passed');
  expect(standing.writers).toEqual([REPLICA]);
  expect(of('approval-asked').map(({ role }) => role)).toEqual(['incident commander']);
  expect(of('answered')).toMatchObject([{ by: 'simulated incident commander', approves: true, simulated: true }]);
  const { recovery, approvals } = reportOf(entries, { journalHash: '' });
  expect(recovery.person).toMatchObject({ ms: expect.closeTo(40_000, -4) });
  expect(approvals).toMatchObject([{ role: 'incident commander', waitedMs: 40_000, through: 'simulated' }]);
});

test('if someone does not answer, the next role is asked', async () => {
  const { outcome, of } = await finished(FAILOVER, [
    ASKED,
    TIME,
    "simulation.approval={ silent: ['incident commander'], takes: 30 s }",
  ]);
  expect(outcome).toBe('passed');
  expect(of('approval-asked').map(({ role }) => role)).toEqual(['incident commander', 'database lead']);
});

test('where two must approve, two different people have to', async () => {
  const { outcome, of } = await finished(FAILOVER, [ASKED, 'approval.people=2', TIME]);
  expect(outcome).toBe('passed');
  expect(new Set(of('answered').map(({ by }) => by)).size).toBe(2);
});

test('one refusal stops the drill, and everything is as it was', async () => {
  const run = await finished(FAILOVER, [ASKED, 'simulation.approval.refuses=true']);
  expect([run.outcome, run.reason]).toEqual(['rolled-back', 'approve-failover: simulated incident commander refused.']);
  expect(run.standing).toEqual(run.before);
});

const NOBODY = "simulation.approval.silent=['incident commander', 'database lead', 'security lead']";

test('when nobody answers the drill file decides', async () => {
  const stopped = await finished(FAILOVER, [ASKED, NOBODY]);
  expect([stopped.outcome, stopped.reason]).toEqual([
    'rolled-back',
    expect.stringContaining(
      'It was not approved: 0 of 1 approved; incident commander, database lead, security lead had 2 min each',
    ),
  ]);
  expect(stopped.standing).toEqual(stopped.before);
  const wentOn = await finished(FAILOVER, [ASKED, 'approval.otherwise=go-on', NOBODY, TIME]);
  expect(wentOn.outcome).toBe('passed');
  expect(wentOn.of('approval-lapsed')).toMatchObject([{ otherwise: 'go-on' }]);
});

test('a run that is killed while it waits asks nobody twice', async () => {
  const overrides = [ASKED, TIME, 'simulation.approval.takes=60 s'];
  const { of } = await finished(FAILOVER, overrides);
  const line = of('approval-asked')[0]?.seq ?? 0;
  const run = await killedAndResumed(FAILOVER, { after: [line + 3], overrides });
  expect(run.outcome).toBe('passed');
  expect(run.of('approval-asked')).toHaveLength(1);
});

test('each question of a drill needs an answer of its own, also where two are asked side by side', async () => {
  const asks = (step: string) => `{ step: ${step}, uses: people.approve, with: { question: "${step}?", each: 1 min } }`;
  const path = folder.write(
    'asking.yaml',
    [
      'drill: asking',
      'title: Two questions',
      'machine: custom',
      `topology: ${shippedTopology}`,
      'targets: { rto: null, rpo: null }',
      'phases:',
      `  - { phase: both, parallel: { left: [${asks('left')}], right: [${asks('right')}] } }`,
      `  - { phase: then, steps: [${asks('then')}] }`,
    ].join('\n'),
  );
  const { of } = await rehearsed(loadDrill(path, { vocabulary }));
  expect(of('answered').map(({ step }) => step)).toEqual(['left', 'right', 'then']);
  expect(of('approval-lapsed')).toEqual([]);
});

test('without people to ask, a rule decides alone', async () => {
  const { of } = await finished(FAILOVER);
  expect(of('approval-asked')).toEqual([]);
  expect(of('phase-entered').map(({ phase }) => phase)).not.toContain('approve');
});
