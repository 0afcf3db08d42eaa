import * as z from 'zod';
import { regionalArn } from '../../arn.ts';
import { lowerName } from '../../drill/names.ts';
import { DrillError } from '../../errors.ts';
import { type Around, databaseGiven, databaseOf, earlierStep } from '../given.ts';
import { until } from '../poll.ts';
import type { Observation, StepContext } from '../step.ts';
import { DRILL_TAG, findInstance, mustNotBeLost } from './instance.ts';

/** What both ways of restoring need: the target, set up as the original is. */
export const restoredInstance = z.object({
  region: z.string(),
  source: z.string(),
  identifier: z.string(),
  instanceClass: z.string(),
  subnetGroup: z.string(),
  parameterGroup: z.string(),
  securityGroups: z.array(z.string()),
  drill: z.string(),
});
export type RestoredInstance = z.output<typeof restoredInstance>;

/** What a drill file says of an instance that is restored like one of the topology. */
export const restoredGiven = z.strictObject({
  on: databaseGiven.on,
  identifier: lowerName.describe('The name of the test instance; it must not exist yet.'),
  point: earlierStep.describe('The step that chose the recovery point, or copied it.'),
});

export function restoredLike({ on, identifier }: z.output<typeof restoredGiven>, around: Around): RestoredInstance {
  const { class: instanceClass, subnetGroup, parameterGroup, securityGroups } = around.topology.database[on];
  const { region, instance: source } = databaseOf({ on }, around);
  const { drill } = around;
  return { region, source, identifier, instanceClass, subnetGroup, parameterGroup, securityGroups, drill };
}

/** A restore falls back to default parameter and security groups unless told otherwise. */
export const likeTheOriginal = (target: RestoredInstance) => ({
  DBInstanceClass: target.instanceClass,
  DBSubnetGroupName: target.subnetGroup,
  DBParameterGroupName: target.parameterGroup,
  VpcSecurityGroupIds: target.securityGroups,
  PubliclyAccessible: false,
  DeletionProtection: false,
  Tags: [{ Key: DRILL_TAG, Value: target.drill }],
});

/** An instance that a drill makes. */
type Made = Pick<RestoredInstance, 'region' | 'identifier' | 'drill'>;

/** There may be an instance of that name: ours from before, or somebody else's, which is left alone. */
export async function observeRestored(target: Made, context: StepContext): Promise<Observation> {
  const found = await findInstance(context, target.region, target.identifier);
  if (!found) return { done: false, state: { status: null } };
  if (!found.TagList?.some((tag) => tag.Key === DRILL_TAG && tag.Value === target.drill)) {
    throw new DrillError(
      'name-taken',
      `${target.identifier} exists already in ${target.region}, and this drill did not make it.`,
      {
        hint: 'Give the test instance another name in the drill file, or delete that one by hand.',
      },
    );
  }
  const status = found.DBInstanceStatus ?? 'unknown';
  return { done: status === 'available', underway: true, state: { status } };
}

export async function waitUntilAvailable(target: Made, context: StepContext): Promise<{ address: string }> {
  return until(
    context,
    async () => {
      const found = await findInstance(context, target.region, target.identifier);
      if (!found) return undefined;
      mustNotBeLost(found);
      return found.DBInstanceStatus === 'available' ? { address: found.Endpoint?.Address ?? '' } : undefined;
    },
    { firstMs: 5_000, maxMs: 10_000 },
  );
}

export const restorePermissions = (target: RestoredInstance, account: string, action: string, from: string) => [
  { action, resource: from },
  // A restore takes an option group along, whichever the original has, and IAM asks for the security groups of old as well.
  ...[`db:${target.identifier}`, `subgrp:${target.subnetGroup}`, `pg:${target.parameterGroup}`, 'og:*', 'secgrp:*'].map(
    (resource) => ({ action, resource: regionalArn({ service: 'rds', region: target.region, account, resource }) }),
  ),
  ...['rds:DescribeDBInstances', 'rds:AddTagsToResource'].map((allowed) => ({
    action: allowed,
    resource: regionalArn({ service: 'rds', region: target.region, account, resource: `db:${target.identifier}` }),
  })),
];

export const restoreOptions = (target: RestoredInstance): string =>
  `--db-instance-class ${target.instanceClass} --db-subnet-group-name ${target.subnetGroup} --db-parameter-group-name ${target.parameterGroup} --vpc-security-group-ids ${target.securityGroups.join(' ')} --tags Key=${DRILL_TAG},Value=${target.drill}`;
