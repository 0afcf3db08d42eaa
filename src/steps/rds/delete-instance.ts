import * as z from 'zod';
import { isAwsError } from '../../aws/aws.ts';
import { DrillError } from '../../errors.ts';
import { given, side } from '../given.ts';
import { until } from '../poll.ts';
import { defineStep } from '../step.ts';
import { arnOf, DRILL_TAG, findInstance } from './instance.ts';

const params = z.object({ region: z.string(), identifier: z.string(), drill: z.string() });

/** Deletes the test instance, and only one that bears this drill's tag. */
export const deleteInstance = defineStep<z.output<typeof params>>({
  kind: 'rds.delete-instance',
  params,
  given: given(
    z.strictObject({ identifier: z.string().min(1), in: side.default('primary') }),
    ({ identifier, in: where }, { topology, drill }) => ({ region: topology.regions[where], identifier, drill }),
  ),
  plane: 'control',
  title: ({ identifier }) => `Delete the test instance ${identifier}`,
  region: ({ region }) => region,
  calls: ['rds:DescribeDBInstances', 'rds:DeleteDBInstance'],
  permissions: ({ region, identifier }, account) =>
    ['rds:DescribeDBInstances', 'rds:DeleteDBInstance'].map((action) => ({
      action,
      resource: arnOf(region, account, identifier),
    })),
  command: ({ region, identifier }) =>
    `aws rds delete-db-instance --region ${region} --db-instance-identifier ${identifier} --skip-final-snapshot --delete-automated-backups`,
  usuallyMs: () => 120_000,

  async observe({ region, identifier, drill }, context) {
    const found = await findInstance(context, region, identifier);
    if (!found) return { done: true, state: { status: null } };
    if (!found.TagList?.some((tag) => tag.Key === DRILL_TAG && tag.Value === drill)) {
      throw new DrillError('not-ours', `${identifier} does not bear this drill's tag, and is left alone.`);
    }
    const status = found.DBInstanceStatus ?? 'unknown';
    return { done: false, underway: status === 'deleting', state: { status } };
  },

  async apply({ region, identifier }, context) {
    await until(context, async () => {
      try {
        await context.aws.call('rds', region, 'DeleteDBInstance', {
          DBInstanceIdentifier: identifier,
          SkipFinalSnapshot: true,
          DeleteAutomatedBackups: true,
        });
        return true;
      } catch (error) {
        if (isAwsError(error, 'DBInstanceNotFound')) return true;
        // Still being made: RDS refuses until it is. Nor may a busy API leave an instance behind that costs money.
        if (isAwsError(error, 'InvalidDBInstanceState', 'Throttling')) return undefined;
        throw error;
      }
    });
    return undefined;
  },

  async settle({ region, identifier }, context) {
    await until(context, async () => ((await findInstance(context, region, identifier)) ? undefined : true), {
      firstMs: 5_000,
      maxMs: 10_000,
    });
    return null;
  },
});
