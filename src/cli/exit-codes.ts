import type { Outcome } from '../journal/events.ts';

/** What the process ends with. */
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

/** What each exit code means, for `--help` and the documentation. */
export const meaningOf: Record<number, readonly string[]> = {
  [exitCodes.passed]: ['passed'],
  [exitCodes['target-missed']]: [
    'a target was missed, or a check failed',
    '`preflight`: a blocker would stop the drill',
    '`calendar`, `due`: a drill is overdue or due',
    '`history`: the last run did worse',
    '`verify`: something was altered, or is not sealed',
    '`discover`: not everything could be asked',
  ],
  [exitCodes['bad-input']]: [
    'bad input or usage',
    'no AWS session, or an account that is not as it must be',
    'an error of AWS or the network before anything was run',
  ],
  [exitCodes.failed]: [
    'a step failed: rolled back, or held for a person to decide',
    'the run was suspended and can be resumed, or its journal cannot be written',
    '`verify`: as sealed, but the reports were made by another version',
    '`abort`: no process leads the run',
  ],
  [exitCodes.aborted]: ['aborted'],
  [exitCodes.fault]: ['a defect in dr-drill: please report it'],
};
