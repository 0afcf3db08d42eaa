import * as z from 'zod';
import { DrillError } from '../../../errors.ts';
import { given, needed, side } from '../../../steps/given.ts';
import { isOfRun, markedBy, markInTags, tagOption, tagsFor } from '../../../steps/mark.ts';
import { until } from '../../../steps/poll.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { clusterNow } from '../../rds/cluster.ts';
import { deleteAll } from '../../rds/deletion.ts';
import { findInstance, freeInstance, INSTANCE_LOOK, mustNotBeLost } from '../../rds/instance.ts';
import { clusterInstance, things } from '../needs.ts';
import { clusterPermissions, newInstancePermissions } from './cluster-permissions.ts';
import { engineNamed, globalCluster, globalClusterNeed, globalClusterOf } from './global-cluster.ts';

const params = globalCluster.extend({ instance: clusterInstance, drill: z.string() });
type Params = z.output<typeof params>;

/** Gives a cluster without an instance one, which takes the writes once the cluster does. Does nothing where the cluster has one. */
export const addClusterInstance = defineStep<Params>({
  kind: 'rds.add-cluster-instance',
  params,
  given: given(z.strictObject({ in: side.default('recovery') }), ({ in: where }, around) => {
    const target = globalClusterOf(where, around);
    const instance = needed(target.newInstance, `${where}.newInstance of the cluster ${target.cluster}`);
    return { ...target, instance, drill: around.drill };
  }),
  needs: (target) => [
    globalClusterNeed(target, { writes: false }),
    freeInstance(target.region, target.instance.identifier, target.drill),
  ],
  // Nobody can log in to the cluster before it has one.
  alters: ({ region, cluster, globalCluster: id, instance }) => [
    things.instance(region, instance.identifier),
    things.instance(region, cluster),
    things.globalCluster(id),
  ],
  plane: 'control',
  title: ({ cluster, instance }) => `Add the instance ${instance.identifier} to ${cluster}`,
  region: ({ region }) => region,
  calls: ['rds:DescribeDBClusters', INSTANCE_LOOK, 'rds:CreateDBInstance'],
  permissions: ({ region, arn, instance }, account) => [
    ...clusterPermissions(['rds:DescribeDBClusters', 'rds:CreateDBInstance'], { arn }),
    ...newInstancePermissions(region, account, instance.identifier),
  ],
  command: ({ region, cluster, engine, instance, drill }) =>
    `aws rds create-db-instance --region ${region} --db-cluster-identifier ${cluster} --db-instance-identifier ${instance.identifier} --db-instance-class ${instance.class} --engine ${engineNamed(engine)} --tags ${tagOption(drill)}`,
  doneWhen: ({ instance }) => `${instance.identifier} is available.`,
  usuallyMs: () => 420_000,

  async observe(target, context) {
    const members = await membersOf(target, context);
    return { done: members.length > 0, state: { members } };
  },
  async apply({ region, cluster, engine, instance, drill }, context) {
    await context.aws.call('rds', region, 'CreateDBInstance', {
      DBClusterIdentifier: cluster,
      DBInstanceIdentifier: instance.identifier,
      DBInstanceClass: instance.class,
      Engine: engineNamed(engine),
      Tags: tagsFor(markedBy(drill, context)),
    });
    return undefined;
  },
  async settle(target, context) {
    const { region, instance } = target;
    await until(
      context,
      async () => {
        const [name = instance.identifier] = await membersOf(target, context);
        const found = await findInstance(context, region, name);
        if (found) mustNotBeLost(found);
        return found?.DBInstanceStatus === 'available' ? true : undefined;
      },
      { firstMs: 5_000, maxMs: 15_000 },
    );
    return null;
  },

  async undo({ region, instance, drill }, context, before) {
    if ((before.state as { members: string[] }).members.length > 0) return;
    const found = await findInstance(context, region, instance.identifier);
    if (!found) return;
    if (!isOfRun(markInTags(found.TagList), drill, context))
      throw new DrillError('not-ours', `${instance.identifier} was not created by this run, and stays.`);
    await deleteAll(region, instance.identifier, context);
  },
  undoWithinMs: 1_200_000,
  undoCommand: ({ region, instance }) =>
    `aws rds delete-db-instance --region ${region} --db-instance-identifier ${instance.identifier} --skip-final-snapshot`,
});

const membersOf = async (target: Params, context: StepContext): Promise<string[]> =>
  ((await clusterNow(target, context))?.DBClusterMembers ?? []).flatMap(
    ({ DBInstanceIdentifier }) => DBInstanceIdentifier ?? [],
  );
