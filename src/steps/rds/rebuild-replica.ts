import * as z from 'zod';
import { regionalArn } from '../../arn.ts';
import { isAwsError } from '../../aws/aws.ts';
import { DrillError } from '../../errors.ts';
import { databaseGiven, databaseOf, given } from '../given.ts';
import { until } from '../poll.ts';
import { defineStep } from '../step.ts';
import { deleteAll } from './deletion.ts';
import { arnOf, DRILL_TAG, findInstance, mustNotBeLost } from './instance.ts';

const params = z.object({
  region: z.string(),
  instance: z.string(),
  source: z.object({ region: z.string(), instance: z.string() }),
  account: z.string(),
  instanceClass: z.string(),
  subnetGroup: z.string(),
  parameterGroup: z.string(),
  securityGroups: z.array(z.string()),
  multiAz: z.boolean(),
  /** An instance of the region whose key is taken. */
  keyOf: z.string().nullable(),
  /** A key of the region, by ARN. */
  kmsKey: z.string().nullable(),
  waits: z.boolean(),
  drill: z.string(),
});
type Params = z.output<typeof params>;

/** Makes an instance of the topology a replica of the other one, anew: a former writer cannot be turned back into one. */
export const rebuildReplica = defineStep<Params, { address: string; status: string }>({
  kind: 'rds.rebuild-replica',
  params,
  given: given(
    z.strictObject({
      on: databaseGiven.on.default('replica').describe('Which instance of the topology is to follow the other one.'),
      keyOf: z
        .string()
        .optional()
        .describe('An instance of the same region, such as one that was set aside: its key encrypts the replica.'),
      wait: z.boolean().default(true).describe('false: it is ordered, and comes in its own time.'),
    }),
    ({ on, keyOf, wait }, around) => {
      const { region, instance } = databaseOf({ on }, around);
      const source = databaseOf({ on: on === 'writer' ? 'replica' : 'writer' }, around);
      const described = around.topology.database[on];
      const { class: instanceClass, subnetGroup, parameterGroup, securityGroups, multiAz } = described;
      return {
        region,
        instance,
        source: { region: source.region, instance: source.instance },
        account: around.topology.account,
        instanceClass,
        subnetGroup,
        parameterGroup,
        securityGroups,
        multiAz,
        keyOf: keyOf ?? null,
        kmsKey: null,
        waits: wait,
        drill: around.drill,
      };
    },
  ),
  plane: 'control',
  title: ({ instance, source, waits }) => `${waits ? 'Make' : 'Order'} ${instance} as a replica of ${source.instance}`,
  region: ({ region }) => region,
  calls: ['rds:DescribeDBInstances', 'rds:CreateDBInstanceReadReplica', 'rds:DeleteDBInstance'],
  permissions: ({ region, instance, source, subnetGroup, parameterGroup, keyOf }, account) => [
    { action: 'rds:CreateDBInstanceReadReplica', resource: arnOf(source.region, account, source.instance) },
    ...[`db:${instance}`, `subgrp:${subnetGroup}`, `pg:${parameterGroup}`, 'og:*'].map((resource) => ({
      action: 'rds:CreateDBInstanceReadReplica',
      resource: regionalArn({ service: 'rds', region, account, resource }),
    })),
    ...['rds:DescribeDBInstances', 'rds:AddTagsToResource', 'rds:DeleteDBInstance'].map((action) => ({
      action,
      resource: arnOf(region, account, instance),
    })),
    ...(keyOf === null ? [] : [{ action: 'rds:DescribeDBInstances', resource: arnOf(region, account, keyOf) }]),
  ],
  command: (target) =>
    `aws rds create-db-instance-read-replica --region ${target.region} --db-instance-identifier ${target.instance} --source-db-instance-identifier ${sourceArn(target)} --source-region ${target.source.region} --db-instance-class ${target.instanceClass} --db-subnet-group-name ${target.subnetGroup} --db-parameter-group-name ${target.parameterGroup} --vpc-security-group-ids ${target.securityGroups.join(' ')} ${target.multiAz ? '--multi-az' : '--no-multi-az'} --tags Key=${DRILL_TAG},Value=${target.drill}${target.keyOf === null ? '' : '  # and --kms-key-id, where it is encrypted'}`,
  usuallyMs: ({ waits }) => (waits ? 900_000 : 5_000),

  async observe(target, context) {
    const found = await findInstance(context, target.region, target.instance);
    if (!found) return { done: false, state: { status: null } };
    const status = found.DBInstanceStatus ?? 'unknown';
    if (!found.TagList?.some((tag) => tag.Key === DRILL_TAG && tag.Value === target.drill)) {
      throw new DrillError(
        'name-taken',
        `${target.instance} exists already in ${target.region}, and this drill did not make it.`,
        {
          hint: 'Set it aside first, or delete it by hand.',
        },
      );
    }
    return { done: status === 'available', underway: true, state: { status } };
  },

  async apply(target, context) {
    const key =
      target.kmsKey ??
      (target.keyOf === null ? undefined : (await findInstance(context, target.region, target.keyOf))?.KmsKeyId);
    await until(context, async () => {
      try {
        await context.aws.call('rds', target.region, 'CreateDBInstanceReadReplica', {
          DBInstanceIdentifier: target.instance,
          SourceDBInstanceIdentifier: sourceArn(target),
          DBInstanceClass: target.instanceClass,
          DBSubnetGroupName: target.subnetGroup,
          DBParameterGroupName: target.parameterGroup,
          VpcSecurityGroupIds: target.securityGroups,
          MultiAZ: target.multiAz,
          PubliclyAccessible: false,
          Tags: [{ Key: DRILL_TAG, Value: target.drill }],
          ...(target.source.region !== target.region && { SourceRegion: target.source.region }),
          ...(key !== undefined && { KmsKeyId: key }),
        });
        return true;
      } catch (error) {
        // A source that is just being backed up or changed refuses, and will not for long.
        if (isAwsError(error, 'InvalidDBInstanceState')) return undefined;
        throw error;
      }
    });
    return undefined;
  },

  async settle(target, context) {
    return until(
      context,
      async () => {
        const found = await findInstance(context, target.region, target.instance);
        if (!found) return undefined;
        mustNotBeLost(found);
        const status = found.DBInstanceStatus ?? 'unknown';
        const address = found.Endpoint?.Address ?? '';
        return status === 'available' || !target.waits ? { address, status } : undefined;
      },
      { firstMs: 5_000, maxMs: 10_000 },
    );
  },

  // RDS deletes nothing that it is still making.
  undoWithinMs: 60 * 60_000,
  async undo(target, context) {
    const found = await findInstance(context, target.region, target.instance);
    if (!found?.TagList?.some((tag) => tag.Key === DRILL_TAG && tag.Value === target.drill)) return;
    await deleteAll(target.region, target.instance, context);
  },
  undoCommand: ({ region, instance }) =>
    `aws rds delete-db-instance --region ${region} --db-instance-identifier ${instance} --skip-final-snapshot`,
});

const sourceArn = ({ source, account }: Params): string => arnOf(source.region, account, source.instance);
