import { strictObject } from 'zod';
import { given } from '../../../steps/given.ts';
import { until } from '../../../steps/poll.ts';
import { defineStep } from '../../../steps/step.ts';
import {
  bodyOf,
  bucketNeeds,
  headOf,
  missing,
  objectPermissions,
  type TestObject,
  testObject,
  testObjectOf,
} from './replicated-bucket.ts';

/** Writes an object under a key of its own, which nobody else uses. */
export const writeObject = defineStep<TestObject, { key: string; version: string }>({
  kind: 's3.write-object',
  params: testObject,
  given: given(strictObject({}), (_, around) => testObjectOf(around)),
  needs: bucketNeeds,
  plane: 'data',
  title: ({ bucket, key }) => `Write ${key} to ${bucket}`,
  region: ({ region }) => region,
  calls: ['s3:HeadObject', 's3:PutObject'],
  permissions: (target) => objectPermissions(target, ['s3:GetObject', 's3:PutObject']),
  command: ({ region, bucket, key }) => `echo dr-drill | aws s3 cp --region ${region} - s3://${bucket}/${key}`,
  byHand: {
    gives: ({ region, bucket, key }, read) => ({
      key,
      version: read.text(
        'version',
        `aws s3api head-object --region ${region} --bucket ${bucket} --key ${key} --query VersionId --output text`,
      ),
    }),
  },
  doneWhen: () => 'The object is there.',
  usuallyMs: () => 200,
  async observe(target, context) {
    const found = await headOf(target, target.key, context);
    return { done: found !== undefined, state: null };
  },
  async apply({ region, bucket, key }, { aws }) {
    const input = { Bucket: bucket, Key: key, Body: bodyOf(key), ContentType: 'text/plain' };
    await aws.call('s3', region, 'PutObject', input);
    return undefined;
  },
  async settle(target, context) {
    return until(context, async () => {
      const found = await headOf(target, target.key, context);
      if (!found?.VersionId) throw missing(target, target.key);
      return { key: target.key, version: found.VersionId };
    });
  },
});
