import { strictObject } from 'zod';
import { DrillError } from '../../../errors.ts';
import { given, side } from '../../../steps/given.ts';
import { until } from '../../../steps/poll.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { unlessDone } from '../../../steps/unless-done.ts';
import { tableThing } from '../needs.ts';
import { FILLING, findTable, onTables, replicaOf } from './table.ts';
import { bothSides, namesIn, SERVING, type StoreTables, storeTables, tableNeeds, tablesOn } from './tables.ts';

type Found = { lacking: string[] };

/** Adds the replicas of a region again that somebody has removed. Each takes all items of its table along. */
export const addReplicas = defineStep<StoreTables, { added: string[] }>({
  kind: 'dynamodb.add-replicas',
  params: storeTables,
  given: given(
    strictObject({ in: side.default('primary').describe('The region that gets replicas.') }),
    ({ in: where }, around) => tablesOn(where, around),
  ),
  // Only the tables of the other region must be there.
  needs: (target) =>
    tableNeeds({ ...target, region: target.other, other: target.region }).map((need) => ({ ...need, replicas: [] })),
  // What the other region says of its tables names their replicas.
  alters: (target) => bothSides(target).map(({ region, table }) => tableThing(region, table)),
  plane: 'control',
  title: ({ store, region }) => `Add replicas of the tables of ${store} in ${region}, where they are missing`,
  region: ({ other }) => other,
  calls: ['dynamodb:DescribeTable', 'dynamodb:UpdateTable'],
  permissions: (target, account) => [
    ...onTables(['dynamodb:DescribeTable', 'dynamodb:UpdateTable'], bothSides(target), account),
    // DynamoDB does this in the caller's name as it fills a replica, or takes one away.
    ...onTables(ADDING, bothSides(target), account),
    ...onTables(['dynamodb:DeleteTable', 'dynamodb:DeleteTableReplica'], replicasIn(target), account),
  ],
  command: (target) =>
    namesIn(target)
      .map((table) => updateCommand(target, table, 'Create'))
      .join(' && '),
  doneWhen: ({ region }) => `Each table has a replica in ${region}, and it is ACTIVE.`,
  usuallyMs: () => 240_000,
  async observe(target, context) {
    const lacking: string[] = [];
    for (const table of namesIn(target))
      if ((await statusOf(target, table, context)) === undefined) lacking.push(table);
    const state: Found = { lacking };
    if (lacking.length > 0) return { done: false, state };
    return { done: await allServe(target, context), underway: true, state };
  },
  async apply(target, context, { state }) {
    for (const table of (state as Found).lacking) await change(target, table, 'Create', context);
    return undefined;
  },
  async settle(target, context, { state }) {
    await until(context, async () => (await allServe(target, context)) || undefined, { firstMs: 5_000, maxMs: 10_000 });
    return { added: (state as Found).lacking };
  },
  /** Only those that were not there before. */
  async undo(target, context, { state }) {
    for (const table of (state as Found).lacking) {
      await until(context, async () => {
        const status = await statusOf(target, table, context);
        return status === 'CREATING' || status === 'UPDATING' ? undefined : true;
      });
      if ((await statusOf(target, table, context)) !== undefined) await change(target, table, 'Delete', context);
      await until(context, async () => (await statusOf(target, table, context)) === undefined || undefined);
    }
  },
  undoCommand: (target, { state }) =>
    (state as Found).lacking.map((table) => updateCommand(target, table, 'Delete')).join(' && ') || '# none was added',
});

const ADDING = ['dynamodb:CreateTable', 'dynamodb:CreateTableReplica', ...FILLING];

const replicasIn = ({ region, ...target }: StoreTables) => namesIn(target).map((table) => ({ region, table }));

type Change = 'Create' | 'Delete';

const updateCommand = ({ region, other }: StoreTables, table: string, what: Change): string =>
  `aws dynamodb update-table --region ${other} --table-name ${table} --replica-updates '[{"${what}":{"RegionName":"${region}"}}]'`;

/** How the other region says that the replica stands; `undefined` where there is none. */
async function statusOf(
  { region, other }: StoreTables,
  table: string,
  context: StepContext,
): Promise<string | undefined> {
  const found = await findTable({ region: other, table }, context);
  if (found) return replicaOf(found, region)?.ReplicaStatus;
  throw new DrillError('table-missing', `There is no table ${table} in ${other} that a replica could be made of.`);
}

async function allServe(target: StoreTables, context: StepContext): Promise<boolean> {
  for (const table of namesIn(target)) {
    const status = await statusOf(target, table, context);
    if (status === 'CREATION_FAILED')
      throw new DrillError('replica-failed', `The replica of ${table} in ${target.region} is ${status}.`, {
        hint: `See why, and delete it: ${updateCommand(target, table, 'Delete')}`,
      });
    if (!SERVING.includes(status)) return false;
  }
  return true;
}

/** DynamoDB takes one change of a table at a time. */
async function change(target: StoreTables, table: string, what: Change, context: StepContext): Promise<void> {
  const { region, other } = target;
  await unlessDone(
    context,
    () =>
      context.aws.call('dynamodb', other, 'UpdateTable', {
        TableName: table,
        ReplicaUpdates: [{ [what]: { RegionName: region } }],
      }),
    async () => {
      const status = await statusOf(target, table, context);
      return what === 'Create' ? status !== undefined : status === undefined || status === 'DELETING';
    },
  );
}
