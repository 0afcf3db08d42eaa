import * as z from 'zod';
import { globalArn, regionalArn } from '../../../arn.ts';
import { isAwsError } from '../../../aws/aws.ts';
import { isRefused } from '../../../steps/account/look.ts';
import { component, databaseGiven, databaseOf, given } from '../../../steps/given.ts';
import { isOfRun, markedBy, markInTags, mustBeOfRun, tagOption } from '../../../steps/mark.ts';
import { until } from '../../../steps/poll.ts';
import { defineStep } from '../../../steps/step.ts';
import { deleteAll } from '../../rds/deletion.ts';
import {
  addressByHand,
  arnOf,
  findInstance,
  freeInstance,
  INSTANCE_LOOK,
  instancePermissions,
  mustNotBeLost,
} from '../../rds/instance.ts';
import { things } from '../needs.ts';
import { copyNeeds } from './copy-needs.ts';
import { keyPermissions } from './kms-key.ts';
import { askedLike, likeness, likenessPermissions, loginByIam, modelFor, noteDifferences } from './like-original.ts';

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
  like: likeness,
  /** An instance of the region whose key is taken. */
  keyOf: z.string().nullable(),
  /** A key of the region, by ARN. */
  kmsKey: z.string().nullable(),
  waits: z.boolean(),
  drill: z.string(),
});
type Params = z.output<typeof params>;

/** Makes an instance of the topology a replica of the other one, again: a former writer cannot be turned back into one. */
export const rebuildReplica = defineStep<Params, { address: string; status: string }>({
  kind: 'rds.rebuild-replica',
  params,
  given: given(
    z.strictObject({
      on: databaseGiven.on
        .default('replica')
        .describe('Which instance of the topology becomes the replica of the other one.'),
      keyOf: z
        .string()
        .optional()
        .describe('An instance of the same region, such as one that was set aside: its key encrypts the replica.'),
      wait: z
        .boolean()
        .default(true)
        .describe('false: the step only requests it, and does not wait until it is available.'),
    }),
    ({ on, keyOf, wait }, around) => {
      const { region, instance } = databaseOf({ on }, around);
      const source = databaseOf({ on: on === 'writer' ? 'replica' : 'writer' }, around);
      const store = component('rds-replica', around);
      const described = store[on];
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
        like: {
          original: { region: source.region, instance: source.instance },
          neighbour: keyOf === undefined ? null : { region, instance: keyOf },
          purpose: 'replica' as const,
          iamLogin: loginByIam(store),
        },
        keyOf: keyOf ?? null,
        kmsKey: null,
        waits: wait,
        drill: around.drill,
      };
    },
  ),
  needs: ({ source, ...target }) => [
    { need: 'rds-instance', region: source.region, instance: source.instance, state: 'serving', role: 'writer' },
    freeInstance(target.region, target.instance, target.drill),
    // What is set aside before has its name until then.
    ...copyNeeds({
      ...target,
      like: {
        ...target.like,
        neighbour: target.like.neighbour && { region: target.region, instance: target.instance },
      },
    }),
    ...(target.kmsKey === null ? [] : [{ need: 'kms-key' as const, region: target.region, key: target.kmsKey }]),
  ],
  alters: ({ region, instance }) => [things.instance(region, instance)],
  plane: 'control',
  title: ({ instance, source, waits }) =>
    `${waits ? 'Create' : 'Request'} ${instance} as a replica of ${source.instance}`,
  region: ({ region }) => region,
  calls: [INSTANCE_LOOK, 'rds:CreateDBInstanceReadReplica', 'rds:DeleteDBInstance'],
  permissions: ({ region, instance, source, subnetGroup, parameterGroup, like, kmsKey }, account) => [
    { action: 'rds:CreateDBInstanceReadReplica', resource: arnOf(source.region, account, source.instance) },
    ...[`db:${instance}`, `subgrp:${subnetGroup}`, `pg:${parameterGroup}`, 'og:*'].map((resource) => ({
      action: 'rds:CreateDBInstanceReadReplica',
      resource: regionalArn({ service: 'rds', region, account, resource }),
    })),
    ...instancePermissions(region, account, instance, 'rds:AddTagsToResource', 'rds:DeleteDBInstance'),
    ...likenessPermissions(like, account),
    ...keyPermissions({ region, named: kmsKey }, account),
    // Only where the original is monitored, and RDS alone takes the role.
    {
      action: 'iam:PassRole',
      resource: globalArn({ service: 'iam', region, account, resource: 'role/*' }),
      passedTo: 'monitoring.rds.amazonaws.com',
    },
  ],
  command: (target) =>
    `aws rds create-db-instance-read-replica --region ${target.region} --db-instance-identifier ${target.instance} --source-db-instance-identifier ${sourceArn(target)} --source-region ${target.source.region} --db-instance-class ${target.instanceClass} --db-subnet-group-name ${target.subnetGroup} --db-parameter-group-name ${target.parameterGroup} --vpc-security-group-ids ${target.securityGroups.join(' ')} ${target.multiAz ? '--multi-az' : '--no-multi-az'}${target.like.iamLogin ? ' --enable-iam-database-authentication' : ''} --tags ${tagOption(target.drill)}${keyOption(target)}`,
  byHand: { gives: ({ region, instance }, read) => addressByHand({ region, instance }, read) },
  doneWhen: ({ instance }) => `${instance} is available and follows its source.`,
  usuallyMs: ({ waits }) => (waits ? 900_000 : 5_000),

  async observe(target, context) {
    const found = await findInstance(context, target.region, target.instance);
    if (!found) return { done: false, state: { status: null } };
    const status = found.DBInstanceStatus ?? 'unknown';
    const what = `the instance ${target.instance} in ${target.region}`;
    mustBeOfRun(markInTags(found.TagList), { what, drill: target.drill, otherwise: 'Set it aside first' }, context);
    return { done: status === 'available', underway: true, state: { status } };
  },

  async apply(target, context) {
    const key =
      target.kmsKey ??
      (target.keyOf === null ? undefined : (await findInstance(context, target.region, target.keyOf))?.KmsKeyId);
    const model = await modelFor(target.region, target.like, target, context);
    let asked = askedLike('replica', model, target.like.purpose, markedBy(target.drill, context));
    await until(context, async () => {
      try {
        await context.aws.call('rds', target.region, 'CreateDBInstanceReadReplica', {
          ...asked,
          DBInstanceIdentifier: target.instance,
          SourceDBInstanceIdentifier: sourceArn(target),
          ...(target.source.region !== target.region && { SourceRegion: target.source.region }),
          ...(key !== undefined && { KmsKeyId: key }),
        });
        return true;
      } catch (error) {
        // A source that is just being backed up or changed refuses, and will not for long.
        if (isAwsError(error, 'InvalidDBInstanceState')) return undefined;
        // No replica is given up for its monitoring: that it lacks it is found when it is compared.
        if (asked.MonitoringRoleArn === undefined || !isAboutRole(error)) throw error;
        const { MonitoringInterval: _, MonitoringRoleArn: __, ...others } = asked;
        asked = others;
        return undefined;
      }
    });
    return undefined;
  },

  async settle(target, context) {
    const made = await until(
      context,
      async () => {
        const found = await findInstance(context, target.region, target.instance);
        if (!found) return undefined;
        mustNotBeLost(found);
        return found.DBInstanceStatus === 'available' || !target.waits ? found : undefined;
      },
      { firstMs: 5_000, maxMs: 10_000 },
    );
    await noteDifferences(made, { region: target.region, like: target.like, said: target }, context);
    return { address: made.Endpoint?.Address ?? '', status: made.DBInstanceStatus ?? 'unknown' };
  },

  // RDS deletes nothing that it is still making.
  undoWithinMs: 60 * 60_000,
  async undo(target, context) {
    const found = await findInstance(context, target.region, target.instance);
    if (!isOfRun(markInTags(found?.TagList), target.drill, context)) return;
    await deleteAll(target.region, target.instance, context);
  },
  undoCommand: ({ region, instance }) =>
    `aws rds delete-db-instance --region ${region} --db-instance-identifier ${instance} --skip-final-snapshot`,
});

/** The caller may not pass the role by which the original is monitored. */
const isAboutRole = (error: unknown): boolean => isRefused(error) && /PassRole/.test((error as Error).message);

/** Nothing where the original is not encrypted. */
const keyOption = ({ region, keyOf, kmsKey }: Params): string => {
  if (kmsKey !== null) return ` --kms-key-id ${kmsKey}`;
  return keyOf === null
    ? ''
    : ` $(aws rds describe-db-instances --region ${region} --db-instance-identifier ${keyOf} --query 'DBInstances[0].KmsKeyId' --output text | sed -n 's/^arn:/--kms-key-id arn:/p')`;
};

const sourceArn = ({ source, account }: Params): string => arnOf(source.region, account, source.instance);
