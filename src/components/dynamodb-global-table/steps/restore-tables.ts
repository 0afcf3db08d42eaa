import { strictObject } from 'zod';
import { isAwsError } from '../../../aws/aws.ts';
import { isoTime } from '../../../clock/clock.ts';
import { DrillError } from '../../../errors.ts';
import { given } from '../../../steps/given.ts';
import { markedBy, mustBeOfRun, tagsFor } from '../../../steps/mark.ts';
import { until, untilAnswered } from '../../../steps/poll.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { unlessDone } from '../../../steps/unless-done.ts';
import { tableThing } from '../needs.ts';
import { copiesAt, type RestoredTables, restoredGiven, restoredOf, restoredTables, sourcesAt } from './copies.ts';
import { FILLING, findTable, madeBy, markOf, onTables } from './table.ts';

/** Restores each table to a point in time, as a new table beside it. */
export const restoreTables = defineStep<RestoredTables, { tables: string[] }>({
  kind: 'dynamodb.restore-tables',
  params: restoredTables,
  given: given(strictObject(restoredGiven), restoredOf),
  needs: ({ region, drill, copies }) =>
    copies.flatMap(({ source, copy }) => [
      { need: 'dynamodb-backups' as const, region, table: source, for: 'restore' as const },
      { need: 'dynamodb-free-table' as const, region, table: copy, drill },
    ]),
  alters: ({ region, copies }) => copies.map(({ copy }) => tableThing(region, copy)),
  plane: 'control',
  restores: true,
  title: ({ store, region }) => `Restore the tables of ${store} in ${region} as new tables`,
  region: ({ region }) => region,
  calls: [
    'dynamodb:DescribeTable',
    'dynamodb:ListTagsOfResource',
    'dynamodb:RestoreTableToPointInTime',
    'dynamodb:TagResource',
  ],
  permissions: (target, account) => [
    ...onTables(['dynamodb:RestoreTableToPointInTime'], sourcesAt(target), account),
    ...onTables(
      [
        'dynamodb:DescribeTable',
        'dynamodb:ListTagsOfResource',
        'dynamodb:RestoreTableToPointInTime',
        'dynamodb:TagResource',
        ...FILLING,
      ],
      copiesAt(target),
      account,
    ),
  ],
  command: ({ region, timeMs, copies }) =>
    copies
      .map(
        ({ source, copy }) =>
          `aws dynamodb restore-table-to-point-in-time --region ${region} --source-table-name ${source} --target-table-name ${copy} --restore-date-time ${isoTime(timeMs)}`,
      )
      .join(' && '),
  doneWhen: () => 'Each new table is ACTIVE.',
  usuallyMs: () => 8 * 60_000,
  async observe(target, context) {
    const states = await Promise.all(target.copies.map((one) => stateOf(target, one, context)));
    if (states.includes('missing')) return { done: false, state: { states } };
    return { done: states.every((one) => one === 'ready'), underway: true, state: { states } };
  },
  async apply(target, context) {
    const { region, timeMs, copies } = target;
    for (const one of copies) {
      const isThere = async () => (await stateOf(target, one, context)) !== 'missing';
      if (await isThere()) continue;
      await unlessDone(
        context,
        () =>
          context.aws.call('dynamodb', region, 'RestoreTableToPointInTime', {
            SourceTableName: one.source,
            TargetTableName: one.copy,
            RestoreDateTime: new Date(timeMs),
          }),
        isThere,
      );
    }
    return undefined;
  },
  async settle(target, context) {
    for (const one of target.copies) {
      await until(context, async () => (await isActive(target, one.copy, context)) || undefined, {
        firstMs: 5_000,
        maxMs: 10_000,
      });
      await mark(target, one, context);
    }
    return { tables: target.copies.map(({ copy }) => copy) };
  },
});

type Copy = RestoredTables['copies'][number];

/** How a copy stands that this run has made; fails for another table of that name. */
async function stateOf(target: RestoredTables, { source, copy }: Copy, context: StepContext) {
  const { region, timeMs, drill } = target;
  const found = await findTable({ region, table: copy }, context);
  if (!found) return 'missing';
  const what = `the table ${copy} in ${region}`;
  const otherwise = 'Give the restored tables another name in the drill file';
  mustBeOfRun(await madeBy(found, { region, source, timeMs, drill }, context), { what, drill, otherwise }, context);
  const isMarked = (await markOf(found, region, context)) !== undefined;
  return found.TableStatus === 'ACTIVE' && isMarked ? 'ready' : 'coming';
}

async function isActive({ region }: RestoredTables, copy: string, context: StepContext): Promise<boolean> {
  const status = (await findTable({ region, table: copy }, context))?.TableStatus;
  if (status === undefined || status === 'CREATING' || status === 'UPDATING') return false;
  if (status === 'ACTIVE') return true;
  throw new DrillError('table-failed', `The restored table ${copy} in ${region} is ${status}.`, {
    hint: `See it: aws dynamodb describe-table --region ${region} --table-name ${copy}`,
  });
}

/** A restore takes no tags, and DynamoDB takes none before the table is ACTIVE. */
async function mark({ region, drill }: RestoredTables, { copy }: Copy, context: StepContext): Promise<void> {
  await until(context, async () => {
    const found = await findTable({ region, table: copy }, context);
    if (!found) return undefined;
    if ((await markOf(found, region, context)) !== undefined) return true;
    const asked = { ResourceArn: found.TableArn, Tags: tagsFor(markedBy(drill, context)) };
    try {
      await untilAnswered(context, () => context.aws.call('dynamodb', region, 'TagResource', asked));
    } catch (error) {
      if (!isAwsError(error, 'ResourceNotFound', 'ResourceInUse')) throw error;
    }
    return undefined;
  });
}
