import type { GlobalReplicationGroup, GlobalReplicationGroupMember } from '@aws-sdk/client-elasticache';
import * as z from 'zod';
import { globalArn } from '../../../arn.ts';
import { listOf } from '../../../aws/pages.ts';
import { DrillError } from '../../../errors.ts';
import { type Around, component, needed, type side } from '../../../steps/given.ts';
import type { NeedOf } from '../../../steps/needs.ts';
import { patiently } from '../../../steps/poll.ts';
import type { Permission, StepContext } from '../../../steps/step.ts';
import { endpointIn, findGroup, groupArn } from './group.ts';

/** A global datastore, and the two groups that it joins. */
export const datastore = z.object({
  datastore: z.string(),
  /** Where it is asked. */
  region: z.string(),
  group: z.string(),
  other: z.object({ region: z.string(), group: z.string() }),
});
export type Datastore = z.output<typeof datastore>;

/** The datastore as seen from one of its sides. */
export function datastoreOf(where: z.output<typeof side>, around: Around): Datastore {
  const { regions } = around.topology;
  const cache = component('elasticache-global', around);
  const groups = {
    primary: { region: regions.primary, group: cache.primary.replicationGroup },
    recovery: { region: regions.recovery, group: needed(cache.recovery, `${cache.id}.recovery`).replicationGroup },
  };
  const other = groups[where === 'primary' ? 'recovery' : 'primary'];
  return { datastore: needed(cache.globalDatastore, `${cache.id}.globalDatastore`), ...groups[where], other };
}

export async function datastoreNow(
  { datastore: id, region }: Datastore,
  { aws }: Pick<StepContext, 'aws'>,
): Promise<GlobalReplicationGroup> {
  const asked = { GlobalReplicationGroupId: id, ShowMemberInfo: true };
  const operation = 'DescribeGlobalReplicationGroups';
  const [found] = await listOf(aws, 'elasticache', region, operation, 'GlobalReplicationGroups', asked);
  if (found) return found;
  throw new DrillError('datastore-missing', `There is no global datastore ${id} in ${region}.`, {
    hint: 'Check globalDatastore in the topology: its whole id, with the prefix that AWS gives it.',
  });
}

/** The member that takes the writes; `undefined` while none does. */
export const primaryOf = ({ Members }: GlobalReplicationGroup): GlobalReplicationGroupMember | undefined =>
  Members?.find(({ Role }) => Role === 'PRIMARY');

export const isPrimary = ({ region, group }: Datastore, found: GlobalReplicationGroup): boolean => {
  const primary = primaryOf(found);
  return primary?.ReplicationGroupId === group && primary.ReplicationGroupRegion === region;
};

export type CacheWriter = { writer: string; address: string };

/** What applications reach the primary by. */
export async function writerOn({ region, group }: Datastore, context: StepContext): Promise<CacheWriter> {
  const found = await patiently(context, () => findGroup(context, region, group));
  return { writer: group, address: (found && endpointIn({ region, group }, found)?.host) ?? '' };
}

export const datastorePermissions = (
  actions: string[],
  { datastore: id, region, group, other }: Datastore,
  account: string,
): Permission[] =>
  actions.flatMap((action) => [
    {
      action,
      resource: globalArn({ service: 'elasticache', region, account, resource: `globalreplicationgroup:${id}` }),
    },
    { action, resource: groupArn(region, account, group) },
    { action, resource: groupArn(other.region, account, other.group) },
  ]);

/** The datastore; `writes` says whether this group takes the writes at the beginning. */
export function datastoreNeed(
  { datastore: id, region, group, other }: Datastore,
  { writes, lagMaxMs }: { writes: boolean; lagMaxMs?: number },
): NeedOf<'cache-datastore'> {
  const own = { region, group };
  const [writer, follower] = writes ? [own, other] : [other, own];
  return { need: 'cache-datastore', datastore: id, writer, follower, ...(lagMaxMs !== undefined && { lagMaxMs }) };
}
