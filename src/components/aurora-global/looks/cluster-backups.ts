import { isoTime } from '../../../clock/clock.ts';
import { inWords } from '../../../duration.ts';
import { blocker, type Finding, warning } from '../../../steps/account/findings.ts';
import { fact, type LookFor, together, UNSAID } from '../../../steps/account/look.ts';
import type { NeedOf } from '../../../steps/needs.ts';
import { clusterOrNothing } from '../../rds/cluster.ts';
import { NIGHTLY } from '../../recovery-point.ts';
import { backupPermissions, newestClusterSnapshot } from '../steps/cluster-snapshot.ts';

type BackupsNeed = NeedOf<'rds-cluster-backups'>;

/** Aurora backs up continuously, and tells of it within five minutes: twice that is late. */
const LATE_MS = 10 * 60_000;

/** What there is to restore a cluster from: its newest snapshot, and its latest restorable time. */
export const clusterBackupsLook: LookFor<'rds-cluster-backups'> = {
  calls: () => ['rds:DescribeDBClusters', 'rds:DescribeDBClusterSnapshots'],
  permissions: ({ region, cluster }, account) => backupPermissions(region, account, cluster),
  subject: () => 'backups',
  async look(need, context) {
    const { region, cluster, snapshotMaxAgeMs } = need;
    const found = await clusterOrNothing(region, cluster, context);
    // That it is not there, the look at the global database says.
    if (!found) return { rows: [], findings: [] };
    const nowMs = context.clock.nowMs();
    const snapshot = await newestClusterSnapshot(region, cluster, context, need.types);
    const latestMs = found.LatestRestorableTime?.getTime();
    const ago = (ms: number | undefined) => (ms === undefined ? 'none' : `${isoTime(ms)}, ${inWords(nowMs - ms)} ago`);
    return {
      ...together([
        fact({
          what: `${cluster} backups kept`,
          topology: UNSAID,
          account: `${found.BackupRetentionPeriod ?? 1} d`,
        }),
        fact(
          {
            what: `${cluster} newest snapshot`,
            topology: `at most ${inWords(snapshotMaxAgeMs)} old`,
            account: ago(snapshot?.timeMs),
          },
          snapshotFindings(need, snapshot && nowMs - snapshot.timeMs),
        ),
        fact(
          { what: `${cluster} restorable until`, topology: UNSAID, account: ago(latestMs) },
          restorableFindings(need, latestMs === undefined ? undefined : nowMs - latestMs),
        ),
      ]),
      ...(snapshot?.arn && { arns: [snapshot.arn] }),
    };
  },
};

function snapshotFindings(
  { region, cluster, snapshotMaxAgeMs, restores, types = NIGHTLY }: BackupsNeed,
  ageMs: number | undefined,
): Finding[] {
  if (restores === 'point-in-time' || (ageMs !== undefined && ageMs <= snapshotMaxAgeMs)) return [];
  const what =
    ageMs === undefined
      ? `${cluster} has no ${types === NIGHTLY ? 'automated' : types.join(' or ')} snapshot that is available`
      : `the newest snapshot of ${cluster} is ${inWords(ageMs)} old; ${inWords(snapshotMaxAgeMs)} is allowed`;
  const fix = `Find out why it is missing: aws rds describe-events --region ${region} --source-type db-cluster --source-identifier ${cluster} --event-categories backup --duration 2880`;
  const says = restores === 'snapshot' ? blocker : warning;
  return [says(cluster, what, 'All that was written since would be missing after a restore.', fix)];
}

function restorableFindings({ region, cluster, restores }: BackupsNeed, ageMs: number | undefined): Finding[] {
  if (restores !== 'point-in-time' || (ageMs !== undefined && ageMs <= LATE_MS)) return [];
  const fix = `See why: aws rds describe-db-clusters --region ${region} --db-cluster-identifier ${cluster}`;
  if (ageMs === undefined)
    return [
      blocker(
        cluster,
        `${cluster} cannot be restored to a point in time`,
        'A restore would go back to last night.',
        fix,
      ),
    ];
  const what = `${cluster} can be restored only to ${inWords(ageMs)} ago`;
  return [warning(cluster, what, 'Its backups are delayed, and a restore loses all data since.', fix)];
}
