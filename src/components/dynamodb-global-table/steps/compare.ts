import { isDeepStrictEqual } from 'node:util';
import { noteOnce } from '../../../steps/account/findings.ts';
import { until } from '../../../steps/poll.ts';
import type { StepContext } from '../../../steps/step.ts';
import { acknowledgedIn } from './acknowledged.ts';
import { itemIn, numberedIn, SHARED, type Written } from './items.ts';
import { type CountedTables, instanceOf } from './tables.ts';
import { isShared } from './write-items.ts';

interface Compared {
  withinMs: number;
  /** Up to which number the shared item had come to the new region when it took over; null where none did. */
  sawLast: number | null;
}

const ROWS_AT_MOST = 20;

/**
 * Waits until both regions hold the same numbered items, and all that were acknowledged; then says what of them is missing or differs, and
 * which acknowledged writes of the shared item a later one in the other region has overwritten.
 */
export async function compareRegions(
  target: CountedTables,
  { withinMs, sawLast }: Compared,
  context: StepContext,
): Promise<{ missing: number; overwritten: number }> {
  const { clock, record } = context;
  const { region, other, store } = target;
  const acknowledged = acknowledgedIn(store, context);
  // While one of the regions does not answer, nothing comes over.
  let endMs: number | undefined;
  const wrong = await until(context, async () => {
    const [here, there] = await Promise.all([bySequence(target, context), bySequence(seenFromOther(target), context)]);
    endMs ??= clock.nowMs() + withinMs;
    const known = new Set([...acknowledged, ...here.keys(), ...there.keys()]);
    // What is written meanwhile is on its way.
    const upTo = acknowledged.at(-1) ?? Number.POSITIVE_INFINITY;
    const apart = [...known].filter(
      (one) => one <= upTo && !(here.has(one) && isDeepStrictEqual(here.get(one), there.get(one))),
    );
    return apart.length === 0 || clock.nowMs() >= endMs ? apart : undefined;
  });
  record({
    type: 'data-check',
    check: `${context.step}/items-alike`,
    title: 'Both regions hold the same numbered items, and all that were acknowledged',
    instance: instanceOf(target),
    ok: wrong.length === 0,
    detail: `${wrong.length} of ${acknowledged.length} items are missing in ${region} or ${other}, or differ`,
    rows: wrong.slice(0, ROWS_AT_MOST),
  });
  return { missing: wrong.length, overwritten: await overwritten(target, { acknowledged, sawLast }, context) };
}

const seenFromOther = (target: CountedTables): CountedTables => ({
  ...target,
  region: target.other,
  other: target.region,
});

const bySequence = async (target: CountedTables, context: StepContext): Promise<Map<number, Written>> =>
  new Map((await numberedIn(target, context)).map((one) => [one.sequence, one]));

/** Where both regions have written one item, the later write is kept, and nobody is told of the other: these are its acknowledged writes. */
async function overwritten(
  target: CountedTables,
  { acknowledged, sawLast }: { acknowledged: readonly number[]; sawLast: number | null },
  context: StepContext,
): Promise<number> {
  const { region, other, run } = target;
  if (sawLast === null) return 0;
  const kept = await itemIn(target, SHARED, context);
  if (kept === undefined) return 0;
  const count =
    kept.region === region
      ? acknowledged.filter((one) => isShared(one, run) && one > sawLast).length
      : // The write with which the region took over.
        1;
  if (count === 0) return 0;
  const [loser, winner] = kept.region === region ? [other, region] : [region, other];
  noteOnce(
    [
      {
        severity: 'warning',
        subject: instanceOf(target),
        what: `${count} acknowledged ${count === 1 ? 'write' : 'writes'} of one item in ${loser} ${count === 1 ? 'was' : 'were'} overwritten by a later write in ${winner}`,
        why: 'Both regions wrote the same item. The last writer wins, and DynamoDB tells nobody of the other writes.',
        fix: 'Let each region write items of its own, or use a table with strong consistency.',
      },
    ],
    context,
  );
  return count;
}
