import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { drDrill, newFolder } from './command.ts';
import { liveAccount } from './live-account.ts';
import { hasPseudoTerminal, onTerminal } from './pseudo-terminal.ts';

const SYSTEM = '--system books --account 444455556666 --primary eu-central-1 --recovery eu-west-1';
const ANSWERS = `${SYSTEM} --domain books.example.org`.split(' ');
const DRILLS = ['multi-region-failover', 'snapshot-restore', 'tabletop'];
const WRITTEN = [
  '.github/workflows/drills.yml',
  ...DRILLS.map((name) => `drills/${name}.yaml`),
  'drills/schedules/books.yaml',
  'drills/topologies/books.yaml',
].toSorted();

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .flatMap((one) => (one.isFile() ? join(one.parentPath, one.name).slice(folder.length + 1) : []))
    .toSorted();

/** An environment in which nobody finds credentials. */
const nobody = (folder: string) => ({
  HOME: folder,
  AWS_EC2_METADATA_DISABLED: 'true',
  ...Object.fromEntries(['AWS_ENDPOINT_URL', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'].map((name) => [name, ''])),
});

/** What was written can be checked, planned and rehearsed as it is, and its schedule and workflow name what is there. */
async function expectReady(folder: string, system: string): Promise<void> {
  const call = (...words: string[]) => drDrill(words, { cwd: folder });
  const drills = readdirSync(join(folder, 'drills')).filter((name) => name.endsWith('.yaml'));
  const paths = [...drills.map((name) => `drills/${name}`), `drills/topologies/${system}.yaml`];
  expect(await call('validate', ...paths)).toMatchObject({ exitCode: 0, err: '' });
  for (const name of drills) {
    expect(await call('plan', `drills/${name}`)).toMatchObject({ exitCode: 0, err: '' });
    expect(await call('run', `drills/${name}`, '--quiet')).toMatchObject({ exitCode: 0, err: '' });
  }
  expect(await call('due', `drills/schedules/${system}.yaml`)).toMatchObject({ exitCode: 0, err: '' });
  const workflow = readFileSync(join(folder, '.github/workflows/drills.yml'), 'utf8');
  const named = parse(workflow).jobs.rehearse.strategy.matrix.drill as string[];
  expect(named.map((name) => `${name}.yaml`).toSorted()).toEqual(drills.toSorted());
  expect(workflow).toContain(`dr-drill due drills/schedules/${system}.yaml --run`);
}

test('without a word, in an empty folder, it says what to type, and writes nothing', async () => {
  const folder = newFolder();
  const { exitCode, out, err } = await drDrill([], { cwd: folder });
  expect([exitCode, err]).toEqual([0, '']);
  for (const words of ['run drills/multi-region-failover.yaml', 'init', 'new', '--help'])
    expect(out).toContain(`npx dr-drill ${words}`);
  expect(filesIn(folder)).toEqual([]);
});

test('from answers, all that is written can be checked, planned and rehearsed at once', async () => {
  const folder = newFolder();
  const { exitCode, out, err } = await drDrill(['init', ...ANSWERS], { cwd: folder });
  expect([exitCode, err]).toEqual([0, '']);
  expect(filesIn(folder)).toEqual(WRITTEN);
  for (const file of WRITTEN) expect(out.split('\n')[0]).toContain(file);
  await expectReady(folder, 'books');
});

test('what is there is kept to the byte, and an only topology answers all that is asked', async () => {
  const folder = newFolder();
  await drDrill(['init', ...ANSWERS], { cwd: folder });
  const mine = join(folder, 'drills/snapshot-restore.yaml');
  writeFileSync(mine, `${readFileSync(mine, 'utf8')}# mine\n`);
  const before = WRITTEN.map((file) => readFileSync(join(folder, file), 'utf8'));
  const { exitCode, out } = await drDrill(['init'], { cwd: folder });
  expect([exitCode, out]).toEqual([0, expect.not.stringContaining('Written:')]);
  for (const file of WRITTEN) expect(out).toMatch(new RegExp(`^Kept as it was: .*${file}`, 'm'));
  expect(WRITTEN.map((file) => readFileSync(join(folder, file), 'utf8'))).toEqual(before);
});

test('the topology comes from the account, with placeholders that say so, and everything passes as it is', async () => {
  const { env } = await liveAccount();
  const folder = newFolder();
  const words = 'init --system books --primary ap-east-2 --recovery ap-northeast-1 --discover'.split(' ');
  expect(await drDrill(words, { cwd: folder, env })).toMatchObject({ exitCode: 0, err: '' });
  const topology = readFileSync(join(folder, 'drills/topologies/books.yaml'), 'utf8');
  expect(topology).toContain('identifier: ecommerce-db-primary');
  expect(topology).toMatch(/namespace: default # not known: .* \(PLACEHOLDER\)$/m);
  await expectReady(folder, 'books');
});

test.each([
  [['init'], 'no terminal to ask at: --primary, --recovery.'],
  [['init', '--primary', 'Frankfurt'], "--primary: 'Frankfurt' is not valid"],
  [['init', ...ANSWERS, '--discover'], 'credentials'],
])('%j: what is wrong or missing is said, and nothing is written', async (words, message) => {
  const folder = newFolder();
  const { exitCode, err } = await drDrill(words, { cwd: folder, env: nobody(folder) });
  expect([exitCode, err]).toEqual([2, expect.stringContaining(message)]);
  expect(filesIn(folder)).toEqual([]);
});

test('a topology with mistakes is named, and stays as it is', async () => {
  const folder = newFolder();
  mkdirSync(join(folder, 'drills/topologies'), { recursive: true });
  writeFileSync(join(folder, 'drills/topologies/mine.yaml'), 'topology: mine\n');
  const { exitCode, err } = await drDrill(['init'], { cwd: folder });
  expect([exitCode, err]).toEqual([2, expect.stringContaining('dr-drill validate drills/topologies/mine.yaml')]);
  expect(filesIn(folder)).toEqual(['drills/topologies/mine.yaml']);
});

/** Answers each question once, as soon as it stands on the screen. */
function answering(answers: Record<string, string>) {
  const open = new Map(Object.entries(answers));
  return (screen: string, type: (keys: string) => void) => {
    for (const [question, answer] of open) {
      if (!screen.includes(question)) continue;
      open.delete(question);
      type(`${answer}\r`);
    }
  };
}

const REGIONS = { 'The region that serves': 'ap-east-2', 'The region that takes over': 'ap-northeast-1' };

test.runIf(hasPseudoTerminal)('at a terminal, without a word, it offers to write everything, and asks', async () => {
  const folder = join(newFolder(), 'books');
  mkdirSync(folder);
  const { exitCode, screen } = await onTerminal([], {
    cwd: folder,
    env: nobody(folder),
    types: answering({
      'Write drills for a system of your own now?': '',
      ...REGIONS,
      'The AWS account (': '444455556666',
      'The public name that customers use': 'books.example.org',
    }),
  });
  expect([exitCode, screen]).toEqual([0, expect.stringContaining('so the topology will hold examples')]);
  expect(filesIn(folder)).toEqual(WRITTEN);
  await expectReady(folder, 'books');
});

test.runIf(hasPseudoTerminal)(
  'with credentials it asks whether the account may be read, and nothing that it finds there',
  async () => {
    const { env } = await liveAccount();
    const folder = join(newFolder(), 'books');
    mkdirSync(folder);
    const types = answering({ ...REGIONS, 'Read account 111122223333': 'yes' });
    const { exitCode, screen } = await onTerminal(['init'], { cwd: folder, env, types });
    expect([exitCode, screen]).toEqual([0, expect.not.stringContaining('The AWS account (')]);
    expect(existsSync(join(folder, '.github/workflows/drills.yml'))).toBe(true);
    expect(readFileSync(join(folder, 'drills/topologies/books.yaml'), 'utf8')).toContain('111122223333');
  },
);
