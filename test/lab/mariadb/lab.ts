import type { Authority } from '../servers/certificate.ts';
import { LabFolder } from '../servers/lab-folder.ts';
import type { Members } from '../servers/members.ts';
import type { Programs } from './programs.ts';

/** What all MariaDB or MySQL servers of one lab share. */
export interface Lab extends Members {
  programs: Programs;
  authority: Authority;
  /** The database that every server holds. */
  database: string;
  replicationPassword: string;
  /** Each server has a number of its own in the replication. */
  lastServerId: number;
}

export const openLab = (given: Pick<Lab, 'programs' | 'authority' | 'database' | 'replicationPassword'>): Lab => ({
  ...given,
  folder: LabFolder.open(),
  servers: new Set(),
  lastServerId: 0,
});
