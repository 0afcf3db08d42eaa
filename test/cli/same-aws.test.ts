import { expect, test } from 'vitest';
import { mustBeSameAws } from '../../src/cli/same-aws.ts';

const calling = (...hosts: string[]) => ({ elsewhere: () => hosts });

test('a run goes on where it began: on AWS, or on a simulated account at any address', () => {
  expect(() => mustBeSameAws({}, calling())).not.toThrow();
  expect(() => mustBeSameAws({ elsewhere: '127.0.0.1:4566' }, calling('127.0.0.1:40001'))).not.toThrow();
});

test('one that began on a simulated account is never taken to AWS', () => {
  expect(() => mustBeSameAws({ elsewhere: '127.0.0.1:4566' }, calling())).toThrow(
    'This run began on 127.0.0.1:4566, and its calls would now go to AWS.',
  );
});

test('one that began on AWS is not taken to a simulated account', () => {
  expect(() => mustBeSameAws({}, calling('127.0.0.1:4566'))).toThrow(
    'This run began on AWS, and its calls would now go to 127.0.0.1:4566.',
  );
});
