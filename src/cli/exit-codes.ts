import type { Outcome } from '../journal/events.ts';

/** What the process ends with; the README lists them. */
export const exitCodes = {
  passed: 0,
  'target-missed': 1,
  'bad-input': 2,
  failed: 3,
  'rolled-back': 3,
  /** Suspended: the run can be resumed. */
  unfinished: 3,
  aborted: 4,
  /** A fault in dr-drill itself. */
  fault: 70,
} as const satisfies Record<Outcome | 'unfinished' | 'bad-input' | 'fault', number>;
