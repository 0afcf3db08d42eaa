import { strictObject } from 'zod';
import { given } from '../../../steps/given.ts';
import { isOfDrill, tellLeftover } from '../../../steps/mark.ts';
import { defineStep } from '../../../steps/step.ts';
import { untilGone } from '../../../steps/until-gone.ts';
import { untilTaken } from '../../../steps/until-taken.ts';
import { things } from '../needs.ts';
import { findGroup, groupArn, markOf } from './group.ts';
import { type ScratchGroup, scratchGiven, scratchGroup, scratchOf } from './scratch-group.ts';

/** Deletes the test group; one that this drill did not make is left alone. */
export const deleteGroup = defineStep<ScratchGroup>({
  kind: 'elasticache.delete-group',
  params: scratchGroup,
  given: given(strictObject(scratchGiven), scratchOf),
  needs: () => [],
  alters: ({ region, group }) => [things.cacheGroup(region, group)],
  plane: 'control',
  title: ({ group }) => `Delete the test group ${group}`,
  region: ({ region }) => region,
  calls: ['elasticache:DescribeReplicationGroups', 'elasticache:DeleteReplicationGroup'],
  permissions: ({ region, group }, account) => [
    { action: 'elasticache:DescribeReplicationGroups', resource: groupArn(region, account, group) },
    { action: 'elasticache:DeleteReplicationGroup', resource: groupArn(region, account, group) },
  ],
  command: ({ region, group }) =>
    `aws elasticache delete-replication-group --region ${region} --replication-group-id ${group}`,
  doneWhen: ({ group }) => `${group} is no longer listed.`,
  usuallyMs: () => 180_000,
  async observe({ region, group, drill }, context) {
    const found = await findGroup(context, region, group);
    if (!found) return { done: true, state: { status: null } };
    if (!isOfDrill(markOf(found), drill)) {
      context.notDone(`${group} was not made by this drill, and is left alone`);
      return { done: true, state: { status: null } };
    }
    tellLeftover(markOf(found), { what: group, drill }, context);
    const status = found.Status ?? 'unknown';
    return { done: false, underway: status === 'deleting', state: { status } };
  },
  async apply({ region, group }, context) {
    await untilTaken(
      context,
      () => context.aws.call('elasticache', region, 'DeleteReplicationGroup', { ReplicationGroupId: group }),
      // A busy API must not leave a group behind that costs money.
      { missing: ['ReplicationGroupNotFound'], busy: ['InvalidReplicationGroupState', 'Throttling'] },
    );
    return undefined;
  },
  async settle({ region, group, drill }, context) {
    await untilGone(
      context,
      group,
      async () => {
        const found = await findGroup(context, region, group);
        return found !== undefined && isOfDrill(markOf(found), drill);
      },
      { firstMs: 5_000, maxMs: 10_000 },
    );
    return null;
  },
});
