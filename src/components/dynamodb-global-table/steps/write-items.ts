import * as z from 'zod';
import { duration } from '../../../drill/quantities.ts';
import { inWords } from '../../../duration.ts';
import { DrillError } from '../../../errors.ts';
import { given, side } from '../../../steps/given.ts';
import { writeNumberedRows } from '../../../steps/numbered-rows.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { put, putByHand, SHARED } from './items.ts';
import { onTables } from './table.ts';
import { countedNeed, countedOn, countedTables, instanceOf } from './tables.ts';

/** The kind of step by which a region takes over. */
export const TAKE_OVER = 'dynamodb.take-over';

/** So often the shared item is written, too: what happens to it shows what happens to an item that both regions write. */
const SHARED_EVERY = 10;

export const isShared = (sequence: number, run: number): boolean => (sequence - run) % SHARED_EVERY === 0;

const params = countedTables.extend({
  everyMs: z.number(),
  /** Null for as long as the drill goes on. */
  lastsMs: z.number().nullable(),
});
type Params = z.output<typeof params>;

/** Writes numbered items to a table in one region, and notes when each was acknowledged. */
export const writeItems = defineStep<Params, { written: number }>({
  kind: 'dynamodb.write-items',
  params,
  given: given(
    z.strictObject({ on: side.default('primary'), every: duration.default(1_000), lasts: duration.nullable() }),
    ({ on, every, lasts }, around) => ({ ...countedOn(on, around), everyMs: every, lastsMs: lasts }),
    { lastsMs: ({ lasts }) => lasts ?? 0 },
  ),
  needs: (target) => [countedNeed(target)],
  plane: 'data',
  title: ({ region, heartbeats, lastsMs }) =>
    `Write numbered items to ${heartbeats.table} in ${region}${lastsMs === null ? '' : ` for ${inWords(lastsMs)}`}`,
  region: ({ region }) => region,
  calls: ['dynamodb:PutItem'],
  permissions: ({ region, heartbeats: { table } }, account) =>
    onTables(['dynamodb:PutItem'], [{ region, table }], account),
  command: (target) =>
    `n=${target.run}; end=$((n + ${Math.floor((target.lastsMs ?? 60_000) / target.everyMs)})); while [ "$n" -lt "$end" ]; do ${putByHand(target, '$n')}; n=$((n + 1)); sleep ${target.everyMs / 1_000}; done`,
  doneWhen: () => 'The command ends without an error.',
  usuallyMs: ({ lastsMs }) => lastsMs ?? 0,
  observe: async () => ({ done: false, state: null }),
  repeatable: true,
  async apply(wanted, context) {
    // A run that was taken up again writes to the same end: the time in between has passed.
    const begun = context.entries().find((entry) => entry.type === 'step-applying' && entry.step === context.step);
    const lateMs = begun ? context.clock.nowMs() - Date.parse(begun.at) : 0;
    const written = await write(wanted, context, (wanted.lastsMs ?? 0) - lateMs);
    const isAnyThere = context.entries().some((entry) => entry.type === 'heartbeats' && entry.of === wanted.store);
    if (isAnyThere) return written;
    throw new DrillError(
      'no-items',
      `Not one numbered item was acknowledged by ${wanted.heartbeats.table} in ${wanted.region} in ${inWords(wanted.lastsMs ?? 0)}.`,
      { hint: 'Check the keys of the table, and the right to write to it: without items, no loss can be told.' },
    );
  },
  settle: async (_wanted, _context, _before, written) => ({ written: Number(written ?? 0) }),
  keep: (wanted) =>
    wanted.lastsMs === null
      ? {
          title: `Write a numbered item to ${wanted.heartbeats.table} in ${wanted.region} every ${inWords(wanted.everyMs)}`,
          keep: async (context) => void (await write(wanted, context)),
        }
      : undefined,
});

const write = (wanted: Params, context: StepContext, lastsMs?: number): Promise<number> => {
  const rows = {
    of: wanted.store,
    instance: instanceOf(wanted),
    firstSequence: wanted.run,
    everyMs: wanted.everyMs,
    lastsMs,
  };
  const { region } = wanted;
  return writeNumberedRows(rows, context, async (sequence, { timeoutMs }) => {
    const written = { sequence, region, atMs: context.clock.nowMs() };
    const once = { once: true, withinMs: timeoutMs };
    if (isShared(sequence, wanted.run) && !hasSwitched(wanted, context))
      await put(wanted, { ...written, sequence: SHARED, last: sequence }, context, once);
    await put(wanted, written, context, once);
  });
};

/** A switchover leaves no client where it was: from then on only the new region writes the shared item. */
const hasSwitched = ({ store }: Params, { entries }: StepContext): boolean =>
  entries().some((entry) => {
    if (entry.type !== 'step-started' || entry.kind !== TAKE_OVER) return false;
    const { store: of, how } = entry.params as { store?: string; how?: string };
    return of === store && how === 'switchover';
  });
