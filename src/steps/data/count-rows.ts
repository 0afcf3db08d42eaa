import * as z from 'zod';
import { isoTime } from '../../clock/clock.ts';
import { sqlOf } from '../../components/schemas.ts';
import { NOBODY_LOGS_IN } from '../../ports/sql.ts';
import { databaseGiven, databaseOf, earlierStep, given, NOT_YET_MS, sqlStore } from '../given.ts';
import { loginTo } from '../needs.ts';
import { defineStep } from '../step.ts';
import { clientLine } from './client-line.ts';
import { type Contents, contentsOf, lookedAt, lookedAtSchema } from './table-contents.ts';
import { askingAgain } from './takes-writes.ts';
import { hasNoLogin, targetSchema } from './target.ts';

const params = targetSchema.extend({
  ...lookedAtSchema.shape,
  /** Now, where nobody says. */
  asOfMs: z.number().nullable(),
});

/** Counts each table's rows on the live source, as of the moment that a restore should reach; checksums of tables that want it. */
export const countRows = defineStep<z.output<typeof params>, Contents>({
  kind: 'data.count-rows',
  params,
  given: given(
    z.strictObject({
      ...databaseGiven,
      point: earlierStep.optional().describe('The step that chose the recovery point. Default: now.'),
    }),
    (asked, around) => ({
      ...databaseOf(asked, around),
      ...lookedAt(around.dataChecks, sqlOf(sqlStore(around)).engine),
      asOfMs: asked.point === undefined ? null : around.result(asked.point, { timeMs: NOT_YET_MS }).timeMs,
    }),
  ),
  needs: (target) => [loginTo(target, 'proof')],
  plane: 'data',
  title: ({ instance, asOfMs }) => `Count the rows of ${instance} as of ${asOfMs === null ? 'now' : isoTime(asOfMs)}`,
  region: ({ region }) => region,
  calls: [],
  permissions: () => [],
  command: (target) =>
    target.tables.length === 0
      ? '# no table to be counted'
      : clientLine(
          target,
          ...target.tables.map(
            (table) =>
              `select count(*) from ${table} where created_at <= ${target.asOfMs === null ? 'now()' : `'${isoTime(target.asOfMs)}'`}`,
          ),
        ),
  doneWhen: () => 'Each count is written down. A later step compares with it.',
  usuallyMs: () => 1_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle({ region, instance, database, asOfMs, ...wanted }, context) {
    const { clock, signal } = context;
    if (hasNoLogin({ region, instance, database }, context)) context.notDone(NOBODY_LOGS_IN);
    return contentsOf(
      askingAgain(context),
      { region, instance, name: database },
      wanted,
      asOfMs ?? clock.nowMs(),
      signal,
    );
  },
});
