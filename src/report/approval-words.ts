import { inWords } from '../duration.ts';
import type { Approval } from '../measure/approvals.ts';

export const answerOf = ({ approves, reason }: Approval): string =>
  `${approves ? 'approved' : 'refused'}${reason === null ? '' : `: ${reason}`}`;

export const waitedFor = ({ waitedMs }: Approval): string => (waitedMs === null ? 'unknown' : inWords(waitedMs));

const ways = {
  terminal: 'the terminal of the run',
  command: 'dr-drill approve',
  file: 'a file in its folder',
  simulated: 'simulated: nobody was asked',
};

export const throughWhat = ({ through }: Approval): string => (through === null ? 'unknown' : ways[through]);
