import * as z from 'zod';
import { drillName, regionalNeed, text, thereOrFree } from './place.ts';

export const bucket = regionalNeed('bucket', {
  bucket: text,
  versioned: z.boolean(),
  /** The bucket that it must be replicated to. */
  replicatesTo: text.optional(),
});

/** An archive of Kubernetes objects in a bucket. */
export const archive = regionalNeed('archive', {
  bucket: text,
  prefix: text,
  maxAgeMs: z.number(),
});

export const secret = regionalNeed('secret', {
  name: text,
  state: thereOrFree,
  /** The region that it must be replicated to. */
  replicatedTo: text.optional(),
  /** Whether its value in force is read. */
  read: z.boolean().optional(),
  drill: drillName,
});

/** The object that says who may write, and the health checks that tell how the rest of the world sees both regions. */
export const witness = regionalNeed('witness', {
  bucket: text,
  key: text,
  leaseMs: z.number(),
  healthChecks: z.object({ region: text, primary: text, recovery: text }),
});
