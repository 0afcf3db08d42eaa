import type { DBInstance } from '@aws-sdk/client-rds';
import { regionalArn } from '../../../arn.ts';
import { isoTime } from '../../../clock/clock.ts';
import { inWords } from '../../../duration.ts';
import { blocker, type Finding, note, warning } from '../../../steps/account/findings.ts';
import { fact, type Look, type LookContext, type LookFor, together, UNSAID } from '../../../steps/account/look.ts';
import type { NeedOf } from '../../../steps/needs.ts';
import { arnOf, findInstance, INSTANCE_LOOK, instancePermissions, modifyCommand } from '../../rds/instance.ts';
import { NIGHTLY } from '../../recovery-point.ts';
import { newestSnapshot } from '../steps/newest-snapshot.ts';

type BackupsNeed = NeedOf<'rds-backups'>;

/** Transaction logs are uploaded every five minutes: twice that is late. */
const LATE_MS = 10 * 60_000;

/** What there is to restore from: retention, the newest snapshot, the latest restorable time. */
export const backupsLook: LookFor<'rds-backups'> = {
  calls: () => [INSTANCE_LOOK, 'rds:DescribeDBSnapshots'],
  permissions: ({ region, instance }, account) => [
    ...instancePermissions(region, account, instance),
    { action: 'rds:DescribeDBSnapshots', resource: arnOf(region, account, instance) },
    {
      action: 'rds:DescribeDBSnapshots',
      resource: regionalArn({ service: 'rds', region, account, resource: 'snapshot:*' }),
    },
  ],
  subject: () => 'backups',
  async look(need, context) {
    const found = await findInstance(context, need.region, need.instance);
    // That it is not there, the look at the instance says.
    return found ? lookOf(need, found, context) : { rows: [], findings: [] };
  },
};

async function lookOf(asked: BackupsNeed, found: DBInstance, context: LookContext): Promise<Look> {
  const need = found.AwsBackupRecoveryPointArn ? { ...asked, madeBy: 'aws-backup' as const } : asked;
  const { region, instance, snapshotMaxAgeMs } = need;
  const nowMs = context.clock.nowMs();
  const isReplica = found.ReadReplicaSourceDBInstanceIdentifier !== undefined;
  const snapshot = await newestSnapshot(region, instance, context, need.types);
  const latestMs = found.LatestRestorableTime?.getTime();
  const retentionDays = found.BackupRetentionPeriod ?? 0;
  const ago = (ms: number | undefined) => (ms === undefined ? 'none' : `${isoTime(ms)}, ${inWords(nowMs - ms)} ago`);
  return {
    ...together([
      fact(
        {
          what: `${instance} backups kept`,
          topology: need.retentionDays === undefined ? UNSAID : `${need.retentionDays} d`,
          account: `${retentionDays} d`,
        },
        // That a replica keeps none, the look at its replication says.
        isReplica && retentionDays === 0 ? [] : retentionFindings(need, retentionDays, snapshot !== undefined),
      ),
      fact(
        {
          what: `${instance} newest snapshot`,
          topology: `at most ${inWords(snapshotMaxAgeMs)} old`,
          account: ago(snapshot?.timeMs),
        },
        // Where nobody makes any, that is the finding.
        retentionDays > 0 || snapshot !== undefined || (need.madeBy === 'aws-backup' && !isReplica)
          ? snapshotFindings(need, snapshot && nowMs - snapshot.timeMs)
          : [],
      ),
      fact(
        { what: `${instance} restorable until`, topology: UNSAID, account: ago(latestMs) },
        retentionDays > 0 ? restorableFindings(need, latestMs && nowMs - latestMs) : [],
      ),
    ]),
    ...(snapshot?.arn && { arns: [snapshot.arn] }),
  };
}

/** A replica begins without backups; once promoted, it is without until the first is done. */
export function replicaBackupFindings(described: { region: string; identifier: string }, found: DBInstance): Finding[] {
  if ((found.BackupRetentionPeriod ?? 0) > 0) return [];
  const { identifier } = described;
  const what = `${identifier} has no backups of its own`;
  const why = 'Once promoted it cannot be restored to a point in time before its first backup is done.';
  return [note(identifier, what, why, modifyCommand(described, '--backup-retention-period 7'))];
}

const severityFor = (needed: boolean) => (needed ? blocker : warning);

function retentionFindings(
  { region, instance: identifier, retentionDays = 1, restores, madeBy }: BackupsNeed,
  days: number,
  hasSnapshot: boolean,
): Finding[] {
  const fix = modifyCommand({ region, identifier }, `--backup-retention-period ${retentionDays}`);
  if (days === 0 && restores !== 'point-in-time' && (madeBy === 'aws-backup' || hasSnapshot)) {
    if (madeBy === 'aws-backup') return [];
    const what = `${identifier} keeps no automated backups; its snapshots are made by AWS Backup or by hand`;
    const why = 'It can be restored to a snapshot only, and to no time in between.';
    return [
      note(
        identifier,
        what,
        why,
        `Set 'backups.by' of the data store in the topology, or let RDS make backups: ${fix}`,
      ),
    ];
  }
  if (days === 0) {
    const what = `${identifier} keeps no automated backups`;
    const why = 'Deleted or damaged data is deleted or damaged in the replica too, and cannot be recovered.';
    return [severityFor(restores !== 'nothing')(identifier, what, why, fix)];
  }
  if (days >= retentionDays || madeBy === 'aws-backup') return [];
  const what = `${identifier} keeps backups for ${days} d, not ${retentionDays} d`;
  return [warning(identifier, what, 'What is noticed later than that cannot be undone.', fix)];
}

function snapshotFindings(
  { region, instance: identifier, snapshotMaxAgeMs, restores, madeBy, types = NIGHTLY }: BackupsNeed,
  ageMs: number | undefined,
): Finding[] {
  if (ageMs !== undefined && ageMs <= snapshotMaxAgeMs) return [];
  const whose = types !== NIGHTLY ? types.join(' or ') : madeBy === 'aws-backup' ? 'AWS Backup' : 'automated';
  const what =
    ageMs === undefined
      ? `${identifier} has no ${whose} snapshot that is available`
      : `the newest snapshot of ${identifier} is ${inWords(ageMs)} old; ${inWords(snapshotMaxAgeMs)} is allowed`;
  const why = 'All that was written since would be missing after a restore.';
  const fix =
    madeBy === 'aws-backup'
      ? `Find out why it is missing: aws backup list-backup-jobs --region ${region} --by-resource-type RDS`
      : `Find out why it is missing: aws rds describe-events --region ${region} --source-type db-instance --source-identifier ${identifier} --event-categories backup --duration 2880`;
  return [severityFor(restores === 'snapshot')(identifier, what, why, fix)];
}

function restorableFindings(
  { region, instance: identifier, restores }: BackupsNeed,
  ageMs: number | undefined,
): Finding[] {
  const fix = `aws rds describe-events --region ${region} --source-type db-instance --source-identifier ${identifier} --duration 1440`;
  if (ageMs === undefined) {
    const what = `${identifier} cannot be restored to a point in time`;
    const why = 'A restore would go back to last night.';
    return [severityFor(restores === 'point-in-time')(identifier, what, why, `See why: ${fix}`)];
  }
  if (ageMs <= LATE_MS) return [];
  const what = `${identifier} can be restored only to ${inWords(ageMs)} ago`;
  const why = 'Logs are uploaded every 5 min. They are delayed, and a restore loses all data since.';
  return [warning(identifier, what, why, `See why: ${fix}`)];
}
