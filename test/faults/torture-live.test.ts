import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { drawWith } from '../../src/simulator/distributions.ts';
import { shipped } from '../run/drill.ts';
import { type Cell, cellsOf } from './cells.ts';
import { faults } from './fault.ts';
import { liveRun } from './live-run.ts';
import { violations } from './oracle.ts';
import { oneBlow, rate } from './plan.ts';

/** Every cell with TORTURE=live, as `npm run torture:live` has it; otherwise a few of each drill. */
const ALL = process.env.TORTURE === 'live';
const FEW = 4;

const drills = readdirSync('drills')
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => file.replace('.yaml', ''));

/** Spread over all places and faults of a drill, at others in each drill. */
function chosen(cells: Cell[], name: string): Cell[] {
  if (ALL) return cells;
  const every = Math.ceil(cells.length / FEW);
  return cells.filter((_, at) => at % every === (drills.indexOf(name) * 5) % every);
}

/** A letter for each end; a cell that breaks a rule is marked. */
const letters: Record<string, string> = {
  passed: 'P',
  'target-missed': 'T',
  'rolled-back': 'R',
  failed: 'H',
  aborted: 'A',
};

const legend = [
  faults.map(({ name }, at) => `${at + 1} ${name}`).join(', '),
  'P passed, T target missed, R rolled back, H held or failed, A aborted, X no end; ! breaks a rule',
];
beforeAll(() => console.info(legend.join('\n')));

describe.each(drills)('%s, live', (name) => {
  test('comes to its end whatever happens to one operation on the way', async () => {
    const loaded = shipped(name);
    const unbroken = await liveRun(loaded, []);
    const wrong: string[] = [];
    const rows = new Map<string, Map<string, string>>();
    for (const cell of chosen(cellsOf(unbroken), name)) {
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

/** Before the request reached AWS, or after. */
const resets = faults.filter(({ name }) => ['request lost', 'answer lost'].includes(name));

test.each(ALL ? drills : ['multi-region-failover', 'aurora-global-failover', 'snapshot-restore', 'secrets-restore'])(
  '%s, live, comes to its end though every tenth connection is reset',
  async (name) => {
    const loaded = shipped(name);
    const unbroken = await liveRun(loaded);
    const wrong: string[] = [];
    for (let seed = 1; seed <= (ALL ? 10 : 2); seed += 1) {
      const draw = drawWith(seed);
      let calls = 0;
      const chance = () => {
        calls += 1;
        return draw(`reset/${calls}`);
      };
      const run = await liveRun(loaded, [], { plan: () => rate(0.1, resets, chance) }).catch(String);
      if (typeof run === 'string') wrong.push(`seed ${seed}: ${run}`);
      else {
        expect(run.passed.some(({ fault }) => fault !== undefined)).toBe(true);
        wrong.push(...violations(run, unbroken).map((what) => `seed ${seed}: ${what}; ${run.reason}`));
      }
    }
    expect(wrong).toEqual([]);
  },
  3_600_000,
);

/** One row for each operation, one column for each fault, numbered; a letter for each place in the drill. */
function table(rows: Map<string, Map<string, string>>): string {
  const width = (fault: string) => Math.max(3, ...[...rows.values()].map((row) => (row.get(fault) ?? '').length + 1));
  const line = (first: string, cells: (name: string, at: number) => string) =>
    `${first.padEnd(34)} ${faults.map(({ name }, at) => cells(name, at).padEnd(width(name))).join('')}`;
  return [
    line('', (_, at) => String(at + 1)),
    ...[...rows].map(([operation, row]) => line(operation, (name) => row.get(name) ?? '')),
  ].join('\n');
}
