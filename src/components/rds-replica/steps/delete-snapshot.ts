import * as z from 'zod';
import { isAwsError } from '../../../aws/aws.ts';
import { lowerName } from '../../../drill/names.ts';
import { DrillError } from '../../../errors.ts';
import { given, side } from '../../../steps/given.ts';
import { isOfDrill, markInTags, tellLeftover } from '../../../steps/mark.ts';
import { until } from '../../../steps/poll.ts';
import { defineStep } from '../../../steps/step.ts';
import { untilGone } from '../../../steps/until-gone.ts';
import { things } from '../needs.ts';
import { findSnapshot, snapshotArn } from './snapshot.ts';

const params = z.object({ region: z.string(), identifier: z.string(), drill: z.string() });

/** Deletes a snapshot that the drill made or copied, and only one that bears its tag. */
export const deleteSnapshot = defineStep<z.output<typeof params>>({
  kind: 'rds.delete-snapshot',
  params,
  given: given(
    z.strictObject({ identifier: lowerName, in: side.default('recovery') }),
    ({ identifier, in: where }, { topology, drill }) => ({ region: topology.regions[where], identifier, drill }),
  ),
  needs: () => [],
  alters: ({ region, identifier }) => [things.snapshot(region, identifier)],
  plane: 'control',
  title: ({ identifier }) => `Delete the copied snapshot ${identifier}`,
  region: ({ region }) => region,
  calls: ['rds:DescribeDBSnapshots', 'rds:DeleteDBSnapshot'],
  permissions: ({ region, identifier }, account) =>
    ['rds:DescribeDBSnapshots', 'rds:DeleteDBSnapshot'].map((action) => ({
      action,
      resource: snapshotArn(region, account, identifier),
    })),
  command: ({ region, identifier }) =>
    `aws rds delete-db-snapshot --region ${region} --db-snapshot-identifier ${identifier}`,
  usuallyMs: () => 5_000,

  async observe({ region, identifier, drill }, context) {
    const found = await findSnapshot(context, region, identifier);
    if (!found) return { done: true, state: { status: null } };
    const mark = markInTags(found.TagList);
    if (!isOfDrill(mark, drill)) {
      throw new DrillError('not-ours', `${identifier} does not bear this drill's tag, and is left alone.`);
    }
    tellLeftover(mark, { what: identifier, drill }, context);
    return { done: false, state: { status: found.Status ?? 'unknown' } };
  },

  async apply({ region, identifier }, context) {
    await until(context, async () => {
      try {
        await context.aws.call('rds', region, 'DeleteDBSnapshot', { DBSnapshotIdentifier: identifier });
        return true;
      } catch (error) {
        if (isAwsError(error, 'DBSnapshotNotFound')) return true;
        // Still being copied, or read by a restore: RDS refuses until that is over.
        if (isAwsError(error, 'InvalidDBSnapshotState', 'Throttling')) return undefined;
        throw error;
      }
    });
    return undefined;
  },

  async settle({ region, identifier }, context) {
    await untilGone(context, identifier, async () => (await findSnapshot(context, region, identifier)) !== undefined);
    return null;
  },
});
