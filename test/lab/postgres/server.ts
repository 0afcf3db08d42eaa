import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';
import { certify } from '../servers/certificate.ts';
import type { DatabaseServer, Row, ServerAddress } from '../servers/database.ts';
import { freePort } from '../servers/free-port.ts';
import { Gate, type GateAddress } from '../servers/gate.ts';
import { own } from '../servers/lab-folder.ts';
import { Archive } from './archive.ts';
import type { Lab } from './lab.ts';
import { Postmaster, readProc, signal } from './postmaster.ts';
import { settingsFile } from './settings.ts';

const SIGTERM_BIT = 1n << 14n;

/** A PostgreSQL server that represents an RDS instance, reached by clients and standbys only through gates. */
export class PostgresServer implements DatabaseServer {
  readonly identifier: string;
  readonly host: string;
  readonly port: number;
  readonly lab: Lab;
  /** Holds data directory, socket, archive and log. */
  readonly folder: string;
  /** The way of the clients. */
  readonly gate: Gate;
  /** The ways of the standbys that stream from this server; they break when it is killed. */
  readonly feeds: Gate[] = [];
  /** The way by which this server receives its replication; absent unless it began as a standby. */
  readonly source: Gate | undefined;
  readonly archive: Archive;
  readonly #settings: Settings;
  readonly #restores: boolean;
  #postmaster: Postmaster | undefined;
  #privatePort = 0;
  #paused: number | undefined;

  private constructor(lab: Lab, address: ServerAddress, folder: string, gate: Gate, options: Options) {
    this.lab = lab;
    this.identifier = address.identifier;
    this.host = address.host;
    this.port = address.port;
    this.folder = folder;
    this.gate = gate;
    this.source = options.source;
    this.archive = new Archive(folder);
    this.#restores = options.restores ?? false;
    this.#settings = { archive_command: this.archive.command, ...options.settings };
  }

  /** Starts a server on the data directory that stands ready in its folder. */
  static async start(lab: Lab, address: ServerAddress, folder: string, options: Options = {}): Promise<PostgresServer> {
    const { authority } = lab;
    const names = [...(address.names ?? []), address.host];
    const encryption = authority ? await certify(authority, names, folder) : {};
    const gate = new Gate(address);
    const settings = { ...options.settings, ...encryption };
    const server = new PostgresServer(lab, address, folder, gate, { ...options, settings });
    lab.servers.add(server);
    await server.start();
    void server.archive.follow(server, lab.archiveEveryMs);
    return server;
  }

  get data(): string {
    return join(this.folder, 'data');
  }

  get running(): boolean {
    return this.#postmaster?.running ?? false;
  }

  /** Starts it again after `kill` or `stop`; after a kill, PostgreSQL recovers from its log. Clients come in at once, unless told. */
  async start({ letsClientsIn = true }: { letsClientsIn?: boolean } = {}): Promise<void> {
    if (this.running) return;
    this.#privatePort = await freePort(this.host);
    const path = join(this.data, 'postgresql.auto.conf');
    writeFileSync(
      path,
      settingsFile({
        listen_addresses: this.host,
        port: this.#privatePort,
        unix_socket_directories: this.folder,
        ...this.#settings,
      }),
    );
    own(path);
    this.#postmaster = await Postmaster.start(this.lab.binaries.postgres, this.data);
    if (this.#restores) await this.writable();
    for (const gate of [this.gate, ...this.feeds]) {
      gate.target = this.privateAddress;
      if (letsClientsIn || gate !== this.gate) await gate.pass();
    }
  }

  /** Where only gates may connect to. */
  get privateAddress(): GateAddress {
    return { host: this.host, port: this.#privatePort };
  }

  /** How the lab itself gets in, past every gate. */
  get superuser(): ClientConfig {
    return { host: this.folder, port: this.#privatePort, user: 'postgres', database: this.lab.database };
  }

  /** Power fails: no byte leaves any more, what standbys had not received is lost to them. Gives the moment of it. */
  async kill(): Promise<Date> {
    const at = new Date();
    for (const gate of [this.gate, ...this.feeds]) gate.refuse();
    await this.#postmaster?.kill();
    this.#paused = undefined;
    return at;
  }

  /** An orderly shutdown: everything is written, standbys receive the rest if their way is open. */
  async stop(): Promise<void> {
    await this.resumeReceiver();
    await this.#postmaster?.stop();
    for (const gate of [this.gate, ...this.feeds]) gate.refuse();
  }

  /** Makes a writer of a standby, and waits until it takes writes. A receiver that stands still gets to read no more. */
  async promote(): Promise<void> {
    // Its own waiting looks only every 100 ms.
    await this.query('select pg_promote(wait => false)');
    // The request to end must wait for the receiver, or it would first read what still is in its socket.
    while (this.#paused !== undefined && !(pendingSignals(this.#paused) & SIGTERM_BIT)) await sleep(2);
    await this.resumeReceiver();
    await this.writable();
  }

  /** Until it takes writes. */
  async writable(): Promise<void> {
    while (await this.isStandby()) await sleep(5);
  }

  /** Ends it for good. */
  async close(): Promise<void> {
    this.archive.unfollow();
    await this.kill();
    this.source?.close();
  }

  async isStandby(): Promise<boolean> {
    const [row] = await this.query('select pg_is_in_recovery() as standby');
    return row?.standby === true;
  }

  /** Asks as superuser over the private socket, whatever the gate does. */
  query(text: string, values: unknown[] = []): Promise<Row[]> {
    return this.session((query) => query(text, values));
  }

  /** Several questions over one connection. */
  async session<Answer>(work: (query: PostgresServer['query']) => Promise<Answer>): Promise<Answer> {
    const client = new Client(this.superuser);
    // A kill under way ends the connection as well as the query; the query's own error is enough.
    client.on('error', () => undefined);
    try {
      await client.connect();
      return await work(async (text, values = []) => (await client.query(text, values)).rows);
    } finally {
      await client.end();
    }
  }

  /** Stops the process that receives the replication: what is sent from now on does not get to the standby's disk. */
  async pauseReceiver(): Promise<void> {
    let receiver = this.#postmaster?.child('walreceiver');
    // It comes and goes with its connection.
    for (
      const late = AbortSignal.timeout(5_000);
      receiver === undefined;
      receiver = this.#postmaster?.child('walreceiver')
    ) {
      if (late.aborted) throw new Error(`${this.identifier} has no WAL receiver to pause`);
      await sleep(10);
    }
    signal(receiver, 'SIGSTOP');
    while (!/^\d+ \(.*\) T/.test(readProc(receiver, 'stat'))) await sleep(1);
    this.#paused = receiver;
  }

  async resumeReceiver(): Promise<void> {
    if (this.#paused !== undefined) signal(this.#paused, 'SIGCONT');
    this.#paused = undefined;
  }

  /** How long replication to this standby is on its way; bytes on their way are lost when the writer is killed. */
  setDelay(ms: number): void {
    if (!this.source) throw new Error(`${this.identifier} receives no replication`);
    this.source.delayMs.toClient = ms;
  }
}

type Settings = Record<string, string | number>;

interface Options {
  settings?: Settings | undefined;
  source?: Gate | undefined;
  /** It begins by restoring a backup, and is reached by nobody before that is done. */
  restores?: boolean | undefined;
}

function pendingSignals(pid: number): bigint {
  const mask = /^ShdPnd:\s*([0-9a-f]+)/m.exec(readProc(pid, 'status'))?.[1];
  // A receiver that is gone needs no more waiting.
  return mask === undefined ? SIGTERM_BIT : BigInt(`0x${mask}`);
}
