import * as z from 'zod';
import type { Entry } from '../journal/events.ts';
import { entriesOf, instantMs } from '../measure/reading.ts';

/** Who was told what, over the channels of the topology. Source: `notice` events. */
export const noticeSchema = z.strictObject({
  channel: z.string().describe('As the topology calls it.'),
  via: z.string().describe('The kind of channel.'),
  about: z.string(),
  says: z.string(),
  atMs: z.number().describe('The time of the last attempt, or the time at which it would have been sent.'),
  state: z
    .enum(['sent', 'failed', 'unknown', 'not sent'])
    .describe('`unknown`: it may have arrived. `not sent`: this run sends nothing.'),
  attempts: z.int(),
  error: z.string().nullable(),
});

export type ReportedNotice = z.output<typeof noticeSchema>;

/** Each message over each channel once, in the order of the journal, as its last attempt ended. */
export function noticesIn(entries: readonly Entry[]): ReportedNotice[] {
  const last = new Map<string, ReportedNotice>();
  for (const entry of entriesOf(entries, 'notice')) {
    const { channel, via, about, of, says, state, attempt, error } = entry;
    last.set(JSON.stringify([channel, about, of]), {
      channel,
      via,
      about,
      says,
      atMs: instantMs(entry),
      // Of an attempt without an end nobody knows whether it arrived.
      state: state === 'sending' ? 'unknown' : state === 'not-sent' ? 'not sent' : state,
      attempts: attempt,
      error: error?.message ?? null,
    });
  }
  return [...last.values()];
}

/** What became of a message: `sent`, `failed after 3 attempts: …`, `not sent: this run sends nothing`. */
export function deliveryOf({ state, attempts, error }: ReportedNotice): string {
  if (state === 'not sent') return 'not sent: this run sends nothing';
  const tries = attempts > 1 ? ` after ${attempts} attempts` : '';
  return `${state === 'unknown' ? 'it is not known whether it arrived' : state}${tries}${error === null ? '' : `: ${error}`}`;
}
