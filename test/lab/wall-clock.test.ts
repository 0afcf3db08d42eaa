import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Entry, EventOf } from '../../src/journal/events.ts';
import { readJournal } from '../../src/journal/journal.ts';
import { isKnown } from '../../src/measure/figure.ts';
import { reportOf } from '../../src/report/model.ts';
import { drDrill, onlyRun } from './command.ts';
import { fakeTime } from './faketime.ts';
import { type Lab, startLab } from './lab.ts';
import { observe } from './observer.ts';
import { rowsIn } from './servers/heartbeats.ts';

/** Two in CI, one that sets the clock back and one that is resumed; all with CLOCKS=all. */
const isAll = process.env.CLOCKS === 'all';
const STEPS = isAll ? ['-12s', '+12s', '-4m', '+4m', '-1h', '+1h'] : ['+1h'];
/** What it is set to before the process is killed, and before the next one takes the run up: AWS must not be 5 s off then. */
const RESUMED = isAll
  ? [
      ['-12s', '+0'],
      ['+4m', '+0'],
      ['-1h', '-3s'],
      ['+0', '-4s'],
      ['+0', '+3s'],
    ]
  : [['-12s', '-3s']];
const KILLED_AFTER_MS = 3_000;
const HEARTBEAT_MS = 100;
/** What two processes on a busy machine see apart; a wall clock that counted would show by seconds. */
const OBSERVED_MS = 250;
/** Polling is slower than that only where it is not asked at all. */
const GAP_MS = 15_000;
const FAILED = '▼';
const JUDGED = '  judge\n';

const settings = (lab: Lab, runs: string) => [
  ...['run', lab.drills.failover, '--live', '--confirm', 'lab-failover', '--runs', runs],
  ...['--set', 'verification.lasts=1 s', '--set', 'dataChecks.rowCountTolerance=50 %', '--set', 'probe.timeout=2 s'],
];

interface Story {
  /** What the clock is set to 1.5 s after the failure. */
  step?: string;
  /** What it does from the beginning. */
  from?: string;
  /** The process is killed a while later, the clock is set to this, and another process takes the run up. */
  resumedAt?: string;
}

/** Leads a failover while its wall clock is set, and holds it against what the lab knows. */
async function told({ step, from, resumedAt }: Story) {
  const lab = await startLab({ speed: 60, ttlSeconds: 0, probeEveryMs: 200, heartbeatEveryMs: HEARTBEAT_MS });
  const observer = observe(lab);
  const wall = fakeTime(lab.folder);
  if (from !== undefined) wall.set(from);
  const env = wall.environment;
  try {
    const runs = join(lab.folder, 'runs');
    let begun = false;
    let servedMs = Number.NaN;
    // What happens to service after the drill's watch has ended is no part of its figures.
    const untilJudged = (out: string) => {
      if (Number.isNaN(servedMs) && out.includes(JUDGED)) [servedMs = Number.NaN] = observer.servedSinceMs();
    };
    let answer = await drDrill(lab, settings(lab, runs), {
      env,
      watch(out, kill) {
        untilJudged(out);
        if (begun || !out.includes(FAILED)) return;
        begun = true;
        if (step !== undefined) setTimeout(() => wall.set(step), 1_500);
        if (resumedAt !== undefined) setTimeout(() => kill('SIGKILL'), KILLED_AFTER_MS);
      },
    });
    const folder = onlyRun(runs) ?? '';
    if (resumedAt !== undefined) {
      wall.set(resumedAt);
      answer = await drDrill(lab, ['resume', folder], { env, watch: untilJudged });
    }
    const { entries } = readJournal(join(folder, 'journal.jsonl'));
    const report = reportOf(entries, { journalHash: '0'.repeat(64) });
    const { recovery, dataLoss } = report;
    const rows = entries.flatMap((entry) => (entry.type === 'heartbeats' ? entry.rows : []));
    const present = new Set(await rowsIn(lab.pair.replica));
    const failedMs = lab.failedMs() ?? Number.NaN;
    if (!isKnown(recovery.total) || !isKnown(dataLoss.loss)) throw new Error(`${answer.out}${answer.err}`);
    const verified = await drDrill(lab, ['verify', folder]);
    return {
      out: answer.out,
      err: answer.err,
      entries,
      offMs: recovery.total.ms - (servedMs - failedMs),
      recovery: recovery.total,
      countedLost: 'lost' in dataLoss.rows ? dataLoss.rows.lost : Number.NaN,
      trulyLost: rows.filter(([row]) => !present.has(row)).length,
      told: report.deviations.filter(({ kind }) => kind === 'clock-jumped' || kind === 'resumed'),
      gapMs: longestGapMs(entries),
      verified: [verified.code, verified.out],
      trouble: lab.controller.trouble,
    };
  } finally {
    await observer.stop();
    await lab.close();
  }
}

/** The longest time without a call to AWS, from the failure to the end of the run, by monotonic time. */
function longestGapMs(entries: readonly Entry[]): number {
  const impaired = entries.find(({ type }) => type === 'impaired')?.ms ?? 0;
  const resumed = entries.filter(({ type }) => type === 'run-resumed').map(({ ms }) => ms);
  const times = entries.filter(({ type, ms }) => type === 'call' && ms >= impaired).map(({ ms }) => ms);
  return Math.max(
    ...times.slice(1).flatMap((ms, index) => {
      const before = times[index] ?? ms;
      return resumed.some((at) => before < at && at <= ms) ? [] : [ms - before];
    }),
  );
}

const jumpsIn = (entries: readonly Entry[]) =>
  entries.filter((entry): entry is EventOf<'clock-jumped'> => entry.type === 'clock-jumped');

function mustBeTrue(run: Awaited<ReturnType<typeof told>>): void {
  expect(run.trouble).toEqual([]);
  expect(Math.abs(run.offMs), run.out).toBeLessThanOrEqual(run.recovery.errorMs + OBSERVED_MS);
  expect(run.countedLost).toBe(run.trulyLost);
  expect(run.gapMs).toBeLessThan(GAP_MS);
  expect(run.verified[0], String(run.verified[1])).toBe(0);
}

const inMs = (step: string): number => {
  const [, sign, count, unit] = /^([+-])(\d+)([smh]?)$/.exec(step) ?? [];
  return Number(`${sign}${count}`) * { '': 1_000, s: 1_000, m: 60_000, h: 3_600_000 }[unit as '' | 's' | 'm' | 'h'];
};

test.each(STEPS)(
  'a wall clock that is set by %s 1.5 s after the failure changes no figure, stops no call, and is told',
  async (step) => {
    const run = await told({ step });
    mustBeTrue(run);
    const [jump, ...more] = jumpsIn(run.entries);
    expect(more).toEqual([]);
    expect(Math.abs((jump?.byMs ?? 0) - inMs(step))).toBeLessThan(100);
    expect(run.told).toMatchObject([{ what: expect.stringContaining('The wall clock of this machine moved') }]);
    expect(run.out).toContain('The wall clock of this machine moved');
  },
);

test.runIf(isAll)('a wall clock that runs 1 % fast changes no figure, stops no call, and is told', async () => {
  const run = await told({ from: '+0 x1.01' });
  mustBeTrue(run);
  const lastedMs = run.entries.at(-1)?.ms ?? 0;
  const byMs = jumpsIn(run.entries).reduce((sum, jump) => sum + jump.byMs, 0);
  expect(Math.abs(byMs - lastedMs / 100)).toBeLessThan(1_100);
});

test.each(RESUMED)(
  'a wall clock that is set by %s before a process is killed, and by %s before the next, changes no figure',
  async (step = '', resumedAt = '') => {
    const run = await told({ step, resumedAt });
    mustBeTrue(run);
    const resumed = run.entries.find((entry) => entry.type === 'run-resumed') as EventOf<'run-resumed'>;
    expect(resumed.joined).toEqual({ by: 'uptime', errorMs: 20 });
    expect(run.told.map(({ kind }) => kind)).toContain('resumed');
    const byMs = jumpsIn(run.entries).reduce((sum, jump) => sum + jump.byMs, 0);
    expect(Math.abs(byMs - inMs(resumedAt))).toBeLessThan(1_100);
    expect(run.err).toContain('Waiting 10 s to see whether that run still renews it.');
  },
);
