import { expect, test } from 'vitest';
import { allKinds } from '../../src/components/index.ts';
import { countings, movesCustomers, needSchema } from '../../src/components/schemas.ts';
import { looks } from '../../src/platform/looks.ts';

test('Whatever a step may need has a look of its own', () => {
  const needs = needSchema.options.map(({ shape }) => shape.need.value);
  expect(Object.keys(looks).toSorted()).toEqual(needs.toSorted());
});

const ownSteps = allKinds.flatMap(({ steps }) => steps);

test('a kind says of each step that tells how its change stands that it moves customers, and of no other', () => {
  const telling = ownSteps.filter(({ standing }) => standing !== undefined).map(({ kind }) => kind);
  expect(ownSteps.map(({ kind }) => kind).filter(movesCustomers)).toEqual(telling);
});

test('what kinds write and count by their own steps are steps that they have', () => {
  const known = ownSteps.map(({ kind }) => kind);
  expect(countings.length).toBeGreaterThan(0);
  expect(countings.flatMap(({ writes, counts }) => [writes, counts]).filter((one) => !known.includes(one))).toEqual([]);
});
