import { afterAll, describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/journal/events.ts';
import { brokenLinks, type Finished, finished } from '../run/drill.ts';

/** A way in which a drill goes wrong, and how it must end then. */
export interface WayToFail {
  fault: string;
  /** Settings as given to `--set` that bring it about. */
  set: string[];
  end: Outcome;
  /** What the closing line must say. */
  reason: RegExp;
}

/** Rehearses a drill in each of its ways to fail, holds how it ends against what is said here, and prints the table. */
export function waysToFail(drill: string, ways: readonly WayToFail[]): void {
  const rows: string[][] = [];
  describe(`${drill} goes wrong`, () => {
    test('in at least five ways', () => expect(ways.length).toBeGreaterThanOrEqual(5));
    test.each(ways)('$fault: $end', async ({ fault, set, end, reason }) => {
      const run = await finished(drill, set);
      rows.push([drill, fault, run.outcome, String(run.exitCode), run.reason]);
      expect([run.outcome, run.reason]).toEqual([end, expect.stringMatching(reason)]);
      expectSound(run);
    });
    afterAll(() => console.info(rows.map((cells) => cells.join(' | ')).join('\n')));
  });
}

/** However a drill ends: never two writers, one end on an unbroken journal, and the world as before unless it is held. */
export function expectSound(run: Finished): void {
  expect(brokenLinks(run.entries)).toEqual([]);
  expect(run.of('run-ended')).toHaveLength(1);
  const isHeld = run.of('held').length > 0;
  if (isHeld || !['rolled-back', 'aborted'].includes(run.outcome)) return;
  expect(run.standing).toEqual(run.before);
}
