import * as z from 'zod';
import { type Finding, note, noteOnce } from '../../../steps/account/findings.ts';
import { given, side } from '../../../steps/given.ts';
import { patiently, until } from '../../../steps/poll.ts';
import { defineStep, type Observation, type StepContext } from '../../../steps/step.ts';
import { type Fence, groupsCommand, lookAtWriter, quarantine, release } from '../../rds/quarantine.ts';
import { things } from '../needs.ts';
import { clusterPermissions, groupsPermissions } from './cluster-permissions.ts';
import { clusterSnapshotArn, snapshotOfOldWriter } from './cluster-snapshot.ts';
import { fenceOfCluster, quarantineNeeds } from './fence-cluster.ts';
import {
  apartFrom,
  engineNamed,
  type GlobalTarget,
  globalCluster,
  globalClusterNeed,
  globalClusterNow,
  globalClusterOf,
  globalClusterPermissions,
  seenFromOther,
} from './global-cluster.ts';

/**
 * Waits until Aurora has made an old primary cluster follow the new one, and takes it out of quarantine: a follower takes no writes. Aurora
 * makes the cluster again for that, so nobody can read there any more what only it held: the snapshot that keeps it is named.
 */
export const rejoinCluster = defineStep<GlobalTarget>({
  kind: 'rds.rejoin-cluster',
  params: globalCluster,
  given: given(
    z.strictObject({ in: side.default('primary').describe('The side that becomes the replica of the other one.') }),
    ({ in: where }, around) => globalClusterOf(where, around),
  ),
  needs: (target) => [globalClusterNeed(target, { writes: false }), ...quarantineNeeds(target)],
  alters: (target) => (fenceOfCluster(target) ? [things.cluster(target.region, target.cluster)] : []),
  plane: 'control',
  title: ({ cluster, other }) => `Wait until ${cluster} follows ${other.cluster}, and let clients in again`,
  region: ({ region }) => region,
  calls: (target) => [
    'rds:DescribeGlobalClusters',
    'rds:DescribeDBClusterSnapshots',
    ...(fenceOfCluster(target) ? ['rds:DescribeDBClusters', 'rds:ModifyDBCluster'] : []),
  ],
  permissions: (target, account) => [
    ...globalClusterPermissions(['rds:DescribeGlobalClusters'], target, account),
    ...clusterPermissions(['rds:DescribeDBClusterSnapshots'], target),
    { action: 'rds:DescribeDBClusterSnapshots', resource: clusterSnapshotArn(target.region, account, '*') },
    ...(fenceOfCluster(target)
      ? [
          ...clusterPermissions(['rds:DescribeDBClusters', 'rds:ModifyDBCluster'], target),
          ...groupsPermissions(['rds:ModifyDBCluster'], target, account),
        ]
      : []),
  ],
  command(target) {
    const { region, globalCluster: id, securityGroups } = target;
    const fence = fenceOfCluster(target);
    const see = `aws rds describe-global-clusters --region ${region} --global-cluster-identifier ${id}`;
    return fence ? `${see} && ${groupsCommand(fence, securityGroups)}` : see;
  },
  doneWhen: ({ cluster }) => `${cluster} follows the writer of the global cluster.`,
  usuallyMs: () => 60_000,

  async observe(target, context) {
    const fence = fenceOfCluster(target);
    const follows = await isFollowing(target, context);
    const fenced = await isFenced(fence, context);
    return { done: follows && !fenced, underway: !fenced, state: { fenced } };
  },

  repeatable: true,
  async apply(target, context) {
    const fence = fenceOfCluster(target);
    await until(context, async () => ((await isFollowing(target, context)) ? true : undefined));
    if (fence && (await isFenced(fence, context))) await release(fence, target.securityGroups, context);
    return undefined;
  },

  async settle(target, context) {
    const fence = fenceOfCluster(target);
    await until(context, async () => {
      if (!(await isFollowing(target, context))) return undefined;
      const seen = fence && (await lookAtWriter(fence, context));
      return !fence || (seen?.inForce && !seen.groups.includes(fence.quarantine)) ? true : undefined;
    });
    noteOnce([await whatItHeld(target, context)], context);
    return null;
  },

  async undo(target, context, { state }: Observation) {
    const fence = fenceOfCluster(target);
    if (fence && (state as { fenced: boolean } | null)?.fenced) await quarantine(fence, context);
  },
  byHand: { finds: () => ({ fenced: true }) },
  undoCommand(target, { state }) {
    const fence = fenceOfCluster(target);
    const wasFenced = (state as { fenced: boolean } | null)?.fenced;
    return fence && wasFenced ? groupsCommand(fence, [fence.quarantine]) : '# nothing was changed';
  },
});

/** Rows of an old cluster that were never replicated are where no endpoint leads: that they were not compared is said, and where they are. */
async function whatItHeld({ region, cluster, engine, other }: GlobalTarget, context: StepContext): Promise<Finding> {
  const found = await patiently(context, () => snapshotOfOldWriter(region, cluster, context));
  const id = found?.DBClusterSnapshotIdentifier;
  const why = `Aurora made ${cluster} anew from ${other.cluster}. Rows that were never replicated are not in it any more.`;
  const what = `rows that only ${cluster} held were not compared with ${other.cluster}`;
  if (id === undefined)
    return note(
      cluster,
      `${what}: there is no snapshot of them`,
      why,
      `See whether Aurora still makes one: aws rds describe-db-cluster-snapshots --region ${region} --db-cluster-identifier ${cluster}`,
    );
  const taken = found?.SnapshotCreateTime?.toISOString() ?? 'unknown';
  return note(
    cluster,
    `${what}: they are in the snapshot ${id}, of ${taken}`,
    why,
    `Restore it beside, and compare it by hand, before it is deleted: aws rds restore-db-cluster-from-snapshot --region ${region} --db-cluster-identifier ${cluster}-lost --snapshot-identifier ${id} --engine ${engineNamed(engine)}`,
  );
}

async function isFollowing(target: GlobalTarget, context: StepContext): Promise<boolean> {
  // Asked where the writer is: the cluster's own region may have been lost.
  const leader = seenFromOther(target);
  return !apartFrom(leader, await globalClusterNow(leader, context)).includes(target.cluster);
}

const isFenced = async (fence: Fence | undefined, context: StepContext): Promise<boolean> =>
  fence !== undefined && (await lookAtWriter(fence, context))?.groups.includes(fence.quarantine) === true;
