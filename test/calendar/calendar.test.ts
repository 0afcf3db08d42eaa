import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import ICAL from 'ical.js';
import { describe, expect, test } from 'vitest';
import { coverageOf } from '../../src/calendar/coverage.ts';
import { toICalendar } from '../../src/calendar/icalendar.ts';
import { occurrencesBetween } from '../../src/calendar/occurrences.ts';
import { standingsOf } from '../../src/calendar/standing.ts';
import { type Exercise, type Schedule, scheduleSchema } from '../../src/drill/schedule.ts';
import { type RunRecord, recordOf } from '../../src/history/record.ts';
import { drDrill, here, newFolder } from '../cli/command.ts';
import { reportFor } from '../report/runs.ts';
import { calendarOf } from './page.ts';

const SHIPPED = 'drills/schedules/ecommerce-platform.yaml';
const DRILL = 'multi-region-failover';

const exercise = (changes: object): Exercise =>
  scheduleSchema.parse({ schedule: 's', since: '2026-01-01', exercises: [{ drill: 'd.yaml', ...changes }] })
    .exercises[0] as Exercise;

const at = (day: string): number => Date.parse(day);
const ran = (day: string, changes: Partial<RunRecord> = {}): RunRecord => ({
  ...recordOf(`${day}T09-30-00Z-${DRILL}`, reportFor('passed')),
  drill: DRILL,
  ...changes,
});

/** How one exercise stands on a day, after some runs. */
function standing(changes: object, day: string, runs: RunRecord[] = [], since = '2026-01-01') {
  const schedule: Schedule = { schedule: 's', since, exercises: [exercise(changes)] };
  const { state, dueBy } = standingsOf(schedule, [{ drill: DRILL, title: 'T' }], runs, at(day))[0] ?? {};
  return [state, dueBy];
}

describe('an exercise of each month, in its second week', () => {
  const monthly = { every: 'month', week: 2 };

  test.each([
    ['2026-01-03', [], 'waiting', '2026-01-14'],
    ['2026-01-08', [], 'due', '2026-01-14'],
    ['2026-01-14', [], 'due', '2026-01-14'],
    ['2026-01-15', [], 'overdue', '2026-01-14'],
    ['2026-01-09', ['2026-01-02'], 'done', '2026-02-14'],
    ['2026-02-20', ['2026-01-09'], 'overdue', '2026-02-14'],
    ['2026-02-20', ['2026-02-16'], 'done', '2026-03-14'],
    ['2026-02-20', ['2025-12-30'], 'overdue', '2026-01-14'],
  ])('on %s after runs on %j is %s by %s', (day, runs, state, dueBy) => {
    expect(
      standing(
        monthly,
        day,
        runs.map((one) => ran(one)),
      ),
    ).toEqual([state, dueBy]);
  });

  test('owes nothing from before the schedule began', () => {
    expect(standing(monthly, '2026-06-20', [ran('2026-06-10')], '2026-06-01')).toEqual(['done', '2026-07-14']);
    expect(standing(monthly, '2026-06-03', [], '2026-06-01')).toEqual(['waiting', '2026-06-14']);
  });
});

test('a quarter’s exercise is due in its month, a year’s in its quarter', () => {
  expect(standing({ every: 'quarter', month: 2 }, '2026-05-10')).toEqual(['overdue', '2026-02-28']);
  expect(standing({ every: 'quarter', month: 2 }, '2026-05-10', [ran('2026-04-01')])).toEqual(['done', '2026-08-31']);
  expect(standing({ every: 'year', quarter: 3 }, '2026-06-30')).toEqual(['waiting', '2026-09-30']);
  expect(standing({ every: 'year', quarter: 3 }, '2026-07-01')).toEqual(['due', '2026-09-30']);
  expect(standing({ every: 'year', quarter: 3 }, '2026-10-01')).toEqual(['overdue', '2026-09-30']);
});

test('a rehearsal does not count where a live run is wanted, and a run that was broken off never', () => {
  const yearly = { every: 'year', quarter: 1, counts: 'live' };
  expect(standing(yearly, '2026-02-01', [ran('2026-01-20')])[0]).toBe('due');
  expect(standing(yearly, '2026-02-01', [ran('2026-01-20', { rehearsal: false })])[0]).toBe('done');
  expect(standing({ every: 'month', week: 1 }, '2026-01-05', [ran('2026-01-02', { outcome: 'aborted' })])[0]).toBe(
    'due',
  );
  expect(
    standing({ every: 'month', week: 1 }, '2026-01-05', [ran('2026-01-02', { outcome: 'target-missed' })])[0],
  ).toBe('done');
});

test('a run that went the other way of a partition than its drill is about counts as none of it', async () => {
  const yearly = { every: 'year', quarter: 1 };
  const went = (holder: 'primary' | 'recovery'): Partial<RunRecord> => ({
    quorum: { holder, meant: 'recovery', words: `the ${holder} region` },
  });
  expect(standing(yearly, '2026-02-01', [ran('2026-01-20', went('primary'))])[0]).toBe('due');
  expect(standing(yearly, '2026-02-01', [ran('2026-01-20', went('recovery'))])[0]).toBe('done');

  const covered = (holder: 'primary' | 'recovery') =>
    coverageOf([{ drill: DRILL, title: 'T' }], [], [ran('2026-01-20', went(holder))], at('2026-02-01')).drills;
  expect(covered('primary')).toEqual([{ name: DRILL, rehearsed: 0, live: 0 }]);
  expect(covered('recovery')).toEqual([{ name: DRILL, rehearsed: 1, live: 0 }]);
});

test('the calendar says which way the last run of a partition went', async () => {
  const runs = newFolder();
  await drDrill(['run', 'drills/network-partition.yaml', '--runs', runs, '--quiet']);
  const { out } = await drDrill(['calendar', SHIPPED, '--runs', runs]);
  expect(out).toMatch(
    /network-partition +.*last .*SIMULATED dry run, passed: the primary region kept the right to write, and nothing failed over\)/,
  );
  expect(out).toMatch(/network-partition-failover .*never run/);
  expect(out).toMatch(/not reached +.*network-partition-failover/);
});

test('occurrences follow each other without overlap, and each window lies in its period', () => {
  const any = fc.oneof(
    fc.record({ every: fc.constant('week') }),
    fc.record({ every: fc.constant('month'), week: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ every: fc.constant('quarter'), month: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }) }),
    fc.record({ every: fc.constant('year'), quarter: fc.integer({ min: 1, max: 4 }) }),
  );
  fc.assert(
    fc.property(any, fc.integer({ min: at('2020-01-01'), max: at('2030-01-01') }), (changes, fromMs) => {
      const found = occurrencesBetween(exercise(changes), fromMs, fromMs + 3 * 366 * 86_400_000);
      expect(found.length).toBeGreaterThanOrEqual(2);
      for (const [index, { windowMs, periodMs }] of found.entries()) {
        expect(windowMs[0]).toBeLessThan(windowMs[1]);
        expect(windowMs[0]).toBeGreaterThanOrEqual(periodMs[0]);
        expect(windowMs[1]).toBeLessThanOrEqual(periodMs[1]);
        expect(periodMs[0]).toBe(found[index - 1]?.periodMs[1] ?? periodMs[0]);
      }
    }),
  );
});

test('the calendar holds the coming year, each time once, under names that stay', () => {
  const schedule = {
    schedule: 's',
    since: '2026-01-01',
    exercises: [exercise({ every: 'month', week: 4 }), exercise({ every: 'year', quarter: 3 })],
  };
  const named = [
    { drill: 'a', title: 'Wiederherstellung, 還原; "alle"', lastRun: null },
    { drill: 'b', title: 'B', lastRun: null },
  ];
  const text = toICalendar(schedule, named, at('2026-03-10'));
  const events = new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent');
  expect(events.length).toBeGreaterThanOrEqual(13);
  const uids = events.map((event) => event.getFirstPropertyValue('uid'));
  expect(new Set(uids).size).toBe(uids.length);
  expect(events[0]?.getFirstPropertyValue('summary')).toBe('DR drill: Wiederherstellung, 還原; "alle"');
  const later = toICalendar(schedule, named, at('2026-04-10'));
  expect(uids.slice(1, 4).every((uid) => later.includes(String(uid)))).toBe(true);
  for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
});

test('each time has an alarm a week ahead, or a day ahead where it comes every week', () => {
  const exercises = [exercise({ every: 'week' }), exercise({ every: 'month', week: 2 })];
  const text = toICalendar({ schedule: 's', since: '2026-01-01', exercises }, [], at('2026-03-10'));
  const alarms = new ICAL.Component(ICAL.parse(text))
    .getAllSubcomponents('vevent')
    .map((event) => event.getFirstSubcomponent('valarm')?.getFirstPropertyValue('trigger')?.toString());
  expect([alarms.length, new Set(alarms)]).toEqual([53 + 13, new Set(['-P1D', '-P7D'])]);
});

describe('the page of a calendar', () => {
  test('has what is due, the coming twelve months, and what the last year reached', async () => {
    const html = await calendarOf('2026-12-04');
    const text = html
      .replace(/<style>.*?<\/style>/s, '')
      .replace(/<[^>]+>/g, ' ')
      .replace(/\s+/g, ' ');
    expect(text).toMatch(/On 2026-12-04: \d+ overdue, \d+ due, 2 done/);
    expect(text).toContain('debrief of 2026-12-01T09-30-00Z-tabletop');
    expect(text).toMatch(/December 2026 1–7 snapshot-restore done 1–7 point-in-time-restore due/);
    expect(text).toMatch(/January 2027.*to 03-31 tabletop live.*November 2027/);
    expect(text).toContain('Every week: weekly-review.');
    expect(text).toMatch(/drills, live tabletop drills, rehearsed snapshot-restore/);
  });

  test('has a time that passed without a run as missed', async () => {
    expect(await calendarOf('2026-12-20')).toMatch(/redis-restore *<\/span><span class="bad">missed/);
  });
});

test('the command nags with exit code 1, and says what the year reached', async () => {
  const runs = newFolder();
  const none = await drDrill(['calendar', SHIPPED, '--runs', runs, '--at', '2026-01-08']);
  expect([none.exitCode, none.out]).toEqual([
    1,
    expect.stringMatching(/^overdue +snapshot-restore +was due by 2026-01-07, never run/m),
  ]);
  const restores = ['snapshot-restore', 'point-in-time-restore', 'cross-region-restore', 'partial-restore'];
  for (const drill of [...restores, 'weekly-review']) {
    const of = { run: `2026-01-05T09-30-00Z-${drill}`, drill, rehearsal: drill !== 'weekly-review' };
    const one = ran('2026-01-05', { ...of, regions: ['ap-east-2'] });
    mkdirSync(join(runs, one.run));
    writeFileSync(join(runs, 'index.jsonl'), `${JSON.stringify(one)}\n`, { flag: 'a' });
  }
  const ics = join(runs, 'drills.ics');
  const done = await here(['calendar', SHIPPED, '--runs', runs, '--at', '2026-01-08', '--ics', ics]);
  expect([done.exitCode, done.out]).toEqual([0, expect.stringMatching(/^ {2}regions +live +ap-east-2$/m)]);
  expect((await here(['calendar', SHIPPED, '--runs', runs, '--at', '2026-02-20'])).exitCode).toBe(1);
});

test('a schedule with mistakes is told like a drill file', async () => {
  const file = join(newFolder(), 'schedule.yaml');
  writeFileSync(
    file,
    'schedule: s\nsince: "2026-02-31x"\nexercises:\n  - { drill: none.yaml, every: month, weak: 1 }\n',
  );
  const { exitCode, err } = await here(['calendar', file]);
  expect(exitCode).toBe(2);
  for (const words of ['schedule.yaml:2:8', "unknown key 'weak'", 'did you mean week?']) expect(err).toContain(words);
  expect((await here(['validate', SHIPPED])).out).toContain('schedule');
});
