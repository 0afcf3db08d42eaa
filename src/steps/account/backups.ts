import type { DBInstance } from '@aws-sdk/client-rds';
import { isoTime } from '../../clock/clock.ts';
import { inWords } from '../../duration.ts';
import { NIGHTLY, newestSnapshot, type SnapshotType } from '../rds/newest-snapshot.ts';
import { blocker, type Finding, note, warning } from './findings.ts';
import { type DescribedInstance, modifyCommand } from './instances.ts';
import { type Look, type LookContext, UNSAID } from './look.ts';

export interface Backups {
  retentionDays: number;
  /** The oldest newest snapshot that will do, in milliseconds. */
  snapshotMaxAgeMs: number;
  /** What the drill restores: what it cannot do without is a blocker when it is missing. */
  restores: 'snapshot' | 'point-in-time' | 'nothing';
  /** Who makes them, by the topology. */
  madeBy?: 'rds' | 'aws-backup' | undefined;
  /** Whose snapshots count. */
  types?: SnapshotType[] | undefined;
}

/** Transaction logs are uploaded every five minutes: twice that is late. */
const LATE_MS = 10 * 60_000;

/** Looks what there is to restore from: retention, the newest snapshot, the latest restorable time. */
export async function backupsLook(
  described: DescribedInstance,
  found: DBInstance,
  asked: Backups,
  context: LookContext,
): Promise<Look> {
  const { identifier, region } = described;
  const nowMs = context.clock.nowMs();
  const snapshot = await newestSnapshot(region, identifier, context, asked.types);
  const latestMs = found.LatestRestorableTime?.getTime();
  const retentionDays = found.BackupRetentionPeriod ?? 0;
  const backups = found.AwsBackupRecoveryPointArn ? { ...asked, madeBy: 'aws-backup' as const } : asked;
  const ago = (ms: number | undefined) => (ms === undefined ? 'none' : `${isoTime(ms)}, ${inWords(nowMs - ms)} ago`);
  return {
    rows: [
      {
        what: `${identifier} backups kept`,
        topology: `${backups.retentionDays} d`,
        account: `${retentionDays} d`,
      },
      {
        what: `${identifier} newest snapshot`,
        topology: `at most ${inWords(backups.snapshotMaxAgeMs)} old`,
        account: ago(snapshot?.timeMs),
      },
      { what: `${identifier} restorable until`, topology: UNSAID, account: ago(latestMs) },
    ],
    findings: [
      ...retentionFindings(described, retentionDays, backups, snapshot !== undefined),
      // Where nobody makes any, that is the finding.
      ...(retentionDays > 0 || snapshot !== undefined || backups.madeBy === 'aws-backup'
        ? snapshotFindings(described, snapshot && nowMs - snapshot.timeMs, backups)
        : []),
      ...(retentionDays > 0 ? restorableFindings(described, latestMs && nowMs - latestMs, backups) : []),
    ],
    ...(snapshot?.arn && { arns: [snapshot.arn] }),
  };
}

/** A replica begins without backups; once promoted, it is without until the first is done. */
export function replicaBackupFindings(described: DescribedInstance, found: DBInstance): Finding[] {
  if ((found.BackupRetentionPeriod ?? 0) > 0) return [];
  const { identifier } = described;
  const what = `${identifier} keeps no backups of its own`;
  const why = 'Once promoted it cannot be restored to a point in time before its first backup is done.';
  return [note(identifier, what, why, modifyCommand(described, '--backup-retention-period 7'))];
}

const severityFor = (needed: boolean) => (needed ? blocker : warning);

function retentionFindings(
  described: DescribedInstance,
  days: number,
  { retentionDays, restores, madeBy }: Backups,
  hasSnapshot: boolean,
): Finding[] {
  const { identifier } = described;
  const mend = modifyCommand(described, `--backup-retention-period ${retentionDays}`);
  if (days === 0 && restores !== 'point-in-time' && (madeBy === 'aws-backup' || hasSnapshot)) {
    if (madeBy === 'aws-backup') return [];
    const what = `${identifier} keeps no automated backups; its snapshots are made by AWS Backup or by hand`;
    const why = 'It can be restored to a snapshot only, and to no time in between.';
    return [note(identifier, what, why, `Set database.backups.by in the topology, or let RDS make backups: ${mend}`)];
  }
  if (days === 0) {
    const what = `${identifier} keeps no automated backups`;
    const why = 'What somebody deletes or spoils is spoilt in the replica too, and nothing can bring it back.';
    return [severityFor(restores !== 'nothing')(identifier, what, why, mend)];
  }
  if (days >= retentionDays || madeBy === 'aws-backup') return [];
  const what = `${identifier} keeps backups for ${days} d, not ${retentionDays} d`;
  return [warning(identifier, what, 'What is noticed later than that cannot be undone.', mend)];
}

function snapshotFindings(
  { region, identifier }: DescribedInstance,
  ageMs: number | undefined,
  { snapshotMaxAgeMs, restores, madeBy, types = NIGHTLY }: Backups,
): Finding[] {
  if (ageMs !== undefined && ageMs <= snapshotMaxAgeMs) return [];
  const whose = types !== NIGHTLY ? types.join(' or ') : madeBy === 'aws-backup' ? 'AWS Backup' : 'automated';
  const what =
    ageMs === undefined
      ? `${identifier} has no ${whose} snapshot that is available`
      : `the newest snapshot of ${identifier} is ${inWords(ageMs)} old; ${inWords(snapshotMaxAgeMs)} is allowed`;
  const why = 'All that was written since would be lost to whoever restores it.';
  const mend =
    madeBy === 'aws-backup'
      ? `Find out why it is missing: aws backup list-backup-jobs --region ${region} --by-resource-type RDS`
      : `Find out why it is missing: aws rds describe-events --region ${region} --source-type db-instance --source-identifier ${identifier} --event-categories backup --duration 2880`;
  return [severityFor(restores === 'snapshot')(identifier, what, why, mend)];
}

function restorableFindings(
  { region, identifier }: DescribedInstance,
  ageMs: number | undefined,
  { restores }: Backups,
): Finding[] {
  const mend = `aws rds describe-events --region ${region} --source-type db-instance --source-identifier ${identifier} --duration 1440`;
  if (ageMs === undefined) {
    const what = `${identifier} cannot be restored to a point in time`;
    const why = 'A restore would go back to last night.';
    return [severityFor(restores === 'point-in-time')(identifier, what, why, `See why: ${mend}`)];
  }
  if (ageMs <= LATE_MS) return [];
  const what = `${identifier} can be restored only to ${inWords(ageMs)} ago`;
  const why = 'Logs are uploaded every five minutes: something holds them up, and a restore loses all since.';
  return [warning(identifier, what, why, `See why: ${mend}`)];
}
