import * as z from 'zod';
import { regionalArn } from '../../../arn.ts';
import { instanceName } from '../../../drill/names.ts';
import {
  type Around,
  component,
  type DatabaseGiven,
  databaseGiven,
  databaseOf,
  earlierStep,
} from '../../../steps/given.ts';
import { markedBy, markInTags, mustBeOfRun, tagOption } from '../../../steps/mark.ts';
import { until } from '../../../steps/poll.ts';
import type { Observation, StepContext } from '../../../steps/step.ts';
import { findInstance, instancePermissions, mustNotBeLost } from '../../rds/instance.ts';
import type { Call } from './copy-settings/setting.ts';
import {
  askedLike,
  type Likeness,
  likeness,
  likenessPermissions,
  loginByIam,
  modelFor,
  noteDifferences,
} from './like-original.ts';

/** What both ways of restoring need: the target, set up as the original is. */
export const restoredInstance = z.object({
  region: z.string(),
  source: z.string(),
  identifier: z.string(),
  instanceClass: z.string(),
  subnetGroup: z.string(),
  parameterGroup: z.string(),
  securityGroups: z.array(z.string()),
  like: likeness,
  drill: z.string(),
});
export type RestoredInstance = z.output<typeof restoredInstance>;

/** What a drill file says of an instance that is restored like one of the topology. */
export const restoredGiven = z.strictObject({
  on: databaseGiven.on,
  identifier: instanceName.describe('The name of the test instance. No instance may have it yet.'),
  point: earlierStep.describe('The step that chose the recovery point, or copied it.'),
  keep: z
    .boolean()
    .default(false)
    .describe(
      'true: it replaces its original, gets the settings for that, and is compared with it. false: it is deleted.',
    ),
});

export function restoredLike(
  { on, identifier, point, keep }: z.output<typeof restoredGiven>,
  around: Around,
): RestoredInstance {
  const store = component('rds-replica', around);
  const { class: instanceClass, subnetGroup, parameterGroup, securityGroups } = store[on];
  const { region, instance: source } = databaseOf({ on }, around);
  const { drill } = around;
  const original = databaseOf({ on: 'writer', ...around.asked<DatabaseGiven>(point) }, around);
  const like: Likeness = {
    original: { region: original.region, instance: original.instance },
    neighbour: { region, instance: source },
    purpose: keep ? 'writer' : 'test',
    iamLogin: loginByIam(store),
  };
  return { region, source, identifier, instanceClass, subnetGroup, parameterGroup, securityGroups, like, drill };
}

/** What a call is asked for, so that what it makes is like its original: RDS would take its own defaults. */
export async function likeTheOriginal<C extends Call>(call: C, target: RestoredInstance, context: StepContext) {
  const { region, like, drill } = target;
  return askedLike(call, await modelFor(region, like, target, context), like.purpose, markedBy(drill, context));
}

/** An instance that a drill makes. */
type Made = Pick<RestoredInstance, 'region' | 'identifier' | 'drill'>;

/** There may be an instance of that name: from an earlier run, or someone else's. Neither is adopted. */
export async function observeRestored(target: Made, context: StepContext): Promise<Observation> {
  const found = await findInstance(context, target.region, target.identifier);
  if (!found) return { done: false, state: { status: null } };
  const what = `the instance ${target.identifier} in ${target.region}`;
  const otherwise = 'Give the test instance another name in the drill file';
  mustBeOfRun(markInTags(found.TagList), { what, drill: target.drill, otherwise }, context);
  const status = found.DBInstanceStatus ?? 'unknown';
  return { done: status === 'available', underway: true, state: { status } };
}

export async function waitUntilAvailable(target: RestoredInstance, context: StepContext): Promise<{ address: string }> {
  const made = await until(
    context,
    async () => {
      const found = await findInstance(context, target.region, target.identifier);
      if (!found) return undefined;
      mustNotBeLost(found);
      return found.DBInstanceStatus === 'available' ? found : undefined;
    },
    { firstMs: 5_000, maxMs: 10_000 },
  );
  await noteDifferences(made, { region: target.region, like: target.like, said: target }, context);
  return { address: made.Endpoint?.Address ?? '' };
}

export const restorePermissions = (target: RestoredInstance, account: string, action: string, from: string[]) => [
  ...from.map((resource) => ({ action, resource })),
  // A restore sends the option group of the original, and IAM also checks the security groups of the original.
  ...[`db:${target.identifier}`, `subgrp:${target.subnetGroup}`, `pg:${target.parameterGroup}`, 'og:*', 'secgrp:*'].map(
    (resource) => ({ action, resource: regionalArn({ service: 'rds', region: target.region, account, resource }) }),
  ),
  ...instancePermissions(target.region, account, target.identifier, 'rds:AddTagsToResource'),
  ...likenessPermissions(target.like, account),
];

export const restoreOptions = (target: RestoredInstance): string =>
  `--db-instance-class ${target.instanceClass} --db-subnet-group-name ${target.subnetGroup} --db-parameter-group-name ${target.parameterGroup} --vpc-security-group-ids ${target.securityGroups.join(' ')} ${target.like.iamLogin ? '--enable-iam-database-authentication ' : ''}--tags ${tagOption(target.drill)}`;
