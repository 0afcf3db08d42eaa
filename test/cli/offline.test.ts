import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newFolder, runDrill, runHere } from './command.ts';

const drills = ['multi-region-failover', 'snapshot-restore', 'point-in-time-restore'].map(
  (name) => `drills/${name}.yaml`,
);

/** Makes every way out of the process an error that ends it. */
const noSockets = `
  import net from 'node:net';
  import dgram from 'node:dgram';
  import dns from 'node:dns';
  import child from 'node:child_process';
  const refuse = (what) => () => { process.stderr.write('opened: ' + what + '\\n'); process.exit(99); };
  net.Socket.prototype.connect = refuse('socket');
  net.Server.prototype.listen = refuse('server');
  dgram.createSocket = refuse('datagram socket');
  for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6']) dns[name] = dns.promises[name] = refuse('dns ' + name);
  for (const name of ['spawn', 'execFile', 'fork']) child[name] = refuse('process');
`;

describe('a dry run opens no socket', () => {
  test.each(drills)('%s runs where sockets, DNS and processes are refused', async (drill) => {
    const preload = join(newFolder(), 'no-sockets.mjs');
    writeFileSync(preload, noSockets);
    const { exitCode, err } = await runDrill([drill, '--quiet'], { node: ['--import', preload] });
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  });

  // Needs Linux and the right to make a namespace; what is refused above holds everywhere.
  test.skipIf(!canUnshare()).each(drills)('%s gives the same journal without any network as with it', async (drill) => {
    const online = await runHere([drill]);
    const offline = await runDrill([drill], { under: ['unshare', '--map-root-user', '--net'] });
    expect(offline.exitCode).toBe(online.exitCode);
    expect(offline.read('journal.jsonl')).toBe(online.read('journal.jsonl'));
    expect(offline.out.replace(offline.folder, '')).toBe(online.out.replace(online.folder, ''));
  });
});

test('no credentials, profile or home directory are needed, and none is looked at', async () => {
  const env = { HOME: '/nonexistent', AWS_PROFILE: 'nobody', AWS_CONFIG_FILE: '/nonexistent', AWS_REGION: 'nowhere-1' };
  const { exitCode, err } = await runDrill([drills[0] as string, '--quiet'], { env });
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
});

function canUnshare(): boolean {
  try {
    execFileSync('unshare', ['--map-root-user', '--net', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
