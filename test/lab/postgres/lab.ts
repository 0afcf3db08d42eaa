import type { Authority } from '../servers/certificate.ts';
import { LabFolder } from '../servers/lab-folder.ts';
import { type Binaries, findBinaries } from './binaries.ts';

/** What all PostgreSQL servers of one lab share. */
export interface Lab {
  folder: LabFolder;
  binaries: Binaries;
  /** The database that every server holds. */
  database: string;
  /** How often each writer archives what it has. */
  archiveEveryMs: number;
  /** Who signs the servers' certificates; absent in a lab without encryption. */
  authority: Authority | undefined;
  servers: Set<Member>;
}

/** A server, as far as the lab has to know it. */
interface Member {
  folder: string;
  close(): Promise<void>;
}

export type LabOptions = Pick<Lab, 'database' | 'archiveEveryMs' | 'authority'>;

export function openLab(options: LabOptions, parent?: string): Lab {
  const folder = LabFolder.open(parent);
  return { ...options, folder, binaries: findBinaries(folder), servers: new Set() };
}

/** Ends a server and deletes what belongs to it. */
export async function discard(lab: Lab, server: Member): Promise<void> {
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
