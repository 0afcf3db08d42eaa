import * as z from 'zod';
import { DrillError } from '../../../errors.ts';
import { given, side } from '../../../steps/given.ts';
import { defineStep } from '../../../steps/step.ts';
import {
  type CacheWriter,
  type Datastore,
  datastore,
  datastoreNeed,
  datastoreNow,
  datastoreOf,
  datastorePermissions,
  isPrimary,
  writerOn,
} from './datastore.ts';

/** Looks up the group that takes the writes of a global datastore now, and its address. */
export const findPrimary = defineStep<Datastore, CacheWriter & { serves: true }>({
  kind: 'elasticache.find-primary',
  params: datastore,
  given: given(z.strictObject({ on: side.describe('The side that takes the writes.') }), ({ on }, around) =>
    datastoreOf(on, around),
  ),
  needs: (target) => [datastoreNeed(target, { writes: true })],
  plane: 'control',
  title: ({ group }) => `Find the primary ${group}`,
  region: ({ region }) => region,
  calls: ['elasticache:DescribeGlobalReplicationGroups', 'elasticache:DescribeReplicationGroups'],
  permissions: (target, account) =>
    datastorePermissions(
      ['elasticache:DescribeGlobalReplicationGroups', 'elasticache:DescribeReplicationGroups'],
      target,
      account,
    ),
  command: ({ region, group }) =>
    `aws elasticache describe-replication-groups --region ${region} --replication-group-id ${group} --query 'ReplicationGroups[0].NodeGroups[0].PrimaryEndpoint.Address'`,
  doneWhen: () => 'The command prints an address.',
  usuallyMs: () => 1_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle(target, context) {
    if (isPrimary(target, await datastoreNow(target, context)))
      return { ...(await writerOn(target, context)), serves: true };
    throw new DrillError('not-the-writer', `${target.group} does not take the writes of ${target.datastore}.`, {
      hint: 'See which region serves: aws elasticache describe-global-replication-groups --show-member-info.',
    });
  },
});
