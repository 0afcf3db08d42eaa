import * as z from 'zod';
import { DrillError } from '../../../errors.ts';
import { earlierStep, given } from '../../../steps/given.ts';
import { until } from '../../../steps/poll.ts';
import { defineStep } from '../../../steps/step.ts';
import {
  bucketNeeds,
  compareBytes,
  headOf,
  missing,
  objectPermissions,
  testObject,
  testObjectOf,
} from './replicated-bucket.ts';

const params = testObject.extend({ version: z.string() });

/** Waits until an object has reached the replica bucket as the same version, and compares its bytes. */
export const waitForReplication = defineStep<z.output<typeof params>, { tookMs: number }>({
  kind: 's3.wait-for-replication',
  params,
  given: given(
    z.strictObject({ object: earlierStep.describe('The step that wrote the object.') }),
    ({ object }, around) => ({
      ...testObjectOf(around),
      version: around.result(object, { version: `<what ${object} writes>` }).version,
    }),
  ),
  needs: bucketNeeds,
  plane: 'data',
  title: ({ key, replica }) => `Wait for ${key} in ${replica.bucket}`,
  region: ({ replica }) => replica.region,
  calls: ['s3:HeadObject', 's3:GetObject'],
  permissions: ({ replica, ...source }) => [
    ...objectPermissions(source, ['s3:GetObject']),
    ...objectPermissions(replica, ['s3:GetObject']),
  ],
  command: ({ region, bucket, key }) =>
    `aws s3api head-object --region ${region} --bucket ${bucket} --key ${key} --query ReplicationStatus`,
  doneWhen: () => 'The command prints COMPLETED.',
  usuallyMs: () => 15_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle({ version, replica, ...source }, context) {
    const { key } = source;
    let writtenMs = 0;
    await until(context, async () => {
      const [from, copy] = await Promise.all([headOf(source, key, context), headOf(replica, key, context)]);
      if (!from) throw missing(source, key);
      writtenMs = from.LastModified?.getTime() ?? 0;
      if (from.ReplicationStatus === 'FAILED') {
        throw new DrillError('replication-failed', `S3 could not replicate ${key} to ${replica.bucket}.`, {
          hint: "See the replication role's rights, the keys of both buckets, and the destination's policy.",
        });
      }
      return copy?.VersionId === version || undefined;
    });
    const tookMs = context.clock.nowMs() - writtenMs;
    const title = 'The replica holds the bytes that were written';
    await compareBytes({ ...replica, key }, { check: 'object-replicated', title }, context);
    return { tookMs };
  },
});
