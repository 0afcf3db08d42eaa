import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { certify, makeAuthority } from '../lab/servers/certificate.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
const names: string[] = [];
let server: ReturnType<typeof createServer>;

/** Asks in a process of its own: authorities besides Node's are read only when a process starts. */
const CUSTOMER = `
import { realClock } from './src/clock/real-clock.ts';
import { liveHttp } from './src/live/http.ts';
const [url] = process.argv.slice(2);
const request = { method: 'GET', url, address: '127.0.0.1', timeoutMs: 5_000 };
const told = await liveHttp(realClock()).request(request).catch(({ name, message }) => ({ name, message }));
console.log(JSON.stringify(told));
`;

beforeAll(async () => {
  const authority = await makeAuthority();
  await certify(authority, ['shop.example.com'], folder);
  writeFileSync(join(folder, 'ca.pem'), authority.cert);
  const pem = (file: string) => readFileSync(join(folder, file));
  server = createServer({ key: pem('server.key'), cert: pem('server.crt') }, (request, response) => {
    names.push((request.socket as { servername?: string }).servername ?? '');
    response.end('open');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  await build({
    stdin: { contents: CUSTOMER, resolveDir: root, loader: 'ts' },
    outfile: join(folder, 'customer.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

async function visit(host: string) {
  const url = `https://${host}:${(server.address() as AddressInfo).port}/`;
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') };
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'customer.mjs'), url], { env });
  return JSON.parse(stdout) as object;
}

test('the certificate is checked against the public name, and not against the address', async () => {
  expect(await visit('shop.example.com')).toMatchObject({ status: 200, body: 'open' });
  expect(names).toEqual(['shop.example.com']);
  expect(await visit('another.example.com')).toMatchObject({
    name: 'ConnectionFailed',
    message: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID'),
  });
});
