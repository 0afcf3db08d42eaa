import type { DBSnapshot } from '@aws-sdk/client-rds';
import { regionalArn } from '../../arn.ts';
import type { Input } from '../../aws/aws.ts';
import type { RdsReplica } from '../../components/rds-replica/schema.ts';
import { componentsOf } from '../../drill/components.ts';
import { daily } from '../daily.ts';
import { uuidOf } from '../distributions.ts';
import { awsError } from '../faults.ts';
import type { Instance } from '../state.ts';
import { at } from '../timeline.ts';
import type { World } from '../world.ts';
import { nextDraw } from '../world.ts';
import { engines } from './engines.ts';
import { arnOf, found, instanceIn, running } from './instance.ts';
import { askedFor } from './snapshots.ts';

const DAY = 86_400_000;

export const backups = {
  DescribeDBSnapshots(world: World, region: string, input: Input<'rds', 'DescribeDBSnapshots'>) {
    const snapshots = snapshotsIn(world, region).filter(
      (one) =>
        (input.DBInstanceIdentifier === undefined || one.DBInstanceIdentifier === input.DBInstanceIdentifier) &&
        (input.DBSnapshotIdentifier === undefined || one.DBSnapshotIdentifier === input.DBSnapshotIdentifier) &&
        isOfType(one, input),
    );
    if (input.DBSnapshotIdentifier && snapshots.length === 0) throw snapshotMissing(input.DBSnapshotIdentifier);
    return { DBSnapshots: snapshots };
  },

  DescribeDBInstanceAutomatedBackups(
    world: World,
    region: string,
    input: Input<'rds', 'DescribeDBInstanceAutomatedBackups'>,
  ) {
    const nowMs = world.clock.nowMs();
    const instances = input.DBInstanceIdentifier
      ? [found(world, region, input.DBInstanceIdentifier)]
      : world.instances.filter((one) => one.region === region && at(one.status, nowMs) !== null);
    return {
      DBInstanceAutomatedBackups: instances.flatMap((instance) => {
        const latestMs = latestRestorableMs(world, instance);
        if (latestMs === undefined) return [];
        return {
          DBInstanceArn: arnOf(world, instance),
          DBInstanceIdentifier: instance.identifier,
          Region: region,
          Status: 'active',
          BackupRetentionPeriod: instance.backupRetentionDays,
          RestoreWindow: {
            EarliestTime: new Date(earliestRestorableMs(world, instance)),
            LatestTime: new Date(latestMs),
          },
        };
      }),
    };
  },
};

/** Without a type, those that RDS and people made are listed, and those of AWS Backup are not. */
const isOfType = (
  { SnapshotType }: DBSnapshot,
  { SnapshotType: wanted, DBSnapshotIdentifier: identifier }: Input<'rds', 'DescribeDBSnapshots'>,
): boolean =>
  wanted === undefined ? identifier !== undefined || SnapshotType !== 'awsbackup' : SnapshotType === wanted;

export const snapshotMissing = (identifier: string) =>
  awsError('DBSnapshotNotFoundFault', `DBSnapshot not found: ${identifier}`, 404);

export const earliestRestorableMs = (world: World, instance: Instance): number =>
  Math.max(instance.createdMs, instance.firstBackupMs, world.clock.nowMs() - instance.backupRetentionDays * DAY);

/** How far the uploaded transaction logs reach; `undefined` without backups. */
export function latestRestorableMs(world: World, instance: Instance): number | undefined {
  const nowMs = world.clock.nowMs();
  if (instance.backupRetentionDays === 0 || !isBackedUpAt(instance, nowMs)) return undefined;
  if (nowMs < instance.firstBackupMs) return undefined;
  if (!running(world, instance, nowMs) && at(instance.status, nowMs) === 'creating') return undefined;
  const everyMs = world.durations.logUploadEvery;
  const phaseMs = Math.floor(world.draw(`log-upload/${instance.identifier}`) * everyMs);
  const takesMs = world.durations.logUploadTakes(world.draw(`log-upload-takes/${instance.identifier}`));
  // The last upload that has arrived; nothing is uploaded by an instance that does not run.
  let uploadMs = Math.floor((nowMs - takesMs - phaseMs) / everyMs) * everyMs + phaseMs;
  const beganMs = Math.max(instance.createdMs, instance.firstBackupMs);
  while (uploadMs > beganMs && !running(world, instance, uploadMs)) uploadMs -= everyMs;
  return Math.max(uploadMs, beganMs);
}

/** The snapshots that a region holds now: nightly ones, newest first, and those that someone asked for. */
export const snapshotsIn = (world: World, region: string): DBSnapshot[] => [
  ...nightlyIn(world, region),
  ...askedFor(world, region),
];

/** Each night's of every store, by the person who makes the backups. */
const nightlyIn = (world: World, region: string): DBSnapshot[] =>
  componentsOf(world.topology, 'rds-replica').flatMap((store) =>
    [store.writer, store.replica].flatMap(({ identifier }) => {
      const instance = instanceIn(world, region, identifier);
      return instance ? [...firstOf(world, instance), ...nightlyOf(world, instance, store)] : [];
    }),
  );

/** The backup with which an instance that kept none begins: on promotion, or when its retention is set. */
function firstOf(world: World, instance: Instance): DBSnapshot[] {
  const { firstBackupMs: endMs, backupRetentionDays: days } = instance;
  const nowMs = world.clock.nowMs();
  const isKept = endMs > 0 && endMs <= nowMs && nowMs - endMs < days * DAY;
  return isKept && isBackedUpAt(instance, nowMs) ? [automated(world, instance, endMs)] : [];
}

/** AWS Backup's plan knows the writer alone. */
function nightlyOf(world: World, instance: Instance, { backups: plan, writer }: RdsReplica): DBSnapshot[] {
  const nowMs = world.clock.nowMs();
  const byRds = plan.by === 'rds' || instance.identifier !== writer.identifier;
  // AWS Backup keeps backups by its own plan, independent of RDS.
  const days = byRds ? instance.backupRetentionDays : Math.round((plan.retention ?? PLAN_KEEPS_MS) / DAY);
  return daily(plan.window ?? PLAN_BEGINS, days, nowMs)
    .filter((ms) => ms > Math.max(instance.createdMs, instance.firstBackupMs) && running(world, instance, ms))
    .filter((ms) => isBackedUpAt(instance, ms))
    .map((ms) => (byRds ? automated(world, instance, ms) : ofAwsBackup(world, instance, ms)));
}

/** Whether RDS makes automated backups of an instance at an instant, where its retention asks for them: of a replica only some engines. */
export const isBackedUpAt = ({ engine, source }: Instance, ms: number): boolean =>
  engines[engine].backsUpReplicas || at(source, ms) === null;

/** AWS Backup's default plan: at 5 in the morning, UTC, and kept for five weeks. */
const PLAN_BEGINS = '05:00';
const PLAN_KEEPS_MS = 35 * DAY;

function automated(world: World, instance: Instance, takenMs: number): DBSnapshot {
  const stamp = new Date(takenMs).toISOString().slice(0, 16).replace(/[T:]/g, '-');
  return snapshot(world, instance, takenMs, `rds:${instance.identifier}-${stamp}`, 'automated');
}

const ofAwsBackup = (world: World, instance: Instance, takenMs: number): DBSnapshot =>
  snapshot(world, instance, takenMs, `awsbackup:job-${uuidOf(`${instance.identifier}/${takenMs}`)}`, 'awsbackup');

function snapshot(world: World, instance: Instance, takenMs: number, id: string, type: string): DBSnapshot {
  return {
    DBSnapshotIdentifier: id,
    DBSnapshotArn: regionalArn({
      service: 'rds',
      region: instance.region,
      account: world.topology.account,
      resource: `snapshot:${id}`,
    }),
    DBInstanceIdentifier: instance.identifier,
    SnapshotCreateTime: new Date(takenMs),
    InstanceCreateTime: new Date(instance.createdMs),
    SnapshotType: type,
    Status: 'available',
    Engine: engines[instance.engine].name,
    EngineVersion: instance.engineVersion,
    AllocatedStorage: instance.storageGib,
    StorageType: instance.settings.StorageType,
    IAMDatabaseAuthenticationEnabled: instance.settings.IAMDatabaseAuthenticationEnabled,
    OptionGroupName: instance.settings.OptionGroup,
    Encrypted: instance.kmsKey !== null,
    ...(instance.kmsKey === null ? {} : { KmsKeyId: instance.kmsKey }),
    PercentProgress: 100,
  };
}

/** The first backup of an instance that had none; how long it takes. */
export const firstBackupMs = (world: World, identifier: string): number =>
  world.simulation.promotion.backup ?? world.durations.backup(nextDraw(world, `first-backup/${identifier}`));
