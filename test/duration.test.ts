import { expect, test } from 'vitest';
import { inWords } from '../src/duration.ts';

test.each([
  [0, '0 s'],
  [800, '800 ms'],
  [999.7, '1 s'],
  [12_340, '12.3 s'],
  [59_980, '1 min'],
  [252_300, '4 min 12.3 s'],
  [300_000, '5 min'],
  [3_599_990, '1 h'],
  [11_100_000, '3 h 5 min'],
  [86_400_000, '1 d'],
  [93_600_000, '1 d 2 h'],
  [-1_500, '-1.5 s'],
])('%d ms are said as %s', (ms, words) => {
  expect(inWords(ms)).toBe(words);
});
