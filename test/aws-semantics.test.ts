import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const rows = readFileSync('docs/aws-semantics.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| trap |'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

test('the table of traps has rows', () => expect(rows.length).toBeGreaterThan(10));

test.each(rows)('%s', (...cells) => {
  expect(cells).toHaveLength(5);
  for (const cell of cells) expect(cell).not.toBe('');
  const [, simulator = '', step = '', tested = ''] = cells;
  const [, file = '', title = ''] = /^`([^`]+)`: (.+)$/.exec(tested) ?? [];
  for (const path of [simulator.replaceAll('`', ''), step.replaceAll('`', ''), file])
    expect(existsSync(path), path).toBe(true);
  expect(simulator).toMatch(/^`src\/simulator\//);
  expect(step).toMatch(/^`src\/(components|platform|steps)\//);
  expect(readFileSync(file, 'utf8')).toContain(title);
});
