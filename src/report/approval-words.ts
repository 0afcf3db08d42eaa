import { inWords } from '../duration.ts';
import type { Approval } from '../measure/approvals.ts';

const chosen: Record<NonNullable<Approval['choice']>, string> = {
  retry: 'retry',
  skip: 'skip',
  'take-over': 'done by hand',
  'roll-back': 'roll back',
  'give-up': 'give up',
};

export function answerOf({ approves, choice, step, reason }: Approval): string {
  const answer = choice === null ? (approves ? 'approved' : 'refused') : chosen[choice];
  return `${answer}${step === null ? '' : ` ${step}`}${reason === null ? '' : `: ${reason}`}`;
}

export const waitedFor = ({ waitedMs }: Approval): string => (waitedMs === null ? 'unknown' : inWords(waitedMs));

const ways = {
  terminal: 'the terminal of the run',
  command: 'a command in another terminal',
  board: 'the board',
  file: 'a file in its folder',
  simulated: 'simulated: no person was asked',
};

export const throughWhat = ({ through }: Approval): string => (through === null ? 'unknown' : ways[through]);
