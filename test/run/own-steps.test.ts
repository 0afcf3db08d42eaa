import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadDrill } from '../../src/drill/load.ts';
import { vocabulary } from '../../src/runbook/vocabulary.ts';
import { mistakesOf, scratch } from '../drill/files.ts';
import { brokenLinks, rehearsed } from './drill.ts';

const DRILL = 'test/drill/fixtures/own-steps.yaml';
const folder = scratch();
const run = (...overrides: string[]) => rehearsed(loadDrill(DRILL, { overrides, vocabulary }), overrides);
const URLS = (status: number, body: string, back = 204) =>
  `simulation.urls=[{ url: "https://pager.example.net/silences", status: ${status}, body: "${body}" }, { url: "https://pager.example.net/silences/drill", status: ${back} }]`;

test('requests and SQL files take their part, and what they find decides', async () => {
  const { outcome, reason, of, entries } = await run();
  expect([outcome, reason]).toEqual(['passed', 'every target was met']);
  expect(of('check')).toMatchObject([
    { check: 'door', ok: true, layer: 'verification' },
    { check: 'sound', ok: true, layer: 'verification' },
  ]);
  expect(of('step-ended').find(({ step }) => step === 'drain')).toMatchObject({
    result: { outputs: { Drained: 'orders, payments' } },
  });
  expect(of('step-ended').find(({ step }) => step === 'stress')).toMatchObject({ result: { status: 'completed' } });
  expect(of('step-ended').find(({ step }) => step === 'warm')).toMatchObject({
    result: { payload: '{"warmed":9}', version: '$LATEST' },
  });
  expect(of('data-check')).toMatchObject([
    { check: 'close', ok: true },
    { check: 'paid', ok: true },
  ]);
  expect(of('step-ended').find(({ step }) => step === 'silence')).toMatchObject({
    result: { status: 201, body: 'silenced until ten' },
  });
  expect(brokenLinks(entries)).toEqual([]);
});

describe('steps of a drill of its own go wrong', () => {
  test.each([
    [
      'rows where there must be none',
      ['simulation.checks={ paid: [{ id: 7 }] }'],
      'target-missed',
      /paid\.sql \(1 found/,
    ],
    // A server error leaves open whether it was done, and the drill does not say that it may be asked twice.
    ['a server error', [URLS(500, 'silenced')], 'rolled-back', /^silence: POST .* whether it was done is not known/],
    ['another status', [URLS(404, 'silenced')], 'rolled-back', /^silence: POST .*: status 404/],
    ['another body', [URLS(201, 'no')], 'rolled-back', /^silence: .*another body/],
    ['a URL that nobody answers', ['simulation.urls=[]'], 'failed', /^silence: .*cannot be resolved/],
    [
      'a slow answer to what only looks',
      ['phases.0.steps.0.with.timeout=20 ms'],
      'target-missed',
      /verification failed: door .*did not answer within/,
    ],
    [
      'a wrong path',
      ['phases.0.steps.0.with.url=https://shop.example.com/nowhere'],
      'target-missed',
      /door \(.*status 404\)/,
    ],
    [
      'a function that fails',
      ['simulation.functions.0.error=no room'],
      'rolled-back',
      /^warm: warm-up failed: .*no room/,
    ],
    [
      'a function that gives something else',
      ['simulation.functions.0.answers={ warmed: 3 }'],
      'rolled-back',
      /^warm: warm-up: it gave/,
    ],
    [
      'no such function',
      ['simulation.functions.0.function=other'],
      'rolled-back',
      /^preflight: there is no function warm-up in ap-northeast-1/,
    ],
    ['a look that fails', ['simulation.functions.2.error=gone'], 'target-missed', /sound \(.*look failed: .*gone/],
    [
      'an answer that never comes',
      ['simulation.lostAnswers=[{ service: lambda, operation: Invoke }]'],
      'rolled-back',
      /^warm: The function warm-up was asked for before/,
    ],
    [
      'an automation that fails',
      ['simulation.automations.0.fails=no queue'],
      'rolled-back',
      /^drain: Shop-Drain ended as Failed: no queue/,
    ],
    [
      'no such document',
      ['simulation.automations.0.document=Other'],
      'rolled-back',
      /^preflight: there is no document \S+ in ap-northeast-1/,
    ],
    [
      'an experiment that finds no targets',
      ['simulation.experiments.0.fails=Target resolution returned empty set'],
      'rolled-back',
      /^stress: The experiment EXP\w+ of EXT2StressTheNodes ended as failed: Target resolution returned empty set/,
    ],
    [
      'an experiment that its own stop condition ends',
      ['simulation.experiments.0.stoppedByAlarm={ name: shop-latency, after: 1 min }'],
      'rolled-back',
      /^stress: .* ended as stopped: Experiment halted by stop condition; its stop conditions: shop-latency/,
    ],
    [
      'no such template',
      ['simulation.experiments=[]'],
      'rolled-back',
      /^preflight: there is no experiment template \S+ in /,
    ],
    ['a database that takes no write', ['phases.0.steps.2.with.on=replica'], 'failed', /^close: cannot execute/],
  ] as const)('%s: %s', async (_, set, end, reason) => {
    const { outcome, reason: said } = await run(...set);
    expect([outcome, said]).toEqual([end, expect.stringMatching(reason)]);
  });
});

test('what was changed is taken back by what the file says, and held where that fails', async () => {
  const failing = 'phases.1.steps.1.with={ file: own-sql/paid.sql, changes: true, undo: nothing, on: replica }';
  const undone = await run(failing);
  expect(undone.of('undo-ended')).toMatchObject([
    { step: 'paid', outcome: 'ok' },
    { step: 'stress', outcome: 'ok' },
    { step: 'drain', outcome: 'ok' },
    { step: 'warm', outcome: 'ok' },
    { step: 'close', outcome: 'ok' },
    { step: 'silence', outcome: 'ok' },
  ]);
  const held = await run(failing, URLS(201, 'silenced', 500));
  expect(held.outcome).toBe('failed');
  expect(held.of('undo-ended').at(-1)).toMatchObject({ step: 'silence', outcome: 'failed' });
});

test('what a simulated database would find is never made up', async () => {
  const { of } = await run('simulation.checks={}');
  expect(of('data-check').map(({ check, ok }) => [check, ok])).toEqual([
    ['close', null],
    ['paid', null],
  ]);
});

test.each([
  ['own-sql/paid.sql', 'own-sql/unpaid.sql', 'there is no such file'],
  [', changes: true, expect', ', expect', 'more than one statement'],
  [', undo: own-sql/open-shop.sql', '', 'undo'],
  ['https://pager.example.net/silences\n', 'pager.example.net\n', 'url cannot be'],
])('%s ↛ %s is told when the file is loaded', (from, to, message) => {
  const text = readFileSync(DRILL, 'utf8');
  expect(text).toContain(from);
  const path = folder.write(
    'own-steps.yaml',
    text
      .replace(from, to)
      .replaceAll('own-sql/', `${resolve('test/drill/fixtures/own-sql')}/`)
      .replace('../../platforms', resolve('test/platforms')),
  );
  expect(mistakesOf(path, { vocabulary }).map((one) => one.message)).toEqual(
    expect.arrayContaining([expect.stringContaining(message)]),
  );
});

test('an automation is started once, whatever is asked twice, and stopped where it still runs', async () => {
  const lost = await run('simulation.lostAnswers=[{ service: ssm, operation: StartAutomationExecution }]');
  expect(lost.outcome).toBe('passed');
  expect(lost.world.state().automations).toHaveLength(1);

  const late = await run('phases.0.steps.4.with.within=1 s', 'phases.0.steps.4.deadline=30 s');
  expect([late.outcome, late.reason]).toEqual(['rolled-back', expect.stringContaining('drain')]);
  expect(late.world.state().automations.map(({ document, status }) => [document, status.at(-1)?.[1]])).toEqual([
    ['Shop-Drain', 'Cancelled'],
    ['Shop-Refill', 'Success'],
  ]);
});
