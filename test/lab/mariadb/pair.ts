import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeAuthority } from '../servers/certificate.ts';
import type { DatabasePair, PairOptions, ServerAddress } from '../servers/database.ts';
import { closeLab, discard } from '../servers/members.ts';
import { backUp } from './backup.ts';
import { copyDisk, install } from './data-directory.ts';
import { type Lab, openLab } from './lab.ts';
import { mariadb, type Programs } from './programs.ts';
import { MySqlServer } from './server.ts';

export interface Pair extends DatabasePair {
  lab: Lab;
  writer: MySqlServer;
  replica: MySqlServer;
}

/** A shop on MariaDB, or MySQL: a writer, and a replica that follows it by its numbers of transactions. */
export async function startPair(options: PairOptions, programs: Programs = mariadb): Promise<Pair> {
  const { database } = options;
  const lab = openLab({
    programs,
    authority: await makeAuthority(programs.keyType),
    database,
    replicationPassword: randomBytes(12).toString('hex'),
  });
  try {
    const folder = lab.folder.newServerFolder();
    await install(lab, folder);
    const writer = await MySqlServer.start(lab, options.writer, folder);
    await writer.seed(seedOf(lab, options));
    await writer.gate.pass();
    const replica = await addStandby(writer, options.replica);
    await replica.gate.pass();
    const replication = replica.source;
    if (!replication) throw new Error(`${replica.identifier} receives no replication`);
    return {
      lab,
      writer,
      replica,
      replication,
      authority: lab.authority,
      addStandby,
      backUp,
      remove: (server: MySqlServer) => discard(lab, server),
      close: () => closeLab(lab),
    };
  } catch (error) {
    await closeLab(lab);
    throw error;
  }
}

function seedOf({ database, replicationPassword }: Lab, options: PairOptions): string {
  const { user, password, applicationUser = 'shop_app', applicationPassword = password } = options;
  const shop = readFileSync(new URL('shop.sql', import.meta.url), 'utf8');
  // As RDS's own users are: neither may write where the server lets sessions only read.
  return `create database ${database};
    use ${database};
    ${shop}
    create table dr_drill_heartbeat (sequence bigint primary key, written_at timestamp(6) not null);
    create user replication@'127.%' identified by '${replicationPassword}';
    grant replication slave on *.* to replication@'127.%';
    create user ${user}@'127.%' identified by '${password}' require ssl;
    grant select on ${database}.* to ${user}@'127.%';
    grant select, insert, update on ${database}.dr_drill_heartbeat to ${user}@'127.%';
    create user ${applicationUser}@'127.%' identified by '${applicationPassword}' require ssl;
    grant select, insert, update on ${database}.* to ${applicationUser}@'127.%';`;
}

/** Makes a standby of a server from a copy of its disk: it follows by a gate of its own, from where the copy ends. */
async function addStandby(source: MySqlServer, address: ServerAddress): Promise<MySqlServer> {
  const { lab } = source;
  const folder = lab.folder.newServerFolder();
  const feed = await source.newFeed(address.host);
  await copyDisk(source, folder);
  const standby = await MySqlServer.start(lab, address, folder, feed);
  await standby.follow(feed.address);
  for (const late = AbortSignal.timeout(20_000); ; await sleep(10)) {
    const [status] = await standby.query('show slave status');
    if (status?.Slave_IO_Running === 'Yes' && status.Slave_SQL_Running === 'Yes') return standby;
    if (late.aborted) throw new Error(`${address.identifier} does not follow: ${JSON.stringify(status)}`);
  }
}
