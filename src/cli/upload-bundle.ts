import { isAwsError } from '../aws/aws.ts';
import { isoTime } from '../clock/clock.ts';
import type { Topology } from '../drill/topology.ts';
import { DrillError } from '../errors.ts';
import { refusal } from '../live/refusals.ts';
import { connect, gatewayOutside } from './live-account.ts';
import { placeIn } from './s3-place.ts';

export interface Retention {
  years: number;
  /** Nobody can shorten `compliance`, not even the account's owner; `governance` anyone who has the permission for it. */
  lock: 'compliance' | 'governance';
}

/** What was kept, and until when. */
export interface Kept {
  url: string;
  version: string | null;
  until: string;
}

/**
 * Puts a bundle where nobody can delete it before its time, in the account that the run's topology names. What is there already is never
 * replaced: the same bytes are kept as they are, others are refused.
 */
export async function uploadBundle(
  bytes: Uint8Array,
  { where, name, topology, retention }: { where: string; name: string; topology: Topology; retention: Retention },
): Promise<Kept> {
  const { bucket, key, region } = placeIn('--upload', where, name, topology.regions.recovery);
  const account = await connect({ topology });
  const aws = gatewayOutside(account, [region])({ step: 'upload', signal: new AbortController().signal });
  const url = `s3://${bucket}/${key}`;
  const until = yearsAfter(account.clock.wallMs(), retention.years);
  const object = { Bucket: bucket, Key: key, ExpectedBucketOwner: topology.account };
  try {
    const { VersionId } = await aws.call('s3', region, 'PutObject', {
      ...object,
      Body: bytes,
      ContentType: 'application/zip',
      ChecksumAlgorithm: 'CRC32',
      IfNoneMatch: '*',
      ObjectLockMode: retention.lock === 'compliance' ? 'COMPLIANCE' : 'GOVERNANCE',
      ObjectLockRetainUntilDate: until,
    });
    return { url, version: VersionId ?? null, until: isoTime(until.getTime()) };
  } catch (error) {
    if (isAwsError(error, 'PreconditionFailed')) return await keptAlready();
    if (isAwsError(error, 'InvalidRequest') && /Object Lock/i.test((error as Error).message))
      throw new DrillError(
        'no-object-lock',
        `${bucket} has no Object Lock: anyone with the permission can delete its objects.`,
        {
          hint: 'Turn on versioning and Object Lock for the bucket, or name another one.',
          cause: error,
        },
      );
    throw refusal(error, { service: 's3', region, operation: 'PutObject' });
  }

  async function keptAlready(): Promise<Kept> {
    const there = await aws.call('s3', region, 'GetObject', object);
    // What is larger is not taken into memory.
    const content = there.ContentLength === bytes.length ? await there.Body?.transformToByteArray() : undefined;
    const same = content !== undefined && Buffer.compare(content, bytes) === 0;
    if (same && there.ObjectLockRetainUntilDate)
      return { url, version: there.VersionId ?? null, until: isoTime(there.ObjectLockRetainUntilDate.getTime()) };
    throw new DrillError(
      'kept-otherwise',
      `${url} is there already, and ${same ? 'nothing keeps it' : 'is something else'}.`,
      {
        hint: 'Upload it to another place.',
      },
    );
  }
}

function yearsAfter(ms: number, years: number): Date {
  const day = new Date(ms);
  day.setUTCFullYear(day.getUTCFullYear() + years);
  return day;
}
