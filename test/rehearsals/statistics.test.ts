import fc from 'fast-check';
import { expect, test } from 'vitest';
import { histogram, quantile, shareOf } from '../../src/rehearsals/statistics.ts';

const shares = fc
  .integer({ min: 1, max: 20_000 })
  .chain((of) => fc.tuple(fc.integer({ min: 0, max: of }), fc.constant(of)));
const lengths = fc.array(fc.integer({ min: 0, max: 8 * 3_600_000 }), { minLength: 1, maxLength: 200 });

test('the interval of a share holds it, lies between 0 and 1, and narrows with more runs', () => {
  fc.assert(
    fc.property(shares, ([count, of]) => {
      const { share, low, high } = shareOf(count, of);
      const more = shareOf(count * 4, of * 4);
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
      expect(low).toBeLessThanOrEqual(share);
      expect(high).toBeGreaterThanOrEqual(share);
      expect(more.high - more.low).toBeLessThan(high - low);
    }),
  );
});

test.each([
  // Newcombe, Two-sided confidence intervals for the single proportion (1998), table I.
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])('Wilson’s interval of %i of %i is %d to %d', (count, of, low, high) => {
  const found = shareOf(count, of);
  expect(found.low).toBeCloseTo(low, 4);
  expect(found.high).toBeCloseTo(high, 4);
});

test('of no runs nothing is known', () => {
  expect(shareOf(0, 0)).toMatchObject({ low: 0, high: 1 });
});

test('a quantile is one of the values, and that part of them does not exceed it', () => {
  fc.assert(
    fc.property(lengths, fc.double({ min: 0.01, max: 1, noNaN: true }), (all, part) => {
      const ascending = all.toSorted((a, b) => a - b);
      const found = quantile(ascending, part);
      expect(ascending).toContain(found);
      expect(ascending.filter((one) => one <= found).length).toBeGreaterThanOrEqual(part * all.length - 1e-9);
    }),
  );
});

test('each value is in one bin of a histogram, and the bins stand side by side', () => {
  fc.assert(
    fc.property(lengths, (all) => {
      const ascending = all.toSorted((a, b) => a - b);
      const bins = histogram(ascending);
      expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(all.length);
      expect(bins.length).toBeLessThanOrEqual(18);
      for (const [index, { fromMs, toMs, count }] of bins.entries()) {
        if (index > 0) expect(fromMs).toBe(bins[index - 1]?.toMs);
        const isLast = index === bins.length - 1;
        expect(ascending.filter((one) => one >= fromMs && (isLast ? one <= toMs : one < toMs)).length).toBe(count);
      }
    }),
  );
});
