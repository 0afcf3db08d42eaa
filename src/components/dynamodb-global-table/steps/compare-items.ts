import * as z from 'zod';
import { duration } from '../../../drill/quantities.ts';
import { earlierStep, given, side } from '../../../steps/given.ts';
import { defineStep } from '../../../steps/step.ts';
import { compareRegions } from './compare.ts';
import { countByHand } from './items.ts';
import { onTables } from './table.ts';
import { bothSides, countedOn, countedTables, mustServe, tableNeeds } from './tables.ts';
import type { TakenOver } from './take-over.ts';

const params = countedTables.extend({ withinMs: z.number(), sawLast: z.number().nullable() });

/** Waits until both regions hold the same items, and says what the last writer has overwritten. */
export const compareItems = defineStep<z.output<typeof params>, { missing: number; overwritten: number }>({
  kind: 'dynamodb.compare-items',
  params,
  given: given(
    z.strictObject({
      from: side.default('recovery').describe('The side that takes the writes.'),
      within: duration.default(120_000).describe('How long the regions may take until they hold the same.'),
      takeOver: earlierStep.optional().describe('The step in which that side took over.'),
    }),
    ({ from, within, takeOver }, around) => ({
      ...countedOn(from, around),
      withinMs: within,
      sawLast:
        // Where the primary region kept the right to write, nobody has taken over.
        takeOver === undefined || !around.hasResult(takeOver)
          ? null
          : around.result<TakenOver>(takeOver, { address: '', sawLast: null }).sawLast,
    }),
    { lastsMs: ({ within }) => within },
  ),
  needs: (target) => tableNeeds(target),
  plane: 'data',
  title: ({ heartbeats, region, other }) => `Compare the items of ${heartbeats.table} in ${region} and ${other}`,
  region: ({ region }) => region,
  calls: ['dynamodb:DescribeTable', 'dynamodb:GetItem', 'dynamodb:Query'],
  permissions: (target, account) =>
    onTables(['dynamodb:DescribeTable', 'dynamodb:GetItem', 'dynamodb:Query'], bothSides(target), account),
  command: (target) => `${countByHand(target)} && ${countByHand({ ...target, region: target.other })}`,
  doneWhen: () => 'Both numbers are the same.',
  usuallyMs: () => 2_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle(target, context) {
    await mustServe(target, context, { joined: true });
    return compareRegions(target, target, context);
  },
});
