import * as z from 'zod';
import { healthCheckId, region } from '../../drill/names.ts';
import { duration } from '../../drill/quantities.ts';
import { bucketName, text } from '../described.ts';

/** The third vantage point, which decides who may write when the two regions do not see each other. */
export const witnessSchema = z.strictObject({
  region: region.describe('A region that is neither of the two.'),
  bucket: bucketName.describe('A bucket of that region.'),
  key: text.default('writer').describe('The object that says which region has the right to write.'),
  lease: duration
    .refine((ms) => ms >= 5_000, 'expected at least 5 s')
    .default(20_000)
    .describe(
      'How long that right lasts without being renewed. The guard of the region that holds it stops writes when nine tenths of that have passed.',
    ),
  healthChecks: z
    .strictObject({ primary: healthCheckId, recovery: healthCheckId })
    .describe("Route 53 health checks of the two regions' endpoints, by id: how the rest of the world sees them."),
});

export type Witness = z.output<typeof witnessSchema>;
