import { expect, test } from 'vitest';
import { needSchema } from '../../src/components/schemas.ts';
import { looks } from '../../src/platform/looks.ts';

test('Whatever a step may need has a look of its own', () => {
  const needs = needSchema.options.map(({ shape }) => shape.need.value);
  expect(Object.keys(looks).toSorted()).toEqual(needs.toSorted());
});
