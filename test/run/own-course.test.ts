import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadDrill } from '../../src/drill/load.ts';
import { vocabulary } from '../../src/runbook/vocabulary.ts';
import { drillText, mistakesOf, scratch, shippedTopology } from '../drill/files.ts';
import { FAILOVER, finished, rehearsed } from './drill.ts';

const folder = scratch();
const FAILING_OVER = folder.write('own-failover.yaml', drillText('test/drill/fixtures/own-failover.yaml'));
const RESTORING = folder.write('own-restore.yaml', drillText('test/drill/fixtures/own-restore.yaml'));
const SHIFTING = folder.write('own-shift.yaml', drillText('test/drill/fixtures/own-shift.yaml'));

const stepsOf = (run: { of: Awaited<ReturnType<typeof finished>>['of'] }) =>
  run.of('step-ended').map(({ step, outcome }) => `${step}: ${outcome}`);
const run = (path: string, ...overrides: string[]) => rehearsed(loadDrill(path, { overrides, vocabulary }), overrides);

test('a failover of the file’s own steps passes, and is measured as ours is', async () => {
  const own = await run(FAILING_OVER);
  const ours = await finished(FAILOVER);
  expect(own.outcome).toBe('passed');
  expect(own.of('judged')).toMatchObject([{ met: true }]);
  expect(own.of('phase-entered').map(({ phase }) => phase)).toEqual([
    'preflight',
    'baseline',
    'failure',
    'detect',
    'decide',
    'execute',
    'connect',
    'shift',
    'verify',
    'judge',
  ]);
  expect(own.standing).toEqual(ours.standing);
  expect(own.visits().length).toBeGreaterThan(0);
  expect(own.of('heartbeats-found')).toHaveLength(1);
});

test('what a failed step leaves is undone, but nothing behind a promotion', async () => {
  const undone = await run(FAILING_OVER, 'simulation.promotion.fails=true');
  expect([undone.outcome, undone.reason]).toEqual(['rolled-back', expect.stringContaining('promote: ')]);
  expect(undone.standing).toEqual(undone.before);
  const held = await run(FAILING_OVER, 'simulation.healthCheck.stuck=true');
  expect(held.outcome).toBe('failed');
  expect(held.of('held')).toMatchObject([{ step: 'promote' }]);
});

test('a failure that nobody detects ends a drill in which nobody decides', async () => {
  const { outcome, reason, standing, before } = await run(
    FAILING_OVER,
    'phases.1.steps.0.with={ kind: degradation, services: [product-service] }',
    'phases.2.steps.0.with={ within: 4 min }',
  );
  expect([outcome, reason]).toEqual(['rolled-back', 'detect: No failure was detected within 4 min.']);
  expect(standing).toEqual(before);
});

test('what was made is cleared away, however the drill ends', async () => {
  for (const [setting, end] of [
    ['simulation.seed=1', 'passed'],
    ['simulation.data.orphanItems=3', 'target-missed'],
    ['simulation.restore.fails=true', 'rolled-back'],
  ] as const) {
    const { outcome, of, standing, before } = await run(RESTORING, setting);
    expect(outcome).toBe(end);
    expect(of('step-ended').at(-1)).toMatchObject({ step: 'delete', outcome: 'ok' });
    expect(standing).toEqual(before);
  }
});

test('what cannot be cleared away fails the drill, and the rest is cleared all the same', async () => {
  const twice = readFileSync(RESTORING, 'utf8').replace(
    'cleanUp:',
    'cleanUp:\n  - { step: delete-writer, uses: rds.delete-instance, with: { identifier: ecommerce-db-primary } }',
  );
  const left = await run(folder.write('left.yaml', twice));
  expect(left.outcome).toBe('failed');
  expect(left.reason).toContain('delete-writer: ');
  expect(stepsOf(left).slice(-2)).toEqual(['delete-writer: failed', 'delete: ok']);
});

test.each([
  ['until: prove', 'until: proof', "there is no phase 'proof'", 'prove'],
  ['rds.choose', 'rds.chose', "there is no step of the kind 'rds.chose-recovery-point'", 'rds.choose-recovery-point'],
  ['from: snapshot', 'from: snapsot', "from cannot be 'snapsot'", 'snapshot'],
  ['expected: expect', 'expected: expct', "no step before this one is called 'expct'", 'expect'],
  ['topology.regions.primary', 'topology.region.primary', 'the topology has no such value', undefined],
  ['step: usable', 'step: restore', "there is a step 'restore' already", undefined],
  ['phase: prove', 'phase: judge', "every drill already has a phase 'judge'", undefined],
  ['loss: recovery-point', 'loss: heartbeats', 'no heartbeat rows are written', undefined],
  ['  loss: recovery-point', '', 'an RPO is wanted, but no data loss is measured', undefined],
])('%s ↛ %s is told at its place', (from, to, message, suggestion) => {
  const text = readFileSync(RESTORING, 'utf8');
  const path = folder.write('wrong.yaml', text.replace(from, to));
  const found = mistakesOf(path, { vocabulary }).find((one) => one.message.includes(message));
  expect(found).toMatchObject({ file: path, ...(suggestion && { suggestion }) });
  const line = text.replace(from, to).split('\n')[(found?.line ?? 0) - 1] ?? '';
  if (to !== '') expect(line).toMatch(/measure|until|uses|with|step|phase|loss/);
});

test.each([
  ['recovery: 25 %', 'ecovery: 25 %', "'ecovery'"],
  ['recovery: 25 %', 'recovery: 250 %', 'at most 100 %'],
  ['hold: 3 min', 'hold: soon', 'a duration'],
  ['hold: 3 min', `hold: '\${topology.account}'`, 'a duration'],
])('a share of customers with %s ↛ %s is told at its place', (from, to, message) => {
  const path = folder.write('wrong.yaml', readFileSync(SHIFTING, 'utf8').replace(from, to));
  const told = mistakesOf(path, { vocabulary }).map((one) => `${one.line}: ${one.message} ${one.expected}`);
  expect(told.join('\n')).toMatch(new RegExp(`^16: .*${message}`, 'm'));
});

test('a limit of a share of customers may be as small as any', () => {
  const text = readFileSync(SHIFTING, 'utf8').replace('p95: 1 s', 'errorRate: 0.00000001 %');
  expect(mistakesOf(folder.write('small.yaml', text), { vocabulary })).toEqual([]);
});

test('a step that needs what the topology does not say is told when the file is loaded', () => {
  const topology = readFileSync(shippedTopology, 'utf8').replace(/^ {2}configuration: .*\n/m, '');
  const path = folder.write(
    'configuration.yaml',
    readFileSync('drills/configuration-restore.yaml', 'utf8').replace(
      'topologies/ecommerce-platform.yaml',
      folder.write('t.yaml', topology),
    ),
  );
  expect(mistakesOf(path, { vocabulary })).toMatchObject([
    {
      line: 6,
      message: 'the topology ecommerce-platform has no configuration-archive, which this drill needs',
      expected: 'a component of the kind configuration-archive: archives of a Kubernetes namespace',
    },
  ]);
});
