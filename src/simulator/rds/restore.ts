import type { Input } from '../../aws/aws.ts';
import { awsError } from '../faults.ts';
import type { Instance } from '../state.ts';
import { always } from '../timeline.ts';
import type { World } from '../world.ts';
import { earliestRestorableMs, latestRestorableMs, snapshotMissing, snapshotsIn } from './backups.ts';
import { describe } from './describe.ts';
import { defaultParameters } from './engines.ts';
import { mustHaveGroups } from './groups.ts';
import { found, instanceNamed, mustHaveRoomFor, newInstance, sourceOf } from './instance.ts';
import { mustBeUsable, mustHaveCapacity } from './mishaps.ts';
import { heartbeatsAsOf, receivedUntilMs } from './replication.ts';
import { settingsOfCopy, without } from './settings.ts';

type FromSnapshot = Input<'rds', 'RestoreDBInstanceFromDBSnapshot'>;
type ToPointInTime = Input<'rds', 'RestoreDBInstanceToPointInTime'>;

export const restore = {
  RestoreDBInstanceFromDBSnapshot(world: World, region: string, input: FromSnapshot) {
    const wanted = input.DBSnapshotIdentifier ?? '';
    // A snapshot is named bare or by its ARN.
    const snapshot = snapshotsIn(world, region).find((one) =>
      [one.DBSnapshotIdentifier, one.DBSnapshotArn].includes(wanted),
    );
    if (!snapshot) throw snapshotMissing(wanted);
    if (snapshot.Status !== 'available') {
      throw awsError('InvalidDBSnapshotStateFault', `The snapshot ${wanted} is ${snapshot.Status}, not available.`);
    }
    // A copy was taken when its original was.
    const takenMs = (snapshot.OriginalSnapshotCreateTime ?? snapshot.SnapshotCreateTime)?.getTime() ?? 0;
    const source = instanceNamed(world, snapshot.DBInstanceIdentifier ?? '');
    const from = { source, region, kmsKey: snapshot.KmsKeyId ?? null, takenMs };
    return restoreTo(world, input.DBInstanceIdentifier ?? '', from, input);
  },

  RestoreDBInstanceToPointInTime(world: World, region: string, input: ToPointInTime) {
    const source = found(world, region, input.SourceDBInstanceIdentifier);
    const latestMs = latestRestorableMs(world, source);
    if (latestMs === undefined) {
      const message = `Point in time restore is not enabled for instance ${source.identifier}.`;
      throw awsError('PointInTimeRestoreNotEnabledFault', message);
    }
    if (Boolean(input.UseLatestRestorableTime) === (input.RestoreTime !== undefined)) {
      const message = 'Either RestoreTime or UseLatestRestorableTime must be specified, but not both.';
      throw awsError('InvalidParameterCombination', message);
    }
    const timeMs = input.RestoreTime?.getTime() ?? latestMs;
    if (timeMs > latestMs || timeMs < earliestRestorableMs(world, source)) {
      const message = `The specified instance cannot be restored to a time later than ${new Date(latestMs).toISOString()} or before its first backup.`;
      throw awsError('InvalidRestoreFault', message);
    }
    const from = { source, region, kmsKey: source.kmsKey, takenMs: timeMs };
    return restoreTo(world, input.TargetDBInstanceIdentifier ?? '', from, input);
  },
};

/** The backup that a new instance is made from. */
interface Backup {
  source: Instance;
  region: string;
  kmsKey: string | null;
  takenMs: number;
}

/** A new instance: single-AZ and with everything at its default, unless told. */
function restoreTo(
  world: World,
  identifier: string,
  { source, region, kmsKey, takenMs }: Backup,
  asked: FromSnapshot | ToPointInTime,
) {
  const { simulation, draw } = world;
  const input = without(asked, simulation.copies.ignore);
  const nowMs = world.clock.nowMs();
  mustHaveRoomFor(world, region, identifier);
  mustHaveGroups(world, region, input);
  mustHaveCapacity(world, region, input.DBInstanceClass ?? source.class);
  mustBeUsable(world, kmsKey);
  const takesMs = simulation.restore.takes ?? world.durations.restore(draw(`restore/${identifier}`));
  const availableMs = nowMs + Math.round(takesMs);
  const backupMs = nowMs + Math.round(takesMs * 0.8);
  const { fails, losesRows, losesOrders, altersRows } = simulation.restore;
  const held = heldAt(world, source, takenMs);
  const instance = newInstance(
    source.store,
    {
      identifier,
      class: input.DBInstanceClass ?? source.class,
      storageGib: source.storageGib,
      multiAz: input.MultiAZ ?? false,
      parameterGroup: input.DBParameterGroupName ?? defaultParameters(source),
      subnetGroup: input.DBSubnetGroupName ?? 'default',
      securityGroups: input.VpcSecurityGroupIds ?? ['default'],
      quarantineSecurityGroup: source.quarantine,
    },
    region,
    {
      createdMs: nowMs,
      // A snapshot's restore that names no tags takes those of the instance that it was taken of.
      tags: (input.Tags ?? ('DBSnapshotIdentifier' in input ? source.tags : [])).map(({ Key = '', Value = '' }) => ({
        Key,
        Value,
      })),
      settings: settingsOfCopy(source, region, input, draw(`windows/${identifier}`)),
      backupRetentionDays: input.BackupRetentionPeriod ?? source.backupRetentionDays,
      engine: source.engine,
      engineVersion: source.engineVersion,
      kmsKey,
      deletionProtection: input.DeletionProtection ?? false,
      status: fails
        ? [
            [nowMs, 'creating'],
            [backupMs, 'restore-error'],
          ]
        : [
            [nowMs, 'creating'],
            [backupMs, 'backing-up'],
            [availableMs, 'available'],
          ],
      open: fails
        ? always(false)
        : [
            [nowMs, false],
            [availableMs, true],
          ],
      loadedMs: availableMs + Math.round(world.durations.firstAnswer(draw(`first-answer/${identifier}`))),
      copy: {
        ...held,
        lostOrders: losesRows,
        wholeOrders: losesOrders,
        altered: altersRows,
      },
      heartbeats: heartbeatsAsOf(instanceNamed(world, held.of), held.untilMs),
    },
  );
  world.instances.push(instance);
  return { DBInstance: describe(world, instance) };
}

/** Whose rows a backup holds, and up to when: a replica's, what had come from its source. */
function heldAt(world: World, instance: Instance, ms: number): { of: string; untilMs: number } {
  const source = sourceOf(world, instance, ms);
  if (!source) return { of: instance.identifier, untilMs: ms };
  return { of: source.identifier, untilMs: receivedUntilMs(world, instance, ms) };
}
