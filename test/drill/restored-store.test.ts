import { expect, test } from 'vitest';
import { loadDrill } from '../../src/drill/load.ts';
import { runbookFor } from '../../src/runbook/runbook.ts';
import { vocabulary } from '../../src/runbook/vocabulary.ts';
import { finished, SNAPSHOT } from '../run/drill.ts';
import { drillText, mistakesOf, scratch } from './files.ts';

const { write } = scratch();

const RESTORE = 'drills/snapshot-restore.yaml';
const SWITCH = 'afterwards=switch-over';
const on = (platform: string) => `topology=test/platforms/${platform}.yaml`;
const CLINIC = on('aurora-two-names-and-cache');
const NAME_ALONE = `topology=${write(
  'name-alone.yaml',
  `topology: name-alone
account: "111122223333"
regions: { primary: eu-west-1, recovery: eu-central-1 }
data:
  sessions:
    kind: elasticache-global
    primary: { replicationGroup: a, nodeType: cache.t4g.micro, nodes: 1, parameterGroup: p, subnetGroup: s }
    snapshots: { window: "03:00", retention: 1 d }
`,
)}`;

/** A shipped drill with a line of its own on the sample. */
const restoreOf = (line: string): string =>
  write(
    `${line.replace(': ', '-')}.yaml`,
    drillText(RESTORE).replace(/^machine: .*$/m, (machine) => `${machine}\n${line}`),
  );

const stepsOf = (path: string, ...overrides: string[]): string[] => {
  const { drill, topology } = loadDrill(path, { overrides, vocabulary });
  return Object.keys(runbookFor(drill, topology).steps);
};

const says = (path: string, ...overrides: string[]): [message: string, expected: string | undefined][] =>
  mistakesOf(path, { overrides, vocabulary }).map(({ message, expected }) => [message, expected]);

test.each([
  ['the first that can be restored', RESTORE, [], 'restore/orders'],
  ['a cluster of Aurora where there is no other', RESTORE, [CLINIC], 'restore/records/cluster'],
  ['the first of two pairs', RESTORE, [on('two-pairs')], 'restore/loans'],
  ['the one that the drill names', restoreOf('of: baskets'), [], 'restore/baskets/cluster'],
  ['the first of a kind that the drill names', restoreOf('of: aurora-global'), [], 'restore/baskets/cluster'],
])('a restore is of %s', (_, path, overrides, step) => {
  expect(stepsOf(path, ...overrides)).toContain(step);
});

test('a restore that only discards has no step that makes its copy the writer', () => {
  const steps = ['fence-writer/records', 'point-applications/clinic'];
  expect(stepsOf(RESTORE, CLINIC, SWITCH)).toEqual(expect.arrayContaining(steps));
  expect(stepsOf(RESTORE, CLINIC)).not.toEqual(expect.arrayContaining([steps[0]]));
});

test.each([
  [
    'a topology without a database',
    [RESTORE, NAME_ALONE],
    'the topology name-alone has no data store that can be restored, which this drill needs',
    'a component of the kind rds-replica or aurora-global',
  ],
  [
    'the same for a drill of its own course',
    ['drills/cross-region-restore.yaml', NAME_ALONE],
    'the topology name-alone has no database, which this drill needs',
    'a component of the kind rds-replica or aurora-global',
  ],
  [
    'a kind that the topology has not',
    [restoreOf('of: rds-replica'), CLINIC],
    'the topology clinic has no rds-replica, which this drill needs',
    expect.stringContaining('a component of the kind rds-replica'),
  ],
  [
    'a component that nobody can restore',
    [restoreOf('of: sessions')],
    "'sessions' is no data store that can be restored",
    'one of orders, baskets',
  ],
  [
    'a switch-over of a cluster that nothing but Aurora can fence',
    [RESTORE, on('aurora-behind-one-name'), SWITCH],
    expect.stringMatching(/has no data\.ledger\.primary\.quarantineSecurityGroup, which this drill needs$/),
    'data.ledger.primary.quarantineSecurityGroup in the topology',
  ],
  [
    'a switch-over that nothing would notice',
    [RESTORE, on('database-and-name'), SWITCH],
    'the topology database-and-name has no compute that uses tickets, which this drill needs',
    'compute that uses tickets in the topology',
  ],
  [
    'a name that a cluster has',
    [RESTORE, CLINIC, 'restored.identifier=clinic-records-dublin'],
    "restored.identifier 'clinic-records-dublin' is a name of the topology",
    'a name of its own for the restored copy',
  ],
  [
    'tables that are to be carried over in an engine that a drill cannot ask',
    ['drills/partial-restore.yaml', on('mysql-pair'), 'topology.data.bookings.engine=sqlserver'],
    'To carry tables over works with PostgreSQL, MySQL, MariaDB; bookings runs sqlserver.',
    'a data store with PostgreSQL, MySQL, MariaDB',
  ],
] as const)('one line says what is missing: %s', (_, [path, ...overrides], message, expected) => {
  expect(says(path, ...overrides)).toEqual([[message, expected]]);
});

test('a course of its own that names no data store is told which could be meant', () => {
  const text = drillText('drills/cross-region-restore.yaml').replace('of: first\n', '');
  const found = says(write('elsewhere.yaml', text));
  expect(found[0]).toEqual([
    "'data.choose-recovery-point' is asked of one data store, and orders, baskets could all do it",
    "the key 'of', here or at the top, with one of orders, baskets",
  ]);
});

test('a course of its own that names something after its data store says which one that is', () => {
  const text = drillText('drills/redis-restore.yaml').replace('of: elasticache-global\n', '');
  expect(says(write('redis.yaml', text))[0]).toEqual([
    `\${store}: nothing says which data store is meant`,
    "the key 'of', here or at the top",
  ]);
});

test('the name of the restored copy is checked against RDS and the topology with the name of its data store in it', () => {
  const named = (name: string) => says(RESTORE, CLINIC, `restored.identifier=${name}`);
  expect(named(`\${store}-copy`)).toEqual([]);
  expect(named(`\${store}--copy`)[0]?.[0]).toBe('restored.identifier is no name that RDS accepts');
});

test('a data store that customers can do without is not given up by the drill that restores it', async () => {
  const overrides = [CLINIC, 'topology.data.records.essential=false', 'simulation.restore.fails=true'];
  const run = await finished(SNAPSHOT, overrides);
  expect([run.outcome, run.reason]).toEqual([
    'rolled-back',
    expect.stringMatching(/^restore\/records\/cluster: .* will not become available/),
  ]);
});
