import { execFile } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { own, runAs } from '../servers/lab-folder.ts';
import type { Lab } from './lab.ts';
import { Postmaster } from './postmaster.ts';
import { type SeedSettings, seedShop } from './seed.ts';
import { accessRules, CLUSTER_SETTINGS, settingsFile } from './settings.ts';

const run = promisify(execFile);

export interface ClusterOptions {
  seed: SeedSettings;
  tls: boolean;
  replicationPassword: string;
  /** One for each standby that will follow. */
  slots: string[];
}

/** Makes a data directory with the seeded shop in it; its server is stopped again, so it can be copied as it lies. */
export async function makeCluster(lab: Lab, folder: string, options: ClusterOptions): Promise<void> {
  const data = join(folder, 'data');
  // Segments of 1 MB make archiving every second cheap.
  const flags = [
    '-D',
    data,
    '-U',
    'postgres',
    '--wal-segsize=1',
    '--encoding=UTF8',
    '--locale=C',
    '--auth=trust',
    '--no-data-checksums',
  ];
  await run(lab.binaries.initdb, [...flags, '--no-sync', '--no-instructions'], { ...runAs, cwd: folder });
  appendFileSync(join(data, 'postgresql.conf'), CLUSTER_SETTINGS);
  writeFileSync(join(data, 'pg_hba.conf'), accessRules(options.tls));
  const settings = join(data, 'postgresql.auto.conf');
  writeFileSync(settings, settingsFile({ listen_addresses: '', unix_socket_directories: folder, archive_mode: 'off' }));
  own(settings);

  const postmaster = await Postmaster.start(lab.binaries.postgres, data);
  try {
    const { replicationPassword, slots } = options;
    await asSuperuser(folder, 'template1', async (client) => {
      await client.query(
        `create role replication login replication password ${client.escapeLiteral(replicationPassword)}`,
      );
      for (const slot of slots) await client.query('select pg_create_physical_replication_slot($1, true)', [slot]);
      // Renamed instead of created: a quarter fewer files to copy.
      await client.query(`alter database postgres rename to ${client.escapeIdentifier(lab.database)}`);
    });
    await asSuperuser(folder, lab.database, (client) => seedShop(client, options.seed));
  } finally {
    await postmaster.stop();
  }
}

async function asSuperuser(host: string, database: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ host, user: 'postgres', database });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
