import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock/virtual-clock.ts';
import { loadDrill } from '../../src/drill/load.ts';
import { fileJournal, journalLeft, lineHash, readJournal } from '../../src/journal/journal.ts';

const { drill, topology } = loadDrill('drills/snapshot-restore.yaml');
const START_MS = Date.parse('2026-01-05T01:00:00Z');
const PHASES = ['preflight', 'baseline', 'choose', 'restore', 'wait', 'check'];

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dr-drill-journal-'));
  path = join(folder, 'journal.jsonl');
  const journal = fileJournal(path, new VirtualClock(START_MS), { sync: true });
  journal.append({
    ...{ type: 'run-started', format: 1, tool: 'test', mode: 'live', seed: 0, overrides: [] },
    ...{ drill, drillHash: '', topology },
  });
  for (const phase of PHASES) journal.append({ type: 'phase-entered', phase });
  journal.close();
});
afterEach(() => rmSync(folder, { recursive: true }));

const lines = () => readFileSync(path, 'utf8').split('\n').slice(0, -1);
const rewrite = (changed: string[]) => writeFileSync(path, changed.map((line) => `${line}\n`).join(''));
const reading = () => readJournal(path);

describe('a journal that is not as it was written is refused, with the line and the reason', () => {
  test('edited', () => {
    rewrite(lines().map((line, index) => (index === 3 ? line.replace('choose', 'chosen') : line)));
    expect(reading).toThrow(`${path}:5: it does not follow from the line before: one of them was altered.`);
  });

  test('reordered', () => {
    const [first = '', second = '', third = '', ...rest] = lines();
    rewrite([first, third, second, ...rest]);
    expect(reading).toThrow(`${path}:2: it is numbered 3.`);
  });

  test('with a line taken out, or put in twice', () => {
    const all = lines();
    rewrite(all.filter((_, index) => index !== 2));
    expect(reading).toThrow(`${path}:3: it is numbered 4.`);
    rewrite(all.flatMap((line, index) => (index === 2 ? [line, line] : [line])));
    expect(reading).toThrow(`${path}:4: it is numbered 3.`);
  });

  test('without its beginning', () => {
    rewrite(lines().slice(1));
    expect(reading).toThrow(`${path}:1: it is numbered 2.`);
  });

  test('torn in its last line', () => {
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, -9));
    expect(reading).toThrow(`${path}:7: it was cut off in the middle of a line.`);
  });

  test('with a byte changed anywhere but in its last line', () => {
    const text = readFileSync(path);
    const lastLine = text.lastIndexOf('\n', text.length - 2) + 1;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: lastLine - 1 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(text);
        changed[at] = (changed[at] as number) ^ flip;
        writeFileSync(path, changed);
        expect(reading).toThrow(/journal\.jsonl:\d+: .+\./);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a journal that is opened again', () => {
  test('goes on behind its last line, in the same chain, with the time in between', () => {
    const { reopen, tornBytes } = journalLeft(path, { sync: true });
    const journal = reopen(new VirtualClock(START_MS + 90_000));
    expect(tornBytes).toBe(0);
    const entry = journal.append({ type: 'run-resumed', tool: 'test', deadMs: 90_000, tornBytes });
    journal.close();
    expect(entry).toMatchObject({ seq: 8, ms: 90_000, prev: lineHash(lines()[6] ?? '') });
    expect(readJournal(path).entries).toHaveLength(8);
  });

  test('loses nothing but a line that was cut off, keeps that aside, and says how long it was', () => {
    const text = readFileSync(path);
    const whole = lines();
    fc.assert(
      fc.property(fc.integer({ min: whole[0]?.length ?? 0, max: text.length - 1 }), (cutAt) => {
        rmSync(join(folder, 'journal.torn'), { force: true });
        writeFileSync(path, text.subarray(0, cutAt));
        const kept = text.subarray(0, cutAt).toString('utf8').split('\n').length - 1;
        if (kept === 0) {
          expect(() => journalLeft(path, { sync: true })).toThrow(`${path}:1:`);
          return;
        }
        const { reopen, tornBytes } = journalLeft(path, { sync: true });
        const journal = reopen(new VirtualClock(START_MS));
        journal.close();
        expect(lines()).toEqual(whole.slice(0, kept));
        const torn = text.subarray(0, cutAt).subarray(Buffer.byteLength(`${whole.slice(0, kept).join('\n')}\n`));
        expect(tornBytes).toBe(torn.length);
        if (torn.length > 0) expect(readFileSync(join(folder, 'journal.torn'))).toEqual(torn);
      }),
      { numRuns: 100 },
    );
  });

  test('is refused when it was altered, and not touched', () => {
    rewrite(lines().map((line, index) => (index === 3 ? line.replace('choose', 'chosen') : line)));
    const altered = readFileSync(path, 'utf8');
    expect(() => journalLeft(path, { sync: true })).toThrow(`${path}:5:`);
    expect(readFileSync(path, 'utf8')).toBe(altered);
  });
});

test('two processes that lead one run are found out by the next line', () => {
  const one = journalLeft(path, { sync: true }).reopen(new VirtualClock(START_MS));
  const other = journalLeft(path, { sync: true }).reopen(new VirtualClock(START_MS));
  one.append({ type: 'phase-left', phase: 'check' });
  expect(() => other.append({ type: 'phase-left', phase: 'check' })).toThrow('Somebody else writes to');
  expect(readJournal(path).entries).toHaveLength(8);
});

test('a journal is never begun over another', () => {
  expect(() => fileJournal(path, new VirtualClock(START_MS), { sync: true })).toThrow(/cannot be written: EEXIST/);
});
