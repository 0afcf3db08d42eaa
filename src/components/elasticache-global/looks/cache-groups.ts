import type { ReplicationGroup } from '@aws-sdk/client-elasticache';
import { regionalArn } from '../../../arn.ts';
import { inWords } from '../../../duration.ts';
import { blocker, type Finding } from '../../../steps/account/findings.ts';
import type { Look, LookFor } from '../../../steps/account/look.ts';
import { madeBy } from '../../../steps/mark.ts';
import type { NeedOf } from '../../../steps/needs.ts';
import { findGroup, groupArn, markOf } from '../steps/group.ts';
import { newestCacheSnapshot } from '../steps/newest-snapshot.ts';

/** A replication group that serves, or whose name must be free. */
export const cacheGroupLook: LookFor<'cache-group'> = {
  calls: () => ['elasticache:DescribeReplicationGroups'],
  permissions: ({ region, group }, account) => [
    { action: 'elasticache:DescribeReplicationGroups', resource: groupArn(region, account, group) },
  ],
  subject: ({ group }) => group,
  async look(need, context) {
    const { region, group, state } = need;
    const found = await findGroup(context, region, group);
    if (state === 'free') return freeNameLook(need, found);
    return servingLook({ region, group }, found?.Status);
  },
};

export function servingLook({ region, group }: { region: string; group: string }, status: string | undefined): Look {
  const row = { what: `${group} status`, topology: 'available', account: status ?? 'not there' };
  if (status === 'available' || status === 'snapshotting') return { rows: [row], findings: [] };
  const what = status === undefined ? `there is no replication group ${group} in ${region}` : `${group} is ${status}`;
  const fix = `See it: aws elasticache describe-replication-groups --region ${region}`;
  return { rows: [row], findings: [blocker(group, what, 'A drill begins with a healthy system.', fix)] };
}

function freeNameLook({ region, group, drill = '' }: NeedOf<'cache-group'>, found: ReplicationGroup | undefined): Look {
  const row = { what: `${group} status`, topology: 'not there', account: found?.Status ?? 'not there' };
  if (!found) return { rows: [row], findings: [] };
  const what = `there is a replication group ${group} in ${region} already, and ${madeBy(markOf(found), drill)}`;
  const fix = `Give another name in the drill file, or delete it by hand: aws elasticache delete-replication-group --region ${region} --replication-group-id ${group}`;
  return { rows: [row], findings: [blocker(group, what, 'The drill makes a group of that name.', fix)] };
}

/** The newest snapshot of a replication group: that there is one, and how old it is. */
export const cacheSnapshotLook: LookFor<'cache-snapshot'> = {
  calls: () => ['elasticache:DescribeSnapshots'],
  permissions: ({ region }, account) => [
    {
      action: 'elasticache:DescribeSnapshots',
      resource: regionalArn({ service: 'elasticache', region, account, resource: 'snapshot:*' }),
    },
  ],
  subject: ({ group }) => `snapshots of ${group}`,
  async look(need, context) {
    const { group, maxAgeMs } = need;
    const newest = await newestCacheSnapshot(need, context);
    const ageMs = newest && context.clock.nowMs() - newest.timeMs;
    const account = ageMs === undefined ? 'none' : `${newest?.id}, ${inWords(ageMs)} old`;
    const row = { what: `${group} newest snapshot`, topology: `at most ${inWords(maxAgeMs)} old`, account };
    if (ageMs !== undefined && ageMs <= maxAgeMs) return { rows: [row], findings: [] };
    return { rows: [row], findings: [snapshotFinding(need, ageMs)] };
  },
};

function snapshotFinding({ region, group, maxAgeMs }: NeedOf<'cache-snapshot'>, ageMs: number | undefined): Finding {
  const what =
    ageMs === undefined
      ? `${group} has no snapshot that is available`
      : `the newest snapshot of ${group} is ${inWords(ageMs)} old; ${inWords(maxAgeMs)} is allowed`;
  const fix =
    ageMs === undefined
      ? `Turn on automatic backups: aws elasticache modify-replication-group --region ${region} --replication-group-id ${group} --snapshot-retention-limit 1 --apply-immediately`
      : `Find out why no newer one was made: aws elasticache describe-events --region ${region} --source-type replication-group --source-identifier ${group}`;
  return blocker(group, what, 'All that was written since would be missing after a restore.', fix);
}
