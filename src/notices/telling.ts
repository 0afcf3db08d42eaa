import type { Clock } from '../clock/clock.ts';
import type { Channel } from '../drill/notices.ts';
import { errorFacts } from '../errors.ts';
import type { Entry, EventOf, RunEvent } from '../journal/events.ts';
import type { NoticeEvent } from '../journal/notice.ts';
import { NotDelivered, type Outgoing, type Send } from '../ports/notices.ts';
import { hears, isAnswer, isRepeatable, type Message, messageFor } from './channels.ts';
import { headlineOf, type Notice } from './notice.ts';
import { type Kept, keyOf, noticeOf } from './of-run.ts';
import { messageId } from './webhook.ts';

export type ToChannel = Outgoing<Channel, Message>;

const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 1_000;
/** A service may ask for a longer pause; more than this a message is not worth. */
const PAUSE_MOST_MS = 60_000;
/** So long a run's end, or its suspension, waits for messages that are under way. */
const LAST_MS = 30_000;

interface Around {
  channels: readonly [name: string, channel: Channel][];
  kept: Kept;
  clock: Clock;
  /** Absent in a dry run, which sends nothing. */
  send?: Send<ToChannel> | undefined;
  record: (event: RunEvent) => void;
  entries: () => readonly Entry[];
}

/** Tells people how a run stands. Whatever becomes of it, the run continues. */
export interface Telling {
  hear(entry: Entry): void;
  /** Tells of the end before its line is written, and waits for everything that is under way. */
  end(event: Extract<RunEvent, { type: 'run-ended' }>): Promise<void>;
  /** Waits for what is under way; afterwards nothing is sent or recorded any more. */
  close(): Promise<void>;
}

/**
 * Sends each notice at most once over each channel, in order, one channel beside the others. Of a run that is taken up again, what was not
 * sent is sent now; what may have been sent is sent again only where that is safe.
 */
export function telling({ channels, kept, clock, send, record, entries }: Around): Telling {
  const stop = new AbortController();
  const lines = channels.map(([name, channel]) => ({
    name,
    channel,
    last: Promise.resolve(),
    underway: new Set<Notice>(),
  }));

  const tell = (notice: Notice) => {
    for (const line of lines) {
      if (!hears(line.channel, notice)) continue;
      line.underway.add(notice);
      line.last = line.last
        .then(() => deliver(line.name, line.channel, notice))
        .catch(() => {})
        .then(() => void line.underway.delete(notice));
    }
  };

  async function deliver(name: string, channel: Channel, notice: Notice): Promise<void> {
    const before = told(name, entries());
    if (isAnswer(channel, notice) && before.length === 0) return;
    const last = lastOf(notice, before);
    const note = (how: Pick<NoticeEvent, 'state' | 'attempt' | 'error' | 'nextMs' | 'receipt'>) => {
      if (!stop.signal.aborted) record(lineFor(name, channel, notice, how));
    };
    if (last?.state === 'sending' && !isRepeatable(channel))
      return note({ state: 'unknown', attempt: last.attempt, error: errorFacts(new Error(ENDED_MEANWHILE)) });
    if (last && last.state !== 'sending' && last.nextMs === undefined) return;
    if (!send) return note({ state: 'not-sent', attempt: 0 });
    const message = messageFor(channel.kind, notice);
    const receipt = before.find((one) => one.receipt !== undefined)?.receipt;
    const outgoing: ToChannel = { channel, message, id: messageId(notice, name), receipt };
    for (let attempt = (last?.attempt ?? 0) + 1; ; attempt += 1) {
      note({ state: 'sending', attempt });
      if (stop.signal.aborted) return;
      try {
        const given = await send(outgoing, stop.signal);
        return note({ state: 'sent', attempt, ...(given !== undefined && { receipt: given }) });
      } catch (error) {
        const isKnown = error instanceof NotDelivered;
        const passes = isKnown ? error.passes : isRepeatable(channel);
        const nextMs = Math.max(FIRST_PAUSE_MS * 2 ** (attempt - 1), (isKnown && error.afterMs) || 0);
        const isAgain = passes && attempt < ATTEMPTS && nextMs <= PAUSE_MOST_MS;
        const state = isKnown ? 'failed' : 'unknown';
        note({ state, attempt, error: errorFacts(error), ...(isAgain && { nextMs }) });
        if (!isAgain) return;
        await clock.sleep(nextMs, stop.signal);
      }
    }
  }

  async function close({ isEnd } = { isEnd: false }): Promise<void> {
    if (stop.signal.aborted) return;
    const waited = new AbortController();
    const sleep = clock.sleep(LAST_MS, waited.signal).catch(() => {});
    await Promise.race([Promise.all(lines.map(({ last }) => last)), sleep]);
    waited.abort();
    if (isEnd) lines.forEach(giveUp);
    stop.abort();
  }

  /** Of a run that is over nothing is sent later. */
  function giveUp({ name, channel, underway }: (typeof lines)[number]): void {
    for (const notice of underway) {
      const last = lastOf(notice, told(name, entries()));
      const state = last?.state === 'sending' ? 'unknown' : 'failed';
      const error = errorFacts(new Error('The run ended before the service took it.'));
      record(lineFor(name, channel, notice, { state, attempt: last?.attempt ?? 0, error }));
    }
  }

  const hear = (entry: Entry) => {
    // Told already, before the line was written.
    if (entry.type === 'run-ended') return;
    try {
      const notice = noticeOf(entry, entries(), kept);
      if (notice) tell(notice);
    } catch (error) {
      // A defect of ours: it is on record, and the run continues.
      const says = `What line ${entry.seq} says could not be told`;
      for (const { name, channel } of lines)
        record({
          type: 'notice',
          channel: name,
          via: channel.kind,
          about: 'failure',
          of: entry.seq,
          says,
          state: 'failed',
          attempt: 0,
          error: errorFacts(error),
        });
    }
  };
  for (const entry of [...entries()]) hear(entry);

  return {
    hear,
    close,
    async end(event) {
      const notice = noticeOf(event, entries(), kept);
      if (notice) tell(notice);
      await close({ isEnd: true });
    },
  };
}

const ENDED_MEANWHILE = 'The process ended before the service answered.';

const told = (name: string, entries: readonly Entry[]): EventOf<'notice'>[] =>
  entries.filter((entry): entry is EventOf<'notice'> => entry.type === 'notice' && entry.channel === name);

const lastOf = ({ key }: Notice, lines: readonly EventOf<'notice'>[]): EventOf<'notice'> | undefined =>
  lines.findLast(({ about, of }) => keyOf(about, of) === key);

const lineFor = (
  channel: string,
  { kind }: Channel,
  notice: Notice,
  how: Pick<NoticeEvent, 'state' | 'attempt' | 'error' | 'nextMs' | 'receipt'>,
): NoticeEvent => ({
  type: 'notice',
  channel,
  via: kind,
  about: notice.about as NoticeEvent['about'],
  ...(notice.of !== undefined && { of: notice.of }),
  says: headlineOf(notice),
  ...how,
});
