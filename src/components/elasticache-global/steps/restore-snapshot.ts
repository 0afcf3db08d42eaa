import * as z from 'zod';
import { regionalArn } from '../../../arn.ts';
import { component, earlierStep, given } from '../../../steps/given.ts';
import { markedBy, mustBeOfRun } from '../../../steps/mark.ts';
import { until } from '../../../steps/poll.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { things } from '../needs.ts';
import { descriptionFor, findGroup, groupArn, markOf, mustNotHaveFailed } from './group.ts';
import { scratchGiven, scratchGroup, scratchOf } from './scratch-group.ts';

const params = scratchGroup.extend({
  snapshot: z.string(),
  source: z.string(),
  nodeType: z.string(),
  parameterGroup: z.string(),
  subnetGroup: z.string(),
});
type Params = z.output<typeof params>;

/** Makes a new replication group of one node from a snapshot, beside the live one. */
export const restoreSnapshot = defineStep<Params, { node: string; address: string }>({
  kind: 'elasticache.restore-snapshot',
  params,
  given: given(
    z.strictObject({ ...scratchGiven, snapshot: earlierStep.describe('The step that chose the snapshot.') }),
    (asked, around) => {
      const { replicationGroup, nodeType, parameterGroup, subnetGroup } = component(
        'elasticache-global',
        around,
      ).primary;
      const { id } = around.result(asked.snapshot, { id: `<what ${asked.snapshot} finds>` });
      const target = { ...scratchOf(asked, around), snapshot: id, source: replicationGroup };
      return { ...target, nodeType, parameterGroup, subnetGroup };
    },
  ),
  needs: ({ region, group, source, drill, parameterGroup, subnetGroup }) => [
    { need: 'cache-group', region, group: source, state: 'serving' },
    { need: 'cache-group', region, group, state: 'free', drill },
    { need: 'cache-parameter-group', region, name: parameterGroup },
    { need: 'cache-subnet-group', region, name: subnetGroup },
  ],
  alters: ({ region, group }) => [things.cacheGroup(region, group)],
  plane: 'control',
  title: ({ snapshot, group }) => `Restore ${snapshot} as ${group}`,
  region: ({ region }) => region,
  calls: ['elasticache:DescribeReplicationGroups', 'elasticache:CreateReplicationGroup'],
  permissions: ({ region, group, source, snapshot, parameterGroup, subnetGroup }, account) => [
    ...[group, source].map((one) => ({
      action: 'elasticache:DescribeReplicationGroups',
      resource: groupArn(region, account, one),
    })),
    // ElastiCache names automatic snapshots itself, after a node whose name begins with the group's.
    ...[
      `replicationgroup:${group}`,
      `cluster:${group}-*`,
      `snapshot:${isChosen(snapshot) ? snapshot : '*'}`,
      `parametergroup:${parameterGroup}`,
      `subnetgroup:${subnetGroup}`,
    ].map((resource) => ({
      action: 'elasticache:CreateReplicationGroup',
      resource: regionalArn({ service: 'elasticache', region, account, resource }),
    })),
  ],
  command: ({ region, group, snapshot, nodeType, parameterGroup, subnetGroup, drill }) =>
    `aws elasticache create-replication-group --region ${region} --replication-group-id ${group} --replication-group-description '${descriptionFor({ drill })}' --snapshot-name ${snapshot} --num-cache-clusters 1 --cache-node-type ${nodeType} --cache-parameter-group-name ${parameterGroup} --cache-subnet-group-name ${subnetGroup} --transit-encryption-enabled --at-rest-encryption-enabled`,
  byHand: {
    gives: ({ region, group }, read) => {
      const ask = (query: string) =>
        `aws elasticache describe-replication-groups --region ${region} --replication-group-id ${group} --query 'ReplicationGroups[0].${query}' --output text`;
      return {
        node: read.text('node', ask('MemberClusters[0]')),
        address: read.text('address', ask('NodeGroups[0].PrimaryEndpoint.Address')),
      };
    },
  },
  doneWhen: ({ group }) => `${group} is available.`,
  usuallyMs: () => 270_000,
  async observe({ region, group, drill }, context) {
    const found = await findGroup(context, region, group);
    if (!found) return { done: false, state: { status: null } };
    const what = `the replication group ${group} in ${region}`;
    const otherwise = 'Give the test group another name in the drill file';
    mustBeOfRun(markOf(found), { what, drill, otherwise }, context);
    return { done: found.Status === 'available', underway: true, state: { status: found.Status ?? 'unknown' } };
  },
  async apply({ region, group, snapshot, nodeType, parameterGroup, subnetGroup, drill, source }, context) {
    await context.aws.call('elasticache', region, 'CreateReplicationGroup', {
      ...(await encryptedAs(source, region, context)),
      ReplicationGroupId: group,
      ReplicationGroupDescription: descriptionFor(markedBy(drill, context)),
      SnapshotName: snapshot,
      NumCacheClusters: 1,
      AutomaticFailoverEnabled: false,
      SnapshotRetentionLimit: 0,
      CacheNodeType: nodeType,
      CacheParameterGroupName: parameterGroup,
      CacheSubnetGroupName: subnetGroup,
    });
    return undefined;
  },
  async settle({ region, group }, context) {
    return until(
      context,
      async () => {
        const found = await findGroup(context, region, group);
        if (!found) return undefined;
        mustNotHaveFailed(found, region);
        const [node] = found.MemberClusters ?? [];
        if (found.Status !== 'available' || !node) return undefined;
        return { node, address: found.NodeGroups?.[0]?.PrimaryEndpoint?.Address ?? '' };
      },
      { firstMs: 5_000, maxMs: 10_000 },
    );
  },
});

const isChosen = (snapshot: string): boolean => !/^(automatic\.|<)/.test(snapshot);

/** A new group is not encrypted unless it is told to be, whatever the snapshot's own group is. */
async function encryptedAs(source: string, region: string, context: StepContext) {
  const {
    TransitEncryptionEnabled = true,
    AtRestEncryptionEnabled = true,
    KmsKeyId,
  } = (await findGroup(context, region, source)) ?? {};
  return { TransitEncryptionEnabled, AtRestEncryptionEnabled, ...(KmsKeyId && { KmsKeyId }) };
}
