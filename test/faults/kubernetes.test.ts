import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { realClock } from '../../src/clock/real-clock.ts';
import { shipped } from '../run/drill.ts';
import { faults } from './fault.ts';
import { liveRun } from './live-run.ts';
import { violations } from './oracle.ts';
import { oneBlow } from './plan.ts';
import { type Ended, legend, type Played, summaryOf, tableOf } from './table.ts';
import type { Passed } from './way.ts';

/** Every cell with TORTURE=live, as `npm run torture:live` has it; otherwise a few of each drill. */
const ALL = process.env.TORTURE === 'live';
const FEW = 4;
const LOOKS_IN_A_ROW = 7;

const isLook = (operation: string): boolean => /^(get|list|watch) /.test(operation);

/** Every operation of a cluster's API, before the drill changes anything there and after. */
function cellsOf(passed: readonly Passed[]) {
  const counts = new Map<string, number>();
  const places = new Set<string>();
  let changed = false;
  return passed.flatMap(({ service, operation }) => {
    const nth = (counts.get(operation) ?? 0) + 1;
    counts.set(operation, nth);
    const place = `${operation} ${changed}`;
    const change = !isLook(operation);
    changed ||= change;
    if (places.has(place)) return [];
    places.add(place);
    return faults
      .filter(({ forChanges }) => change || !forChanges)
      .map((fault) => ({ service, operation, nth, fault, times: change || fault.once ? 1 : LOOKS_IN_A_ROW }));
  });
}

const ended = new Map<string, Played>();
beforeAll(() => console.info(legend));
afterAll(() => console.info(summaryOf(ended)));

/** Those whose steps ask a cluster. */
const drills = ['multi-region-failover', 'configuration-restore', 'kafka-failover', 'planned-switchover', 'failback'];

describe.each(ALL ? drills : drills.slice(0, 2))('%s, live', (name) => {
  test("comes to its end whatever happens to one operation of a cluster's API", async () => {
    const clock = realClock();
    const loaded = shipped(name);
    const unbroken = await liveRun(loaded, [], { kubernetes: () => () => undefined });
    const all = cellsOf(unbroken.kubernetesPassed);
    expect(all).not.toEqual([]);
    const every = ALL ? 1 : Math.ceil(all.length / FEW);
    const cells: Ended[] = [];
    const wrong: string[] = [];
    for (const blow of all.filter((_, at) => at % every === 0)) {
      const { operation, nth, fault } = blow;
      const run = await liveRun(loaded, [], { kubernetes: (virtual) => oneBlow(blow, virtual) }).catch(String);
      const isOver = typeof run !== 'string';
      const found = isOver ? violations(run, unbroken) : [run];
      cells.push({
        operation,
        fault: fault.name,
        outcome: isOver ? run.outcome : undefined,
        breaksRule: found.length > 0,
      });
      wrong.push(
        ...found.map((what) => `${operation}, call ${nth}, ${fault.name}: ${what}; ${isOver ? run.reason : ''}`),
      );
    }
    ended.set(name, { cells, tookMs: clock.elapsedMs() });
    console.info(`${name}\n${tableOf(cells)}\n${wrong.join('\n')}`);
    expect(wrong).toEqual([]);
  }, 7_200_000);
});
