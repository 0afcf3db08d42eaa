import * as z from 'zod';
import { healthCheckId, region } from '../../drill/names.ts';
import { duration } from '../../drill/quantities.ts';
import { bucketName, text } from '../described.ts';

/** The third vantage point, which decides who may write when the two regions do not see each other. */
export const witnessSchema = z.strictObject({
  region: region.describe('A region that is neither primary nor recovery.'),
  bucket: bucketName.describe('A bucket in that region.'),
  key: text.default('writer').describe('The object that says which region has the right to write.'),
  lease: duration
    .refine((ms) => ms >= 5_000, 'expected at least 5 s')
    .default(20_000)
    .describe(
      'How long the right to write lasts without renewal. The guard of the region that has it stops writes after nine tenths of this time.',
    ),
  healthChecks: z
    .strictObject({ primary: healthCheckId, recovery: healthCheckId })
    .describe(
      'IDs of Route 53 health checks of the endpoints of both regions. They show whether other places can reach them.',
    ),
});

export type Witness = z.output<typeof witnessSchema>;
