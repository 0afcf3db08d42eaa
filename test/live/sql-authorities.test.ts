import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { createSecureContext, TLSSocket } from 'node:tls';
import { afterEach, expect, test, vi } from 'vitest';
import { realClock } from '../../src/clock/real-clock.ts';
import { liveSql } from '../../src/live/sql.ts';
import { newFolder } from '../cli/command.ts';
import { certify, makeAuthority } from '../lab/servers/certificate.ts';

const HOST = 'shop-db.example.com';
const closing: (() => void)[] = [];
afterEach(() => {
  vi.unstubAllEnvs();
  for (const close of closing.splice(0)) close();
});

/** As much of PostgreSQL as takes a TLS session and then refuses the login. */
async function refusingLogins() {
  const folder = newFolder();
  const authority = await makeAuthority();
  await certify(authority, [HOST], folder);
  const ca = join(folder, 'ca.pem');
  writeFileSync(ca, authority.cert);
  const pem = (file: string) => readFileSync(join(folder, file));
  const secureContext = createSecureContext({ key: pem('server.key'), cert: pem('server.crt') });
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.write('S');
      const secure = new TLSSocket(socket, { isServer: true, secureContext });
      secure.on('error', () => {});
      secure.once('data', () => {
        const body = Buffer.from('SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed\0\0');
        const length = Buffer.alloc(4);
        length.writeInt32BE(body.length + 4);
        secure.end(Buffer.concat([Buffer.from('E'), length, body]));
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close());
  return { port: (server.address() as AddressInfo).port, ca };
}

test.each([
  ['is trusted by AWS_CA_BUNDLE, where the login names no authorities', true, 'login-failed'],
  ['is not trusted without it', false, 'tls-failed'],
])('a certificate of a private authority %s', async (_, isNamed, code) => {
  const { port, ca } = await refusingLogins();
  vi.stubEnv('AWS_CA_BUNDLE', isNamed ? ca : '');
  vi.stubEnv('NODE_EXTRA_CA_CERTS', '');
  const sql = liveSql({
    locate: async () => ({ host: HOST, port }),
    login: { user: 'drill', password: { from: 'iam' }, tls: 'verify-full' },
    password: async () => 'any',
    dns: { resolve: async () => ({ addresses: ['127.0.0.1'], ttlMs: 60_000 }) } as never,
    clock: realClock(),
    readOnly: false,
  });
  closing.push(() => void sql.close());
  const database = { region: 'ap-east-2', instance: 'shop-db', name: 'shop' };
  await expect(sql.query(database, { name: 'sql/look', text: 'select 1' }, { timeoutMs: 5_000 })).rejects.toMatchObject(
    { code },
  );
});
