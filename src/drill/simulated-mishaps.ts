import * as z from 'zod';
import { duration } from './quantities.ts';

const side = z.enum(['primary', 'recovery']);

/** What befalls the databases of the simulated account while a drill goes on, and no step of the drill does. */
export const simulatedMishaps = {
  sourceDeleted: z
    .strictObject({ after: duration.describe('So long after the world began.') })
    .optional()
    .describe(
      'Somebody deletes each RDS instance that has a replica. A replica in another region is not promoted by that: its replication is terminated.',
    ),
  keyDisabled: z
    .strictObject({ in: side, after: duration.default(0).describe('So long after the world began.') })
    .optional()
    .describe(
      'Somebody disables the KMS key of the databases of a region: RDS closes them, and gives them up after 7 days.',
    ),
  databaseCapacity: z
    .strictObject({
      lacks: side,
      until: duration.optional().describe('So long after the world began; for good by default.'),
    })
    .optional()
    .describe('A region has no capacity for another instance of RDS: InsufficientDBInstanceCapacity.'),
  renaming: z
    .strictObject({
      takes: duration.optional().describe('Until RDS knows the instance by its new name.'),
      named: duration
        .optional()
        .describe('From then on, until DNS has the new name; the old one is gone at once. AWS says within 10 minutes.'),
    })
    .default({})
    .describe('An RDS instance gets another name.'),
};
