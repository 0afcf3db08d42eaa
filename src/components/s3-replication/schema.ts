import * as z from 'zod';
import { bucketName, dataStore, side } from '../described.ts';

/** A versioned bucket, and the one in the other region that everything written to it is replicated to. */
export const s3ReplicationSchema = z.strictObject({
  kind: z.literal('s3-replication'),
  ...dataStore,
  bucket: bucketName,
  region: side.default('primary').describe('The region that it is in.'),
  replica: bucketName.describe('The bucket in the other region.'),
});

export type S3Replication = z.output<typeof s3ReplicationSchema>;
