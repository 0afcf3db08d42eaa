import type { Input } from '../../aws/aws.ts';
import { awsError } from '../faults.ts';
import type { Bucket, ObjectVersion } from '../stores-state.ts';
import type { World } from '../world.ts';
import { denied } from './bucket.ts';

type Given = Pick<Input<'s3', 'PutObject'>, 'ObjectLockMode' | 'ObjectLockRetainUntilDate'>;

/** The retention that a write asks for. */
export function lockOf(world: World, bucket: Bucket, { ObjectLockMode, ObjectLockRetainUntilDate }: Given) {
  if (ObjectLockMode === undefined && ObjectLockRetainUntilDate === undefined) return null;
  if (ObjectLockMode === undefined || ObjectLockRetainUntilDate === undefined) {
    const message = 'x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied';
    throw awsError('InvalidArgument', message);
  }
  if (!bucket.objectLock) throw awsError('InvalidRequest', 'Bucket is missing Object Lock Configuration');
  if (ObjectLockMode !== 'GOVERNANCE' && ObjectLockMode !== 'COMPLIANCE') {
    throw awsError('InvalidArgument', 'Unknown wormMode directive.');
  }
  const untilMs = ObjectLockRetainUntilDate.getTime();
  if (untilMs <= world.clock.nowMs()) throw awsError('InvalidArgument', 'The retain until date must be in the future!');
  return { mode: ObjectLockMode, untilMs };
}

/** As an answer has it. */
export const lockDescribed = ({ lock }: ObjectVersion) =>
  lock && { ObjectLockMode: lock.mode, ObjectLockRetainUntilDate: new Date(lock.untilMs) };

/** Refuses to delete a version that is kept: nobody goes round compliance, and governance only who says so. */
export function mustNotBeKept(world: World, { lock }: ObjectVersion, bypass: boolean | undefined): void {
  if (lock === null || lock.untilMs <= world.clock.nowMs() || (lock.mode === 'GOVERNANCE' && bypass)) return;
  throw denied(' because object protected by object lock.');
}
