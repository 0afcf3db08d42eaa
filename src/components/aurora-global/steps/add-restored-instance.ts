import * as z from 'zod';
import { dbClusterName } from '../../../drill/names.ts';
import { noteOnce } from '../../../steps/account/findings.ts';
import { component, given, side } from '../../../steps/given.ts';
import { markedBy, markInTags, mustBeOfRun, tagOption, tagsFor } from '../../../steps/mark.ts';
import { patiently, until } from '../../../steps/poll.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { clusterOrNothing } from '../../rds/cluster.ts';
import { findInstance, freeInstance, INSTANCE_LOOK, instancePermissions, mustNotBeLost } from '../../rds/instance.ts';
import { things } from '../needs.ts';
import { clusterPermissions, newInstancePermissions } from './cluster-permissions.ts';
import { engineNamed } from './global-cluster.ts';
import { instanceIn } from './instance-in.ts';
import { restoredCluster, restoredClusterOf } from './restored-cluster.ts';

const params = restoredCluster.extend({
  instance: z.string(),
  class: z.string(),
  /** An instance whose engine and settings it is to have. */
  likeInstance: z.object({ region: z.string(), instance: z.string() }),
});

/** Gives a restored cluster the instance without which nobody reaches its data. */
export const addRestoredInstance = defineStep<z.output<typeof params>, { address: string }>({
  kind: 'rds.add-restored-instance',
  params,
  given: given(
    z.strictObject({
      in: side.default('primary'),
      identifier: dbClusterName.describe('The restored cluster.'),
      keep: z.boolean().default(false),
    }),
    (asked, around) => {
      const { primary, recovery } = component('aurora-global', around);
      const { regions } = around.topology;
      const there = asked.in === 'primary' ? primary : recovery;
      const [near = recovery.newInstance] = there.instances;
      const [first] = primary.instances;
      return {
        ...restoredClusterOf(asked, around),
        instance: instanceIn(asked.identifier),
        class: (near ?? first)?.class ?? '',
        likeInstance:
          there.instances[0] === undefined
            ? { region: regions.primary, instance: first?.identifier ?? '' }
            : { region: regions[asked.in], instance: there.instances[0].identifier },
      };
    },
  ),
  needs: ({ region, instance, class: type, likeInstance, drill }) => [
    freeInstance(region, instance, drill),
    { need: 'db-class', region, class: type, multiAz: false, engineOf: likeInstance },
  ],
  alters: ({ region, instance, identifier }) => [
    things.instance(region, instance),
    things.instance(region, identifier),
    things.cluster(region, identifier),
  ],
  plane: 'control',
  title: ({ identifier, instance }) => `Add the instance ${instance} to ${identifier}`,
  region: ({ region }) => region,
  calls: ['rds:DescribeDBClusters', INSTANCE_LOOK, 'rds:CreateDBInstance'],
  permissions: ({ region, arn, instance, likeInstance: like }, account) => [
    ...clusterPermissions(['rds:DescribeDBClusters', 'rds:CreateDBInstance'], { arn }),
    ...newInstancePermissions(region, account, instance),
    ...instancePermissions(like.region, account, like.instance),
  ],
  command: ({ region, identifier, engine, instance, class: type, drill }) =>
    `aws rds create-db-instance --region ${region} --db-cluster-identifier ${identifier} --db-instance-identifier ${instance} --db-instance-class ${type} --engine ${engineNamed(engine)} --tags ${tagOption(drill)}`,
  byHand: {
    gives: ({ region, identifier }, read) => ({
      address: read.text(
        'address',
        `aws rds describe-db-clusters --region ${region} --db-cluster-identifier ${identifier} --query 'DBClusters[0].Endpoint' --output text`,
      ),
    }),
  },
  doneWhen: ({ instance }) => `${instance} is available.`,
  usuallyMs: () => 420_000,

  async observe({ region, instance, drill }, context) {
    const found = await findInstance(context, region, instance);
    if (!found) return { done: false, state: { status: null } };
    const what = `the instance ${instance} in ${region}`;
    const otherwise = 'Give the restored cluster another name in the drill file';
    mustBeOfRun(markInTags(found.TagList), { what, drill, otherwise }, context);
    const status = found.DBInstanceStatus ?? 'unknown';
    return { done: status === 'available', underway: true, state: { status } };
  },

  async apply({ region, identifier, engine, instance, class: type, likeInstance: like, drill }, context) {
    const near = like.region === region ? await findInstance(context, region, like.instance) : undefined;
    const parameters = near?.DBParameterGroups?.[0]?.DBParameterGroupName;
    await context.aws.call('rds', region, 'CreateDBInstance', {
      DBClusterIdentifier: identifier,
      DBInstanceIdentifier: instance,
      DBInstanceClass: type,
      Engine: engineNamed(engine),
      PubliclyAccessible: false,
      ...(parameters !== undefined && { DBParameterGroupName: parameters }),
      Tags: tagsFor(markedBy(drill, context)),
    });
    return undefined;
  },

  async settle({ region, identifier, arn, instance, keep }, context) {
    if (keep) warnAlone({ region, identifier, arn }, context);
    await until(
      context,
      async () => {
        const found = await findInstance(context, region, instance);
        if (found) mustNotBeLost(found);
        return found?.DBInstanceStatus === 'available' ? true : undefined;
      },
      { firstMs: 5_000, maxMs: 10_000 },
    );
    const found = await patiently(context, () => clusterOrNothing(region, identifier, context));
    return { address: found?.Endpoint ?? '' };
  },
});

/** RDS adds no restored cluster to a global database. */
const warnAlone = (
  { region, identifier: subject, arn }: { region: string; identifier: string; arn: string },
  context: StepContext,
): void =>
  noteOnce(
    [
      {
        severity: 'warning',
        subject,
        what: `${subject} is in no global database, so no other region follows it`,
        why: 'Once it takes the writes, the loss of its region loses everything since the restore.',
        fix: `Make it the primary of a new global database, and add a cluster in the other region: aws rds create-global-cluster --region ${region} --global-cluster-identifier <name> --source-db-cluster-identifier ${arn}`,
      },
    ],
    context,
  );
