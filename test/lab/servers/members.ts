import type { LabFolder } from './lab-folder.ts';

/** A server, as far as its lab has to know it. */
export interface Member {
  folder: string;
  close(): Promise<void>;
}

/** What the servers of one lab share, for every engine. */
export interface Members {
  folder: LabFolder;
  servers: Set<Member>;
}

/** Ends a server and deletes what belongs to it. */
export async function discard(lab: Members, server: Member): Promise<void> {
  await server.close();
  lab.servers.delete(server);
  await lab.folder.remove(server.folder);
}

/** Ends every server and removes every trace of the lab. */
export async function closeLab(lab: Members): Promise<void> {
  for (const server of lab.servers) await server.close();
  lab.servers.clear();
  await lab.folder.close();
}
