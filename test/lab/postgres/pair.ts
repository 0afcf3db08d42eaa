import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { makeAuthority } from './certificate.ts';
import { makeCluster } from './cluster.ts';
import { copyData } from './copy-folder.ts';
import type { Gate } from './gate.ts';
import { closeLab, type Lab, openLab } from './lab.ts';
import { DatabaseServer, type ServerAddress } from './server.ts';
import { follow } from './standby.ts';

export interface PairOptions {
  writer: ServerAddress;
  replica: ServerAddress;
  database: string;
  /** The drill's login, with the least rights that it needs. */
  user: string;
  password: string;
  /** The application's login; `shop_app` with the drill's password if not given. */
  applicationUser?: string;
  applicationPassword?: string;
  /** The same number gives the same data. */
  seed?: number;
  /** Encrypted connections only, with certificates for the servers' `names`. */
  tls?: boolean;
  /** How often the writer archives its log; a restore to a time reaches no further. */
  archiveEveryMs?: number;
  /** Where the lab's own folder is made; the user nobody must be able to get there. */
  folder?: string;
}

export interface Pair {
  lab: Lab;
  writer: DatabaseServer;
  replica: DatabaseServer;
  /** The way of the replication from writer to replica. */
  replication: Gate;
  /** What clients trust, as PEM, if connections are encrypted. */
  ca: string | undefined;
  /** Ends all servers of this lab, restored ones too, and removes everything. */
  close(): Promise<void>;
}

/** A seeded writer and a standby that streams from it. */
export async function startPair(options: PairOptions): Promise<Pair> {
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

async function start(lab: Lab, options: PairOptions): Promise<Pair> {
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
  const writer = await DatabaseServer.start(lab, options.writer, writerFolder);
  const replica = await follow(writer, options.replica, replicaFolder, { slot, password: replicationPassword });
  const replication = replica.source as Gate;
  return { lab, writer, replica, replication, ca: lab.authority?.cert, close: () => closeLab(lab) };
}
