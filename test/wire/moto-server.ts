import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { outsideEnvironment, program } from './outside.ts';

export interface MotoServer {
  url: string;
  close(): Promise<void>;
}

/** moto on loopback, with nothing in it yet. */
export async function startMoto(): Promise<MotoServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(program('moto_server'), ['-H', '127.0.0.1', '-p', String(port)], {
    env: outsideEnvironment(url),
    stdio: 'ignore',
  });
  await answering(url, child);
  return {
    url,
    async close() {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

async function answering(url: string, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`moto_server ended with ${child.exitCode}`);
    const there = await fetch(`${url}/moto-api/`).catch(() => undefined);
    if (there?.ok) return;
    await sleep(50);
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  return typeof address === 'object' && address ? address.port : 0;
}
