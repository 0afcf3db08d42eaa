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
  /** As sealed, but the reports were made by another version and could not be checked. */
  'not-vouched-for': 3,
  aborted: 4,
  /** A fault in dr-drill itself. */
  fault: 70,
} as const satisfies Record<Outcome | 'unfinished' | 'not-vouched-for' | 'bad-input' | 'fault', number>;
