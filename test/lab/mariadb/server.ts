import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2';
import { certify } from '../servers/certificate.ts';
import type { DatabaseServer, Row, ServerAddress } from '../servers/database.ts';
import { freePort } from '../servers/free-port.ts';
import { Gate, type GateAddress } from '../servers/gate.ts';
import { runAs } from '../servers/lab-folder.ts';
import type { Lab } from './lab.ts';

const START_MS_MAX = 30_000;
const STOP_MS_MAX = 5_000;

/** A MariaDB or MySQL server that represents a database of the account, reached by clients and standbys only through gates. */
export class MySqlServer implements DatabaseServer {
  readonly identifier: string;
  readonly host: string;
  readonly port: number;
  readonly lab: Lab;
  /** Holds the data directory, the socket and the log. */
  readonly folder: string;
  readonly gate: Gate;
  /** The ways of the standbys that follow this server; they break when it is killed. */
  readonly feeds: Gate[] = [];
  readonly source: Gate | undefined;
  readonly #serverId: number;
  #isStandby: boolean;
  #process: ChildProcess | undefined;
  #privatePort = 0;

  private constructor(lab: Lab, address: ServerAddress, folder: string, source: Gate | undefined) {
    this.lab = lab;
    this.identifier = address.identifier;
    this.host = address.host;
    this.port = address.port;
    this.folder = folder;
    this.gate = new Gate(address);
    this.source = source;
    this.#isStandby = source !== undefined;
    lab.lastServerId += 1;
    this.#serverId = lab.lastServerId;
  }

  /** Starts a server on the data directory that stands ready in its folder. Nobody comes in yet. */
  static async start(lab: Lab, address: ServerAddress, folder: string, source?: Gate): Promise<MySqlServer> {
    await certify(lab.authority, [...(address.names ?? []), address.host], folder);
    const server = new MySqlServer(lab, address, folder, source);
    lab.servers.add(server);
    await server.start({ letsClientsIn: false });
    return server;
  }

  get data(): string {
    return join(this.folder, 'data');
  }

  get pid(): number | undefined {
    return this.running ? this.#process?.pid : undefined;
  }

  get socket(): string {
    return join(this.folder, 'sock');
  }

  get running(): boolean {
    return this.#process !== undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  async start({ letsClientsIn = true }: { letsClientsIn?: boolean } = {}): Promise<void> {
    if (this.running) return;
    this.#privatePort = await freePort(this.host);
    const log = openSync(join(this.folder, 'log'), 'a');
    const words = Object.entries(this.#options()).map(([name, value]) => `--${name}=${value}`);
    this.#process = spawn(this.lab.programs.server, ['--no-defaults', ...words], {
      ...runAs,
      env: {},
      cwd: this.folder,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    await this.#answers();
    for (const gate of [this.gate, ...this.feeds]) {
      gate.target = { host: this.host, port: this.#privatePort };
      if (letsClientsIn || gate !== this.gate) await gate.pass();
    }
  }

  #options = (): Record<string, string | number> => ({
    ...this.lab.programs.options,
    datadir: this.data,
    socket: this.socket,
    'pid-file': join(this.folder, 'pid'),
    'bind-address': this.host,
    port: this.#privatePort,
    'server-id': this.#serverId,
    'read-only': Number(this.#isStandby),
    'log-bin': 'binlog',
    'binlog-format': 'ROW',
    'innodb-buffer-pool-size': '16M',
    'innodb-log-file-size': '8M',
    // Processes are killed here, machines are not: what was written is in the kernel's hands.
    'innodb-flush-method': 'nosync',
    'performance-schema': 0,
    'skip-name-resolve': 1,
    'ssl-cert': join(this.folder, 'server.crt'),
    'ssl-key': join(this.folder, 'server.key'),
  });

  async #answers(): Promise<void> {
    for (const late = AbortSignal.timeout(START_MS_MAX); ; await sleep(10)) {
      const answers = await this.#ask('select 1').then(
        () => true,
        () => false,
      );
      if (answers) return;
      if (!late.aborted && this.running) continue;
      const log = readFileSync(join(this.folder, 'log'), 'utf8').slice(-2000);
      throw new Error(`${this.identifier} does not start: ${log}`);
    }
  }

  /** A way for one standby. */
  async newFeed(host: string): Promise<Gate> {
    const feed = new Gate({ host, port: 0 });
    feed.target = { host: this.host, port: this.#privatePort };
    await feed.pass();
    this.feeds.push(feed);
    return feed;
  }

  /** Follows its source from what it holds. */
  async follow({ host, port }: GateAddress): Promise<void> {
    const { beginsAt, position } = this.lab.programs;
    await this.query(
      `${beginsAt}
      change master to master_host = '${host}', master_port = ${port}, master_user = 'replication',
        master_password = '${this.lab.replicationPassword}', master_ssl = 1, master_ssl_verify_server_cert = 0,
        master_connect_retry = 1, ${position};
      start slave`,
    );
  }

  /** No byte leaves any more: what standbys had not received is lost to them. */
  async kill(): Promise<Date> {
    const at = new Date();
    this.#refuse();
    await this.#end('SIGKILL');
    return at;
  }

  async stop(): Promise<void> {
    const exited = this.running && this.#process ? once(this.#process, 'exit') : undefined;
    await this.query(this.lab.programs.shutdown).catch(() => undefined);
    await Promise.race([exited, sleep(STOP_MS_MAX)]);
    await this.#end('SIGKILL');
    this.#refuse();
  }

  #refuse(): void {
    for (const gate of [this.gate, ...this.feeds]) gate.refuse();
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (!this.#process || !this.running) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill(signal);
    await exited;
  }

  /** Ends it for good. */
  async close(): Promise<void> {
    await this.kill();
    this.source?.close();
  }

  /** As RDS does it: what has arrived is replayed first. */
  async promote(): Promise<void> {
    await this.query('stop slave io_thread');
    for (;;) {
      const [status = {}] = await this.query('show slave status');
      if (status.Last_SQL_Errno) throw new Error(`${this.identifier} does not replay: ${status.Last_SQL_Error}`);
      const hasReplayed =
        status.Master_Log_File === status.Relay_Master_Log_File &&
        status.Read_Master_Log_Pos === status.Exec_Master_Log_Pos;
      if (hasReplayed) break;
      await sleep(5);
    }
    await this.query('stop slave; reset slave all; set global read_only = 0');
    this.#isStandby = false;
  }

  async isStandby(): Promise<boolean> {
    const [row] = await this.query('select @@global.read_only as standby');
    return Number(row?.standby) === 1;
  }

  /** Makes the database that `query` asks. */
  async seed(statements: string): Promise<void> {
    await this.#ask(statements);
  }

  query(text: string): Promise<Row[]> {
    return this.#ask(text, this.lab.database);
  }

  async #ask(text: string, database?: string): Promise<Row[]> {
    const session = mysql.createConnection({
      socketPath: this.socket,
      user: 'root',
      multipleStatements: true,
      ...(database && { database }),
    });
    session.on('error', () => undefined);
    try {
      return await new Promise<Row[]>((resolve, reject) => {
        session.query(text, (error, rows) => (error ? reject(error) : resolve(rows as Row[])));
      });
    } finally {
      session.destroy();
    }
  }

  setDelay(ms: number): void {
    if (!this.source) throw new Error(`${this.identifier} receives no replication`);
    this.source.delayMs.toClient = ms;
  }
}
