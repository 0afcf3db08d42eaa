import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { realClock } from '../../src/clock/real-clock.ts';
import { drawWith } from '../../src/simulator/distributions.ts';
import { shipped } from '../run/drill.ts';
import { type Cell, cellsOf } from './cells.ts';
import { faults } from './fault.ts';
import { liveRun } from './live-run.ts';
import { violations } from './oracle.ts';
import { oneBlow, rate } from './plan.ts';
import { type Ended, legend, type Played, summaryOf, tableOf } from './table.ts';

/** Every cell with TORTURE=live, as `npm run torture:live` has it; otherwise a few of each drill. */
const ALL = process.env.TORTURE === 'live';
const FEW = 4;
/** On platforms where several data stores move, runs take longer. */
const FEW_OF_SEVERAL = 2;

const drills = readdirSync('drills')
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => file.replace('.yaml', ''));

/** Every drill, and those of a whole region on platforms where several data stores move. */
const rows: [label: string, name: string, overrides: string[]][] = [
  ...drills.map((name): [string, string, string[]] => [name, name, []]),
  ...['pair-and-global', 'two-databases-two-names'].flatMap((platform) =>
    ['multi-region-failover', 'planned-switchover', ...(ALL ? ['failback'] : [])].map(
      (name): [string, string, string[]] => [
        `${name} on ${platform}`,
        name,
        [`topology=test/platforms/${platform}.yaml`],
      ],
    ),
  ),
];

/** Spread over all places and faults of a drill, at others in each drill. */
function chosen(cells: Cell[], name: string, few: number): Cell[] {
  if (ALL) return cells;
  const every = Math.ceil(cells.length / few);
  return cells.filter((_, at) => at % every === (drills.indexOf(name) * 5) % every);
}

const ended = new Map<string, Played>();
beforeAll(() => console.info(legend));
afterAll(() => console.info(summaryOf(ended)));

describe.each(rows)('%s, live', (label, name, overrides) => {
  test('comes to its end whatever happens to one operation on the way', async () => {
    const clock = realClock();
    const loaded = shipped(name, overrides);
    const unbroken = await liveRun(loaded, []);
    const wrong: string[] = [];
    const cells: Ended[] = [];
    for (const cell of chosen(cellsOf(unbroken), name, overrides.length > 0 ? FEW_OF_SEVERAL : FEW)) {
      const { step, operation, nth, fault } = cell;
      const run = await liveRun(loaded, [], { plan: (virtual) => oneBlow(cell, virtual) }).catch(String);
      const isOver = typeof run !== 'string';
      const mayRepeat = fault.name === 'delivered twice' ? 1 : 0;
      const found = isOver ? violations(run, unbroken, { mayRepeat }) : [run];
      const outcome = isOver ? run.outcome : undefined;
      cells.push({ operation, fault: fault.name, outcome, breaksRule: found.length > 0 });
      const where = `${operation} in ${step}, call ${nth}, ${fault.name}`;
      wrong.push(...found.map((what) => `${where}: ${what}; ${isOver ? run.reason : ''}`));
    }
    ended.set(label, { cells, tookMs: clock.elapsedMs() });
    console.info(`${label}\n${tableOf(cells)}\n${wrong.join('\n')}`);
    expect(wrong).toEqual([]);
  }, 7_200_000);
});

/** Before the request reached AWS, or after. */
const resets = faults.filter(({ name }) => ['request lost', 'answer lost'].includes(name));

test.each(ALL ? drills : ['multi-region-failover', 'aurora-global-failover', 'snapshot-restore', 'secrets-restore'])(
  '%s, live, comes to its end though every tenth connection is reset',
  async (name) => {
    const loaded = shipped(name);
    const unbroken = await liveRun(loaded);
    const wrong: string[] = [];
    let met = 0;
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
        met += run.passed.filter(({ fault }) => fault !== undefined).length;
        wrong.push(...violations(run, unbroken).map((what) => `seed ${seed}: ${what}; ${run.reason}`));
      }
    }
    expect(wrong).toEqual([]);
    // A drill of three calls may meet none.
    expect(met).toBeGreaterThan(0);
  },
  3_600_000,
);
