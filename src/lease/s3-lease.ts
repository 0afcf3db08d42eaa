import { type Aws, isAwsError } from '../aws/aws.ts';
import { heldIn, type LeaseStore } from './lease.ts';

/** Longer than S3 takes to answer a busy caller, retries included. */
const LASTS_MS = 30_000;

/** One object of a bucket. */
export interface LeaseObject {
  bucket: string;
  key: string;
  region: string;
}

/**
 * A lease in an object, for a team: S3 itself refuses a write upon another version than the one that was seen (`If-None-Match`,
 * `If-Match`). Needs s3:GetObject, s3:PutObject and s3:DeleteObject.
 */
export function s3Lease({ bucket, key, region }: LeaseObject, awsUntil: (signal: AbortSignal) => Aws): LeaseStore {
  const object = { Bucket: bucket, Key: key };
  return {
    lastsMs: LASTS_MS,
    async read(signal) {
      try {
        const { Body, ETag = '' } = await awsUntil(signal).call('s3', region, 'GetObject', object);
        return { held: heldIn((await Body?.transformToString()) ?? ''), version: ETag };
      } catch (error) {
        if (isAwsError(error, 'NoSuchKey')) return undefined;
        throw error;
      }
    },
    async write(held, upon, signal) {
      const condition = upon ? { IfMatch: upon.version } : { IfNoneMatch: '*' };
      const ContentType = 'application/json';
      try {
        const asked = { ...object, ...condition, ContentType, Body: JSON.stringify(held) };
        const { ETag = '' } = await awsUntil(signal).call('s3', region, 'PutObject', asked);
        return { held, version: ETag };
      } catch (error) {
        if (isConflict(error)) return undefined;
        throw error;
      }
    },
    async remove(seen, signal) {
      await awsUntil(signal).call('s3', region, 'DeleteObject', { ...object, IfMatch: seen.version });
    },
  };
}

/** Someone else was first: with the object as it is now, or on the way to it, or by removing it. */
const isConflict = (error: unknown): boolean =>
  isAwsError(error, 'PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey');
