import type { Entry } from '../journal/events.ts';
import type { Workplace } from './workplace.ts';

/** How soon a decision is noticed. */
const LOOK_EVERY_MS = 1_000;

const NOBODY: ReadonlySet<string> = new Set();

/** What begins or ends such a question. */
export const DECIDING: readonly Entry['type'][] = [
  'approval-asked',
  'people-decided',
  'step-ended',
  'abort-requested',
  'run-ended',
];

/**
 * Which steps people are asked about just now, whether the drill continues: as an entry leaves it. A step that has ended, and an abort, leave nothing
 * to decide.
 */
export function undecidedAfter(entry: Entry, before: ReadonlySet<string>): ReadonlySet<string> {
  if (entry.type === 'approval-asked' && entry.about !== undefined) return new Set([...before, entry.step]);
  if (before.size === 0) return before;
  if (entry.type === 'abort-requested' || entry.type === 'run-ended') return NOBODY;
  const isOver = entry.type === 'people-decided' || entry.type === 'step-ended';
  return isOver && before.has(entry.step) ? new Set([...before].filter((step) => step !== entry.step)) : before;
}

/** The steps that people are asked about just now: whether the drill continues. */
export const undecidedIn = (entries: readonly Entry[]): ReadonlySet<string> =>
  entries.reduce((asked, entry) => undecidedAfter(entry, asked), NOBODY);

/** Whether people are asked just now if the drill continues. */
export const isUndecided = ({ entries }: Pick<Workplace, 'entries'>): boolean => undecidedIn(entries()).size > 0;

/** Waits until people have decided whether the drill continues. */
export async function decided(workplace: Workplace, signal: AbortSignal): Promise<void> {
  while (isUndecided(workplace)) await workplace.clock.sleep(LOOK_EVERY_MS, signal);
}
