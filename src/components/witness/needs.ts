import * as z from 'zod';
import { regionalNeed, text } from '../../steps/needs/place.ts';

/** The object that says who may write, and the health checks that tell how the rest of the world sees both regions. */
export const witness = regionalNeed(
  'witness',
  {
    bucket: text,
    key: text,
    leaseMs: z.number(),
    healthChecks: z.object({ region: text, primary: text, recovery: text }),
  },
  ({ region, bucket, key }) => `witness/${region}/${bucket}/${key}`,
);
