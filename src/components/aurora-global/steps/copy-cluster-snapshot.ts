import * as z from 'zod';
import { snapshotName } from '../../../drill/names.ts';
import { component, earlierStep, given, NOT_YET_MS, side } from '../../../steps/given.ts';
import { markedBy, markInTags, mustBeOfRun, tagOption, tagsFor } from '../../../steps/mark.ts';
import { defineStep } from '../../../steps/step.ts';
import { clusterArn, clusterNow } from '../../rds/cluster.ts';
import { askForCopy, snapshotPatterns, untilCopied } from '../../rds/snapshots.ts';
import { NIGHTLY, type RecoveryPoint, type SnapshotType, snapshotType } from '../../recovery-point.ts';
import { things } from '../needs.ts';
import { clusterSnapshotArn, clusterSnapshots, findClusterSnapshot } from './cluster-snapshot.ts';
import { globalCluster, globalClusterNeed, globalClusterOf } from './global-cluster.ts';

const params = z.object({
  global: globalCluster,
  account: z.string(),
  from: z.string(),
  region: z.string(),
  source: z.string(),
  /** The cluster that the snapshot is of. */
  cluster: z.string(),
  /** The cluster of the other region, with whose key the copy is encrypted. */
  neighbour: z.string(),
  timeMs: z.number(),
  types: z.array(snapshotType).optional(),
  identifier: z.string(),
  drill: z.string(),
});

/** Copies a cluster's snapshot to the other region, encrypted with the key of the cluster there. The copy bears the tags of its run. */
export const copyClusterSnapshot = defineStep<z.output<typeof params>, RecoveryPoint>({
  kind: 'rds.copy-cluster-snapshot',
  params,
  given: given(
    z.strictObject({
      point: earlierStep.describe('The step that chose the snapshot.'),
      to: side.default('recovery'),
      identifier: snapshotName.describe('The name of the copy. No snapshot may have it yet.'),
    }),
    ({ point, to, identifier }, around) => {
      const { topology, drill } = around;
      const store = component('aurora-global', around);
      const { id, timeMs } = around.result(point, { id: '<newest snapshot>', timeMs: NOT_YET_MS });
      const { types } = around.asked<{ types: SnapshotType[] }>(point);
      return {
        global: globalClusterOf('primary', around),
        account: topology.account,
        from: topology.regions.primary,
        region: topology.regions[to],
        source: id,
        cluster: store.primary.cluster,
        neighbour: store[to].cluster,
        timeMs,
        identifier,
        drill,
        ...(types && { types }),
      };
    },
  ),
  needs: ({ global, region, identifier, drill }) => [
    globalClusterNeed(global, { writes: true }),
    { need: 'rds-free-cluster-snapshot', region, snapshot: identifier, drill },
  ],
  alters: ({ region, identifier }) => [things.snapshot(region, identifier)],
  plane: 'control',
  title: ({ source, region, identifier }) => `Copy ${source} to ${region} as ${identifier}`,
  region: ({ region }) => region,
  calls: ['rds:DescribeDBClusters', 'rds:DescribeDBClusterSnapshots', 'rds:CopyDBClusterSnapshot'],
  permissions: ({ from, region, cluster, neighbour, identifier, types }, account) => [
    ...[
      ...snapshotPatterns(clusterSnapshots, { region: from, account, of: cluster, types: types ?? NIGHTLY }),
      clusterSnapshotArn(region, account, identifier),
    ].flatMap((resource) =>
      ['rds:CopyDBClusterSnapshot', 'rds:DescribeDBClusterSnapshots'].map((action) => ({ action, resource })),
    ),
    { action: 'rds:AddTagsToResource', resource: clusterSnapshotArn(region, account, identifier) },
    { action: 'rds:DescribeDBClusters', resource: clusterArn(region, account, neighbour) },
  ],
  command: ({ account, from, region, source, identifier, neighbour, drill }) =>
    `aws rds copy-db-cluster-snapshot --region ${region} --source-region ${from} --source-db-cluster-snapshot-identifier ${clusterSnapshotArn(from, account, source)} --target-db-cluster-snapshot-identifier ${identifier} --kms-key-id "$(aws rds describe-db-clusters --region ${region} --db-cluster-identifier ${neighbour} --query 'DBClusters[0].KmsKeyId' --output text)" --tags ${tagOption(drill)}`,
  byHand: { gives: ({ identifier, timeMs }) => ({ id: identifier, timeMs }) },
  doneWhen: ({ identifier }) => `${identifier} is available.`,
  usuallyMs: () => 300_000,

  async observe({ region, identifier, drill }, context) {
    const found = await findClusterSnapshot(context, region, identifier);
    if (!found) return { done: false, state: { status: null } };
    const what = `the cluster snapshot ${identifier} in ${region}`;
    const otherwise = 'Give the copy another name in the drill file';
    mustBeOfRun(markInTags(found.TagList), { what, drill, otherwise }, context);
    const status = found.Status ?? 'unknown';
    return { done: status === 'available', underway: true, state: { status } };
  },

  async apply({ account, from, region, source, identifier, neighbour, drill }, context) {
    const original = await findClusterSnapshot(context, from, source);
    const near = original?.StorageEncrypted ? await clusterNow({ region, cluster: neighbour }, context) : undefined;
    const asked = {
      SourceDBClusterSnapshotIdentifier: clusterSnapshotArn(from, account, source),
      TargetDBClusterSnapshotIdentifier: identifier,
      ...(near?.KmsKeyId !== undefined && { KmsKeyId: near.KmsKeyId }),
      Tags: tagsFor(markedBy(drill, context)),
    };
    return askForCopy(identifier, () => context.aws.call('rds', region, 'CopyDBClusterSnapshot', asked), context);
  },

  async settle({ region, identifier, timeMs, neighbour }, context) {
    const copy = await untilCopied({ region, identifier }, clusterSnapshots, context);
    if (copy.StorageEncrypted) {
      // Without the first region, its key would be out of reach as well.
      const near = await clusterNow({ region, cluster: neighbour }, context);
      const ok = copy.KmsKeyId !== undefined && copy.KmsKeyId === near?.KmsKeyId;
      const detail = ok ? `with ${copy.KmsKeyId}` : `with ${copy.KmsKeyId}, not with the key of ${neighbour}`;
      const check = 'copy-encrypted-there';
      context.record({ type: 'check', check, layer: 'verification', critical: true, ok, detail });
    }
    return { from: 'snapshot', id: identifier, timeMs };
  },
});
