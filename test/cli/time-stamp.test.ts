import { readdirSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hasStandardTools, unpackedByHand } from '../evidence/by-hand.ts';
import { hasOpenssl, timestampAuthority } from '../evidence/tsa.ts';
import { here, newFolder, runDrill } from './command.ts';
import { abortedRun, liveAccount } from './live-account.ts';

/** A live run that is aborted as soon as it asks, and so ends sealed. */
async function liveRun(authority: string, more: Record<string, string> = {}) {
  const { env } = await liveAccount();
  const { err, files, folder: run = '' } = await abortedRun({ ...env, DR_DRILL_TSA: authority, ...more });
  return { run, err, files, verified: () => here(['verify', run, '--json']) };
}

test.skipIf(!hasOpenssl)('the seal of a live run is stamped, which verify tells and openssl agrees with', async () => {
  const authority = await timestampAuthority(newFolder());
  const { run, files, verified } = await liveRun(authority.url);
  expect(files).toContain('manifest.tsr');
  const { out } = await verified();
  expect(JSON.parse(out)).toMatchObject({ intact: true, stampedAt: expect.stringMatching(/^20/) });
  expect(authority.verified(join(run, 'manifest.tsr'), join(run, 'manifest.sig'))).toContain('Verification: OK');
  if (!hasStandardTools) return;
  const bundle = join(newFolder(), 'evidence.zip');
  await here(['bundle', run, '-o', bundle]);
  const { folder, said } = unpackedByHand(bundle);
  writeFileSync(join(folder, 'authority.pem'), authority.certificate());
  const answers = said();
  expect(answers).toHaveLength(5);
  expect(answers.map(({ passed }) => passed)).toEqual(answers.map(() => true));
  expect(answers[4]?.says).toContain('Verification: OK');
  await authority.close();
});

/** A proxy that leads every host to one; tells which URLs it was asked for. */
async function forwardProxy(target: string) {
  const asked: string[] = [];
  const server = createServer((incoming, answer) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    const { method, headers } = incoming;
    const passed = request(target, { method, headers }, (theirs) => {
      answer.writeHead(theirs.statusCode ?? 502, theirs.headers);
      theirs.pipe(answer);
    });
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, asked, close: () => server.close() };
}

test.skipIf(!hasOpenssl)('the authority is asked through the proxy of the environment', async () => {
  const authority = await timestampAuthority(newFolder());
  const proxy = await forwardProxy(authority.url);
  const { files, err } = await liveRun('http://stamps.example.com/tsa', {
    http_proxy: proxy.url,
    no_proxy: '',
    NO_PROXY: '',
  });
  expect([files, err]).toEqual([expect.arrayContaining(['manifest.tsr']), expect.not.stringContaining('time-stamp')]);
  expect(proxy.asked).toEqual(['POST http://stamps.example.com/tsa']);
  proxy.close();
  await authority.close();
});

test('where the authority is silent the run is sealed all the same, and says so', async () => {
  const { err, files, verified } = await liveRun('http://127.0.0.1:9');
  expect(err).toContain('127.0.0.1:9 gave no time-stamp');
  expect(files).toEqual(expect.arrayContaining(['manifest.json', 'manifest.sig']));
  expect(files).not.toContain('manifest.tsr');
  expect((await verified()).exitCode).toBe(0);
});

test('a dry run asks no authority', async () => {
  const {
    exitCode,
    err,
    folder: run,
  } = await runDrill(['drills/snapshot-restore.yaml', '--quiet'], {
    env: { DR_DRILL_TSA: 'http://127.0.0.1:9' },
  });
  expect([exitCode, err]).toEqual([0, '']);
  expect(readdirSync(run)).not.toContain('manifest.tsr');
});
