import * as z from 'zod';
import { region, tableName } from '../../drill/names.ts';
import { duration } from '../../drill/quantities.ts';
import { type Description, dataStore, text } from '../described.ts';
import { tableLeaves } from './left.ts';
import { dynamodbBackups, dynamodbFreeTable, dynamodbTable } from './needs.ts';

const DAY = 86_400_000;

const table = tableName.regex(
  /^[\w.-]{3,255}$/,
  'expected the name of a table: 3 to 255 letters, digits, dots, underscores and hyphens',
);

/** Tables of DynamoDB that are replicated between both regions. */
export const dynamodbGlobalTableSchema = z.strictObject({
  kind: z.literal('dynamodb-global-table'),
  ...dataStore,
  tables: z.array(table).min(1).describe('The tables. Each has a replica of the same name in both regions.'),
  consistency: z
    .enum(['eventual', 'strong'])
    .default('eventual')
    .describe(
      'eventual: a write reaches the other regions within about a second. strong: it is in another region before it is acknowledged.',
    ),
  third: z
    .strictObject({
      region,
      holds: z
        .enum(['replica', 'witness'])
        .default('replica')
        .describe('A witness keeps no items, and cannot be read.'),
    })
    .optional()
    .describe('The third region of tables with strong consistency.'),
  heartbeats: z
    .strictObject({
      table,
      partitionKey: text.default('run').describe('Its partition key, a string.'),
      sortKey: text.default('sequence'),
      sortKeyType: z.enum(['N', 'S']).default('N').describe('N: a number; S: a string.'),
    })
    .optional()
    .describe(
      'A global table to which drills write numbered items, each under the name of its run. Without it, no data loss is measured.',
    ),
  backups: z
    .strictObject({
      retention: duration
        .refine((length) => length >= DAY && length <= 35 * DAY, 'expected 1 d to 35 d')
        .describe('How far back point-in-time recovery reaches: 1 d to 35 d.'),
    })
    .optional()
    .describe('Point-in-time recovery of every table.'),
});

export type DynamodbGlobalTable = z.output<typeof dynamodbGlobalTableSchema>;

/** What a topology, a preflight and a report know of the kind. */
export const dynamodbGlobalTable = {
  schema: dynamodbGlobalTableSchema,
  needs: [dynamodbTable, dynamodbFreeTable, dynamodbBackups],
  counts: ({ heartbeats }: DynamodbGlobalTable) =>
    heartbeats ? 'heartbeats' : { not: "the topology names no table for numbered items ('heartbeats')" },
  counting: { of: 'heartbeats', writes: 'dynamodb.write-items', counts: 'dynamodb.count-items' },
  leaves: tableLeaves,
} as const satisfies Description;
