import * as z from 'zod';
import { duration } from './quantities.ts';

const count = z.int().nonnegative();
const side = z.enum(['primary', 'recovery']);

/** How simulated tables of DynamoDB replicate, and how somebody has left them. */
export const simulatedTables = {
  tables: z
    .strictObject({
      replication: duration.optional().describe('From a write to its arrival in the other region.'),
      stops: duration
        .optional()
        .describe('What is written so long after the world began, or later, never arrives in the other region.'),
      status: z
        .strictObject({ primary: z.string().optional(), recovery: z.string().optional() })
        .default({})
        .describe("What a region's replicas are instead of ACTIVE, such as INACCESSIBLE_ENCRYPTION_CREDENTIALS."),
      removed: side.optional().describe('Somebody removed the replicas of this region.'),
      consistency: z
        .enum(['eventual', 'strong'])
        .optional()
        .describe('How the tables replicate, where that is not as the topology says.'),
      pointInTime: z.boolean().default(true).describe('false: point-in-time recovery is off.'),
      readCapacity: z
        .strictObject({ primary: count.optional(), recovery: count.optional() })
        .default({})
        .describe('Read capacity units of provisioned tables; 100 by default.'),
    })
    .default({ status: {}, pointInTime: true, readCapacity: {} })
    .describe('The tables of DynamoDB.'),
  tableReplica: z
    .strictObject({
      takes: duration.optional().describe('Until a replica that is added is ACTIVE.'),
      fails: z.boolean().default(false),
    })
    .default({ fails: false })
    .describe('A replica that is added to a table.'),
  tableRestore: z
    .strictObject({
      takes: duration.optional().describe('Until a restored table is ACTIVE.'),
      fails: z.boolean().default(false),
      losesItems: count.default(0).describe('Of the newest items, so many are not in a restored table.'),
    })
    .default({ fails: false, losesItems: 0 })
    .describe('A table that is restored to a point in time.'),
};
