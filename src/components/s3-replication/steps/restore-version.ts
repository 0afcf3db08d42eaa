import * as z from 'zod';
import { earlierStep, given } from '../../../steps/given.ts';
import { defineStep } from '../../../steps/step.ts';
import {
  bucketNeeds,
  compareBytes,
  isThere,
  objectPermissions,
  testObject,
  testObjectOf,
} from './replicated-bucket.ts';

const params = testObject.extend({ version: z.string() });
type Params = z.output<typeof params>;

/** Puts a version that a deletion has hidden on top again, and compares its bytes. Nothing is removed by it. */
export const restoreVersion = defineStep<Params>({
  kind: 's3.restore-version',
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
  title: ({ bucket, key }) => `Restore the version of ${key} in ${bucket} that was deleted`,
  region: ({ region }) => region,
  calls: ['s3:HeadObject', 's3:CopyObject', 's3:GetObject'],
  permissions: (target) => objectPermissions(target, ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject']),
  command: (target) =>
    `aws s3api copy-object --region ${target.region} --bucket ${target.bucket} --key ${target.key} --copy-source '${sourceOf(target)}'`,
  doneWhen: () => 'The object can be read again.',
  usuallyMs: () => 500,
  async observe(target, context) {
    return { done: await isThere(target, true, context), state: null };
  },
  async apply(target, { aws }) {
    const { region, bucket, key } = target;
    await aws.call('s3', region, 'CopyObject', { Bucket: bucket, Key: key, CopySource: sourceOf(target) });
    return undefined;
  },
  async settle(target, context) {
    const title = 'What was restored holds the bytes that were written';
    await compareBytes(target, { check: 'object-restored', title }, context);
    return null;
  },
});

const sourceOf = ({ bucket, key, version }: Params): string => `${bucket}/${encodeURI(key)}?versionId=${version}`;
