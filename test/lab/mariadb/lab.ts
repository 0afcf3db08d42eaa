import type { Authority } from '../servers/certificate.ts';
import { LabFolder } from '../servers/lab-folder.ts';

/** What all MariaDB servers of one lab share. */
export interface Lab {
  folder: LabFolder;
  authority: Authority;
  /** The database that every server holds. */
  database: string;
  replicationPassword: string;
  servers: Set<Member>;
  /** Each server has a number of its own in the replication. */
  lastServerId: number;
}

/** A server, as far as the lab has to know it. */
interface Member {
  lab: Lab;
  folder: string;
  close(): Promise<void>;
}

export const openLab = (given: Pick<Lab, 'authority' | 'database' | 'replicationPassword'>): Lab => ({
  ...given,
  folder: LabFolder.open(),
  servers: new Set(),
  lastServerId: 0,
});

/** Ends a server and deletes what belongs to it. */
export async function discard(server: Member): Promise<void> {
  const { lab } = server;
  await server.close();
  lab.servers.delete(server);
  await lab.folder.remove(server.folder);
}

/** Ends every server and removes every trace of the lab. */
export async function closeLab(lab: Lab): Promise<void> {
  for (const server of lab.servers) await server.close();
  lab.servers.clear();
  await lab.folder.close();
}
