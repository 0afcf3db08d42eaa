import fc from 'fast-check';
import { expect, test } from 'vitest';
import { liveRun } from './command.ts';
import { type LabSettings, startLab } from './lab.ts';
import { observe } from './observer.ts';
import { rowsIn } from './servers/heartbeats.ts';

/** A quick look in CI; `npm run truth` takes twenty. */
const RUNS = Number(process.env.TRUTH_RUNS ?? 2);

interface Story
  extends Required<Pick<LabSettings, 'replicationDelayMs' | 'probeEveryMs' | 'heartbeatEveryMs' | 'seed'>> {
  baselineMs: number;
  /** Replication stands still from the baseline on. */
  isCut: boolean;
}

const TTL_SECONDS = 1;
/**
 * Of both sides. A customer of the drill asks DNS again with its next request, an observer at once, so one may still meet the old answer
 * where the other met the new one: that shifts the order of all by up to one place, which must be less than is allowed.
 */
const CUSTOMERS = 20;
/** What two processes on one machine see apart. */
const OBSERVED_MS = 50;

const story: fc.Arbitrary<Story> = fc.record({
  seed: fc.nat(1_000),
  replicationDelayMs: fc.constantFrom(0, 0, 50, 200, 800),
  probeEveryMs: fc.integer({ min: 200, max: 500 }),
  heartbeatEveryMs: fc.integer({ min: 40, max: 120 }),
  baselineMs: fc.integer({ min: 1_000, max: 2_500 }),
  isCut: fc.constant(false),
});

/** Replication is cut so long before the kill, at least, and some rows have come through before. */
const CUT_MS = 3_000;
const CUT_AFTER_MS = 1_500;

/** Which of the observers, in the order in which they were served again. */
const NTH = { first: 1, half: Math.ceil(CUSTOMERS / 2), last: CUSTOMERS };

async function told({ baselineMs, isCut, ...settings }: Story) {
  const lab = await startLab({ ...settings, speed: 60, ttlSeconds: TTL_SECONDS });
  // What is under way when it is cut never arrives.
  const cutAfterMs = CUT_AFTER_MS + settings.replicationDelayMs;
  const observer = observe(lab, { ttlMs: TTL_SECONDS * 1_000, count: CUSTOMERS });
  try {
    let cut = false;
    let servedMs: number[] = [];
    const run = await liveRun(lab, lab.drills.failover, {
      args: [
        ['baseline.lasts', `${isCut ? cutAfterMs + CUT_MS : baselineMs} ms`],
        ['verification.lasts', '1 s'],
        ['probe.customers', String(CUSTOMERS)],
        // A machine that is busy with other tests answers late: a request that is given up for it would be an outage of its own.
        ['probe.timeout', '2 s'],
        // Customers and observers write orders by the hundred.
        ['dataChecks.rowCountTolerance', '50 %'],
      ].flatMap(([path, value]) => ['--set', `${path}=${value}`]),
      watch(out) {
        // What happens to service after the drill's watch has ended is no part of its figures.
        if (servedMs.length === 0 && out.includes('  judge\n')) servedMs = observer.servedSinceMs();
        if (!isCut || cut || !out.includes('  baseline\n')) return;
        cut = true;
        setTimeout(() => void lab.pair.replication.cut(120_000), cutAfterMs);
      },
    });
    const { served, dataLoss } = run.report;
    const killedMs = lab.failedMs() ?? Number.NaN;
    const rows = run.entries.flatMap((entry) => (entry.type === 'heartbeats' ? entry.rows : []));
    // The old writer comes back for its disk alone, behind a closed gate: what it acknowledged must stand there.
    const present = new Set(await rowsIn(lab.pair.replica));
    await lab.pair.writer.start({ letsClientsIn: false });
    const committed = new Set(await rowsIn(lab.pair.writer));
    return {
      code: run.code,
      reasons: run.report.verdict.reasons,
      trouble: lab.controller.trouble,
      shares: (['first', 'half', 'last'] as const).map((share) => {
        const figure = served?.[share];
        const measuredMs = figure && 'ms' in figure ? figure.ms : Number.NaN;
        const trueMs = (servedMs[NTH[share] - 1] ?? Number.NaN) - killedMs;
        return { share, measuredMs, trueMs, offMs: measuredMs - trueMs };
      }),
      counted: dataLoss.rows,
      lossMs: 'ms' in dataLoss.loss ? dataLoss.loss.ms : Number.NaN,
      acknowledged: rows.length,
      lost: rows.filter(([row]) => !present.has(row)).length,
      unknownToWriter: rows.filter(([row]) => !committed.has(row)).length,
    };
  } finally {
    await observer.stop();
    await lab.close();
  }
}

test(
  `over ${RUNS} runs, figures are what the lab knows to be true`,
  async () => {
    const stories = fc.sample(story, {
      numRuns: RUNS,
      ...(process.env.TRUTH_SEED && { seed: Number(process.env.TRUTH_SEED) }),
    });
    // Some lose nothing, and some had no replication for a while.
    for (const [index, one] of stories.entries()) if (index % 5 === 1) one.isCut = true;
    const table: string[] = [
      ['probe', 'lag', 'cut', 'first: true', 'off', 'half: true', 'off', 'last: true', 'off', 'lost: true', 'counted']
        .map((title) => title.padEnd(12))
        .join(''),
    ];
    const wrong: string[] = [];
    for (const one of stories) {
      const truth = await told(one);
      const lost = 'lost' in truth.counted ? truth.counted.lost : Number.NaN;
      table.push(
        [
          ...[one.probeEveryMs, one.replicationDelayMs, one.isCut],
          ...truth.shares.flatMap(({ trueMs, offMs }) => [trueMs, offMs]),
          ...[truth.lost, lost],
        ]
          .map((value) => String(value).padEnd(12))
          .join(''),
      );
      const check = (ok: boolean, what: string) => ok || wrong.push(`${what}: ${JSON.stringify({ ...one, ...truth })}`);
      for (const { share, offMs } of truth.shares)
        check(Math.abs(offMs) <= one.probeEveryMs + OBSERVED_MS, `the recovery time of the ${share} is off`);
      check(lost === truth.lost, 'lost rows were miscounted');
      check(truth.unknownToWriter === 0, 'a row was acknowledged that the writer does not have');
      check(truth.trouble.length === 0, 'the lab itself failed');
      check(truth.lost > 0 || truth.lossMs === 0, 'nothing was lost, and that was not said');
      check(!one.isCut || truth.lossMs >= CUT_MS, 'replication was cut, and that was not said');
    }
    console.info(table.join('\n'));
    expect(wrong).toEqual([]);
  },
  RUNS * 90_000,
);
