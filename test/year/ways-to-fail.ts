import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/journal/events.ts';
import { brokenLinks, type Finished, finished } from '../run/drill.ts';
import { PAGE, rowOf, rowsByDrill, writeRows } from './ways-table.ts';

/** Every drill that ships. */
export const drills = readdirSync('drills')
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => basename(file, '.yaml'));

/** A way in which a drill goes wrong, and how it must end then. */
export interface WayToFail {
  fault: string;
  /** Settings as given to `--set` that bring it about. */
  set: string[];
  end: Outcome;
  /** What the closing line must say. */
  reason: RegExp;
}

const isWriting = process.env.WAYS_TO_FAIL === 'write';

/**
 * Rehearses a drill in each of its ways to fail, and holds how it ends against what is said here and against the table that readers have;
 * `npm run ways-to-fail` writes that.
 * @param platform a topology of `test/platforms/` that it is run on, instead of its own
 */
export function waysToFail(drill: string, ways: readonly WayToFail[], platform?: string): void {
  const rows: string[] = [];
  const section = platform === undefined ? drill : `${drill} on ${platform}`;
  const on = platform === undefined ? [] : [`topology=test/platforms/${platform}.yaml`];
  const known = rowsByDrill().get(section) ?? [];
  describe(`${section} goes wrong`, () => {
    test('in at least five ways', () => expect(ways.length).toBeGreaterThanOrEqual(5));
    test.each(ways)('$fault: $end', async ({ fault, set, end, reason }) => {
      const run = await finished(drill, [...on, ...set]);
      expect([run.outcome, run.reason]).toEqual([end, expect.stringMatching(reason)]);
      expectSound(run);
      const row = rowOf({ fault, set, end, exitCode: run.exitCode, reason: run.reason });
      rows.push(row);
      if (!isWriting) expect(known, `${PAGE} says otherwise; \`npm run ways-to-fail\` writes it`).toContain(row);
    });
    test.skipIf(isWriting)('in no other way', () => expect(known).toHaveLength(ways.length));
    afterAll(() => {
      if (isWriting && rows.length === ways.length) writeRows(section, rows, drills);
    });
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
