import * as z from 'zod';
import { expectationPattern, expectations } from '../../drill/data-check.ts';
import { duration } from '../../drill/quantities.ts';
import { onOneLine } from '../../drill/sql-text.ts';
import { NOBODY_LOGS_IN, type Query, ROWS_AT_MOST, type Row } from '../../ports/sql.ts';
import { mustNotRepeat } from '../asked-before.ts';
import { databaseGiven, databaseOf, given } from '../given.ts';
import { loginTo } from '../needs.ts';
import { patiently } from '../poll.ts';
import { defineStep, type StepContext } from '../step.ts';
import { judged, OWN } from './checks.ts';
import { clientLine } from './client-line.ts';
import { CONNECTING_MS, isAboutQuery } from './table-contents.ts';
import { hasNoLogin, targetSchema } from './target.ts';

const text = z.string().min(1);

const params = targetSchema.extend({
  file: text,
  sql: text,
  expect: z.string().optional(),
  changes: z.boolean(),
  repeatable: z.boolean(),
  undoSql: text.optional(),
  timeoutMs: z.number(),
});
type Params = z.output<typeof params>;

/**
 * Runs a SQL file of the user's own. Unless the drill file says that it changes something, it is one statement that PostgreSQL itself
 * lets only read; what it finds decides the verdict where an expectation is given.
 */
export const runSqlFile = defineStep<Params, { rows: number; first: string | number | boolean | null }>({
  kind: 'sql.file',
  params,
  given: given(
    z
      .strictObject({
        ...databaseGiven,
        file: text.describe('The SQL file, relative to the drill file.'),
        sql: text.optional().describe('The contents of the file, which dr-drill adds when it loads the drill.'),
        expect: z
          .string()
          .regex(expectationPattern, `expected ${expectations}`)
          .optional()
          .describe(`What the answer of the last statement must be: ${expectations}.`),
        changes: z
          .boolean()
          .default(false)
          .describe('true: it changes something. Its statements take effect in one transaction.'),
        repeatable: z.boolean().default(false).describe('true: the file can safely be run twice.'),
        undo: text
          .optional()
          .describe("How to undo it: another SQL file, or 'nothing'. Required if it changes something."),
        undoSql: text.optional().describe('The contents of that file.'),
        timeout: duration.default(60_000),
      })
      .refine(({ changes, undo }) => !changes || undo !== undefined, {
        path: ['undo'],
        message: "expected what takes it back: a SQL file, or 'nothing'",
      }),
    ({ timeout, undo: _, sql = '', on, region, instance, ...asked }, around) => ({
      ...asked,
      ...databaseOf({ on, region, instance }, around),
      sql,
      timeoutMs: timeout,
    }),
  ),
  needs: (target) => [loginTo(target, target.changes ? 'work' : 'proof')],
  plane: 'data',
  title: ({ file, instance }) => `Run ${file} on ${instance}`,
  region: ({ region }) => region,
  calls: [],
  permissions: () => [],
  command: (target) => clientLine(target, onOneLine(target.sql)),
  doneWhen: () => 'The statements end without an error.',
  usuallyMs: () => 1_000,
  // What only reads needs no asking for: it is the look itself.
  observe: async ({ changes }) => ({ done: !changes, state: null }),

  async apply(asked, context) {
    if (!asked.repeatable) mustNotRepeat(asked.file, context);
    // What was certainly not done may be asked for again.
    const rows = await patiently(context, () => answerOf(asked, asked.sql, context));
    if (asked.expect !== undefined) judge(asked, rows, context);
    return found(rows);
  },

  async settle(asked, context, _, receipt) {
    if (hasNoLogin(asked, context)) {
      context.notDone(NOBODY_LOGS_IN);
      return NOTHING;
    }
    if (asked.changes) return (receipt ?? NOTHING) as typeof NOTHING;
    try {
      const rows = await answerOf(asked, asked.sql, context);
      if (asked.expect !== undefined) judge(asked, rows, context);
      return found(rows);
    } catch (error) {
      context.signal.throwIfAborted();
      if (asked.expect === undefined || !isAboutQuery(error)) throw error;
      note(false, (error as Error).message, asked, context);
      return NOTHING;
    }
  },

  async undo(asked, context) {
    if (asked.undoSql !== undefined) await answerOf(asked, asked.undoSql, context);
  },
  undoCommand: (asked) =>
    asked.undoSql === undefined ? '# nothing to undo' : clientLine(asked, onOneLine(asked.undoSql)),
});

type Found = { rows: number; first: string | number | boolean | null };
const NOTHING: Found = { rows: 0, first: null };

const found = (rows: readonly Row[] | undefined): Found => ({
  rows: rows?.length ?? 0,
  first: Object.values(rows?.[0] ?? {})[0] ?? null,
});

/** The rows of the last statement; nothing where a simulated database runs no SQL of the user's. */
async function answerOf(asked: Params, sql: string, context: StepContext): Promise<Row[] | undefined> {
  const { region, instance, database, changes, timeoutMs } = asked;
  const name = `${OWN}${context.step}`;
  const query: Query = { name, text: sql, ...(changes ? { changes } : { readOnly: { forAtMostMs: timeoutMs } }) };
  try {
    const options = { timeoutMs: timeoutMs + CONNECTING_MS, signal: context.signal };
    return await context.sql.query({ region, instance, name: database }, query, options);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'NotSimulated') throw error;
    return undefined;
  }
}

function judge(asked: Params, rows: readonly Row[] | undefined, context: StepContext): void {
  const notMade = { ok: null, detail: 'not made: a simulated database runs no SQL of yours' };
  const { ok, detail } = rows ? judged(asked.expect ?? 'rows', rows, ROWS_AT_MOST) : notMade;
  note(ok, detail, asked, context);
}

function note(ok: boolean | null, detail: string, { file, instance }: Params, { record, step }: StepContext): void {
  record({ type: 'data-check', check: step, title: file, instance, ok, detail, rows: [] });
}
