import { globalArn } from '../../arn.ts';
import { isAwsError } from '../../aws/aws.ts';
import { inWords } from '../../duration.ts';
import { blocker, type Finding } from '../../steps/account/findings.ts';
import { type LookFor, rootOf } from '../../steps/account/look.ts';
import { newestArchive } from './steps/newest-archive.ts';

/** The newest archive of Kubernetes objects: that there is one, and how old it is. */
export const archiveLook: LookFor<'archive'> = {
  calls: () => ['s3:ListObjectsV2'],
  permissions: ({ region, bucket }) => [
    { action: 's3:ListBucket', resource: globalArn({ service: 's3', region, resource: bucket }) },
  ],
  subject: ({ bucket, prefix }) => `${bucket}/${prefix}`,
  async look(need, context) {
    const { region, bucket, prefix, maxAgeMs } = need;
    const place = `${bucket}/${prefix}`;
    const row = (account: string) => ({
      what: `newest archive in ${place}`,
      topology: `at most ${inWords(maxAgeMs)} old`,
      account,
    });
    const found = (what: string): Finding =>
      blocker(
        place,
        what,
        'All that was made or changed since would be missing after a restore.',
        `Find out what makes the archives: aws s3api list-objects-v2 --region ${region} --bucket ${bucket} --prefix '${prefix}'`,
      );
    try {
      const newest = await newestArchive(need, context);
      if (!newest) return { rows: [row('none')], findings: [found(`there is no archive in ${place}`)] };
      const ageMs = context.clock.nowMs() - newest.timeMs;
      const rows = [row(`${newest.key}, ${inWords(ageMs)} old`)];
      if (ageMs <= maxAgeMs) return { rows, findings: [] };
      const what = `the newest archive, ${newest.key}, is ${inWords(ageMs)} old; ${inWords(maxAgeMs)} is allowed`;
      return { rows, findings: [found(what)] };
    } catch (error) {
      if (!isAwsError(rootOf(error), 'NoSuchBucket', 'PermanentRedirect')) throw error;
      return { rows: [row('no such bucket')], findings: [found(`there is no bucket ${bucket} in ${region}`)] };
    }
  },
};
