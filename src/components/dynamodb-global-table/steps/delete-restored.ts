import { strictObject } from 'zod';
import { given } from '../../../steps/given.ts';
import { isOfDrill, tellLeftover } from '../../../steps/mark.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { untilGone } from '../../../steps/until-gone.ts';
import { untilTaken } from '../../../steps/until-taken.ts';
import { tableThing } from '../needs.ts';
import { copiesAt, type RestoredTables, restoredGiven, restoredOf, restoredTables } from './copies.ts';
import { findTable, madeBy, onTables } from './table.ts';

/** Deletes the restored tables; one that this drill did not make is left alone. */
export const deleteRestored = defineStep<RestoredTables>({
  kind: 'dynamodb.delete-restored',
  params: restoredTables,
  given: given(strictObject(restoredGiven), restoredOf),
  needs: () => [],
  alters: ({ region, copies }) => copies.map(({ copy }) => tableThing(region, copy)),
  plane: 'control',
  title: ({ store, region }) => `Delete the restored tables of ${store} in ${region}`,
  region: ({ region }) => region,
  calls: ['dynamodb:DescribeTable', 'dynamodb:ListTagsOfResource', 'dynamodb:DeleteTable'],
  permissions: (target, account) =>
    onTables(
      ['dynamodb:DescribeTable', 'dynamodb:ListTagsOfResource', 'dynamodb:DeleteTable'],
      copiesAt(target),
      account,
    ),
  command: ({ region, copies }) =>
    copies.map(({ copy }) => `aws dynamodb delete-table --region ${region} --table-name ${copy}`).join(' && '),
  doneWhen: () => 'None of the tables is listed any more.',
  usuallyMs: () => 30_000,
  async observe(target, context) {
    const left: string[] = [];
    for (const one of target.copies) {
      const stands = await standing(target, one, context);
      if (stands === 'of others') context.notDone(`${one.copy} was not made by this drill, and is left alone`);
      if (stands === 'own') left.push(one.copy);
    }
    return { done: left.length === 0, state: { left } };
  },
  async apply(target, context) {
    const { region, copies } = target;
    for (const one of copies) {
      if ((await standing(target, one, context)) !== 'own') continue;
      await untilTaken(context, () => context.aws.call('dynamodb', region, 'DeleteTable', { TableName: one.copy }), {
        missing: ['ResourceNotFound'],
        busy: ['ResourceInUse', 'LimitExceeded', 'Throttling'],
      });
    }
    return undefined;
  },
  async settle(target, context) {
    for (const one of target.copies)
      await untilGone(context, one.copy, async () => {
        const stands = await standing(target, one, context);
        return stands === 'own' || stands === 'going';
      });
    return null;
  },
});

type Standing = 'gone' | 'going' | 'own' | 'of others';

async function standing(
  { region, drill, timeMs }: RestoredTables,
  { source, copy }: RestoredTables['copies'][number],
  context: StepContext,
): Promise<Standing> {
  const found = await findTable({ region, table: copy }, context);
  if (!found) return 'gone';
  if (found.TableStatus === 'DELETING') return 'going';
  const mark = await madeBy(found, { region, source, timeMs, drill }, context);
  if (!isOfDrill(mark, drill)) return 'of others';
  tellLeftover(mark, { what: copy, drill }, context);
  return 'own';
}
