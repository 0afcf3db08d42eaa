import * as z from 'zod';
import { SQL_ENGINES } from '../ports/sql.ts';
import { duration, percentage } from './quantities.ts';

/** What the answer to a data check must be. */
export const expectationPattern = /^(no rows|rows|value (=|<|<=|>|>=) (-?\d+(?:\.\d+)?))$/;

export const expectations = 'no rows, rows, or a comparison such as value >= 100';

/** The name of a check in the journal and the reports; that of a file without `.sql`. */
export const checkName = /^[A-Za-z0-9]+([-_][A-Za-z0-9]+)*$/;

/** The names of what is looked at without SQL of anyone's: that a table has its rows, and its contents. */
export const rowsOf = (table: string): string => `rows-of-${table}`;
export const checksumOf = (table: string): string => `checksum-of-${table}`;

const ownCheckSchema = z.strictObject({
  check: z.string().regex(checkName, 'expected letters, digits, - and _, such as order-totals'),
  title: z.string().min(1),
  expect: z
    .string()
    .regex(expectationPattern, `expected ${expectations}`)
    .describe(`What the answer must be: ${expectations}.`),
  sql: z.string().min(1).describe('One statement; it is run in a read-only transaction.'),
});

/** A question in SQL that the recovered data must answer as is expected. */
export const dataCheckSchema = ownCheckSchema.extend({
  /** It came with the tool, so a simulated database knows what it would find. */
  shipped: z.literal(true).optional(),
  /** It is made in this engine alone. */
  engine: z.enum(SQL_ENGINES).optional(),
});

export type DataCheck = z.output<typeof dataCheckSchema>;

export const tableName = z.string().regex(/^[a-z_][a-z0-9_.]*$/, 'expected the name of a table, such as orders');

/** The part of a drill file that says what recovered data must show. */
export const dataChecksSchema = z.strictObject({
  rowCountTolerance: percentage.default(0.02).describe('How much row counts may differ from the expected ones.'),
  tables: z
    .array(tableName)
    .default(['customers', 'products', 'orders', 'order_items'])
    .describe('Tables whose rows are counted; each has a column created_at.'),
  checksums: z
    .array(tableName)
    .default([])
    .describe(
      'Tables whose rows never change after they are written. Each has a column created_at. Their contents must equal those of the source, up to a minute before the recovery point.',
    ),
  shipped: z.boolean().default(true).describe('Whether to run the built-in checks.'),
  files: z
    .array(z.string().min(1))
    .default([])
    .describe('SQL files with your own checks, or folders of them, relative to this file.'),
  checks: z.array(ownCheckSchema).default([]).describe('Your own checks, written here.'),
  timeout: duration.default(60_000).describe('How long the database may work on one check.'),
});
