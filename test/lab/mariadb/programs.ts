import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { runAs } from '../servers/lab-folder.ts';

const run = promisify(execFile);

/** What differs between MariaDB and MySQL for who runs them. */
export interface Programs {
  server: string;
  /** Of its certificates. */
  keyType: 'ec' | 'rsa';
  options: Record<string, string | number>;
  /** Makes an empty data directory, whose root needs no password on the private socket. */
  install(folder: string, env: Record<string, string>): Promise<unknown>;
  /** Takes what a copied disk holds for the beginning of its replication. */
  beginsAt: string;
  position: string;
  shutdown: string;
  /** Of a copied disk: what only one server may have. */
  own?: string;
}

const MYSQL = resolve('node_modules/.cache/mysql');

/** Of Debian's package. */
export const mariadb: Programs = {
  server: '/usr/sbin/mariadbd',
  keyType: 'ec',
  options: { 'log-slave-updates': 1 },
  install: (folder, env) =>
    run(
      '/usr/bin/mariadb-install-db',
      [
        '--no-defaults',
        `--datadir=${join(folder, 'data')}`,
        '--auth-root-authentication-method=normal',
        '--skip-test-db',
        '--skip-name-resolve',
      ],
      { ...runAs, env, cwd: folder },
    ),
  beginsAt: 'set global gtid_slave_pos = @@global.gtid_binlog_pos;',
  position: 'master_use_gtid = slave_pos',
  shutdown: 'shutdown wait for all slaves',
};

/** Of `scripts/java-peers.sh`; Debian has none. */
export const mysql: Programs = {
  server: join(MYSQL, 'bin/mysqld'),
  // Its OpenSSL is of before servers chose curves by themselves.
  keyType: 'rsa',
  options: {
    basedir: MYSQL,
    'gtid-mode': 'ON',
    'enforce-gtid-consistency': 'ON',
    'log-slave-updates': 1,
    mysqlx: 'OFF',
  },
  install: (folder, env) =>
    run(
      mysql.server,
      ['--no-defaults', '--initialize-insecure', `--basedir=${MYSQL}`, `--datadir=${join(folder, 'data')}`],
      { ...runAs, env, cwd: folder },
    ),
  beginsAt: '',
  position: 'master_auto_position = 1',
  shutdown: 'shutdown',
  own: 'auto.cnf',
};

export const hasMySql = existsSync(mysql.server);
