import fc from 'fast-check';
import { expect, test } from 'vitest';
import { takesIn } from '../../src/steps/granted.ts';

const name = fc.array(fc.constantFrom('a', 'b', '.', '*', '('), { maxLength: 8 }).map((all) => all.join(''));

test('a pattern of an ARN takes in what a regular expression of the same meaning does', () => {
  fc.assert(
    fc.property(name, name, (pattern, arn) => {
      const meant = pattern.split('*').map((piece) => piece.replace(/[.(]/g, '\\$&'));
      expect(takesIn(pattern, arn)).toBe(new RegExp(`^${meant.join('.*')}$`).test(arn));
    }),
  );
});

test('names may be longer than any regular expression', () => {
  const long = '{a: '.repeat(3_000_000);
  expect([takesIn(`arn:${long}`, `arn:${long}`), takesIn(`arn:${long}*`, 'arn:')]).toEqual([true, false]);
});
