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
import { clusterSnapshotArn, findClusterSnapshot } from './cluster-snapshot.ts';

const params = z.object({ region: z.string(), identifier: z.string(), drill: z.string() });

/** Deletes a cluster's snapshot that the drill copied, and only one that bears its tag. */
export const deleteClusterSnapshot = defineStep<z.output<typeof params>>({
  kind: 'rds.delete-cluster-snapshot',
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
  calls: ['rds:DescribeDBClusterSnapshots', 'rds:DeleteDBClusterSnapshot'],
  permissions: ({ region, identifier }, account) =>
    ['rds:DescribeDBClusterSnapshots', 'rds:DeleteDBClusterSnapshot'].map((action) => ({
      action,
      resource: clusterSnapshotArn(region, account, identifier),
    })),
  command: ({ region, identifier }) =>
    `aws rds delete-db-cluster-snapshot --region ${region} --db-cluster-snapshot-identifier ${identifier}`,
  usuallyMs: () => 5_000,

  async observe({ region, identifier, drill }, context) {
    const found = await findClusterSnapshot(context, region, identifier);
    if (!found) return { done: true, state: { status: null } };
    const mark = markInTags(found.TagList);
    if (!isOfDrill(mark, drill))
      throw new DrillError('not-ours', `${identifier} does not bear this drill's tag, and is left alone.`);
    tellLeftover(mark, { what: identifier, drill }, context);
    return { done: false, state: { status: found.Status ?? 'unknown' } };
  },

  async apply({ region, identifier }, context) {
    await until(context, async () => {
      try {
        await context.aws.call('rds', region, 'DeleteDBClusterSnapshot', { DBClusterSnapshotIdentifier: identifier });
        return true;
      } catch (error) {
        if (isAwsError(error, 'DBClusterSnapshotNotFound')) return true;
        // Still being copied, or read by a restore: RDS refuses until that is over.
        if (isAwsError(error, 'InvalidDBClusterSnapshotState', 'Throttling')) return undefined;
        throw error;
      }
    });
    return undefined;
  },

  async settle({ region, identifier }, context) {
    const isThere = async () => (await findClusterSnapshot(context, region, identifier)) !== undefined;
    await untilGone(context, identifier, isThere);
    return null;
  },
});
