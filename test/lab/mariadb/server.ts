import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, cpSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2';
import { type Authority, certify } from '../postgres/certificate.ts';
import { type LabFolder, own, runAs } from '../postgres/lab-folder.ts';

type Row = Record<string, unknown>;

export interface Place {
  identifier: string;
  host: string;
  /** What clients call it, for its certificate. */
  name: string;
}

interface Settings {
  lab: LabFolder;
  authority: Authority;
  serverId: number;
}

export const PORT = 3306;
const START_MS_MAX = 30_000;

/** One MariaDB on loopback, run by an ordinary user. */
export class MariaDb {
  readonly identifier: string;
  readonly host: string;
  readonly folder: string;
  readonly #settings: Settings;
  #process: ChildProcess | undefined;

  private constructor({ identifier, host }: Place, folder: string, settings: Settings) {
    this.identifier = identifier;
    this.host = host;
    this.folder = folder;
    this.#settings = settings;
  }

  /** Starts one with an empty data directory, or with a copy of another one's. */
  static async start(place: Place, settings: Settings, copyOf?: MariaDb): Promise<MariaDb> {
    const folder = settings.lab.newServerFolder();
    const data = join(folder, 'data');
    if (copyOf) {
      cpSync(join(copyOf.folder, 'data'), data, { recursive: true });
      if (runAs.uid !== undefined) spawnSync('chown', ['-R', `${runAs.uid}:${runAs.gid}`, data]);
    } else install(data);
    await certify(settings.authority, [place.name, place.host], folder);
    const server = new MariaDb(place, folder, settings);
    await server.start();
    return server;
  }

  get running(): boolean {
    return this.#process !== undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  async start(): Promise<void> {
    const log = openSync(join(this.folder, 'log'), 'a');
    const options = {
      datadir: join(this.folder, 'data'),
      socket: this.#socket,
      'pid-file': join(this.folder, 'pid'),
      'bind-address': this.host,
      port: PORT,
      'server-id': this.#settings.serverId,
      'log-bin': 'binlog',
      'binlog-format': 'ROW',
      'log-slave-updates': 1,
      'innodb-buffer-pool-size': '16M',
      'innodb-log-file-size': '8M',
      // Processes are killed here, machines are not: what was written is in the kernel's hands.
      'innodb-flush-method': 'nosync',
      'performance-schema': 0,
      'skip-name-resolve': 1,
      'skip-slave-start': 1,
      'ssl-cert': join(this.folder, 'server.crt'),
      'ssl-key': join(this.folder, 'server.key'),
    };
    const words = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
    this.#process = spawn(program('mariadbd'), ['--no-defaults', ...words], {
      ...runAs,
      env: {},
      cwd: this.folder,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    for (const late = AbortSignal.timeout(START_MS_MAX); ; await sleep(20)) {
      if (
        await this.query('select 1')
          .then(() => true)
          .catch(() => false)
      )
        return;
      if (!late.aborted && this.running) continue;
      throw new Error(
        `${this.identifier} does not start: ${readFileSync(join(this.folder, 'log'), 'utf8').slice(-2000)}`,
      );
    }
  }

  /** As a machine that loses power. */
  async kill(): Promise<void> {
    if (!this.#process || !this.running) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exited;
  }

  get #socket(): string {
    return join(this.folder, 'sock');
  }

  /** Asks as root over the private socket. */
  async query(text: string): Promise<Row[]> {
    const session = mysql.createConnection({ socketPath: this.#socket, user: 'root', multipleStatements: true });
    session.on('error', () => undefined);
    try {
      return await new Promise<Row[]>((resolve, reject) => {
        session.query(text, (error, rows) => (error ? reject(error) : resolve(rows as Row[])));
      });
    } finally {
      session.destroy();
    }
  }

  /** Makes it a replica of another one, from where that one's log begins. */
  async follow({ host }: MariaDb, password: string): Promise<void> {
    await this.query(
      `change master to master_host = '${host}', master_port = ${PORT}, master_user = 'replication', master_password = '${password}',
        master_ssl = 1, master_ssl_verify_server_cert = 0, master_connect_retry = 1, master_use_gtid = slave_pos;
      set global read_only = 1; start slave;`,
    );
  }

  /** As RDS does it: what has arrived is replayed first. */
  async promote(): Promise<void> {
    await this.query('stop slave io_thread');
    for (;;) {
      const [status] = await this.query('show slave status');
      if (status?.Read_Master_Log_Pos === status?.Exec_Master_Log_Pos) break;
      await sleep(5);
    }
    await this.query('stop slave; reset slave all; set global read_only = 0');
  }
}

const program = (name: string): string => `/usr/sbin/${name}`;

function install(data: string): void {
  const { status, stderr } = spawnSync(
    '/usr/bin/mariadb-install-db',
    [
      '--no-defaults',
      `--datadir=${data}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      '--skip-name-resolve',
    ],
    { ...runAs, env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' }, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`mariadb-install-db failed: ${stderr}`);
  own(data);
}
