import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { shipped } from '../run/drill.ts';
import { type Cell, cellsOf } from './cells.ts';
import { faults } from './fault.ts';
import { liveRun } from './live-run.ts';
import { violations } from './oracle.ts';
import { oneBlow } from './plan.ts';

/** Every cell with TORTURE=live, as `npm run torture:live` has it; a sample of each drill otherwise. */
const ALL = process.env.TORTURE === 'live';
const ONE_IN = 40;

const drills = readdirSync('drills')
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => file.replace('.yaml', ''));

/** What cannot be undone meets every fault, always. */
const always = ({ operation }: Cell): boolean => /^(Promote|Failover)/.test(operation);

const chosen = (cells: Cell[]): Cell[] => (ALL ? cells : cells.filter((cell, at) => always(cell) || at % ONE_IN === 0));

/** A letter for each end; a cell that breaks a rule is marked. */
const letters: Record<string, string> = {
  passed: 'P',
  'target-missed': 'T',
  'rolled-back': 'R',
  failed: 'H',
  aborted: 'A',
};

describe.runIf(ALL).each(drills)('%s, live', (name) => {
  test('comes to its end whatever happens to one operation on the way', async () => {
    const loaded = shipped(name);
    const unbroken = await liveRun(loaded, []);
    const wrong: string[] = [];
    const rows = new Map<string, Map<string, string>>();
    for (const cell of chosen(cellsOf(unbroken))) {
      const { step, operation, nth, fault } = cell;
      const where = `${operation} in ${step}, call ${nth}, ${fault.name}`;
      const run = await liveRun(loaded, [], { plan: (clock) => oneBlow(cell, clock) }).catch(String);
      const found =
        typeof run === 'string'
          ? [run]
          : violations(run, unbroken, { mayRepeat: fault.name === 'delivered twice' ? 1 : 0 });
      const row = rows.get(operation) ?? new Map<string, string>();
      rows.set(operation, row);
      const letter = typeof run === 'string' ? 'X' : (letters[run.outcome] ?? '?');
      row.set(fault.name, `${row.get(fault.name) ?? ''}${letter}${found.length > 0 ? '!' : ''}`);
      wrong.push(...found.map((what) => `${where}: ${what}; ${typeof run === 'string' ? '' : run.reason}`));
    }
    console.info(`${name}\n${table(rows)}\n${wrong.join('\n')}`);
    expect(wrong).toEqual([]);
  }, 3_600_000);
});

function table(rows: Map<string, Map<string, string>>): string {
  return [...rows]
    .map(
      ([operation, row]) =>
        `${operation.padEnd(38)} ${faults.map(({ name }) => (row.get(name) ?? '').padEnd(8)).join(' ')}`,
    )
    .join('\n');
}
