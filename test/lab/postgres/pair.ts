import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { makeAuthority } from '../servers/certificate.ts';
import type { DatabasePair, PairOptions } from '../servers/database.ts';
import type { Gate } from '../servers/gate.ts';
import { closeLab } from '../servers/members.ts';
import { backUp, remove } from './backup.ts';
import { makeCluster } from './cluster.ts';
import { copyData } from './copy-folder.ts';
import { type Lab, openLab } from './lab.ts';
import { PostgresServer } from './server.ts';
import { addStandby, follow } from './standby.ts';

export interface PostgresPairOptions extends PairOptions {
  /** Where the lab's own folder is made; the user nobody must be able to get there. */
  folder?: string;
}

export interface Pair extends DatabasePair {
  lab: Lab;
  writer: PostgresServer;
  replica: PostgresServer;
  /** What clients trust, as PEM, if connections are encrypted. */
  ca: string | undefined;
}

/** A seeded writer and a standby that streams from it. */
export async function startPair(options: PostgresPairOptions): Promise<Pair> {
  const { database, archiveEveryMs = 1_000 } = options;
  const authority = options.tls ? await makeAuthority() : undefined;
  const lab = openLab({ database, archiveEveryMs, authority }, options.folder);
  try {
    return await start(lab, options);
  } catch (error) {
    await closeLab(lab);
    throw error;
  }
}

async function start(lab: Lab, options: PostgresPairOptions): Promise<Pair> {
  const [writerFolder, replicaFolder] = [lab.folder.newServerFolder(), lab.folder.newServerFolder()];
  const replicationPassword = randomBytes(12).toString('hex');
  const slot = options.replica.identifier.toLowerCase().replaceAll(/[^a-z0-9]/g, '_');
  await makeCluster(lab, writerFolder, {
    seed: {
      seed: options.seed,
      user: options.user,
      password: options.password,
      applicationUser: options.applicationUser ?? 'shop_app',
      applicationPassword: options.applicationPassword ?? options.password,
    },
    tls: lab.authority !== undefined,
    replicationPassword,
    slots: [slot],
  });
  await copyData(join(writerFolder, 'data'), join(replicaFolder, 'data'), { wal: true });
  const writer = await PostgresServer.start(lab, options.writer, writerFolder);
  const replica = await follow(writer, options.replica, replicaFolder, { slot, password: replicationPassword });
  const replication = replica.source as Gate;
  return {
    lab,
    writer,
    replica,
    replication,
    authority: lab.authority,
    ca: lab.authority?.cert,
    addStandby,
    backUp,
    remove,
    close: () => closeLab(lab),
  };
}
