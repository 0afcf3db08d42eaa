import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerAddress } from '../servers/database.ts';
import { Gate } from '../servers/gate.ts';
import { copyRunning, writeOwned } from './backup.ts';
import { PostgresServer } from './server.ts';

const ROLE = 'replication';

/** Makes a standby of a server while that one works: it streams from it, by a gate of its own, from where its copy ends. */
export async function addStandby(source: PostgresServer, address: ServerAddress): Promise<PostgresServer> {
  const { lab } = source;
  const folder = lab.folder.newServerFolder();
  const slot = `${address.identifier.toLowerCase().replaceAll(/[^a-z0-9]/g, '_')}_${randomBytes(3).toString('hex')}`;
  // Kept from now on, whatever the copy takes.
  await source.query('select pg_create_physical_replication_slot($1, true)', [slot]);
  await copyRunning(source, join(folder, 'data'));
  return await follow(source, address, folder, { slot, password: await newPassword(source) });
}

/** Starts a server as a standby on a data directory that was copied from its source. */
export async function follow(
  source: PostgresServer,
  address: ServerAddress,
  folder: string,
  { slot, password }: { slot: string; password: string },
): Promise<PostgresServer> {
  writeOwned(join(folder, 'data/standby.signal'), '');
  const replication = new Gate({ host: address.host, port: 0 });
  replication.target = source.privateAddress;
  await replication.pass();
  source.feeds.push(replication);
  const { host, port } = replication.address;
  const standby = await PostgresServer.start(source.lab, address, folder, {
    source: replication,
    settings: {
      primary_conninfo: `host=${host} port=${port} user=${ROLE} password=${password}`,
      primary_slot_name: slot,
    },
  });
  await streaming(source, slot);
  return standby;
}

async function newPassword(source: PostgresServer): Promise<string> {
  const password = randomBytes(12).toString('hex');
  await source.query(`alter role ${ROLE} password '${password}'`);
  return password;
}

/** Until the standby receives what is written now. */
async function streaming(source: PostgresServer, slot: string): Promise<void> {
  const late = AbortSignal.timeout(20_000);
  const asked = 'select from pg_replication_slots where slot_name = $1 and active';
  while ((await source.query(asked, [slot])).length === 0) {
    if (late.aborted) throw new Error(`no standby streams from ${source.identifier}`);
    await sleep(10);
  }
}
