import * as z from 'zod';
import { globalArn } from '../../../arn.ts';
import { isoTime } from '../../../clock/clock.ts';
import { duration } from '../../../drill/quantities.ts';
import { DrillError } from '../../../errors.ts';
import { given } from '../../../steps/given.ts';
import { defineStep } from '../../../steps/step.ts';
import { archivesOf } from './archive.ts';
import { newestArchive } from './newest-archive.ts';

const params = z.object({ bucket: z.string(), region: z.string(), prefix: z.string(), maxAgeMs: z.number() });
type Params = z.output<typeof params>;

/** Finds the newest archive of the namespace's objects: what is younger than it would be lost. */
export const chooseArchive = defineStep<Params, { key: string; version: string | null; timeMs: number }>({
  kind: 'kubernetes.choose-archive',
  params,
  given: given(
    z.strictObject({
      maxAge: duration.default(86_400_000).describe('If the newest archive is older than this, the drill fails.'),
    }),
    ({ maxAge }, around) => ({ ...archivesOf(around), maxAgeMs: maxAge }),
  ),
  needs: ({ bucket, region, prefix, maxAgeMs }) => [{ need: 'archive', bucket, region, prefix, maxAgeMs }],
  plane: 'data',
  title: ({ bucket, prefix }) => `Find the newest archive in ${bucket}/${prefix}`,
  region: ({ region }) => region,
  calls: ['s3:ListObjectsV2', 's3:HeadObject'],
  permissions: ({ region, bucket, prefix }) => [
    { action: 's3:ListBucket', resource: globalArn({ service: 's3', region, resource: bucket }) },
    { action: 's3:GetObject', resource: globalArn({ service: 's3', region, resource: `${bucket}/${prefix}*` }) },
  ],
  command: ({ region, bucket, prefix }) => `${newestOf({ region, bucket, prefix })}'`,
  byHand: {
    gives: (wanted, read) => ({
      key: read.text('archive', `${newestOf(wanted)}.Key' --output text`),
      version: null,
      timeMs: read.instant('time', `${newestOf(wanted)}.LastModified' --output text`),
    }),
  },
  doneWhen: () => 'An archive is shown, and it is younger than the drill allows.',
  usuallyMs: () => 500,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle(wanted, context) {
    const { region, bucket, prefix, maxAgeMs } = wanted;
    const newest = await newestArchive(wanted, context);
    if (!newest) {
      throw new DrillError('no-archive', `There is no archive in ${bucket}/${prefix}.`, {
        hint: 'Check the archive in the topology, and the tool that makes the archives.',
      });
    }
    const { key, timeMs } = newest;
    const ageMs = context.clock.nowMs() - timeMs;
    if (ageMs > maxAgeMs) {
      throw new DrillError(
        'archive-too-old',
        `The newest archive, ${key}, is ${Math.round(ageMs / 3_600_000)} h old; the drill allows ${Math.round(maxAgeMs / 3_600_000)} h.`,
        { hint: 'Find out why no newer one was made.' },
      );
    }
    // The same one is restored and compared, whatever is written meanwhile.
    const { VersionId } = await context.aws.call('s3', region, 'HeadObject', { Bucket: bucket, Key: key });
    context.record({ type: 'recovery-point', from: 'archive', id: key, time: isoTime(timeMs) });
    return { key, version: VersionId ?? null, timeMs };
  },
});

/** The newest archive; the query is still open. */
const newestOf = ({ region, bucket, prefix }: Pick<Params, 'region' | 'bucket' | 'prefix'>): string =>
  `aws s3api list-objects-v2 --region ${region} --bucket ${bucket} --prefix '${prefix}' --query 'sort_by(Contents, &LastModified)[-1]`;
