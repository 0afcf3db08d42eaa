import type { Authority } from '../servers/certificate.ts';
import { LabFolder } from '../servers/lab-folder.ts';
import type { Members } from '../servers/members.ts';
import { type Binaries, findBinaries } from './binaries.ts';

/** What all PostgreSQL servers of one lab share. */
export interface Lab extends Members {
  binaries: Binaries;
  /** The database that every server holds. */
  database: string;
  /** How often each writer archives what it has. */
  archiveEveryMs: number;
  /** Who signs the servers' certificates; absent in a lab without encryption. */
  authority: Authority | undefined;
}

export type LabOptions = Pick<Lab, 'database' | 'archiveEveryMs' | 'authority'>;

export function openLab(options: LabOptions, parent?: string): Lab {
  const folder = LabFolder.open(parent);
  return { ...options, folder, binaries: findBinaries(folder), servers: new Set() };
}
