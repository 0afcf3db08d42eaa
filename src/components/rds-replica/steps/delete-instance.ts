import * as z from 'zod';
import { instanceName } from '../../../drill/names.ts';
import { DrillError } from '../../../errors.ts';
import { given, side } from '../../../steps/given.ts';
import { isOfDrill, markInTags, tellLeftover } from '../../../steps/mark.ts';
import { defineStep } from '../../../steps/step.ts';
import { untilGone } from '../../../steps/until-gone.ts';
import { askForDeletion } from '../../rds/deletion.ts';
import { findInstance, INSTANCE_LOOK, instancePermissions } from '../../rds/instance.ts';
import { things } from '../needs.ts';

const params = z.object({ region: z.string(), identifier: z.string(), drill: z.string() });

/** Deletes the test instance, and only one that bears this drill's tag. */
export const deleteInstance = defineStep<z.output<typeof params>>({
  kind: 'rds.delete-instance',
  params,
  given: given(
    z.strictObject({ identifier: instanceName, in: side.default('primary') }),
    ({ identifier, in: where }, { topology, drill }) => ({ region: topology.regions[where], identifier, drill }),
  ),
  needs: () => [],
  alters: ({ region, identifier }) => [things.instance(region, identifier)],
  plane: 'control',
  title: ({ identifier }) => `Delete the test instance ${identifier}`,
  region: ({ region }) => region,
  calls: [INSTANCE_LOOK, 'rds:DeleteDBInstance'],
  permissions: ({ region, identifier }, account) =>
    instancePermissions(region, account, identifier, 'rds:DeleteDBInstance'),
  command: ({ region, identifier }) =>
    `aws rds delete-db-instance --region ${region} --db-instance-identifier ${identifier} --skip-final-snapshot --delete-automated-backups`,
  doneWhen: ({ identifier }) => `${identifier} is no longer listed.`,
  usuallyMs: () => 120_000,

  async observe({ region, identifier, drill }, context) {
    const found = await findInstance(context, region, identifier);
    if (!found) return { done: true, state: { status: null } };
    const mark = markInTags(found.TagList);
    if (!isOfDrill(mark, drill)) {
      throw new DrillError('not-ours', `${identifier} does not have this drill's tag, and is not changed.`);
    }
    tellLeftover(mark, { what: identifier, drill }, context);
    const status = found.DBInstanceStatus ?? 'unknown';
    return { done: false, underway: status === 'deleting', state: { status } };
  },

  async apply({ region, identifier }, context) {
    await askForDeletion(region, identifier, context);
    return undefined;
  },

  async settle({ region, identifier }, context) {
    await untilGone(context, identifier, async () => (await findInstance(context, region, identifier)) !== undefined, {
      firstMs: 5_000,
      maxMs: 10_000,
    });
    return null;
  },
});
