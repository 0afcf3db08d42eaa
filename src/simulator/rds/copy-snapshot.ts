import { parseArn } from '../../arn.ts';
import type { Input } from '../../aws/aws.ts';
import { awsError } from '../faults.ts';
import type { Snapshot } from '../state.ts';
import { at, plan } from '../timeline.ts';
import { nextDraw, type World } from '../world.ts';
import { snapshotMissing, snapshotsIn } from './backups.ts';
import { keyFor } from './create-replica.ts';
import { instanceNamed } from './instance.ts';
import { askedFor, described } from './snapshots.ts';

/** So many copies RDS makes at once for a region; an account cannot have more. */
const COPIES_MAX = 20;

export function mustHaveRoomForCopy(world: World, region: string): void {
  const { snapshots, clusterSnapshots, simulation, startMs, clock } = world;
  const nowMs = clock.nowMs();
  const ours = [...snapshots, ...clusterSnapshots].filter(
    (one) => one.region === region && one.from !== null && at(one.status, nowMs) === 'creating',
  );
  if (nowMs >= startMs + simulation.snapshotCopy.busy && ours.length < COPIES_MAX) return;
  const message = `Cannot have more than ${COPIES_MAX} snapshot copies in progress to ${region}.`;
  throw awsError('SnapshotQuotaExceededFault', message);
}

/** A copy is of what has changed since the previous one; the first one to a region is of everything. */
function copyMs(world: World, copy: Pick<Snapshot, 'identifier' | 'region' | 'of' | 'storageGib'>): number {
  const { takes, first } = world.simulation.snapshotCopy;
  const drawn = nextDraw(world, `snapshot-copy/${copy.identifier}`);
  const nowMs = world.clock.nowMs();
  const isKept = world.snapshots.some(
    (one) =>
      one.region === copy.region && one.of === copy.of && one.from !== null && at(one.status, nowMs) === 'available',
  );
  if (takes !== undefined) return takes;
  const { firstCopyPerGib, snapshotCopy } = world.durations;
  return first && !isKept ? firstCopyPerGib(drawn) * copy.storageGib : snapshotCopy(drawn);
}

export const snapshotCopies = {
  /** Asked for where the copy is to be; a snapshot of another region is named by its ARN. */
  CopyDBSnapshot(world: World, region: string, input: Input<'rds', 'CopyDBSnapshot'>) {
    const wanted = input.SourceDBSnapshotIdentifier ?? '';
    const from = parseArn(wanted)?.region ?? region;
    const source = snapshotsIn(world, from).find((one) =>
      [one.DBSnapshotIdentifier, one.DBSnapshotArn].includes(wanted),
    );
    if (!source) throw snapshotMissing(wanted);
    if (source.Status !== 'available') {
      throw awsError('InvalidDBSnapshotStateFault', `The snapshot ${wanted} is ${source.Status}, not available.`);
    }
    const identifier = input.TargetDBSnapshotIdentifier ?? '';
    if (askedFor(world, region).some((one) => one.DBSnapshotIdentifier === identifier)) {
      throw awsError(
        'DBSnapshotAlreadyExistsFault',
        `Cannot create the snapshot because ${identifier} already exists.`,
      );
    }
    const nowMs = world.clock.nowMs();
    if (from !== region) mustHaveRoomForCopy(world, region);
    const { fails } = world.simulation.snapshotCopy;
    const { DBInstanceIdentifier: of = '', AllocatedStorage: storageGib = 0 } = source;
    const copy: Snapshot = {
      identifier,
      region,
      of,
      takenMs: (source.OriginalSnapshotCreateTime ?? source.SnapshotCreateTime)?.getTime() ?? nowMs,
      createdMs: nowMs,
      from: from === region ? null : (source.DBSnapshotArn ?? null),
      kmsKey: keyFor(world, { kmsKey: source.KmsKeyId ?? null, region: from }, region, input.KmsKeyId),
      storageGib,
      engine: instanceNamed(world, source.DBInstanceIdentifier ?? '').engine,
      engineVersion: source.EngineVersion ?? '',
      tags: (input.Tags ?? []).map(({ Key, Value }) => ({ Key: Key ?? '', Value: Value ?? '' })),
      status: [
        [nowMs, 'creating'],
        [nowMs + Math.round(copyMs(world, { identifier, region, of, storageGib })), fails ? 'failed' : 'available'],
      ],
    };
    world.snapshots.push(copy);
    return { DBSnapshot: described(world, copy) };
  },

  DeleteDBSnapshot(world: World, region: string, input: Input<'rds', 'DeleteDBSnapshot'>) {
    const nowMs = world.clock.nowMs();
    const wanted = input.DBSnapshotIdentifier ?? '';
    const snapshot = world.snapshots.find(
      (one) => one.region === region && one.identifier === wanted && at(one.status, nowMs) !== null,
    );
    if (!snapshot) {
      if (!snapshotsIn(world, region).some((one) => one.DBSnapshotIdentifier === wanted)) throw snapshotMissing(wanted);
      throw awsError('InvalidDBSnapshotStateFault', 'Automated snapshots cannot be deleted.');
    }
    if (at(snapshot.status, nowMs) === 'creating') {
      throw awsError('InvalidDBSnapshotStateFault', `The snapshot ${wanted} is still being created.`);
    }
    const DBSnapshot = described(world, snapshot);
    plan(snapshot.status, nowMs, [[nowMs, null]]);
    return { DBSnapshot: { ...DBSnapshot, Status: 'deleted' } };
  },
};
