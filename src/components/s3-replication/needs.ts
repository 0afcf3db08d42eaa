import * as z from 'zod';
import { regionalNeed, text } from '../../steps/needs/place.ts';

export const bucket = regionalNeed(
  'bucket',
  {
    bucket: text,
    versioned: z.boolean(),
    /** The bucket that it must be replicated to. */
    replicatesTo: text.optional(),
  },
  (need) => `bucket/${need.region}/${need.bucket}`,
);
