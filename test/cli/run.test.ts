import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { reportSchema } from '../../src/report/model.ts';
import { drDrill, here, newFolder, runDrill, runHere } from './command.ts';

const FAILOVER = 'drills/multi-region-failover.yaml';

test('a dry run tells phases, steps and the verdict, and leaves a journal and three reports, sealed', async () => {
  const { exitCode, out, err, folder } = await runDrill([FAILOVER]);
  expect(err).toBe('');
  expect(exitCode).toBe(0);
  for (const phase of ['preflight', 'baseline', 'detect', 'decide', 'execute', 'shift', 'verify'])
    expect(out).toMatch(new RegExp(`^ +\\d+:\\d\\d\\.\\d  ${phase}$`, 'm'));
  expect(out).toMatch(/✔ Promote ecommerce-db-dr-replica {2}1 min/);
  expect(out).toMatch(/^Passed in rehearsal\. /m);
  expect(out).toMatch(/^RTO +4 min .* target 5 min: met/m);
  expect(out).toMatch(/^RPO .* target 1 min: met/m);
  expect(out).toContain(join(folder, 'report.html'));
  expect(readdirSync(folder).sort()).toEqual([
    'before.json',
    'journal.jsonl',
    'manifest.json',
    'manifest.sig',
    'report.html',
    'report.json',
    'report.md',
    'signer.pem',
  ]);
});

test.each(['drills/snapshot-restore.yaml', 'drills/point-in-time-restore.yaml'])(
  '%s passes as it is shipped',
  async (drill) => {
    const { exitCode, out } = await runHere([drill]);
    expect(out).toMatch(/^Passed in rehearsal\./m);
    expect(exitCode).toBe(0);
  },
);

test('every page of a dry run says that it is simulated', async () => {
  const { out, read } = await runHere([FAILOVER]);
  expect(out).toContain('SIMULATED');
  expect(read('report.md')).toContain('SIMULATED');
  expect(read('report.html')).toContain('SIMULATED');
  expect(JSON.parse(read('report.json')).mode).toBe('dry-run');
});

test('a run folder bears the real time and the name of the drill, and no run overwrites another', async () => {
  const { folder, runs } = await runDrill([FAILOVER, '--quiet']);
  expect(folder).toMatch(/20\d\d-\d\d-\d\dT\d\d-\d\d-\d\dZ-multi-region-failover$/);
  await Promise.all([1, 2, 3].map(() => drDrill(['run', FAILOVER, '--quiet', '--runs', runs])));
  expect(readdirSync(runs).filter((name) => name !== 'index.jsonl')).toHaveLength(4);
});

test('--quiet prints the verdict and nothing else', async () => {
  const { out } = await runDrill([FAILOVER, '--quiet']);
  expect(out).toMatch(/^SIMULATED: Passed in rehearsal\. [^\n]*\n$/);
});

test('--json prints one object with the report, which keeps to its schema', async () => {
  const { out, exitCode, folder, read } = await runDrill([FAILOVER, '--json', '--seed', '7']);
  const answer = JSON.parse(out);
  expect(answer).toMatchObject({ run: folder, exitCode });
  expect(answer.report).toEqual(JSON.parse(read('report.json')));
  expect(reportSchema.parse(answer.report).seed).toBe(7);
});

test('one seed gives one journal, byte for byte, and the same report but for its real date; another seed gives another', async () => {
  const [one, same, other] = await Promise.all(['3', '3', '4'].map((seed) => runDrill([FAILOVER, '--seed', seed])));
  expect(one?.read('journal.jsonl')).toBe(same?.read('journal.jsonl'));
  expect(one?.read('journal.jsonl')).not.toBe(other?.read('journal.jsonl'));
  const dated = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC(?=, simulated time|<)/g;
  const undated = (run = one) => run?.read('report.html').replace(dated, 'that day');
  expect(undated(one)).toBe(undated(same));
});

test('a missed target ends with 1, a rolled-back drill with 3, and both say why', async () => {
  const missed = await runDrill([FAILOVER, '--set', 'targets.rto=2 min']);
  expect(missed.exitCode).toBe(1);
  expect(missed.out).toMatch(/^Target missed in rehearsal\..* over the target of 2 min/m);
  const rolledBack = await runDrill([
    FAILOVER,
    '--set',
    'simulation.approval.refuses=true',
    '--set',
    'simulation.replicationLag=90 s',
  ]);
  expect(rolledBack.exitCode).toBe(3);
  expect(rolledBack.out).toMatch(/^Rolled back in rehearsal\./m);
  expect(rolledBack.out).toMatch(/behind/);
});

test('an override is in the journal, with the value that the run really had', async () => {
  const { read } = await runHere([FAILOVER, '--set', 'targets.rto=9 min', '--set', 'simulation.promotion.takes=4 min']);
  const report = JSON.parse(read('report.json'));
  expect(report.overrides).toEqual(['targets.rto=9 min', 'simulation.promotion.takes=4 min']);
  expect(report.targets.rto.limitMs).toBe(540_000);
});

test('what cannot be run is told without a stack trace, ends with 2 and leaves no run behind', async () => {
  const wrong = join(newFolder(), 'wrong.yaml');
  writeFileSync(wrong, 'drill: x\nmachien: multi-region-failover\n');
  for (const [args, told] of [
    [[wrong], /wrong\.yaml:2:1 .*unknown key 'machien'[\s\S]*did you mean machine\?/],
    [['drills/none.yaml'], /none\.yaml/],
    [['drills'], /drills/],
    [[FAILOVER, '--set', 'targets.rto=soon'], /--set targets\.rto=soon/],
    [[FAILOVER, '--seed', 'x'], /whole number/],
    [[FAILOVER, '--speed', '0'], /above 0/],
  ] as [string[], RegExp][]) {
    const { exitCode, err, out, runs } = await runHere(args);
    expect(err, args.join(' ')).toMatch(told);
    expect(`${out}${err}`).not.toMatch(/^ +at .*:\d+:\d+\)?$/m);
    expect(exitCode, args.join(' ')).toBe(2);
    expect(readdirSync(runs)).toEqual([]);
  }
});

test('with --json a mistake is an object too, with its place and what was meant', async () => {
  const { exitCode, out, err } = await runDrill([FAILOVER, '--json', '--set', 'targets.rtoo=3 min']);
  expect({ exitCode, err }).toEqual({ exitCode: 2, err: '' });
  const { error } = JSON.parse(out);
  expect(error.code).toBe('drill-file-invalid');
  expect(error.mistakes[0]).toMatchObject({ message: expect.stringContaining('rtoo'), suggestion: 'rto' });
});

test('a folder that cannot be written to is told, with what to do', async () => {
  const file = join(newFolder(), 'a-file');
  writeFileSync(file, '');
  const { exitCode, err } = await runHere([FAILOVER, '--runs', join(file, 'runs')]);
  expect(exitCode).toBe(2);
  expect(err).toMatch(/No run folder can be made.*\n\n.*--runs/);
});

test('a reader that stops early, as `head` does, is no fault', async () => {
  const { exitCode, err } = await runDrill([FAILOVER], {
    under: ['bash', '-o', 'pipefail', '-c', '"$@" | head -1', 'bash'],
  });
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
});

test('several drills are rehearsed in one go, each as it is alone, and summed up', async () => {
  const runs = newFolder();
  const all = ['multi-region-failover', 'snapshot-restore', 'point-in-time-restore'];
  const files = all.map((drill) => `drills/${drill}.yaml`);
  const { exitCode, out, err } = await drDrill(['run', ...files, '--runs', runs, '--set', 'targets.rto=5 min']);
  expect([exitCode, err]).toEqual([1, '']);
  expect(out).toMatch(/^multi-region-failover +passed +4 min [\d.]+ s of 5 min .* every target was met$/m);
  expect(out).toMatch(/^snapshot-restore +target missed .* RTO missed by/m);
  expect(out).toMatch(/^1 of 3 passed in rehearsal\. SIMULATED/m);
  const alone = await runHere(['drills/multi-region-failover.yaml', '--set', 'targets.rto=5 min']);
  const [name = ''] = readdirSync(runs).filter((one) => one.endsWith('failover'));
  expect(readFileSync(join(runs, name, 'journal.jsonl'), 'utf8')).toBe(alone.read('journal.jsonl'));
  const year = readdirSync('drills').filter((file) => file.endsWith('.yaml'));
  const whole = await here(['run', ...year.map((file) => `drills/${file}`), '--runs', runs, '--json']);
  expect([whole.exitCode, whole.err]).toEqual([0, '']);
  expect(JSON.parse(whole.out).map((one: { exitCode: number }) => one.exitCode)).toEqual(year.map(() => 0));
});

test('where one of several files has a mistake nothing is run, and all mistakes are told', async () => {
  const runs = newFolder();
  const files = [0, 1].map((n) => {
    const file = join(runs, `wrong-${n}.yaml`);
    writeFileSync(file, `drill: wrong-${n}\n`);
    return file;
  });
  const { exitCode, err } = await here(['run', FAILOVER, ...files, '--runs', join(runs, 'runs')]);
  expect(exitCode).toBe(2);
  for (const file of files) expect(err).toContain(file);
  expect(readdirSync(runs)).not.toContain('runs');
  expect((await here(['run', FAILOVER, FAILOVER, '--live'])).exitCode).toBe(2);
});
