import * as z from 'zod';
import { drillName, regionalNeed, text, weakestFirst } from '../../steps/needs/place.ts';

/** How steps call what they alter. */
export const tableThing = (region: string, table: string): string => `dynamodb/${region}/${table}`;

const thingOf = ({ region, table }: { region: string; table: string }): string => tableThing(region, table);

/** A table that takes reads and writes in a region, with its replicas elsewhere. */
export const dynamodbTable = regionalNeed(
  'dynamodb-table',
  {
    table: text,
    /** Other regions that must have an active replica. */
    replicas: z.array(text),
    consistency: z.enum(['eventual', 'strong']),
    witness: text.optional(),
    /** The keys under which numbered items are written. */
    keys: z.object({ partition: text, sort: text, sortType: z.enum(['N', 'S']) }).optional(),
  },
  thingOf,
);

/** A name that a restored table is to get. */
export const dynamodbFreeTable = regionalNeed('dynamodb-free-table', { table: text, drill: drillName }, thingOf);

/** Point-in-time recovery of a table: that it is on, and how far back it must reach; whether this drill restores from it. */
export const dynamodbBackups = regionalNeed(
  'dynamodb-backups',
  { table: text, retentionMs: z.number().optional(), for: weakestFirst(['later', 'restore']) },
  thingOf,
);
