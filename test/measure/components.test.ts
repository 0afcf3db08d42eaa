import { describe, expect, test } from 'vitest';
import type { Topology } from '../../src/drill/topology.ts';
import type { RunEvent } from '../../src/journal/events.ts';
import { dataLoss, storeLosses } from '../../src/measure/data-loss.ts';
import { recoveryTime } from '../../src/measure/recovery-time.ts';
import { judge } from '../../src/measure/verdict.ts';
import { formatNames } from '../../src/report/format-names.ts';
import { written } from '../../src/report/formats.ts';
import { reportOf } from '../../src/report/model.ts';
import {
  drillFrom,
  failoverRun,
  type Run,
  samplePlatform,
  startMs,
  topologyWith,
  typicalTruth,
} from './synthetic-run.ts';

const drill = drillFrom('multi-region-failover.yaml');
const { orders, sessions } = samplePlatform.data as Required<Topology['data']>;
const shop = samplePlatform.traffic.public;

/** Two databases, a cache and two public names; the second database is one that customers can do without. */
const topology = topologyWith({
  data: {
    orders: orders as NonNullable<typeof orders>,
    invoices: { ...(orders as NonNullable<typeof orders>), essential: false },
    sessions: sessions as NonNullable<typeof sessions>,
  },
  traffic: {
    public: shop as NonNullable<typeof shop>,
    api: { ...(shop as NonNullable<typeof shop>), name: 'api.shop.example.com' },
  },
});

/** The customers of a name, who are served again so many milliseconds after the failure; never, where that is not said. */
function watched(run: Run, of: string, afterMs = Number.POSITIVE_INFINITY): void {
  const results = Array.from({ length: 500 }, (_, second) => {
    const at = second * 1_000;
    const ok = at < typicalTruth.impairedAt || at >= typicalTruth.impairedAt + afterMs;
    return { at: startMs + at, ok, latencyMs: 40 };
  });
  run.at(500_000, { type: 'probed', of, everyMs: 1_000, results });
}

/** Rows of a store, one a second up to the failure. The last few are missing. */
function rows(run: Run, of: string, lost: number, missing: [number, number][] = []): void {
  const all = Array.from({ length: 36 }, (_, index): [number, number] => [index, startMs + index * 1_000]);
  run.at(36_000, { type: 'heartbeats', of, instance: `${of}-old`, rows: all });
  const last = 35 - lost;
  const found: RunEvent = {
    type: 'heartbeats-found',
    of,
    instance: `${of}-new`,
    count: last + 1,
    first: 0,
    last,
    missing,
  };
  run.at(400_000, found);
}

const begun = (): Run => failoverRun(typicalTruth, drill, { topology });

describe('recovery time of several public names', () => {
  test('is that of the name where it took longest', () => {
    const run = begun();
    watched(run, 'api', 250_000);
    expect(recoveryTime(run.entries()).total).toMatchObject({ ms: 250_000 });
    const { recoveries } = reportOf(run.entries(), { journalHash: 'a' });
    expect(recoveries.map(({ of, name, target }) => [of, name, target?.standing])).toEqual([
      ['public', shop?.name, 'met'],
      ['api', 'api.shop.example.com', 'met'],
    ]);
  });

  test('is not known where one name was never served again, and says which', () => {
    const run = begun();
    watched(run, 'api');
    expect(recoveryTime(run.entries()).total).toEqual({
      unknown: expect.stringMatching(/^api: customers were not/),
      atLeastMs: 463_000,
    });
    expect(judge(run.entries()).reasons).toContainEqual(
      expect.stringMatching(/^RTO of api missed: more than 7 min 43 s, where 5 min are allowed/),
    );
  });

  test('is the one that misses the target, where nobody was watched at another', () => {
    const run = failoverRun({ ...typicalTruth, executeTakes: 300_000 }, drill, { topology });
    expect(recoveryTime(run.entries()).total).toMatchObject({ ms: expect.any(Number) });
    expect(judge(run.entries()).reasons.filter((one) => one.startsWith('RTO'))).toHaveLength(2);
  });
});

describe('data loss of several data stores', () => {
  test('is that of the store which lost most; rows are those of all', () => {
    const run = begun();
    rows(run, 'invoices', 5);
    const all = storeLosses(run.entries());
    expect(all.map(({ store, loss }) => [store, 'ms' in loss ? loss.source : loss.sought])).toEqual([
      ['orders', 'measured'],
      ['invoices', 'measured'],
      ['sessions', false],
    ]);
    const { loss, rows: lost } = dataLoss(run.entries());
    expect(loss).toMatchObject({ ms: 5_000 });
    const counted = all.map((one) => ('lost' in one.rows ? one.rows.lost : 0));
    expect(lost).toMatchObject({ lost: (counted[0] ?? 0) + 5 });
  });

  test('is not measured of a store in which nothing is numbered, and that misses no target', () => {
    const run = failoverRun(typicalTruth, drill, {
      topology: topologyWith({
        data: { orders: topology.data.orders as never, sessions: topology.data.sessions as never },
      }),
    });
    expect(judge(run.entries())).toEqual({ met: true, reasons: [] });
    const { losses, verdict } = reportOf(run.entries(), { journalHash: 'a' });
    expect(losses.at(-1)).toMatchObject({ of: 'sessions', target: null, loss: { sought: false } });
    expect(verdict.sentence).toContain('lost in orders');
  });

  test('is not known where rows of one store were never counted', () => {
    const run = begun();
    rows(run, 'invoices', 0);
    const entries = run.entries().filter((one) => one.type !== 'heartbeats-found' || one.of !== 'invoices');
    expect(dataLoss(entries).loss).toEqual({ unknown: expect.stringMatching(/^invoices: /) });
    expect(judge(entries).reasons).toContainEqual(expect.stringMatching(/^RPO of invoices unknown: /));
  });

  test('names the store whose rows have holes', () => {
    const run = begun();
    rows(run, 'invoices', 0, [[3, 4]]);
    expect(judge(run.entries()).reasons).toContain(
      '2 acknowledged heartbeat rows of invoices are missing in 1 gap among those present',
    );
  });
});

describe('a store that is not essential and could not be taken over', () => {
  const run = begun();
  watched(run, 'api', 250_000);
  run.step('take-over/invoices', 'execute', 80_000, 90_000, { outcome: 'failed' });
  const report = reportOf(run.entries(), { journalHash: 'a' });

  test('is said to be given up', () => {
    expect(report.givenUp).toMatchObject([{ store: 'invoices', step: 'take-over/invoices' }]);
    expect(report.deviations.map(({ kind }) => kind)).toContain('given-up');
    expect(report.verdict.sentence).toContain('invoices was given up');
  });

  test.each(formatNames)('stands in a report as %s, with the figures of each component', async (format) => {
    const [bytes] = (await written(report, [format])).values();
    const text = new TextDecoder().decode(bytes);
    if (format === 'pdf') return expect(text.length).toBeGreaterThan(10_000);
    for (const word of ['invoices', 'sessions', 'api']) expect(text).toContain(word);
  });
});
