import * as z from 'zod';
import { earlierStep, given, side } from '../../../steps/given.ts';
import { defineStep } from '../../../steps/step.ts';
import { countsIn, SAMPLE } from './sample.ts';
import { onTables } from './table.ts';
import { storeTables, tableNeeds, tablesOn } from './tables.ts';

const params = storeTables.extend({ expected: z.record(z.string(), z.number()) });

/** Looks whether tables that had items before have some in a region, without reading them. */
export const checkItems = defineStep<z.output<typeof params>, { items: Record<string, number> }>({
  kind: 'dynamodb.check-items',
  params,
  given: given(
    z.strictObject({
      on: side.default('recovery'),
      expected: earlierStep.describe('The step that looked at the tables before.'),
    }),
    ({ on, expected }, around) => ({
      ...tablesOn(on, around),
      expected: around.result<{ items: Record<string, number> }>(expected, { items: {} }).items,
    }),
  ),
  needs: (target) => tableNeeds(target).map((need) => ({ ...need, replicas: [] })),
  plane: 'data',
  title: ({ store, region }) => `Check that the tables of ${store} hold items in ${region}`,
  region: ({ region }) => region,
  calls: ['dynamodb:Scan'],
  permissions: ({ region, tables }, account) =>
    onTables(
      ['dynamodb:Scan'],
      tables.map((table) => ({ region, table })),
      account,
    ),
  command: ({ region, tables }) =>
    tables
      .map(
        (table) =>
          `aws dynamodb scan --region ${region} --table-name ${table} --max-items ${SAMPLE} --select COUNT --query Count`,
      )
      .join(' && '),
  doneWhen: () => 'Each number is as large as before the failure.',
  usuallyMs: () => 500,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle({ region, tables, expected }, context) {
    const items = await countsIn(region, tables, context);
    for (const table of tables) {
      const [was, is] = [expected[table] ?? 0, items[table] ?? 0];
      context.record({
        type: 'data-check',
        check: `${table}-holds-items`,
        title: `${table} holds items, as it did before`,
        instance: `${table} in ${region}`,
        ok: is > 0 || was === 0,
        detail: `${is} items found of at most ${SAMPLE} that were asked for; ${was} before`,
        rows: [],
      });
    }
    return { items };
  },
});
