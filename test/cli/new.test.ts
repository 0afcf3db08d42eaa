import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadDrill } from '../../src/drill/load.ts';
import { vocabulary } from '../../src/runbook/vocabulary.ts';
import { rehearsed } from '../run/drill.ts';
import { drDrill, here, newFolder } from './command.ts';

const ANSWERS =
  '--system books --account 444455556666 --primary eu-central-1 --recovery eu-west-1 --domain books.example.org'.split(
    ' ',
  );

test('what new writes is valid, holds the answers, and passes in rehearsal as it is', async () => {
  const folder = newFolder();
  const { exitCode, out } = await drDrill(['new', 'my-failover', ...ANSWERS, '--folder', folder]);
  expect(exitCode).toBe(0);
  expect(out).toContain(`dr-drill plan ${join(folder, 'my-failover.yaml')}`);
  const loaded = loadDrill(join(folder, 'my-failover.yaml'), { vocabulary });
  expect(loaded.drill.drill).toBe('my-failover');
  expect(loaded.topology).toMatchObject({
    topology: 'books',
    account: '444455556666',
    regions: { primary: 'eu-central-1', recovery: 'eu-west-1' },
    traffic: { name: 'books.example.org' },
  });
  for (const file of ['my-failover.yaml', 'topologies/books.yaml'])
    expect(readFileSync(join(folder, file), 'utf8')).not.toMatch(/ecommerce|ap-east-2|taipei|tokyo/i);
  expect(loaded.drill.title).toContain('eu-central-1 to eu-west-1');
  expect((await rehearsed(loaded)).outcome).toBe('passed');
});

test('any drill that ships can be the pattern, on a topology that is there', async () => {
  const folder = newFolder();
  await here(['new', 'first', ...ANSWERS, '--folder', folder]);
  const topology = join(folder, 'topologies/books.yaml');
  for (const like of ['snapshot-restore', 'planned-switchover', 'tabletop', 'redis-restore', 'network-partition']) {
    const { exitCode, err } = await here([
      'new',
      `my-${like}`,
      '--like',
      like,
      '--topology',
      topology,
      '--folder',
      folder,
    ]);
    expect([exitCode, err], like).toEqual([0, '']);
  }
});

test('the witness stands in neither of the two regions, whichever they are', async () => {
  const folder = newFolder();
  const regions = '--primary ap-southeast-1 --recovery eu-west-1'.split(' ');
  const like = ['--like', 'network-partition', '--folder', folder];
  const { exitCode, err } = await here([
    'new',
    'mine',
    ...ANSWERS.slice(0, 4),
    ...regions,
    ...ANSWERS.slice(-2),
    ...like,
  ]);
  expect([exitCode, err]).toEqual([0, '']);
  expect(loadDrill(join(folder, 'mine.yaml'), { vocabulary }).topology.witness?.region).toBe('us-west-2');
});

test('nothing is overwritten, and what is wrong or missing is said', async () => {
  const folder = newFolder();
  const again = ['new', 'mine', ...ANSWERS, '--folder', folder];
  await here(again);
  const before = readFileSync(join(folder, 'mine.yaml'), 'utf8');
  for (const [args, message] of [
    [again, 'exists already, and nothing is overwritten'],
    [['new', 'mine'], 'nobody to ask: --system, --account, --primary, --recovery, --domain'],
    [['new', 'Mine!', ...ANSWERS], "--name: 'Mine!' will not do"],
    [['new', 'other', '--like', 'nothing', ...ANSWERS], "There is no shipped drill 'nothing'"],
    [['new', 'other', '--like', 'surprise', ...ANSWERS], 'A surprise is drawn from drills that are there'],
  ] as const) {
    const { exitCode, err } = await here([...args]);
    expect(exitCode).toBe(2);
    expect(err).toContain(message);
  }
  expect(readFileSync(join(folder, 'mine.yaml'), 'utf8')).toBe(before);
});
