/** A share of runs, with the interval that the true share lies in with 95 % confidence. All between 0 and 1. */
export interface Share {
  count: number;
  of: number;
  share: number;
  low: number;
  high: number;
}

/** The normal deviate of 95 % confidence. */
const Z = 1.959_963_985;

/** Wilson's score interval: right for shares near 0 and 1 and for few runs, where the usual one is not. */
export function shareOf(count: number, of: number): Share {
  if (of === 0) return { count, of, share: 0, low: 0, high: 1 };
  const share = count / of;
  const middle = share + (Z * Z) / (2 * of);
  const half = Z * Math.sqrt((share * (1 - share)) / of + (Z * Z) / (4 * of * of));
  const all = 1 + (Z * Z) / of;
  // At the ends the formula gives 0 and 1, but for rounding.
  return {
    count,
    of,
    share,
    low: count === 0 ? 0 : Math.max(0, (middle - half) / all),
    high: count === of ? 1 : Math.min(1, (middle + half) / all),
  };
}

/** The smallest value that at least this part of all values does not exceed. Values in ascending order, and not empty. */
export function quantile(ascending: readonly number[], part: number): number {
  const index = Math.min(ascending.length - 1, Math.max(0, Math.ceil(part * ascending.length) - 1));
  return ascending[index] as number;
}

/** How many values lie from `fromMs` on and before `toMs`; in the last bin also at its end. */
export interface Bin {
  fromMs: number;
  toMs: number;
  count: number;
}

/** Widths that people read easily, in milliseconds. */
const WIDTHS = [
  0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400,
].map((seconds) => seconds * 1_000);

/** About so many bins of one width, from the smallest value to the largest. */
export function histogram(ascending: readonly number[], bins = 16): Bin[] {
  const [least] = ascending;
  const most = ascending.at(-1);
  if (least === undefined || most === undefined) return [];
  const width = WIDTHS.find((one) => (most - least) / one <= bins) ?? (most - least) / bins;
  const first = Math.floor(least / width);
  const last = Math.max(first, Math.ceil(most / width) - 1);
  const all = Array.from({ length: last - first + 1 }, (_, index) => ({
    fromMs: (first + index) * width,
    toMs: (first + index + 1) * width,
    count: 0,
  }));
  for (const value of ascending) {
    const bin = all[Math.min(last, Math.floor(value / width)) - first];
    if (bin) bin.count += 1;
  }
  return all;
}
