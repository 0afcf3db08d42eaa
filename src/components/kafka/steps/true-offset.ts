import type { KafkaCluster, Position, RecordPrint } from '../../../ports/kafka.ts';
import type { StepContext } from '../../../steps/step.ts';
import { TIMEOUT_MS } from './cluster.ts';

interface Asked {
  source: KafkaCluster;
  /** Where a group stands there: the record that it reads next. */
  from: Position;
  target: KafkaCluster;
  /** Where that is said to be there. */
  to: Position;
  /** How many records to look through. */
  within: number;
  /** It is looked for before `to`, too. */
  isLast: boolean;
}

/**
 * Where in the other region's topic a group goes on if nothing is read again: found by the record itself, as the two topics number
 * theirs differently. Null where it is not found so near.
 */
export async function trueOffset(
  { source, from, target, to, within, isLast }: Asked,
  context: StepContext,
): Promise<number | null> {
  const prints = printsBy(context);
  const [last, next] = await neighbours(source, from, prints);
  const ahead = await prints(target, to, within + 1);
  const place = placeAmong(ahead, last, next);
  if (place !== undefined) return place;
  // What it has read is all gone by retention: it continues where the other topic ends.
  if (last === undefined && next === undefined) return ahead.length === 0 ? to.offset : null;
  if (!isLast) return null;
  const before = { ...to, offset: Math.max(0, to.offset - within - 1) };
  return placeAmong(await prints(target, before, to.offset - before.offset), last, next) ?? null;
}

/** At the record that comes next, or right behind the one that was read last. */
function placeAmong(records: readonly RecordPrint[], last: Print, next: Print): number | undefined {
  const at = (print: Print) => (print === undefined ? undefined : records.find((one) => one.print === print)?.offset);
  const read = at(last);
  return at(next) ?? (read === undefined ? undefined : read + 1);
}

type Print = string | undefined;

type Prints = (at: KafkaCluster, from: Position, atMost: number) => Promise<RecordPrint[]>;

const printsBy =
  ({ kafka, signal }: StepContext): Prints =>
  (at, from, atMost) =>
    kafka.prints(at, from, { timeoutMs: 3 * TIMEOUT_MS, signal, atMost });

/** The record that was read last, and the one that comes next, as far as they are there. */
async function neighbours(at: KafkaCluster, from: Position, prints: Prints): Promise<Print[]> {
  const there = await prints(at, { ...from, offset: Math.max(0, from.offset - 1) }, 2);
  return [from.offset - 1, from.offset].map((offset) => there.find((one) => one.offset === offset)?.print);
}
