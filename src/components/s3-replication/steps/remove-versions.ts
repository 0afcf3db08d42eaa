import { strictObject } from 'zod';
import { globalArn } from '../../../arn.ts';
import { pagesOf } from '../../../aws/pages.ts';
import { given } from '../../../steps/given.ts';
import { until } from '../../../steps/poll.ts';
import { defineStep, type Permission, type StepContext } from '../../../steps/step.ts';
import { unlessDone } from '../../../steps/unless-done.ts';
import { bucketNeeds, type TestObject, testObject, testObjectOf } from './replicated-bucket.ts';

/** A copy that was on its way when its source was deleted shows by then. */
const STILL_FOR_MS = 15_000;

/** Deletes every version of the drill's own object and every mark of its deletion, in both buckets. */
export const removeVersions = defineStep<TestObject>({
  kind: 's3.remove-versions',
  params: testObject,
  given: given(strictObject({}), (_, around) => testObjectOf(around)),
  needs: bucketNeeds,
  plane: 'data',
  title: ({ key, bucket, replica }) => `Delete all versions of ${key} from ${bucket} and ${replica.bucket}`,
  region: ({ region }) => region,
  calls: ['s3:ListObjectVersions', 's3:DeleteObject'],
  permissions: ({ region, bucket, replica }) =>
    [bucket, replica.bucket].flatMap((one): Permission[] => [
      { action: 's3:ListBucketVersions', resource: globalArn({ service: 's3', region, resource: one }) },
      { action: 's3:DeleteObject', resource: globalArn({ service: 's3', region, resource: `${one}/dr-drill/*` }) },
      {
        action: 's3:DeleteObjectVersion',
        resource: globalArn({ service: 's3', region, resource: `${one}/dr-drill/*` }),
      },
    ]),
  command: ({ region, bucket, key, replica }) =>
    [{ region, bucket }, replica]
      .map(
        (one) =>
          `aws s3api list-object-versions --region ${one.region} --bucket ${one.bucket} --prefix ${key} --query '[Versions, DeleteMarkers][][].[VersionId]' --output text | while read -r version; do aws s3api delete-object --region ${one.region} --bucket ${one.bucket} --key ${key} --version-id "$version"; done`,
      )
      .join(' && '),
  doneWhen: () => 'No version of the object is left in either bucket.',
  usuallyMs: () => 20_000,
  async observe(target, context) {
    return { done: (await versionsOf(target, context)).length === 0, state: null };
  },
  repeatable: true,
  async apply(target, context) {
    await removeAll(target, context);
    return undefined;
  },
  async settle(target, context, { done }) {
    if (done) return null;
    const { clock } = context;
    let stillSinceMs = clock.nowMs();
    await until(context, async () => {
      if (await removeAll(target, context)) stillSinceMs = clock.nowMs();
      return clock.nowMs() - stillSinceMs >= STILL_FOR_MS || undefined;
    });
    return null;
  },
});

interface Version {
  region: string;
  bucket: string;
  id: string;
}

async function versionsOf({ key, replica, ...source }: TestObject, { aws }: StepContext): Promise<Version[]> {
  const found = [source, replica].map(async ({ region, bucket }): Promise<Version[]> => {
    const own: Version[] = [];
    const asked = { Bucket: bucket, Prefix: key };
    for await (const { Versions = [], DeleteMarkers = [] } of pagesOf(aws, 's3', region, 'ListObjectVersions', asked))
      for (const { Key, VersionId = 'null' } of [...Versions, ...DeleteMarkers])
        if (Key === key) own.push({ region, bucket, id: VersionId });
    return own;
  });
  return (await Promise.all(found)).flat();
}

/** Whether there was anything to remove. */
async function removeAll(target: TestObject, context: StepContext): Promise<boolean> {
  const versions = await versionsOf(target, context);
  for (const { region, bucket, id } of versions) {
    const version = { Bucket: bucket, Key: target.key, VersionId: id };
    await unlessDone(
      context,
      () => context.aws.call('s3', region, 'DeleteObject', version),
      async () => !(await versionsOf(target, context)).some((one) => one.bucket === bucket && one.id === id),
    );
  }
  return versions.length > 0;
}
