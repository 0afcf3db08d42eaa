import type { Socket } from 'node:net';

/** More than this in flight, and the sender has to wait, as it would on a wire. */
const IN_FLIGHT_BYTES_MAX = 16 * 1024 * 1024;

interface Parcel {
  dueMs: number;
  /** `null` is the end of the stream: it travels as the bytes do. */
  bytes: Buffer | null;
}

/** One direction of a connection: what goes in comes out later, whole and in order. */
export class DelayedPipe {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #delayMs: () => number;
  #inFlight: Parcel[] = [];
  #inFlightBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #held = false;

  constructor(from: Socket, to: Socket, delayMs: () => number) {
    this.#from = from;
    this.#to = to;
    this.#delayMs = delayMs;
    from.on('data', (bytes) => this.#send(bytes));
    from.on('end', () => this.#send(null));
    to.on('drain', () => this.#takeMore());
  }

  /** Nothing comes out until `release`; nothing is lost. */
  hold(): void {
    this.#held = true;
    clearTimeout(this.#timer);
    this.#from.pause();
  }

  release(): void {
    this.#held = false;
    this.#deliver();
  }

  /** What is in flight is lost. */
  drop(): void {
    this.hold();
    this.#inFlight = [];
    this.#inFlightBytes = 0;
  }

  #send(bytes: Buffer | null): void {
    // A shorter delay must not let later bytes overtake earlier ones.
    const dueMs = Math.max(performance.now() + this.#delayMs(), this.#inFlight.at(-1)?.dueMs ?? 0);
    this.#inFlight.push({ dueMs, bytes });
    this.#inFlightBytes += bytes?.length ?? 0;
    if (this.#inFlightBytes > IN_FLIGHT_BYTES_MAX) this.#from.pause();
    if (!this.#held) this.#deliver();
  }

  #deliver(): void {
    clearTimeout(this.#timer);
    const nowMs = performance.now();
    let due = this.#inFlight[0];
    while (due && due.dueMs <= nowMs) {
      this.#inFlight.shift();
      this.#inFlightBytes -= due.bytes?.length ?? 0;
      if (!this.#to.writable) return;
      if (due.bytes === null) this.#to.end();
      else if (!this.#to.write(due.bytes)) this.#from.pause();
      due = this.#inFlight[0];
    }
    if (due) this.#timer = setTimeout(() => this.#deliver(), Math.ceil(due.dueMs - nowMs));
    this.#takeMore();
  }

  #takeMore(): void {
    if (this.#held || this.#to.writableNeedDrain || this.#inFlightBytes > IN_FLIGHT_BYTES_MAX) return;
    this.#from.resume();
  }
}
