import type { Channel, NoticeKind } from '../drill/notices.ts';
import type { ErrorFacts } from '../errors.ts';

/**
 * People are told of something over a channel of the topology. A line with `sending` stands before each attempt, and one with what became
 * of it behind.
 */
export interface NoticeEvent {
  type: 'notice';
  /** As the topology calls it. */
  channel: string;
  via: Channel['kind'];
  about: NoticeKind;
  /** The line that it tells of; absent for the end of the run, which is told of before its line is written. The end of a run that was opened again names the end before. */
  of?: number;
  /** The message in a line. */
  says: string;
  /** `unknown`: it may have arrived, and a repetition could be a second message. `not-sent`: a dry run sends nothing. */
  state: 'sending' | 'sent' | 'failed' | 'unknown' | 'not-sent';
  /** From 1. */
  attempt: number;
  error?: ErrorFacts;
  /** Until the next attempt, in milliseconds; absent where this was the last. */
  nextMs?: number;
  /** What the service needs to put later messages with this one. */
  receipt?: Record<string, string>;
}
