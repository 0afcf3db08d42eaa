import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const rows = readFileSync('docs/src/content/docs/reference/aws-semantics.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| no. |'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

test('each numbered trap has a row', () => {
  const numbers = new Set(rows.map(([number]) => number));
  for (let trap = 1; trap <= 21; trap += 1) expect(numbers).toContain(String(trap));
});

/** What drills ask AWS for that must not be asked for twice, or that is refused on the way. */
const operations = [
  ...['PromoteReadReplica', 'CreateDBInstanceReadReplica', 'RebootDBInstance', 'RestoreDBInstanceFromDBSnapshot'],
  ...['CopyDBSnapshot', 'DeleteDBInstance', 'global cluster', 'ChangeResourceRecordSets', 'UpdateHealthCheck'],
  ...['UpdateNodegroupConfig', 'UpdateRoutingControlStates', 'FailoverGlobalReplicationGroup'],
];

test.each(operations)('the operation %s has a row', (operation) => {
  const said = rows.filter(([kind]) => kind === 'operation').map(([, what]) => what);
  expect(said).toContainEqual(expect.stringContaining(operation));
});

test.each(rows)('%s: %s', (...cells) => {
  expect(cells).toHaveLength(6);
  for (const cell of cells) expect(cell).not.toBe('');
  const [, , simulator = '', step = '', tested = ''] = cells;
  const [, file = '', title = ''] = /^`([^`]+)`: (.+)$/.exec(tested) ?? [];
  for (const path of [simulator.replaceAll('`', ''), step.replaceAll('`', ''), file])
    expect(existsSync(path), path).toBe(true);
  expect(simulator).toMatch(/^`src\/simulator\//);
  expect(step).toMatch(/^`src\/(aws|components|live|platform|report|run|steps)\//);
  expect(readFileSync(file, 'utf8')).toContain(title);
});
