import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { DelayedPipe } from './delayed-pipe.ts';

type State = 'passing' | 'held' | 'silent' | 'refusing';

interface Passage {
  client: Socket;
  /** Absent while nobody was let through yet. */
  server?: Socket;
  pipes: DelayedPipe[];
}

export interface GateAddress {
  host: string;
  port: number;
}

/**
 * The only way to a server: a TCP relay that can pass, delay, hold, swallow or refuse.
 * The kernel shakes hands for anyone who listens, so to a client `blackhole` is a server that never answers, not a lost SYN.
 */
export class Gate {
  /** How many milliseconds bytes are on their way; may be changed at any time, order is kept. */
  readonly delayMs = { toServer: 0, toClient: 0 };
  /** Where those go who are let through; a server may come back on another port. */
  target: GateAddress;
  #address: GateAddress;
  #state: State = 'refusing';
  #heldUntilMs = 0;
  #listener: Server | undefined;
  readonly #passages = new Set<Passage>();

  /** Refuses until `pass` is called; port 0 is any free one. */
  constructor(address: GateAddress) {
    this.#address = address;
    this.target = address;
  }

  get address(): GateAddress {
    return this.#address;
  }

  get state(): State {
    return this.#state;
  }

  /** Lets everyone through. What was held goes on where it stopped; what was swallowed is reset. */
  async pass(): Promise<void> {
    if (this.#state === 'silent') this.#resetAll();
    this.#state = 'passing';
    this.#heldUntilMs = 0;
    for (const passage of this.#passages) this.#letThrough(passage);
    await this.#listen();
  }

  /** Refuses new connections and resets the ones there are; what they had in flight is lost. */
  refuse(): void {
    this.#state = 'refusing';
    this.#listener?.close();
    this.#listener = undefined;
    this.#resetAll();
  }

  /** Says nothing any more, to anyone, and loses what is in flight. */
  async blackhole(): Promise<void> {
    this.#state = 'silent';
    for (const { pipes } of this.#passages) for (const pipe of pipes) pipe.drop();
    await this.#listen();
  }

  /** Interrupts the line for a while: bytes wait, as on a wire that is retried, and arrive afterwards. */
  async cut(ms: number): Promise<void> {
    this.#state = 'held';
    const endsMs = performance.now() + ms;
    this.#heldUntilMs = Math.max(this.#heldUntilMs, endsMs);
    for (const { pipes } of this.#passages) for (const pipe of pipes) pipe.hold();
    await this.#listen();
    await sleep(ms, undefined, { ref: false });
    // Another cut may last longer, or someone may have decided otherwise.
    if (this.#state === 'held' && this.#heldUntilMs === endsMs) await this.pass();
  }

  close(): void {
    this.refuse();
  }

  async #listen(): Promise<void> {
    if (this.#listener) return;
    const listener = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (client) =>
      this.#admit(client),
    );
    this.#listener = listener;
    listener.listen(this.#address.port, this.#address.host);
    await once(listener, 'listening');
    this.#address = { host: this.#address.host, port: (listener.address() as AddressInfo).port };
    // Someone may have refused in between.
    if (this.#listener !== listener) listener.close();
  }

  #admit(client: Socket): void {
    const passage: Passage = { client, pipes: [] };
    this.#passages.add(passage);
    client.on('error', () => this.#reset(passage));
    client.on('close', () => this.#forgetIfOver(passage));
    if (this.#state === 'refusing') this.#reset(passage);
    if (this.#state === 'passing') this.#letThrough(passage);
  }

  #letThrough(passage: Passage): void {
    if (passage.server) {
      for (const pipe of passage.pipes) pipe.release();
      return;
    }
    const { client } = passage;
    const server = connect({ ...this.target, allowHalfOpen: true, noDelay: true });
    passage.server = server;
    server.on('error', () => this.#reset(passage));
    server.on('close', () => this.#forgetIfOver(passage));
    passage.pipes = [
      new DelayedPipe(client, server, () => this.delayMs.toServer),
      new DelayedPipe(server, client, () => this.delayMs.toClient),
    ];
    client.resume();
  }

  #resetAll(): void {
    for (const passage of this.#passages) this.#reset(passage);
  }

  #reset(passage: Passage): void {
    this.#passages.delete(passage);
    for (const pipe of passage.pipes) pipe.drop();
    passage.client.resetAndDestroy();
    passage.server?.resetAndDestroy();
  }

  #forgetIfOver(passage: Passage): void {
    if (passage.client.destroyed && (passage.server?.destroyed ?? true)) this.#passages.delete(passage);
  }
}
