import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeAuthority } from '../postgres/certificate.ts';
import { LabFolder } from '../postgres/lab-folder.ts';
import { MariaDb, type Place } from './server.ts';

export const PASSWORD = 'a drill in the lab';
const REPLICATION = 'known in the lab only';
const network = `127.${100 + (process.pid % 100)}.${Math.floor(process.pid / 100) % 250}`;

export const at = (place: number, identifier: string): Place => ({
  identifier,
  host: `${network}.${place}`,
  name: `${identifier}.abc123.eu-north-1.rds.amazonaws.com`,
});

/** A shop on MariaDB: a writer, and a replica that follows it by its numbers of transactions. */
export async function startMariaDbPair() {
  const lab = LabFolder.open();
  const authority = await makeAuthority();
  const writer = await MariaDb.start(at(10, 'tickets-primary'), { lab, authority, serverId: 1 });
  await writer.query(`create user replication@'127.%' identified by '${REPLICATION}';
    grant replication slave on *.* to replication@'127.%';`);
  const replica = await MariaDb.start(at(20, 'tickets-replica'), { lab, authority, serverId: 2 });
  await replica.follow(writer, REPLICATION);
  await writer.query(readFileSync(new URL('shop.sql', import.meta.url), 'utf8'));
  // As RDS's own users are: no drill may write where the server lets sessions only read.
  await writer.query(`create user dr_drill@'127.%' identified by '${PASSWORD}' require ssl;
    grant select on shop.* to dr_drill@'127.%';
    create table shop.dr_drill_heartbeat (sequence bigint primary key, written_at timestamp(6) not null);
    grant select, insert, update on shop.dr_drill_heartbeat to dr_drill@'127.%';`);
  const arrived = async () => (await replica.query("select 1 from mysql.user where user = 'dr_drill'")).length > 0;
  for (const late = AbortSignal.timeout(20_000); !(await arrived()); await sleep(20))
    if (late.aborted) throw new Error('the replica does not follow its writer');
  return {
    writer,
    replica,
    ca: authority.cert,
    folder: lab.path,
    /** A server on a copy of what another one's disk holds, as RDS makes it from a snapshot. */
    restore: (of: MariaDb) => MariaDb.start(at(30, 'tickets-restored'), { lab, authority, serverId: 3 }, of),
    close: () => lab.close(),
  };
}
