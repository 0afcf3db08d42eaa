import { strictObject } from 'zod';
import { given } from '../../../steps/given.ts';
import { defineStep } from '../../../steps/step.ts';
import {
  bucketNeeds,
  isThere,
  objectPermissions,
  type TestObject,
  testObject,
  testObjectOf,
} from './replicated-bucket.ts';

/** Deletes the drill's own object as someone would by mistake: a delete marker hides its versions. */
export const deleteObject = defineStep<TestObject>({
  kind: 's3.delete-object',
  params: testObject,
  given: given(strictObject({}), (_, around) => testObjectOf(around)),
  needs: bucketNeeds,
  plane: 'data',
  title: ({ bucket, key }) => `Delete ${key} from ${bucket}, as if by mistake`,
  region: ({ region }) => region,
  calls: ['s3:HeadObject', 's3:DeleteObject'],
  permissions: (target) => objectPermissions(target, ['s3:GetObject', 's3:DeleteObject']),
  command: ({ region, bucket, key }) => `aws s3api delete-object --region ${region} --bucket ${bucket} --key ${key}`,
  doneWhen: () => 'The object has a delete marker.',
  usuallyMs: () => 200,
  async observe(target, context) {
    return { done: !(await isThere(target, false, context)), state: null };
  },
  async apply({ region, bucket, key }, { aws }) {
    await aws.call('s3', region, 'DeleteObject', { Bucket: bucket, Key: key });
    return undefined;
  },
});
