import type { DBInstance } from '@aws-sdk/client-rds';
import * as z from 'zod';
import { regionalArn } from '../../../arn.ts';
import { instanceName } from '../../../drill/names.ts';
import { DrillError } from '../../../errors.ts';
import { component, databaseGiven, databaseOf, given } from '../../../steps/given.ts';
import { until } from '../../../steps/poll.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { untilTaken } from '../../../steps/until-taken.ts';
import { findInstance, INSTANCE_LOOK, instancePermissions, mustNotBeLost } from '../../rds/instance.ts';
import { things } from '../needs.ts';

const params = z.object({ region: z.string(), instance: z.string(), aside: z.string(), quarantine: z.string() });
type Params = z.output<typeof params>;

/** What an old writer is called from then on, unless the drill says. */
export const asideOf = (instance: string): string => `${instance}-aside`;

/**
 * Gives an old writer another name, so that a replica can take its own. It stays in quarantine with all that it holds, and is no drill's to
 * delete: what was never replicated may be in it alone.
 */
export const setAside = defineStep<Params, { identifier: string }>({
  kind: 'rds.set-aside',
  params,
  given: given(
    z.strictObject({
      on: databaseGiven.on,
      as: instanceName.optional().describe("Its new name; the old one and '-aside' by default."),
    }),
    ({ on, as }, around) => {
      const { region, instance } = databaseOf({ on }, around);
      const { quarantineSecurityGroup: quarantine } = component('rds-replica', around)[on];
      return { region, instance, aside: as ?? asideOf(instance), quarantine };
    },
  ),
  needs: ({ region, instance, aside, quarantine }) => [
    { need: 'rds-instance', region, instance, aside, quarantine, state: 'quarantined' },
  ],
  alters: ({ region, instance, aside }) => [instance, aside].map((name) => things.instance(region, name)),
  plane: 'control',
  title: ({ instance, aside }) => `Set ${instance} aside as ${aside}`,
  region: ({ region }) => region,
  calls: [INSTANCE_LOOK, 'rds:ModifyDBInstance'],
  permissions: ({ region, instance, aside }, account) => [
    ...[instance, aside].flatMap((name) => instancePermissions(region, account, name, 'rds:ModifyDBInstance')),
    ...['og', 'pg', 'secgrp'].map((kind) => ({
      action: 'rds:ModifyDBInstance',
      resource: regionalArn({ service: 'rds', region, account, resource: `${kind}:*` }),
    })),
  ],
  command: ({ region, instance, aside }) => renameCommand(region, instance, aside),
  doneWhen: ({ aside }) => `${aside} is listed under its new name.`,
  usuallyMs: () => 90_000,

  async observe({ region, instance, aside, quarantine }, context) {
    if (await findInstance(context, region, aside)) return { done: true, state: null };
    const found = await findInstance(context, region, instance);
    if (!found) throw missing(instance, aside, region);
    // Under another name nobody keeps it fenced any more.
    const groups = (found.VpcSecurityGroups ?? []).map((group) => group.VpcSecurityGroupId);
    if (groups.join() !== quarantine) {
      throw new DrillError('not-fenced', `${instance} is not in quarantine, and could be written to.`, {
        hint: `Fence it first: aws rds modify-db-instance --region ${region} --db-instance-identifier ${instance} --vpc-security-group-ids ${quarantine} --apply-immediately`,
      });
    }
    return { done: false, underway: found.PendingModifiedValues?.DBInstanceIdentifier === aside, state: null };
  },

  apply: async ({ region, instance, aside }, context) => {
    await rename(region, instance, aside, context);
    return undefined;
  },

  async settle({ region, aside }, context) {
    await available(region, aside, context);
    return { identifier: aside };
  },

  async undo({ region, instance, aside }, context) {
    // The new name shows a while after it was asked for.
    const found = await until(context, async () => {
      if (await findInstance(context, region, aside)) return 'aside';
      const still = await findInstance(context, region, instance);
      if (still?.PendingModifiedValues?.DBInstanceIdentifier !== aside) return 'never';
      return undefined;
    });
    if (found === 'never') return;
    await rename(region, aside, instance, context);
    await named(await available(region, instance, context), context);
  },
  // AWS: a new name leads there within ten minutes.
  undoWithinMs: 20 * 60_000,
  undoCommand: ({ region, instance, aside }) => renameCommand(region, aside, instance),
});

const renameCommand = (region: string, from: string, to: string): string =>
  `aws rds modify-db-instance --region ${region} --db-instance-identifier ${from} --new-db-instance-identifier ${to} --apply-immediately`;

const missing = (instance: string, aside: string, region: string) =>
  new DrillError('instance-missing', `There is neither an RDS instance ${instance} nor ${aside} in ${region}.`, {
    hint: 'Where the old writer was deleted already, take the step out of the drill.',
  });

/** As soon as RDS takes changes of the instance: backing up and the like pass. */
async function rename(region: string, from: string, to: string, context: StepContext): Promise<void> {
  await untilTaken(
    context,
    () =>
      context.aws.call('rds', region, 'ModifyDBInstance', {
        DBInstanceIdentifier: from,
        NewDBInstanceIdentifier: to,
        ApplyImmediately: true,
      }),
    { busy: ['InvalidDBInstanceState'] },
  );
}

const available = (region: string, identifier: string, context: StepContext): Promise<DBInstance> =>
  until(
    context,
    async () => {
      const found = await findInstance(context, region, identifier);
      if (!found) return undefined;
      mustNotBeLost(found);
      return found.DBInstanceStatus === 'available' ? found : undefined;
    },
    { firstMs: 5_000 },
  );

/** RDS tells of the new name before DNS knows it: until then nobody reaches the instance. */
const named = ({ Endpoint }: DBInstance, context: StepContext): Promise<true> =>
  until(context, async () => {
    try {
      const { addresses } = await context.dns.resolve(Endpoint?.Address ?? '', context.signal);
      return addresses.length > 0 || undefined;
    } catch (error) {
      if (error instanceof Error && ['NotFound', 'NoAddress'].includes(error.name)) return undefined;
      throw error;
    }
  });
