import { awsError } from '../faults.ts';
import type { Bucket, ObjectVersion } from '../stores-state.ts';
import type { World } from '../world.ts';
import { currentIn, noSuchKey } from './bucket.ts';

interface Conditions {
  Key?: string | undefined;
  IfMatch?: string | undefined;
  IfNoneMatch?: string | undefined;
}

const failed = () =>
  awsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);

/** Refuses a write whose condition does not hold, or under which someone else has changed the object meanwhile. */
export function mayWrite(world: World, bucket: Bucket, conditions: Conditions, beganMs: number): void {
  const { Key, IfMatch, IfNoneMatch } = conditions;
  if (IfMatch === undefined && IfNoneMatch === undefined) return;
  if (IfNoneMatch !== undefined && (IfNoneMatch !== '*' || IfMatch !== undefined)) {
    throw awsError('NotImplemented', 'A header you provided implies functionality that is not implemented', 501);
  }
  const current = currentIn(world, bucket, Key);
  // What happened while the request was on its way is a conflict; what had happened before fails the condition.
  if (current && current.atMs > beganMs) {
    const message = 'The conditional request cannot succeed due to a conflicting operation against this resource.';
    throw awsError('ConditionalRequestConflict', message, 409);
  }
  const there = current !== undefined && current.body !== null;
  if (IfNoneMatch === '*' && there) throw failed();
  if (IfMatch === undefined) return;
  if (!there) throw noSuchKey();
  if (!matches(IfMatch, current)) throw failed();
}

/** The same for a deletion, which looks at the current version alone. */
export function mayDelete(world: World, bucket: Bucket, { Key, IfMatch }: Conditions): void {
  if (IfMatch === undefined) return;
  const current = currentIn(world, bucket, Key);
  if (!current || current.body === null || !matches(IfMatch, current)) throw failed();
}

/** And for a look: what the caller has already is not given again. */
export function mayRead(version: ObjectVersion, { IfMatch, IfNoneMatch }: Conditions): void {
  if (IfMatch !== undefined && !matches(IfMatch, version)) throw failed();
  if (IfNoneMatch !== undefined && matches(IfNoneMatch, version)) throw awsError('NotModified', 'Not Modified', 304);
}

/** Clients give ETags with and without their quotes. */
const matches = (condition: string, { etag }: ObjectVersion): boolean =>
  condition === '*' || condition.replaceAll('"', '') === etag.replaceAll('"', '');
