import * as z from 'zod';
import type { EventOf } from '../../../journal/events.ts';
import { given } from '../../../steps/given.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { copiesAt, restoredGiven, restoredOf, restoredTables, sourcesAt } from './copies.ts';
import { gapsIn } from './count-items.ts';
import { numberedIn } from './items.ts';
import { countIn } from './sample.ts';
import { findTable, onTables } from './table.ts';
import { storeTables, tablesOn } from './tables.ts';

/** AWS's clock and ours may differ by so much: who wrote at the very end is not counted. */
const CLOCKS_DIFFER_MS = 2_000;

const params = restoredTables.extend({
  run: z.number(),
  sample: z.number(),
  consistency: storeTables.shape.consistency,
  heartbeats: storeTables.shape.heartbeats,
});
type Params = z.output<typeof params>;

/** Reads restored tables: whether they have the keys and items of their originals, and which of this run's numbered items. */
export const compareRestored = defineStep<Params, { missing: number | null }>({
  kind: 'dynamodb.compare-restored',
  params,
  given: given(
    z.strictObject({
      ...restoredGiven,
      sample: z.int().min(1).max(1_000).default(100).describe('How many items of each restored table are read.'),
    }),
    ({ sample, ...asked }, around) => ({
      ...restoredOf(asked, around),
      run: around.startedAtMs,
      sample,
      ...sourceOf(asked.in, around),
    }),
  ),
  needs: ({ region, copies, consistency }) =>
    copies.map(({ source }) => ({ need: 'dynamodb-table' as const, region, table: source, replicas: [], consistency })),
  plane: 'data',
  title: ({ store, region }) => `Compare the restored tables of ${store} in ${region} with their originals`,
  region: ({ region }) => region,
  calls: ['dynamodb:DescribeTable', 'dynamodb:Query', 'dynamodb:Scan'],
  permissions: (target, account) =>
    onTables(
      ['dynamodb:DescribeTable', 'dynamodb:Query', 'dynamodb:Scan'],
      [...copiesAt(target), ...sourcesAt(target)],
      account,
    ),
  command: ({ region, copies, sample }) =>
    copies
      .map(
        ({ copy }) =>
          `aws dynamodb scan --region ${region} --table-name ${copy} --max-items ${sample} --select COUNT --query Count`,
      )
      .join(' && '),
  doneWhen: () => 'Each table that had items has some.',
  usuallyMs: () => 2_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle(target, context) {
    for (const { source, copy } of target.copies) await compareTable(target, source, copy, context);
    return { missing: await countNumbered(target, context) };
  },
});

const sourceOf = (...where: Parameters<typeof tablesOn>) => {
  const { consistency, heartbeats } = tablesOn(...where);
  return { consistency, heartbeats };
};

/** A table without an item says nothing, unless its original has none either. */
async function compareTable(target: Params, source: string, copy: string, context: StepContext): Promise<void> {
  const { region, sample } = target;
  const [was, is] = await Promise.all([source, copy].map((table) => findTable({ region, table }, context)));
  const keys = JSON.stringify(was?.KeySchema ?? null) === JSON.stringify(is?.KeySchema ?? null);
  const found = await countIn({ region, table: copy, limit: sample }, context);
  const isEmpty = found === 0 && (await countIn({ region, table: source, limit: 1 }, context)) > 0;
  context.record({
    type: 'data-check',
    check: `${source}-restored`,
    title: `The restored ${source} has the keys of its original, and items`,
    instance: copy,
    ok: keys && !isEmpty,
    detail: `${found} items read of at most ${sample}${keys ? '' : '; its keys are others'}${isEmpty ? '; the original has items' : ''}`,
    rows: [],
  });
}

/** Which of this run's items are in the copy: those that were acknowledged before the time that it is of must be. */
async function countNumbered(target: Params, context: StepContext): Promise<number | null> {
  const { store, region, run, heartbeats, copies, timeMs } = target;
  const copy = copies.find(({ source }) => source === heartbeats?.table)?.copy;
  const rows = context
    .entries()
    .filter((entry): entry is EventOf<'heartbeats'> => entry.type === 'heartbeats' && entry.of === store)
    .flatMap((entry) => entry.rows);
  if (!heartbeats || copy === undefined || rows.length === 0) return null;
  const found = (await numberedIn({ region, run, heartbeats: { ...heartbeats, table: copy } }, context)).map(
    ({ sequence }) => sequence,
  );
  const due = rows.filter(([, ackMs]) => ackMs < timeMs - CLOCKS_DIFFER_MS).map(([sequence]) => sequence);
  const missing = due.filter((sequence) => !found.includes(sequence));
  context.record({
    type: 'heartbeats-found',
    of: store,
    instance: copy,
    count: found.length,
    first: found[0] ?? null,
    last: found.at(-1) ?? null,
    missing: gapsIn(found, run),
  });
  context.record({
    type: 'data-check',
    check: 'numbered-items-restored',
    title: 'Every numbered item that was acknowledged before the restored time is in the copy',
    instance: copy,
    ok: missing.length === 0 && due.length > 0,
    detail:
      due.length === 0
        ? 'no item was written before that time'
        : `${due.length - missing.length} of ${due.length} items are there`,
    rows: missing.slice(0, 20),
  });
  return missing.length;
}
