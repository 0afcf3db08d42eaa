import { arrivesMs } from '../partition.ts';
import type { Bucket, ObjectVersion } from '../stores-state.ts';
import { nextDraw, type World } from '../world.ts';

/** Sends a new version on its way to the bucket's replica. Delete markers are not replicated, unless a rule asks for it. */
export function replicate(world: World, bucket: Bucket, version: ObjectVersion): void {
  const replica = world.buckets.find(({ name }) => name === bucket.replica);
  if (!replica || version.body === null) return;
  const { takes, fails, corrupts } = world.simulation.objectReplication;
  const drawn = nextDraw(world, `object-replication/${bucket.name}`);
  const takesMs = Math.round(takes ?? world.durations.objectReplication(drawn));
  version.replicated = { takesMs, failed: fails };
  if (fails) return;
  const body = corrupts ? Buffer.from('other bytes').toString('base64') : version.body;
  replica.versions.push({
    ...version,
    body,
    copy: { of: bucket.name, sentMs: version.atMs, takesMs },
    replicated: null,
  });
}

/** What is deleted before it was copied is copied no more. */
export function neverSend(world: World, bucket: Bucket, { versionId }: ObjectVersion): void {
  const replica = world.buckets.find(({ name }) => name === bucket.replica);
  if (!replica) return;
  replica.versions = replica.versions.filter((one) => one.versionId !== versionId || hasArrived(world, one));
}

/** Whether a version is where it is to be: what is replicated arrives later. */
export const hasArrived = (world: World, { copy }: ObjectVersion): boolean =>
  copy === null || arrivesMs(world, copy.sentMs, copy.takesMs) <= world.clock.nowMs();

type Status = 'PENDING' | 'COMPLETED' | 'FAILED' | 'REPLICA';

/** How replication of a version stands; `undefined` for one that goes nowhere. */
export function replicationStatus(world: World, { atMs, replicated, copy }: ObjectVersion): Status | undefined {
  if (copy !== null) return 'REPLICA';
  if (replicated === null) return undefined;
  if (arrivesMs(world, atMs, replicated.takesMs) > world.clock.nowMs()) return 'PENDING';
  return replicated.failed ? 'FAILED' : 'COMPLETED';
}
