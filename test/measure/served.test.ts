import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recoveryOf, worstName } from '../../src/measure/customer.ts';
import type { Figure } from '../../src/measure/figure.ts';
import { recoveryTime } from '../../src/measure/recovery-time.ts';
import { judge } from '../../src/measure/verdict.ts';
import { reportOf } from '../../src/report/model.ts';
import { drillFrom, failoverRun, newRun, startMs, truthRecovered, typicalTruth } from './synthetic-run.ts';
import { truths } from './truths.ts';

const drill = drillFrom('multi-region-failover.yaml');
const spread = fc.record({ customers: fc.integer({ min: 2, max: 20 }), ttl: fc.integer({ min: 8_000, max: 120_000 }) });

const served = (entries: ReturnType<ReturnType<typeof newRun>['entries']>) => {
  const found = worstName(entries)?.served;
  if (!found) throw new Error('nobody was watched');
  return found;
};

const known = (figure: Figure) => {
  if (!('ms' in figure)) throw new Error(figure.unknown);
  return figure;
};

/** A probe interval later than the truth at most, and never earlier. */
const isSeen = ({ ms }: { ms: number }, trueMs: number, everyMs: number) => {
  expect(ms).toBeGreaterThanOrEqual(Math.floor(trueMs));
  expect(ms).toBeLessThanOrEqual(Math.ceil(trueMs + everyMs));
};

describe('customers served again', () => {
  test('are the first, half, 95 % and the last of those watched, each within a probe interval', () => {
    fc.assert(
      fc.property(truths, spread, (truth, { customers, ttl }) => {
        const all = { ...truth, customers, ttl };
        const { first, half, most, last } = served(failoverRun(all, drill).entries());
        const lastMs = truthRecovered(all) - all.impairedAt;
        const nthMs = (nth: number) => Math.max(0, lastMs - ((customers - nth) * ttl) / customers);
        // Anyone who moved before the failure was never lost.
        fc.pre(nthMs(1) > truth.probeEvery);
        isSeen(known(first), nthMs(1), truth.probeEvery);
        isSeen(known(half), nthMs(Math.ceil(customers / 2)), truth.probeEvery);
        isSeen(known(most), nthMs(Math.ceil(customers * 0.95)), truth.probeEvery);
        isSeen(known(last), lastMs, truth.probeEvery);
      }),
    );
  });

  test('make the recovery time with the last of them, which is compared with the RTO', () => {
    const entries = failoverRun({ ...typicalTruth, customers: 8 }, drill).entries();
    expect(recoveryTime(entries).total).toEqual(served(entries).last);
    const late = failoverRun({ ...typicalTruth, executeTakes: 240_000, customers: 8 }, drill).entries();
    expect(served(late).first).toMatchObject({ ms: expect.toSatisfy((ms: number) => ms < 300_000) });
    expect(judge(late).reasons).toEqual([expect.stringMatching(/^RTO missed by /)]);
  });

  test('have an error bar that covers customers whose caches run out between those of two who were watched', () => {
    fc.assert(
      fc.property(spread, fc.double({ min: 0, max: 1, noNaN: true }), ({ customers, ttl }, phase) => {
        const truth = { ...typicalTruth, customers, ttl, propagateTakes: 130_000, verifyTakes: 300_000 };
        const { first, last } = served(failoverRun(truth, drill).entries());
        // The name servers turned just after the last customer had asked, or just before the first one did.
        const turnedMs = truthRecovered(truth) - truth.impairedAt - ttl + (phase * ttl) / customers;
        const [earliest, latest] = [known(first), known(last)];
        expect(earliest.ms - earliest.errorMs).toBeLessThanOrEqual(turnedMs + 1);
        expect(latest.ms + latest.errorMs).toBeGreaterThanOrEqual(turnedMs + ttl - 1);
      }),
    );
  });

  test('have the probe interval as error bar where DNS sent nobody elsewhere', () => {
    const run = newRun(drill);
    run.at(1_000, { type: 'impaired', what: 'x', region: 'ap-east-2' });
    for (const customer of [0, 1, 2, 3]) {
      const fromMs = startMs + 2_000 + customer * 250;
      const answer = { address: '203.0.113.10', askedMs: fromMs, ttlMs: 60_000 };
      run.at(130_000, {
        type: 'customers-probed',
        of: 'public',
        everyMs: 1_000,
        customers: 4,
        stretches: [
          { customer, fromMs, toMs: fromMs + 9_000, ok: false, reason: 'status 503', latenciesMs: tens(10), answer },
          { customer, fromMs: fromMs + 10_000, toMs: fromMs + 109_000, ok: true, latenciesMs: tens(100), answer },
        ],
      });
    }
    expect(served(run.entries()).last).toEqual({ ms: 11_750, errorMs: 1_000, source: 'measured' });
  });

  test('have an error bar of a TTL where a cache that others share answered them, and the report says so', () => {
    const run = newRun(drill);
    run.at(1_000, { type: 'impaired', what: 'x', region: 'ap-east-2' });
    for (const customer of [0, 1, 2, 3]) {
      const fromMs = startMs + 2_000 + customer * 250;
      const shared = { ttlMs: 7_000, sharedForMs: 60_000 };
      const before = { address: '203.0.113.10', askedMs: fromMs, ...shared };
      const after = { address: '198.51.100.10', askedMs: fromMs + 10_000, ...shared };
      run.at(130_000, {
        type: 'customers-probed',
        of: 'public',
        everyMs: 1_000,
        customers: 4,
        stretches: [
          {
            customer,
            fromMs,
            toMs: fromMs + 9_000,
            ok: false,
            reason: 'Timeout',
            latenciesMs: tens(10),
            answer: before,
          },
          {
            customer,
            fromMs: fromMs + 10_000,
            toMs: fromMs + 109_000,
            ok: true,
            latenciesMs: tens(100),
            answer: after,
          },
        ],
      });
    }
    expect(served(run.entries()).last).toEqual({ ms: 11_750, errorMs: 60_000, source: 'measured' });
    expect(reportOf(run.entries(), { journalHash: 'x' }).method.join(' ')).toContain(
      'the error bar is as wide as the TTL, 1 min',
    );
  });

  test('that went on asking the old address make the RTO missed, with how many and why', () => {
    const run = newRun(drill);
    run.at(1_000, { type: 'impaired', what: 'x', region: 'ap-east-2' });
    const zone = { type: 'zone-answer', of: 'public', name: 'shop.example.com', everyMs: 1_000 } as const;
    run.at(500, { ...zone, addresses: ['203.0.113.10'], side: 'primary' });
    run.at(20_000, { ...zone, addresses: ['198.51.100.10'], side: 'recovery' });
    for (const customer of [0, 1, 2, 3]) {
      const isStuck = customer === 2;
      const fromMs = startMs + 2_000;
      const old = { address: '203.0.113.10', askedMs: startMs, ttlMs: 30_000 };
      const now = { address: '198.51.100.10', askedMs: fromMs + 30_000, ttlMs: 30_000 };
      const failing = { customer, fromMs, ok: false, reason: 'Timeout', answer: old };
      run.at(500_000, {
        type: 'customers-probed',
        of: 'public',
        everyMs: 1_000,
        customers: 4,
        stretches: isStuck
          ? [{ ...failing, toMs: fromMs + 400_000, latenciesMs: tens(401) }]
          : [
              { ...failing, toMs: fromMs + 29_000, latenciesMs: tens(30) },
              {
                customer,
                fromMs: fromMs + 30_000,
                toMs: fromMs + 400_000,
                ok: true,
                latenciesMs: tens(371),
                answer: now,
              },
            ],
      });
    }
    const entries = run.entries();
    const { customers, served: count, first, half, last } = served(entries);
    expect({ customers, count }).toEqual({ customers: 4, count: 3 });
    expect([known(first).ms, known(half).ms]).toEqual([31_000, 31_000]);
    expect(last).toEqual({
      unknown:
        '1 of 4 customers were not served again: they still asked the old address 203.0.113.10 in ap-east-2, which the name servers no longer gave; the watch ended 6 min 41 s after the impairment',
      atLeastMs: 401_000,
    });
    expect(recoveryOf(entries)).toMatchObject({ kind: 'unknown' });
    expect(judge(entries).reasons[0]).toMatch(/^RTO missed: more than 6 min 41 s, where 5 min are allowed \(1 of 4/);
  });

  test('are drawn as a curve that falls with the failure and rises with each customer', () => {
    const { curve } = served(failoverRun({ ...typicalTruth, customers: 4 }, drill).entries());
    expect(curve.map((point) => point.served)).toEqual([4, 3, 2, 1, 0, 1, 2, 3, 4]);
    expect(curve[0]?.atMs).toBe(startMs + typicalTruth.impairedAt);
  });
});

const tens = (count: number): number[] => Array.from({ length: count }, () => 10);
