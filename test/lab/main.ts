import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { realClock } from '../../src/clock/real-clock.ts';
import { startLab } from './lab.ts';

/** Starts the lab and keeps it until Ctrl-C; `--port`, `--folder`, `--speed` and `--delay` (of replication, in ms) change it. */
async function main(args: string[]): Promise<void> {
  const number = (name: string): number | undefined => {
    const at = args.indexOf(`--${name}`);
    return at < 0 ? undefined : Number(args[at + 1]);
  };
  const folderAt = args.indexOf('--folder');
  const folder = folderAt < 0 ? undefined : args[folderAt + 1];
  const clock = realClock();
  const lab = await startLab({
    ...(folder !== undefined && { folder }),
    port: number('port') ?? 4566,
    ...(number('speed') !== undefined && { speed: number('speed') ?? 20 }),
    replicationDelayMs: number('delay') ?? 200,
    onCall: ({ service, region, operation, outcome }) =>
      process.stderr.write(`${service} ${region} ${operation} ${outcome}\n`),
  });
  const exports = Object.entries(lab.environment).map(([name, value]) => `export ${name}='${value}'`);
  writeFileSync(join(lab.folder, 'environment.sh'), `${exports.join('\n')}\n`);
  process.stdout.write(`
The lab is up, after ${Math.round(clock.elapsedMs() / 100) / 10} s: a simulated AWS account at ${lab.server.url} with real PostgreSQL, HTTP, DNS and
Kubernetes APIs behind it. In another terminal:

  . ${lab.folder}/environment.sh

  npx dr-drill run ${lab.drills.failover} --live --confirm lab-failover
  npx dr-drill run ${lab.drills.snapshot} --live --confirm lab-snapshot-restore
  npx dr-drill run ${lab.drills.pointInTime} --live --confirm lab-point-in-time-restore

A failover leaves the lab failed over: start it anew for another. Ctrl-C ends it, and nothing stays behind.
`);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  await lab.close();
  process.exit(0);
}

await main(process.argv.slice(2));
