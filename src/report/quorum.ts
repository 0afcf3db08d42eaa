import * as z from 'zod';
import type { Entry } from '../journal/events.ts';
import { entriesOf, headerOf } from '../measure/reading.ts';

const side = z.enum(['primary', 'recovery']);

/** Which way a partition went: what a run exercised follows from it. */
export const quorumSchema = z
  .strictObject({
    holder: side.nullable().describe('The side that had the quorum, which may write. Null if no side had it.'),
    meant: side
      .nullable()
      .describe('The side that the drill file expects to have the quorum. Null if it accepts either.'),
    words: z.string(),
  })
  .nullable()
  .describe('Null for a drill that cuts no link, and for a run that ended before the decision.');

export type Quorum = z.output<typeof quorumSchema>;

export function quorumIn(entries: readonly Entry[]): Quorum {
  const { drill } = headerOf(entries);
  const decided = entriesOf(entries, 'decision').at(-1);
  if (drill.machine !== 'network-partition' || !decided) return null;
  const holder = decided.decision === 'fail-over' ? 'recovery' : decided.decision === 'stay' ? 'primary' : null;
  const meant = drill.quorum.holder ?? null;
  const words = WORDS[holder ?? 'nobody'];
  return { holder, meant, words: meant === null || meant === holder ? words : `${words}; ${NOT_EXERCISED[meant]}` };
}

const WORDS = {
  primary: 'the primary region kept the right to write, and nothing failed over',
  recovery: 'the recovery region took the right to write, and the drill failed over to it',
  nobody: 'neither region had the right to write, and nothing failed over',
};

const NOT_EXERCISED = {
  primary: 'the drill is about the primary region continuing, which was not exercised',
  recovery: 'the failover, which the drill is about, was not exercised',
};
