import { type Binaries, findBinaries } from './binaries.ts';
import { LabFolder } from './lab-folder.ts';
import type { DatabaseServer } from './server.ts';

/** What all PostgreSQL servers of one lab share. */
export interface Lab {
  folder: LabFolder;
  binaries: Binaries;
  /** The database that every server holds. */
  database: string;
  servers: Set<DatabaseServer>;
}

export function openLab(database: string, parent?: string): Lab {
  const folder = LabFolder.open(parent);
  return { folder, binaries: findBinaries(folder), database, servers: new Set() };
}

/** Ends every server and removes every trace of the lab. */
export async function closeLab(lab: Lab): Promise<void> {
  for (const server of lab.servers) {
    await server.kill();
    for (const gate of [server.gate, ...server.feeds]) gate.close();
  }
  lab.servers.clear();
  await lab.folder.close();
}
