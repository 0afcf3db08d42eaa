import type { EventOf } from '../journal/events.ts';
import { isRefusal } from '../ports/sql.ts';
import { keepsFailing } from './keeps-failing.ts';
import type { StepContext } from './step.ts';

/** How many samples or acknowledgements one journal line may hold: the most that a crash can cost. */
export const BATCH = 10;

/** How long one row may take to be acknowledged. */
const TIMEOUT_MS = 2_000;

interface Rows {
  /** The data store's component. */
  of: string;
  /** Who takes them, by the name that the journal has for it. */
  instance: string;
  firstSequence: number;
  everyMs: number;
  /** For ever, that is until it is stopped by default. */
  lastsMs?: number | undefined;
}

/**
 * Writes numbered rows at a fixed rate, and notes when each was acknowledged.
 * @param write writes one row, and fails where it was not acknowledged
 * @returns how many were acknowledged
 */
export async function writeNumberedRows(
  { of, instance, firstSequence, everyMs, lastsMs = Number.POSITIVE_INFINITY }: Rows,
  context: StepContext,
  write: (sequence: number, limit: { timeoutMs: number; signal: AbortSignal }) => Promise<unknown>,
): Promise<number> {
  const { clock, signal, record, entries } = context;
  const endMs = clock.nowMs() + lastsMs;
  let rows: [number, number][] = [];
  const flush = () => {
    if (rows.length > 0) record({ type: 'heartbeats', of, instance, rows });
    rows = [];
  };
  // A run that was taken up again goes on behind its last row that is known.
  const last = entries().findLast(
    (entry): entry is EventOf<'heartbeats'> =>
      entry.type === 'heartbeats' && entry.of === of && entry.instance === instance,
  );
  let sequence = Math.max(firstSequence, (last?.rows.at(-1)?.[0] ?? 0) + 1);
  let written = 0;
  const writing = keepsFailing(context, `writing to ${instance}`);
  try {
    for (; clock.nowMs() < endMs; sequence += 1) {
      const dueMs = clock.nowMs() + everyMs;
      try {
        await write(sequence, { timeoutMs: TIMEOUT_MS, signal });
        rows.push([sequence, clock.nowMs()]);
        written += 1;
        writing.worked();
        if (rows.length >= BATCH) flush();
      } catch (error) {
        signal.throwIfAborted();
        flush();
        // That nobody is there, or refuses, is what these rows are to find.
        if (!isRefusal(error)) writing.failed(error, everyMs);
      }
      await clock.sleep(Math.max(0, dueMs - clock.nowMs()), signal);
    }
    return written;
  } finally {
    flush();
  }
}
