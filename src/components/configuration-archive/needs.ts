import * as z from 'zod';
import { regionalNeed, text } from '../../steps/needs/place.ts';

/** An archive of Kubernetes objects in a bucket. */
export const archive = regionalNeed(
  'archive',
  { bucket: text, prefix: text, maxAgeMs: z.number() },
  ({ region, bucket, prefix }) => `archive/${region}/${bucket}/${prefix}`,
);
