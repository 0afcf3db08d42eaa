import { listOf } from '../../../aws/pages.ts';
import type { StepContext } from '../../../steps/step.ts';

/** The newest object under a prefix; `undefined` where there is none. */
export async function newestArchive(
  { region, bucket, prefix }: { region: string; bucket: string; prefix: string },
  { aws }: Pick<StepContext, 'aws'>,
): Promise<{ key: string; timeMs: number } | undefined> {
  let newest: { key: string; timeMs: number } | undefined;
  const asked = { Bucket: bucket, Prefix: prefix };
  for (const { Key, LastModified } of await listOf(aws, 's3', region, 'ListObjectsV2', 'Contents', asked)) {
    const timeMs = LastModified?.getTime() ?? 0;
    // A folder is an object without a name of its own.
    if (Key && !Key.endsWith('/') && timeMs >= (newest?.timeMs ?? 0)) newest = { key: Key, timeMs };
  }
  return newest;
}
