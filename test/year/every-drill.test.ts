import { describe, expect, test } from 'vitest';
import { finished, shipped, whenever } from '../run/drill.ts';
import { killedAndResumed } from '../run/killed.ts';
import { PAGE, rowsByDrill } from './ways-table.ts';
import { drills, expectSound } from './ways-to-fail.ts';

test(`${PAGE} has every drill that ships, and no other`, () => {
  // A drill may stand there a second time, on another platform.
  const named = [...rowsByDrill().keys()].map((section) => section.split(' on ')[0]);
  expect([...new Set(named)]).toEqual([...drills].sort());
});

/** Some journal lines, spread over a run; every line of the older drills is tried in test/run. */
const spread = (lines: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => 1 + Math.floor(((index + 0.5) * (lines - 1)) / count));

describe.each(drills)('%s', (drill) => {
  test('passes as it ships, and with other seeds misses a target at worst', async () => {
    const asShipped = await finished(drill);
    expect([asShipped.outcome, asShipped.reason]).toEqual(['passed', 'every target was met']);
    for (const seed of [2, 3, 4]) {
      const run = await finished(drill, [], { seed });
      expect(['passed', 'target-missed']).toContain(run.outcome);
      expectSound(run);
    }
  });

  test('aborted anywhere leaves the world as before, or holds', async () => {
    const { entries } = await finished(drill);
    for (const line of spread(entries.length, 8)) {
      const run = await finished(drill, [], { abortAt: ({ seq }) => seq === line });
      expect(['aborted', 'failed', 'passed'], `aborted at line ${line}`).toContain(run.outcome);
      expectSound(run);
    }
  });

  test('killed anywhere and taken up again ends as if unbroken', async () => {
    // Time counts on while nobody runs it: what is tried here is not whether it is fast enough.
    const { targets } = shipped(drill).drill;
    const generous = (['rto', 'rpo'] as const)
      .filter((one) => targets[one] !== null)
      .map((one) => `targets.${one}=10 h`);
    const unbroken = await finished(drill, generous);
    for (const line of spread(unbroken.entries.length, 8)) {
      const run = await killedAndResumed(drill, { after: [line], arrives: line % 2 === 0, overrides: generous });
      expect([run.outcome, run.reason], `killed after line ${line}`).toEqual([unbroken.outcome, unbroken.reason]);
      expect(whenever(run.standing)).toEqual(whenever(unbroken.standing));
      expectSound(run);
    }
  });
});
