import { copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Backup, ServerAddress } from '../servers/database.ts';
import { own } from '../servers/lab-folder.ts';
import { discard } from '../servers/members.ts';
import type { Archive } from './archive.ts';
import { copyData } from './copy-folder.ts';
import type { Lab } from './lab.ts';
import { PostgresServer } from './server.ts';

/** A copy of a server's data with the log that makes it whole. */
export interface Snapshot {
  lab: Lab;
  /** The instance it was taken of. */
  identifier: string;
  /** When it was complete: the earliest moment that a restore to a time can reach from it. */
  takenAt: Date;
  /** Holds the data directory. */
  folder: string;
  /** Where its server archives what comes after it. */
  archive: Archive;
}

/** Copies a writer while it works. */
export async function takeSnapshot(server: PostgresServer): Promise<Snapshot> {
  const { lab, identifier } = server;
  if (await server.isStandby()) throw new Error(`${identifier} is a standby: take a snapshot of a writer`);
  const folder = lab.folder.newServerFolder();
  const takenAt = await copyRunning(server, join(folder, 'data'));
  return { lab, identifier, takenAt, folder, archive: server.archive };
}

/** Copies a server's data with the log that makes them whole; gives when they were complete. */
export async function copyRunning(server: PostgresServer, data: string): Promise<Date> {
  return await server.session(async (query) => {
    await query("select pg_backup_start('snapshot', fast => true)");
    await copyData(server.data, data, { wal: false });
    const [end] = await query(
      'select labelfile, pg_walfile_name(lsn) as segment, clock_timestamp() as at from pg_backup_stop(wait_for_archive => false)',
    );
    const label = String(end?.labelfile);
    writeOwned(join(data, 'backup_label'), label);
    // Straight from the server's own log, which keeps them for a while: archiving may be a second behind.
    const first = /^START WAL LOCATION: .* \(file ([0-9A-F]{24})\)$/m.exec(label)?.[1] ?? '';
    for (const segment of readdirSync(join(server.data, 'pg_wal'))) {
      if (!/^[0-9A-F]{24}$/.test(segment) || segment < first || segment > String(end?.segment)) continue;
      copyFileSync(join(server.data, 'pg_wal', segment), join(data, 'pg_wal', segment));
      own(join(data, 'pg_wal', segment));
    }
    return end?.at as Date;
  });
}

/** A new server with exactly what stood in the old one when the snapshot was complete. */
export function restoreSnapshot(snapshot: Snapshot, address: ServerAddress): Promise<PostgresServer> {
  return restore(snapshot, address, { restore_command: 'false', recovery_target: 'immediate' });
}

/** A new server with everything that was committed up to a moment, and nothing that was committed later. */
export async function restoreToTime(base: Snapshot, time: Date, address: ServerAddress): Promise<PostgresServer> {
  if (time < base.takenAt) {
    throw new Error(`the snapshot is of ${base.takenAt.toISOString()}, later than ${time.toISOString()}`);
  }
  const { latest } = base.archive;
  if (latest === undefined || time > latest) {
    throw new Error(`${time.toISOString()} is not archived; the latest restorable time is ${latest?.toISOString()}`);
  }
  return restore(base, address, {
    restore_command: `cp "${base.archive.folder}/%f" "%p"`,
    // Before its time zones are loaded, PostgreSQL knows no Z.
    recovery_target_time: time.toISOString().replace('Z', '+00'),
  });
}

/** The latest moment that `restoreToTime` can reach: everything committed before it is in the archive. */
export const latestRestorableTime = (server: PostgresServer): Date | undefined => server.archive.latest;

/** Archives what a writer has committed until now, instead of waiting for the next turn. */
export const archiveNow = (server: PostgresServer): Promise<void> => server.archive.archiveNow(server);

/** A backup from which a server can be restored as of now, or as of any time that is archived. */
export async function backUp(server: PostgresServer): Promise<Backup> {
  const snapshot = await takeSnapshot(server);
  return {
    async restore(time, address) {
      if (time < snapshot.takenAt) return restoreSnapshot(snapshot, address);
      // Archived data is available without the writer.
      if ((latestRestorableTime(server) ?? snapshot.takenAt) < time) await archiveNow(server);
      return restoreToTime(snapshot, time, address);
    },
  };
}

/** Deletes a server with its data, its archive too. */
export const remove = (server: PostgresServer): Promise<void> => discard(server.lab, server);

async function restore(snapshot: Snapshot, address: ServerAddress, target: Record<string, string>) {
  const { lab } = snapshot;
  const folder = lab.folder.newServerFolder();
  await copyData(join(snapshot.folder, 'data'), join(folder, 'data'), { wal: true });
  writeOwned(join(folder, 'data/recovery.signal'), '');
  try {
    return await PostgresServer.start(lab, address, folder, {
      settings: { ...target, recovery_target_action: 'promote' },
      restores: true,
    });
  } catch (error) {
    for (const server of lab.servers) if (server.folder === folder) await discard(lab, server);
    throw error;
  }
}

export function writeOwned(path: string, text: string): void {
  writeFileSync(path, text);
  own(path);
}
