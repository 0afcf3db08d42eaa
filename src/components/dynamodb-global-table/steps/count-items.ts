import { strictObject } from 'zod';
import { given, side } from '../../../steps/given.ts';
import { defineStep } from '../../../steps/step.ts';
import { countByHand, numberedIn } from './items.ts';
import { onTables } from './table.ts';
import { type CountedTables, countedNeed, countedOn, countedTables, instanceOf } from './tables.ts';

/** What was acknowledged before the count began has had so long to arrive: AWS says that most of it takes less than a second. */
const ARRIVES_WITHIN_MS = 5_000;

/** Reads which of this run's numbered items a region has: what is missing would be lost with the other region. */
export const countItems = defineStep<CountedTables, { count: number }>({
  kind: 'dynamodb.count-items',
  params: countedTables,
  given: given(strictObject({ on: side.default('recovery') }), ({ on }, around) => countedOn(on, around)),
  needs: (target) => [countedNeed(target)],
  plane: 'data',
  title: ({ region, heartbeats }) => `Count the numbered items of ${heartbeats.table} in ${region}`,
  region: ({ region }) => region,
  calls: ['dynamodb:Query'],
  permissions: ({ region, heartbeats: { table } }, account) =>
    onTables(['dynamodb:Query'], [{ region, table }], account),
  command: countByHand,
  doneWhen: () => 'The number is the number of items that were written.',
  usuallyMs: () => ARRIVES_WITHIN_MS,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle(target, context) {
    await context.clock.sleep(ARRIVES_WITHIN_MS, context.signal);
    const found = (await numberedIn(target, context)).map(({ sequence }) => sequence);
    context.record({
      type: 'heartbeats-found',
      of: target.store,
      instance: instanceOf(target),
      count: found.length,
      first: found[0] ?? null,
      last: found.at(-1) ?? null,
      missing: gapsIn(found, target.run),
    });
    return { count: found.length };
  },
});

/** What is missing between a first number and the last that is there. */
export const gapsIn = (found: readonly number[], first: number): [from: number, to: number][] =>
  found.flatMap((sequence, index): [number, number][] => {
    const expected = index === 0 ? first : (found[index - 1] as number) + 1;
    return sequence > expected ? [[expected, sequence - 1]] : [];
  });
