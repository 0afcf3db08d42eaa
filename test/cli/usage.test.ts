import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drDrill, here, newFolder, runDrill, runHere } from './command.ts';

const commands = ['run', 'validate', 'list', 'plan', 'graph', 'report'];

test('--help names every command, and the help of each has an example that begins as one types it', async () => {
  const { exitCode, out } = await drDrill(['--help']);
  expect(exitCode).toBe(0);
  for (const command of commands) {
    expect(out).toMatch(new RegExp(`^  ${command} `, 'm'));
    const help = await here([command, '--help']);
    expect(help.exitCode).toBe(0);
    expect(help.out).toMatch(new RegExp(`^Examples:\\n {2}\\$ dr-drill ${command}`, 'm'));
  }
});

test('the help of `run` lists the exit codes', async () => {
  const { out } = await drDrill(['run', '--help']);
  for (const code of [0, 1, 2, 3, 4]) expect(out).toMatch(new RegExp(`^  ${code}  \\S`, 'm'));
});

test('--version gives the version of the package', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(await drDrill(['--version'])).toMatchObject({ exitCode: 0, out: `${version}\n` });
});

test.each([
  [['rnu', 'drills/x.yaml'], /Did you mean run\?/],
  [['run'], /missing required argument 'drills'/],
  [['run', 'drills/multi-region-failover.yaml', '--qiet'], /Did you mean --quiet\?/],
  [['run', '--format', 'html', 'drills/multi-region-failover.yaml'], /Put the file before --format/],
  [['report', 'runs/x', '--format', 'html,docx'], /Expected one of html, json, md/],
  [[], /Usage: dr-drill/],
])('a wrong call (%j) is told and ends with 2', async (args, told) => {
  const { exitCode, err } = await drDrill(args);
  expect(err).toMatch(told);
  expect(exitCode).toBe(2);
});

test('validate tells every mistake of every file, with its place, and ends with 2', async () => {
  const folder = newFolder();
  const drill = join(folder, 'a.yaml');
  mkdirSync(join(folder, 'topologies'));
  cpSync('drills/topologies', join(folder, 'topologies'), { recursive: true });
  const text = readFileSync('drills/multi-region-failover.yaml', 'utf8');
  writeFileSync(drill, text.replace('rto: 5 min', 'rto: 5 minuts').replace('heartbeat:', 'haertbeat:'));
  const { exitCode, out, err } = await drDrill(['validate', 'drills/snapshot-restore.yaml', drill]);
  expect(exitCode).toBe(2);
  expect(out).toMatch(/✔ drills\/snapshot-restore\.yaml/);
  expect(err).toMatch(/a\.yaml:7:17 /);
  expect(err).toMatch(/did you mean heartbeat\?/);
  expect(err).toMatch(/mistakes in 1 file\./);
});

test('validate passes every file that is shipped', async () => {
  const files = ['multi-region-failover', 'snapshot-restore', 'point-in-time-restore', 'topologies/ecommerce-platform'];
  const { exitCode, out } = await here(['validate', '--json', ...files.map((name) => `drills/${name}.yaml`)]);
  expect(exitCode).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ valid: true });
});

test('a deadline for a step that the machine does not have is a mistake', async () => {
  const { exitCode, err } = await runHere(['drills/snapshot-restore.yaml', '--set', 'deadlines.retsore=5 min']);
  expect(exitCode).toBe(2);
  expect(err).toMatch(/did you mean restore\?/);
});

test('list names the drills of a folder with their targets, and those that cannot be used', async () => {
  const { exitCode, out } = await drDrill(['list']);
  expect(exitCode).toBe(0);
  expect(out).toMatch(/multi-region-failover\.yaml\n {2}Complete regional failure.*\n {2}.*RTO 5 min, RPO 1 min/);
  const folder = newFolder();
  writeFileSync(join(folder, 'broken.yaml'), 'drill: [\n');
  expect((await here(['list', folder])).out).toMatch(/broken\.yaml\n {2}cannot be used/);
  expect((await here(['list', join(folder, 'none')])).exitCode).toBe(2);
});

test('colour is for terminals only, and never against NO_COLOR', async () => {
  const { out } = await runDrill(['drills/multi-region-failover.yaml']);
  expect(out).not.toContain('\u001b[');
});

test.each([
  [{ FORCE_COLOR: '1' }, true],
  [{ FORCE_COLOR: '1', TERM: 'dumb' }, true],
  [{ FORCE_COLOR: '0' }, false],
  [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false],
])('without a terminal, %j decides on colour', async (env, inColour) => {
  const { out } = await drDrill(['plan', 'drills/snapshot-restore.yaml'], { env });
  expect(out.includes('\u001b[')).toBe(inColour);
});
