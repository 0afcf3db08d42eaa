import { describe, expect, test } from 'vitest';
import { narrator } from '../../src/cli/narrate.ts';
import { START_MS } from '../../src/cli/rehearse.ts';
import type { Entry } from '../../src/journal/events.ts';
import { unsteadyLine } from '../../src/measure/reading.ts';
import { written } from '../../src/report/formats.ts';
import { reportOf } from '../../src/report/model.ts';
import { FAILOVER, finished, SNAPSHOT } from './drill.ts';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

const reportFrom = (entries: readonly Entry[]) => reportOf(entries, { journalHash: '0'.repeat(64) });
/** What does not depend on how many lines a journal has. */
const figuresFrom = (entries: readonly Entry[]) => {
  const { journal: _, deviations, ...rest } = reportFrom(entries);
  return { ...rest, deviations: deviations.filter(({ kind }) => kind !== 'clock-jumped') };
};
const jumpedAt = (atMs: number, byMs: number) => (nowMs: number) => (nowMs < atMs ? nowMs : nowMs + byMs);

describe('a wall clock that is set 1.5 s after the failure', () => {
  const untouched = finished(FAILOVER);
  const failureMs = async () => Date.parse((await untouched).of('impaired')[0]?.at ?? '');

  test.each([-HOUR, -240 * SECOND, -12 * SECOND, 12 * SECOND, 240 * SECOND, HOUR])(
    'by %i ms changes no figure, and is told once',
    async (byMs) => {
      const atMs = (await failureMs()) + 1_500;
      const run = await finished(FAILOVER, [], { wall: jumpedAt(atMs, byMs) });
      const jumps = run.of('clock-jumped');
      expect(jumps).toMatchObject([{ byMs }]);
      expect(Date.parse(jumps[0]?.wall ?? '')).toBe(Date.parse(jumps[0]?.at ?? '') + byMs);
      expect(Date.parse(jumps[0]?.at ?? '') - atMs).toBeLessThanOrEqual(SECOND);
      expect(figuresFrom(run.entries)).toEqual(figuresFrom((await untouched).entries));
    },
  );

  test('leaves the times of the journal as steady as its monotonic times', async () => {
    const { entries } = await finished(FAILOVER, [], { wall: jumpedAt(await failureMs(), -12 * SECOND) });
    expect(entries.map(({ at, ms }) => Date.parse(at) - ms)).toEqual(entries.map(() => START_MS));
  });

  test('is told on the screen and in every format of the report', async () => {
    const run = await finished(FAILOVER, [], { wall: jumpedAt((await failureMs()) + 1_500, -12 * SECOND) });
    const screen = run.entries.flatMap(narrator({ colour: false }));
    expect(screen).toContainEqual(
      expect.stringContaining('! The wall clock of this machine moved back by 12 s; nothing is computed from it'),
    );
    const files = await written(reportFrom(run.entries), ['html', 'md', 'json', 'csv', 'junit', 'oscal']);
    for (const [name, bytes] of files)
      expect(new TextDecoder().decode(bytes), name).toContain(
        'The wall clock of this machine moved back by 12 s, to 2026-01-05T01:',
      );
  });
});

test('a wall clock that runs 1 % fast changes no figure, and is told in one line', async () => {
  const fast = (nowMs: number) => nowMs + Math.round((nowMs - START_MS) / 100);
  const run = await finished(SNAPSHOT, [], { wall: fast });
  const lastedMs = run.entries.at(-1)?.ms ?? 0;
  expect(run.of('clock-jumped').length).toBeGreaterThan(3);
  const told = reportFrom(run.entries).deviations.filter(({ kind }) => kind === 'clock-jumped');
  expect(told).toMatchObject([{ what: expect.stringMatching(/moved forward by .* in all, in \d+ moves\./) }]);
  const drifted = run.of('clock-jumped').reduce((sum, { byMs }) => sum + byMs, 0);
  expect(Math.abs(drifted - lastedMs / 100)).toBeLessThanOrEqual(1.1 * SECOND);
  expect(figuresFrom(run.entries)).toEqual(figuresFrom((await finished(SNAPSHOT)).entries));
});

test('a machine that nobody sets has no line about its clock', async () => {
  const { entries } = await finished(FAILOVER);
  expect(entries.filter(({ type }) => type === 'clock-jumped')).toEqual([]);
  expect(entries[0]).not.toHaveProperty('clocks');
});

describe('the times of a journal', () => {
  const live = async () => {
    const { entries } = await finished(FAILOVER);
    const [header, ...rest] = entries as [Entry, ...Entry[]];
    return [{ ...header, clocks: {} } as Entry, ...rest];
  };
  const moved = (entries: Entry[], index: number, by: { at?: number; ms?: number }) =>
    entries.map((entry, place) =>
      place === index
        ? { ...entry, at: new Date(Date.parse(entry.at) + (by.at ?? 0)).toISOString(), ms: entry.ms + (by.ms ?? 0) }
        : entry,
    );

  test('go with each other from the first line to the last', async () => {
    expect(unsteadyLine(await live())).toBeUndefined();
  });

  test.each([
    ['an instant that the monotonic time does not give', { at: -12_000 }],
    ['a monotonic time that its instant does not give', { ms: 12_000 }],
    ['a line before the one above it', { at: -600_000, ms: -600_000 }],
  ])('are found out by `verify` where there is %s', async (_, by) => {
    expect(unsteadyLine(moved(await live(), 50, by))?.seq).toBe(51);
  });

  test('of a run of before steady time was noted are taken as they are', async () => {
    expect(unsteadyLine(moved((await finished(FAILOVER)).entries, 50, { at: -12_000 }))).toBeUndefined();
  });
});
