import * as z from 'zod';
import { databaseGiven, databaseOf, given } from '../given.ts';
import { until } from '../poll.ts';
import { defineStep } from '../step.ts';
import { rowCounts } from './checks.ts';
import { psql } from './psql.ts';

const params = z.object({
  region: z.string(),
  instance: z.string(),
  database: z.string(),
  tables: z.array(z.string()),
});

/** Waits until the database answers a real question: a restored one is `available` before its blocks are loaded. */
export const waitUntilUsable = defineStep<z.output<typeof params>>({
  kind: 'data.wait-until-usable',
  params,
  given: given(z.strictObject(databaseGiven), (asked, around) => ({
    ...databaseOf(asked, around),
    tables: around.dataChecks.tables,
  })),
  plane: 'data',
  title: ({ instance }) => `Wait until ${instance} answers`,
  region: ({ region }) => region,
  calls: [],
  permissions: () => [],
  command: (target) => `until ${psql(target, `select count(*) from ${target.tables[0]}`)}; do sleep 2; done`,
  usuallyMs: () => 15_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle({ region, instance, database, tables }, context) {
    if (context.sql.withoutLogin) return null;
    const target = { region, instance, name: database };
    await until(
      context,
      async () => {
        try {
          await context.sql.query(target, rowCounts(tables, context.clock.nowMs()), {
            timeoutMs: 10_000,
            signal: context.signal,
          });
          return true;
        } catch {
          context.signal.throwIfAborted();
          return undefined;
        }
      },
      { maxMs: 2_000 },
    );
    return null;
  },
});
