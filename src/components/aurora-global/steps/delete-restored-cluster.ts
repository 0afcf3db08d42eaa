import * as z from 'zod';
import { dbClusterName } from '../../../drill/names.ts';
import { DrillError } from '../../../errors.ts';
import { given, side } from '../../../steps/given.ts';
import { isOfDrill, markInTags, tellLeftover } from '../../../steps/mark.ts';
import { defineStep } from '../../../steps/step.ts';
import { untilGone } from '../../../steps/until-gone.ts';
import { untilTaken } from '../../../steps/until-taken.ts';
import { clusterArn, clusterOrNothing } from '../../rds/cluster.ts';
import { askForDeletion } from '../../rds/deletion.ts';
import { arnOf } from '../../rds/instance.ts';
import { things } from '../needs.ts';
import { clusterPermissions } from './cluster-permissions.ts';
import { instanceIn } from './instance-in.ts';

const params = z.object({ region: z.string(), identifier: z.string(), arn: z.string(), drill: z.string() });

/** Deletes a restored cluster with its instances, and only one that bears this drill's tag. */
export const deleteRestoredCluster = defineStep<z.output<typeof params>>({
  kind: 'rds.delete-restored-cluster',
  params,
  given: given(
    z.strictObject({ identifier: dbClusterName, in: side.default('primary') }),
    ({ identifier, in: where }, { topology, drill }) => {
      const region = topology.regions[where];
      return { region, identifier, arn: clusterArn(region, topology.account, identifier), drill };
    },
  ),
  needs: () => [],
  alters: ({ region, identifier }) => [
    things.cluster(region, identifier),
    things.instance(region, instanceIn(identifier)),
  ],
  plane: 'control',
  title: ({ identifier }) => `Delete the restored cluster ${identifier}`,
  region: ({ region }) => region,
  calls: ['rds:DescribeDBClusters', 'rds:DeleteDBInstance', 'rds:DeleteDBCluster'],
  permissions: ({ region, identifier, arn }, account) => [
    ...clusterPermissions(['rds:DescribeDBClusters', 'rds:DeleteDBCluster'], { arn }),
    { action: 'rds:DeleteDBInstance', resource: arnOf(region, account, instanceIn(identifier)) },
  ],
  command: ({ region, identifier }) =>
    `aws rds delete-db-instance --region ${region} --db-instance-identifier ${instanceIn(identifier)} --skip-final-snapshot && aws rds delete-db-cluster --region ${region} --db-cluster-identifier ${identifier} --skip-final-snapshot --delete-automated-backups`,
  doneWhen: ({ identifier }) => `${identifier} is no longer listed.`,
  usuallyMs: () => 240_000,

  async observe({ region, identifier, drill }, context) {
    const found = await clusterOrNothing(region, identifier, context);
    if (!found) return { done: true, state: { status: null } };
    const mark = markInTags(found.TagList);
    if (!isOfDrill(mark, drill))
      throw new DrillError('not-ours', `${identifier} does not have this drill's tag, and is not changed.`);
    tellLeftover(mark, { what: identifier, drill }, context);
    const status = found.Status ?? 'unknown';
    return { done: false, underway: status === 'deleting', state: { status } };
  },

  async apply({ region, identifier }, context) {
    const found = await clusterOrNothing(region, identifier, context);
    // RDS deletes no cluster that has an instance.
    for (const { DBInstanceIdentifier: instance = '' } of found?.DBClusterMembers ?? [])
      await askForDeletion(region, instance, context);
    await untilTaken(
      context,
      () =>
        context.aws.call('rds', region, 'DeleteDBCluster', {
          DBClusterIdentifier: identifier,
          SkipFinalSnapshot: true,
          DeleteAutomatedBackups: true,
        }),
      // Still being made, or its instances are not going yet.
      { missing: ['DBClusterNotFound'], busy: ['InvalidDBClusterState', 'Throttling'] },
    );
    return undefined;
  },

  async settle({ region, identifier }, context) {
    const isThere = async () => (await clusterOrNothing(region, identifier, context)) !== undefined;
    await untilGone(context, identifier, isThere, { firstMs: 5_000, maxMs: 10_000 });
    return null;
  },
});
