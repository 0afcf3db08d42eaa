import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Backup, ServerAddress } from '../servers/database.ts';
import { discard } from '../servers/members.ts';
import { copyDisk } from './data-directory.ts';
import { MySqlServer } from './server.ts';

const LOOK_EVERY_MS = 20;

/** Up to where a writer's log reached when it was asked at this moment. */
interface Mark {
  askedMs: number;
  position: string;
}

/** A copy of a writer's disk, and where its log stood at each moment since: the log itself stays on the writer's disk. */
export async function backUp(server: MySqlServer): Promise<Backup> {
  if (await server.isStandby()) throw new Error(`${server.identifier} is a standby: back up a writer`);
  const folder = server.lab.folder.newServerFolder();
  await copyDisk(server, folder);
  const takenMs = Date.now();
  const marks: Mark[] = [];
  const mark = async () => {
    const askedMs = Date.now();
    const [row] = await server.query('select @@global.gtid_binlog_pos as position');
    marks.push({ askedMs, position: String(row?.position) });
  };
  void (async () => {
    // A server that is down writes nothing: what is known of it stays true.
    for (; server.lab.servers.has(server); await sleep(LOOK_EVERY_MS, undefined, { ref: false }))
      if (server.running) await mark().catch(() => undefined);
  })();
  return {
    async restore(time, address) {
      const restored = await startCopy(server, folder, address);
      if (time.getTime() >= takenMs) {
        const isReached = () => marks.some(({ askedMs }) => askedMs >= time.getTime());
        if (!isReached() && server.running) await mark();
        const until = marks.find(({ askedMs }) => askedMs >= time.getTime()) ?? marks.at(-1);
        if (until) await replay(server, restored, until.position);
      }
      await restored.gate.pass();
      return restored;
    },
  };
}

async function startCopy(of: MySqlServer, from: string, address: ServerAddress): Promise<MySqlServer> {
  const { lab } = of;
  const folder = lab.folder.newServerFolder();
  await copyDisk({ pid: undefined, data: join(from, 'data'), lab }, folder);
  try {
    return await MySqlServer.start(lab, address, folder);
  } catch (error) {
    for (const server of lab.servers) if (server.folder === folder) await discard(lab, server);
    throw error;
  }
}

/** Carries out what is in one server's log, from where the other one stands up to a position. */
async function replay(from: MySqlServer, on: MySqlServer, until: string): Promise<void> {
  const [row] = await on.query('select @@global.gtid_binlog_pos as position');
  const position = String(row?.position);
  if (position === until) return;
  const logs = readdirSync(from.data)
    .filter((name) => /^binlog\.\d+$/.test(name))
    .sort()
    .map((name) => join(from.data, name));
  const options = ['--no-defaults', `--start-position=${position}`, `--stop-position=${until}`];
  const read = spawn('/usr/bin/mariadb-binlog', [...options, ...logs], { stdio: ['ignore', 'pipe', 'pipe'] });
  const write = execFile('/usr/bin/mariadb', [
    '--no-defaults',
    '--binary-mode',
    '--user=root',
    `--socket=${on.socket}`,
  ]);
  if (!write.stdin) throw new Error('the client takes no input');
  read.stdout.pipe(write.stdin);
  const ended = [read, write].map(async (child) => {
    const complaints = child.stderr ? text(child.stderr) : '';
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`the log of ${from.identifier} cannot be replayed: ${await complaints}`);
  });
  await Promise.all(ended);
}
