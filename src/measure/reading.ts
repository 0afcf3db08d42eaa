import { goesForward } from '../drill/choices.ts';
import { FAILURE, measuresOf } from '../drill/measures.ts';
import { DrillError } from '../errors.ts';
import type { Entry, EventOf, RunEvent } from '../journal/events.ts';
import { isHeader } from '../journal/header.ts';

/** The entries of one type, in the journal's order. */
export const entriesOf = <T extends RunEvent['type']>(entries: readonly Entry[], type: T): readonly EventOf<T>[] =>
  (byType(entries).get(type) ?? []) as EventOf<T>[];

/** Reads something once from a journal, however often it is asked for: many figures ask for the same, and journals are long. */
export function readOnce<T>(read: (entries: readonly Entry[]) => T): (entries: readonly Entry[]) => T {
  // A journal grows: what was read of a shorter one does not count.
  const known = new WeakMap<readonly Entry[], { length: number; read: T }>();
  return (entries) => {
    const { length } = entries;
    const before = known.get(entries);
    if (before?.length === length) return before.read;
    const now = read(entries);
    known.set(entries, { length, read: now });
    return now;
  };
}

const byType = readOnce((entries) => {
  const types = new Map<RunEvent['type'], Entry[]>();
  const passed = passedThrough(entries);
  for (const entry of entries) {
    if (passed.has(entry)) continue;
    const alike = types.get(entry.type);
    if (alike) alike.push(entry);
    else types.set(entry.type, [entry]);
  }
  return types;
});

/**
 * When a person has a held run continue, its machine walks through its course again. Phases in which nothing is done then are no second
 * stay in them.
 */
function passedThrough(entries: readonly Entry[]): ReadonlySet<Entry> {
  const passed = new Set<Entry>();
  const from = entries.findIndex(({ type }) => type === 'continued');
  if (from < 0) return passed;
  let stay: Entry[] = [];
  let isPassed = false;
  for (const entry of entries.slice(from)) {
    if (entry.type === 'phase-entered') {
      stay = [entry];
      isPassed = true;
    } else if (entry.type === 'step-started' || entry.type === 'undo-started') isPassed = false;
    else if (entry.type === 'phase-left' && isPassed) for (const one of [...stay, entry]) passed.add(one);
    // A rule's decision may be noted behind the end of its phase.
    else if (entry.type === 'decision' && isPassed) passed.add(entry);
  }
  return passed;
}

/** How each step ended last: one that failed may have been repeated since. */
export const lastEnds = readOnce((entries): readonly EventOf<'step-ended'>[] => [
  ...new Map(entriesOf(entries, 'step-ended').map((entry) => [entry.step, entry])).values(),
]);

/** What was held since a person last had the run continue. */
export function heldNow(entries: readonly Entry[]): readonly EventOf<'held'>[] {
  const forward = entriesOf(entries, 'continued').findLast(goesForward);
  return entriesOf(entries, 'held').filter(({ seq }) => seq > (forward?.seq ?? 0));
}

/** The journal's header: mode, seed, the whole drill and its topology. */
export const headerOf = readOnce((entries): EventOf<'run-started'> => {
  const header = entriesOf(entries, 'run-started')[0];
  if (header && isHeader(header)) return begunBy(header, entriesOf(entries, 'draw-revealed')[0]);
  throw new DrillError(
    'journal-empty',
    'The journal has no run-started entry of a run, so there is nothing to measure.',
    {
      hint: 'Name the journal of a run, such as one under runs/.',
    },
  );
});

/** A surprise is measured and judged as the drill that was drawn, from when it began; it keeps its name. */
function begunBy(header: EventOf<'run-started'>, revealed?: EventOf<'draw-revealed'>): EventOf<'run-started'> {
  const surprise = header.drill.machine === 'custom' ? header.drill.surprise : undefined;
  const drawn = revealed?.begins ? surprise?.of[revealed.drawn] : undefined;
  if (!drawn || !revealed) return header;
  const { drill, title } = header.drill;
  return { ...header, at: revealed.at, drill: { ...drawn, drill, title: `${title}: ${drawn.title}` } };
}

/** When an entry was written, by steady time in epoch milliseconds: the scale that probes and heartbeats are noted on. */
export const instantMs = (entry: Pick<Entry, 'at'>): number => Date.parse(entry.at);

/**
 * The first line whose two times do not go with each other, or that is before the line above it; none, where steady time is all that
 * the figures come from. Runs of before steady time was noted have no `clocks`, and their times are those of the wall.
 */
export function unsteadyLine(entries: readonly Entry[]): Entry | undefined {
  const [first] = entries;
  if (first?.type !== 'run-started' || !first.clocks) return undefined;
  const startMs = instantMs(first) - first.ms;
  return entries.find(
    (entry, index) => instantMs(entry) - entry.ms !== startMs || entry.ms < (entries[index - 1]?.ms ?? 0),
  );
}

/** When the failure was there, in epoch milliseconds: the first `impaired` event. */
export function impairedMs(entries: readonly Entry[]): number | undefined {
  const impaired = entriesOf(entries, 'impaired')[0];
  return impaired && (impaired.since === undefined ? instantMs(impaired) : Date.parse(impaired.since));
}

/** When the time began that is measured, in epoch milliseconds: with the failure, or with a phase. */
export function recoveryFromMs(entries: readonly Entry[]): number | undefined {
  const { recovery } = measuresOf(headerOf(entries).drill);
  if (recovery === null) return undefined;
  return recovery.from === FAILURE ? impairedMs(entries) : enteredMs(entries, recovery.from);
}

/** When a phase was first entered, in epoch milliseconds. */
export function enteredMs(entries: readonly Entry[], phase: string): number | undefined {
  const entered = entriesOf(entries, 'phase-entered').find((entry) => entry.phase === phase);
  return entered && instantMs(entered);
}

/** When a phase was last left, in epoch milliseconds. */
export function leftMs(entries: readonly Entry[], phase: string): number | undefined {
  const left = entriesOf(entries, 'phase-left').findLast((entry) => entry.phase === phase);
  return left && instantMs(left);
}
