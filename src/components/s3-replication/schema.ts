import * as z from 'zod';
import { bucketName, type Description, dataStore, side } from '../described.ts';
import { bucket } from './needs.ts';

/** A versioned bucket, and the one in the other region that everything written to it is replicated to. */
export const s3ReplicationSchema = z.strictObject({
  kind: z.literal('s3-replication'),
  ...dataStore,
  bucket: bucketName,
  region: side.default('primary').describe('The region of the bucket.'),
  replica: bucketName.describe('The bucket in the other region.'),
});

export type S3Replication = z.output<typeof s3ReplicationSchema>;

/** What a topology, a preflight and a report know of the kind. */
export const s3Replication = {
  schema: s3ReplicationSchema,
  needs: [bucket],
  counts: { not: 'the objects of a bucket are not numbered, so missing ones cannot be counted' },
} as const satisfies Description;
