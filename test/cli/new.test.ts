import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { allComponents } from '../../src/drill/components.ts';
import { type LoadedDrill, loadDrill } from '../../src/drill/load.ts';
import { vocabulary } from '../../src/runbook/vocabulary.ts';
import { rehearsed } from '../run/drill.ts';
import { drDrill, here, newFolder } from './command.ts';
import { answering, hasPseudoTerminal, onTerminal } from './pseudo-terminal.ts';

const SYSTEM = '--system books --account 444455556666 --primary eu-central-1 --recovery eu-west-1'.split(' ');
const DOMAIN = ['--domain', 'books.example.org'];
const ANSWERS = [...SYSTEM, ...DOMAIN];

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
    traffic: { 'public-name': { name: 'books.example.org' } },
  });
  for (const file of ['my-failover.yaml', 'topologies/books.yaml'])
    expect(readFileSync(join(folder, file), 'utf8')).not.toMatch(/ecommerce|ap-east-2|taipei|tokyo/i);
  expect(loaded.drill.title).toBe('Complete regional failure: the recovery region takes over');
  expect((await rehearsed(loaded)).outcome).toBe('passed');
});

/** What the topology of a drill holds, and nothing else. */
const HELD: Record<string, string[]> = {
  'aurora-global-failover': ['aurora-global'],
  'configuration-restore': ['configuration-archive', 'eks'],
  'dynamodb-restore': ['dynamodb-global-table'],
  'kafka-failover': ['kafka', 'eks'],
  'multi-az-failover': ['rds-replica', 'route53'],
  'network-partition': ['rds-replica', 'eks', 'route53', 'witness'],
  'object-store-recovery': ['s3-replication'],
  'redis-restore': ['elasticache-global'],
  'secrets-restore': ['secrets'],
  'snapshot-restore': ['rds-replica'],
};

/** What takes how long is drawn by the names of things: with some names a seed misses a target, as in any account. */
async function passes(loaded: LoadedDrill): Promise<boolean> {
  for (const seed of [1, 2, 3, 4]) if ((await rehearsed(loaded, [], { seed })).outcome === 'passed') return true;
  return false;
}

const shipped = readdirSync('drills')
  .filter((file) => file.endsWith('.yaml') && file !== 'surprise.yaml')
  .map((file) => file.replace('.yaml', ''));

test.each(shipped)('like %s, on a topology with what it needs and nothing else, and it passes', async (like) => {
  const folder = newFolder();
  const words = ['new', 'mine', '--like', like, '--folder', folder];
  const asked = await here([...words, ...SYSTEM]);
  const needsName = asked.err.includes('--domain');
  if (needsName) expect(asked.err).toContain('no terminal to ask at: --domain.');
  const { exitCode, err } = needsName ? await here([...words, ...ANSWERS]) : asked;
  expect([exitCode, err]).toEqual([0, '']);
  const loaded = loadDrill(join(folder, 'mine.yaml'), { vocabulary });
  const kinds = allComponents(loaded.topology).map(({ kind }) => kind);
  expect(kinds.includes('route53')).toBe(needsName);
  const held = [...kinds, ...(loaded.topology.witness ? ['witness'] : [])];
  if (HELD[like]) expect(held).toEqual(HELD[like]);
  const file = parse(readFileSync(join(folder, 'topologies/books.yaml'), 'utf8'));
  expect(Object.keys(file).filter((key) => ['notices', 'evidence', 'description'].includes(key))).toEqual([]);
  expect(await passes(loaded)).toBe(true);
});

test.each(['two-databases-two-names', 'database-and-name', 'aurora-behind-one-name'])(
  'on the topology %s, which is there, nothing else is asked and no other is written',
  async (name) => {
    const folder = newFolder();
    const topology = `test/platforms/${name}.yaml`;
    const words = ['new', 'mine', '--like', 'tabletop', '--topology', topology, '--folder', folder];
    const { exitCode, err } = await here(words);
    expect([exitCode, err, readdirSync(folder)]).toEqual([0, '', ['mine.yaml']]);
    expect(loadDrill(join(folder, 'mine.yaml'), { vocabulary }).topology.topology).toBe(name);
  },
);

test('any drill that ships can be the pattern, on a topology that is there', async () => {
  const folder = newFolder();
  await here(['new', 'first', '--like', 'network-partition', ...ANSWERS, '--folder', folder]);
  const topology = join(folder, 'topologies/books.yaml');
  for (const like of ['snapshot-restore', 'planned-switchover', 'tabletop', 'failback']) {
    const words = ['new', `my-${like}`, '--like', like, '--topology', topology, '--folder', folder];
    const { exitCode, err } = await here(words);
    expect([exitCode, err], like).toEqual([0, '']);
  }
});

test('the witness is in neither of the two regions', async () => {
  const folder = newFolder();
  const regions = '--primary ap-southeast-1 --recovery eu-west-1'.split(' ');
  const like = ['--like', 'network-partition', '--folder', folder];
  const { exitCode, err } = await here(['new', 'mine', ...SYSTEM.slice(0, 4), ...regions, ...DOMAIN, ...like]);
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
    [['new', 'mine'], 'no terminal to ask at: --system, --account, --primary, --recovery, --domain'],
    [
      ['new', 'mine', '--like', 'secrets-restore'],
      'no terminal to ask at: --system, --account, --primary, --recovery.',
    ],
    [['new', 'Mine!', ...ANSWERS], "--name: 'Mine!' is not valid"],
    [['new', 'other', '--like', 'nothing', ...ANSWERS], "There is no shipped drill 'nothing'"],
    [['new', 'other', '--like', 'surprise', ...ANSWERS], 'A surprise is drawn from drills that are there'],
  ] as const) {
    const { exitCode, err } = await here([...args]);
    expect(exitCode).toBe(2);
    expect(err).toContain(message);
  }
  expect(readFileSync(join(folder, 'mine.yaml'), 'utf8')).toBe(before);
});

test.runIf(hasPseudoTerminal)(
  'at a terminal, a wrong answer is asked for again, and no other answer is lost',
  async () => {
    const folder = newFolder();
    await here(['new', 'taken', '--like', 'secrets-restore', ...SYSTEM, '--folder', folder]);
    const talk: Parameters<typeof answering>[0] = [
      ["The drill's name", 'taken'],
      ['taken.yaml exists already'],
      ["The drill's name", 'mine'],
      ['Which shipped drill', 'no-such-drill'],
      ["There is no shipped drill 'no-such-drill'"],
      ['Which shipped drill', 'secrets-restore'],
      ["The system's name", 'books'],
      ['books.yaml exists already'],
      ["The system's name", 'shelves'],
      ['The AWS account', '4444'],
      ["'4444' is not valid"],
      ['The AWS account', '444455556666'],
      ['The region that serves', 'eu-centrl-1'],
      ["There is no region 'eu-centrl-1'"],
      ['The region that serves', 'eu-central-1'],
      ['The region that takes over', 'eu-central-1'],
      ['must be another one'],
      ['The region that takes over', 'eu-west-1'],
    ];
    const { exitCode } = await onTerminal(['new', '--folder', folder], { types: answering(talk) });
    expect([exitCode, talk]).toEqual([0, []]);
    const { drill, topology } = loadDrill(join(folder, 'mine.yaml'), { vocabulary });
    expect([drill.drill, topology.topology, topology.regions]).toEqual([
      'mine',
      'shelves',
      { primary: 'eu-central-1', recovery: 'eu-west-1' },
    ]);
  },
);
