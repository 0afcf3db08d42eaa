import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { here, newFolder } from '../cli/command.ts';

const SHIPPED = 'drills/schedules/ecommerce-platform.yaml';

/** A schedule of its own, with these exercises. */
function scheduleOf(...exercises: string[]): string {
  const file = join(newFolder(), 'schedule.yaml');
  writeFileSync(
    file,
    `schedule: s\nsince: "2026-01-01"\nexercises:\n${exercises.map((one) => `  - ${one}\n`).join('')}`,
  );
  return file;
}

const drill = (name: string): string => resolve('drills', `${name}.yaml`);

const due = (schedule: string, runs: string, ...words: string[]) => here(['due', schedule, '--runs', runs, ...words]);

const runsIn = (runs: string): string[] => readdirSync(runs).filter((name) => name !== 'index.jsonl');

test('lists what is due and overdue, each with the command that does it, and ends with 1', async () => {
  const schedule = scheduleOf(
    `{ drill: ${drill('secrets-restore')}, every: month, week: 1, owner: security }`,
    `{ drill: ${drill('tabletop')}, every: year, quarter: 1, counts: live }`,
    `{ drill: ${drill('failback')}, every: year, quarter: 4 }`,
  );
  const { exitCode, out } = await due(schedule, newFolder(), '--at', '2026-01-08');
  expect(exitCode).toBe(1);
  expect(out.split('\n')).toEqual([
    'overdue  secrets-restore  was due by 2026-01-07, never run, security',
    '         $ dr-drill run drills/secrets-restore.yaml',
    'due      tabletop         due by 2026-03-31, never live',
    '         $ dr-drill run drills/tabletop.yaml --live',
    '',
  ]);
});

test('ends with 0 where nothing is due', async () => {
  const schedule = scheduleOf(`{ drill: ${drill('failback')}, every: year, quarter: 4 }`);
  expect(await due(schedule, newFolder(), '--at', '2026-01-08')).toMatchObject({
    exitCode: 0,
    out: 'Nothing is due.\n',
  });
});

describe('--run', () => {
  test('rehearses each due drill once, records it as run does, and never begins a live run', async () => {
    const runs = newFolder();
    const schedule = scheduleOf(
      `{ drill: ${drill('secrets-restore')}, every: month, week: 1 }`,
      `{ drill: ${drill('object-store-recovery')}, every: month, week: 4 }`,
      `{ drill: ${drill('secrets-restore')}, every: year, quarter: 1 }`,
      `{ drill: ${drill('tabletop')}, every: year, quarter: 1, counts: live }`,
    );
    const { exitCode, out } = await due(schedule, runs, '--at', '2026-01-08', '--run');
    expect(runsIn(runs).map((name) => name.slice(21))).toEqual(['secrets-restore']);
    expect(out).toContain('1 of 1 passed in rehearsal. SIMULATED');
    // The live run is still to be done.
    expect([exitCode, out]).toEqual([1, expect.stringContaining('$ dr-drill run drills/tabletop.yaml --live')]);
    expect(out).not.toMatch(/(due|overdue) +secrets-restore/);
    const [run = ''] = runsIn(runs);
    expect(readdirSync(join(runs, run))).toEqual(expect.arrayContaining(['journal.jsonl', 'report.html']));
    expect(readFileSync(join(runs, 'index.jsonl'), 'utf8')).toContain('"mode":"dry-run"');
  });

  test('ends with 0 when all that was due is done', async () => {
    const runs = newFolder();
    const schedule = scheduleOf(`{ drill: ${drill('secrets-restore')}, every: month, week: 1 }`);
    expect((await due(schedule, runs, '--at', '2026-01-08', '--run')).exitCode).toBe(0);
    expect(await due(schedule, runs, '--at', '2026-01-08')).toMatchObject({ exitCode: 0, out: 'Nothing is due.\n' });
  });

  test('ends as the worst rehearsal, goes on behind it, and leaves it due', async () => {
    const folder = newFolder();
    const failing = readFileSync('drills/database-failure.yaml', 'utf8')
      .replace(/^topology: .*$/m, `topology: ${resolve('drills/topologies/ecommerce-platform.yaml')}`)
      .concat('\nsimulation: { promotion: { fails: true } }\n');
    writeFileSync(join(folder, 'failing.yaml'), failing);
    const runs = newFolder();
    const schedule = scheduleOf(
      `{ drill: ${join(folder, 'failing.yaml')}, every: month, week: 1 }`,
      `{ drill: ${drill('object-store-recovery')}, every: month, week: 1 }`,
    );
    const { exitCode, out } = await due(schedule, runs, '--at', '2026-01-08', '--run');
    expect([exitCode, out]).toEqual([3, expect.stringMatching(/overdue +database-failure/)]);
    expect(runsIn(runs)).toHaveLength(2);
  });
});

describe('after a live run', () => {
  /** A run that counts as live, which ended on 2026-01-05. */
  async function liveRun() {
    const runs = newFolder();
    await here(['run', 'drills/secrets-restore.yaml', '--runs', runs, '--quiet']);
    const index = join(runs, 'index.jsonl');
    const record = JSON.parse(readFileSync(index, 'utf8')) as object;
    const live = { ...record, mode: 'live', rehearsal: false, madeAt: '2026-01-05T01:00:00.000Z' };
    writeFileSync(index, `${JSON.stringify(live)}\n`);
    const [run = ''] = runsIn(runs);
    return { runs, run, schedule: scheduleOf(`{ drill: ${drill('failback')}, every: year, quarter: 4 }`) };
  }

  test('a debrief is overdue 24 h after the end, until somebody writes one', async () => {
    const { runs, run, schedule } = await liveRun();
    expect((await due(schedule, runs, '--at', '2026-01-06')).exitCode).toBe(0);
    const late = await due(schedule, runs, '--at', '2026-01-07');
    expect([late.exitCode, late.out]).toEqual([1, expect.stringContaining(`overdue  debrief of ${run}`)]);
    await here(['debrief', join(runs, run), '--well', 'All secrets were there']);
    expect((await due(schedule, runs, '--at', '2026-01-07')).exitCode).toBe(0);
  });

  test('an action is overdue from the day after its day, until it is closed', async () => {
    const { runs, run, schedule } = await liveRun();
    await here(['debrief', join(runs, run), '--action', 'Raise the quota; Mei-Ling Chen; 2026-01-20']);
    expect((await due(schedule, runs, '--at', '2026-01-20')).exitCode).toBe(0);
    const late = await due(schedule, runs, '--at', '2026-01-21');
    expect(late.out).toContain(`overdue  action 1 of ${run}: Raise the quota (Mei-Ling Chen), was due by 2026-01-20`);
    const { actions } = JSON.parse((await due(schedule, runs, '--at', '2026-01-21', '--json')).out);
    expect(actions).toMatchObject([{ run, id: 1, owner: 'Mei-Ling Chen', due: '2026-01-20' }]);
    await here(['debrief', join(runs, run), '--close', '1']);
    expect((await due(schedule, runs, '--at', '2026-01-21')).exitCode).toBe(0);
  });
});

test('a weekly exercise is due from Monday to Sunday, in UTC', async () => {
  const schedule = scheduleOf(`{ drill: ${drill('secrets-restore')}, every: week }`);
  const at = async (day: string) => (await due(schedule, newFolder(), '--at', day)).out.split('\n')[0];
  expect(await at('2026-01-01')).toMatch(/^due +secrets-restore +due by 2026-01-04/);
  expect(await at('2026-01-05')).toMatch(/^overdue +secrets-restore +was due by 2026-01-04/);
});

test('the shipped schedule has drills in every week of the month, and reviews each week, month, quarter and year', async () => {
  const { out } = await due(SHIPPED, newFolder(), '--at', '2027-01-01', '--json');
  const { drills } = JSON.parse(out) as { drills: { drill: string; dueBy: string }[] };
  const by = (day: string) => drills.filter(({ dueBy }) => dueBy === day).map((one) => one.drill);
  expect(by('2026-01-07')).toContain('snapshot-restore');
  expect(by('2026-01-14')).toContain('redis-restore');
  expect(by('2026-01-21')).toEqual(['multi-az-failover', 'replica-promotion']);
  expect(by('2026-01-31')).toEqual(['multi-region-failover', 'monthly-review']);
  expect(by('2026-01-04')).toEqual(['weekly-review']);
  expect(by('2026-03-31')).toContain('quarterly-review');
  expect(by('2026-12-31')).toContain('yearly-review');
});

test.each(readdirSync('drills/reviews'))('the review %s is a drill that passes in rehearsal', async (name) => {
  const { exitCode } = await here(['run', join('drills/reviews', name), '--runs', newFolder(), '--quiet']);
  expect(exitCode).toBe(0);
});
