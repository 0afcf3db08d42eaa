import * as z from 'zod';
import { duration } from './quantities.ts';

const side = z.enum(['primary', 'recovery']);

/** What happens to the databases of the simulated account during a drill, apart from its steps. */
export const simulatedMishaps = {
  sourceDeleted: z
    .strictObject({ after: duration.describe('How long after the start.') })
    .optional()
    .describe(
      'Someone deletes each RDS instance that has a replica. That does not promote a replica in another region: its replication is terminated.',
    ),
  keyDisabled: z
    .strictObject({ in: side, after: duration.default(0).describe('How long after the start.') })
    .optional()
    .describe(
      'Someone disables the KMS key of the databases of a region. RDS makes them inaccessible, and unrecoverable after 7 days.',
    ),
  databaseCapacity: z
    .strictObject({
      lacks: side,
      until: duration.optional().describe('How long after the start. Default: until the end.'),
    })
    .optional()
    .describe('A region has no capacity for another instance of RDS: InsufficientDBInstanceCapacity.'),
  renaming: z
    .strictObject({
      takes: duration.optional().describe('Until RDS knows the instance by its new name.'),
      named: duration
        .optional()
        .describe(
          'Time from then until DNS has the new name. The old one is removed at once. AWS says up to 10 minutes.',
        ),
    })
    .default({})
    .describe('Renaming an RDS instance.'),
};
