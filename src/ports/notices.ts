/** A message to a channel, ready but for its secrets. */
export interface Outgoing<Channel = unknown, Message = unknown> {
  channel: Channel;
  message: Message;
  /** The same for each attempt at this message. */
  id: string;
  /** What the service gave for an earlier message about the same, where it gave something. */
  receipt: Receipt | undefined;
}

export type Receipt = Record<string, string>;

/**
 * Sends a message; gives what the service needs to put later ones with it. Rejects with `NotDelivered` where it certainly did not arrive,
 * and with any other error where it may have.
 */
export type Send<O = Outgoing> = (outgoing: O, signal: AbortSignal) => Promise<Receipt | undefined>;

/** The channels of a topology, by their names. */
export interface Channels {
  /**
   * Reads the secret of a channel and reaches its service, as a message would, and sends none. Rejects in words where that fails. A topic of
   * SNS is looked at through AWS.
   */
  reach(channel: string, signal: AbortSignal): Promise<void>;
}

/** The service, or something on the way to it, did not accept a message. */
export class NotDelivered extends Error {
  /** Whether the same message may be taken later. */
  readonly passes: boolean;
  /** How long the service asks clients to wait. */
  readonly afterMs: number | undefined;

  constructor(message: string, options: { passes: boolean; afterMs?: number | undefined; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'NotDelivered';
    this.passes = options.passes;
    this.afterMs = options.afterMs;
  }
}
