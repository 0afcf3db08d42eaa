import * as z from 'zod';
import { globalArn } from '../../../arn.ts';
import { pagesOf } from '../../../aws/pages.ts';
import { duration } from '../../../drill/quantities.ts';
import { given } from '../../../steps/given.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { bucketNeeds, bucketOf, headOf, isTestKey, replicatedBucket } from './replicated-bucket.ts';
import { rulesTo } from './replication-rules.ts';

const ROWS_AT_MOST = 20;

const params = replicatedBucket.extend({ sample: z.int(), olderThanMs: z.number() });
type Params = z.output<typeof params>;

/** Looks whether objects that have been there for a while are in the replica bucket as the same versions. Reads none of them. */
export const compareReplica = defineStep<Params, { compared: number; wrong: number }>({
  kind: 's3.compare-replica',
  params,
  given: given(
    z.strictObject({
      sample: z
        .int()
        .min(1)
        .max(10_000)
        .default(100)
        .describe('How many objects to compare, in the order of their names.'),
      olderThan: duration
        .default(900_000)
        .describe('Objects younger than this may not be replicated yet, and are not compared.'),
    }),
    ({ sample, olderThan }, around) => ({ ...bucketOf(around), sample, olderThanMs: olderThan }),
  ),
  needs: bucketNeeds,
  plane: 'data',
  title: ({ bucket, replica }) => `Compare ${bucket} with ${replica.bucket}`,
  region: ({ region }) => region,
  calls: ['s3:GetBucketVersioning', 's3:GetBucketReplication', 's3:ListObjectsV2', 's3:HeadObject'],
  permissions: ({ region, bucket, replica }) => [
    { action: 's3:GetBucketVersioning', resource: globalArn({ service: 's3', region, resource: bucket }) },
    { action: 's3:GetReplicationConfiguration', resource: globalArn({ service: 's3', region, resource: bucket }) },
    ...[bucket, replica.bucket].flatMap((one) => [
      { action: 's3:ListBucket', resource: globalArn({ service: 's3', region, resource: one }) },
      { action: 's3:GetObject', resource: globalArn({ service: 's3', region, resource: `${one}/*` }) },
    ]),
  ],
  command: ({ region, bucket }) => `aws s3api get-bucket-replication --region ${region} --bucket ${bucket}`,
  doneWhen: () => 'Every rule is Enabled, and the replica has the objects of the bucket.',
  usuallyMs: () => 5_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle(target, context) {
    await lookAtRules(target, context);
    const keys = await keysIn(target, context);
    const wrong: string[] = [];
    for (const key of keys) if (!(await isThere(key, target, context))) wrong.push(key);
    if (keys.length === 0) context.notDone(`no object of ${target.bucket} is old enough to be compared`);
    if (keys.length > 0) {
      context.record({
        type: 'data-check',
        check: 'objects-replicated',
        title: 'Objects that have been there for a while are in the replica bucket, as the same versions',
        instance: target.replica.bucket,
        ok: wrong.length === 0,
        detail: `${keys.length - wrong.length} of ${keys.length} objects are`,
        rows: wrong.slice(0, ROWS_AT_MOST),
      });
    }
    return { compared: keys.length, wrong: wrong.length };
  },
});

/** Versions are what a deletion is undone from, and a rule is what brings objects to the other region. */
async function lookAtRules({ region, bucket, replica }: Params, { aws, record }: StepContext): Promise<void> {
  const check = (name: string, ok: boolean, detail: string) =>
    record({ type: 'check', check: name, layer: 'verification', critical: true, ok, detail });
  const { Status = 'off' } = await aws.call('s3', region, 'GetBucketVersioning', { Bucket: bucket });
  check('bucket-versioned', Status === 'Enabled', `Versioning of ${bucket} is ${Status}`);
  const rules = await rulesTo(replica.bucket, { region, bucket }, { aws });
  check('bucket-replicated', rules.length > 0, `${rules.length} enabled rules replicate to ${replica.bucket}`);
}

/** The first keys that are neither young nor a drill's. */
async function keysIn({ region, bucket, sample, olderThanMs }: Params, { aws, clock }: StepContext): Promise<string[]> {
  const keys: string[] = [];
  for await (const { Contents = [] } of pagesOf(aws, 's3', region, 'ListObjectsV2', { Bucket: bucket })) {
    for (const { Key = '', LastModified } of Contents) {
      const isOld = clock.nowMs() - (LastModified?.getTime() ?? 0) >= olderThanMs;
      if (isOld && !isTestKey(Key)) keys.push(Key);
    }
    if (keys.length >= sample) break;
  }
  return keys.slice(0, sample);
}

/** A copy has the same version id as what it was made of. */
async function isThere(key: string, { replica, ...source }: Params, context: StepContext): Promise<boolean> {
  const [from, copy] = await Promise.all([headOf(source, key, context), headOf(replica, key, context)]);
  // Deleted meanwhile.
  if (!from) return true;
  return copy?.VersionId === from.VersionId && copy?.ContentLength === from.ContentLength;
}
