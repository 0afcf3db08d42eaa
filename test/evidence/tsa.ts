import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const CONFIG = `
[tsa]
default_tsa = one
[one]
serial = ./serial
signer_cert = ./tsa.pem
certs = ./ca.pem
signer_key = ./tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
`;

/** openssl makes the stamps: no other program here can. */
export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** A time-stamp authority on loopback, whose stamps openssl makes; `verified` asks openssl about one. */
export async function timestampAuthority(folder: string, mangled = (reply: Buffer): Buffer => reply) {
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const file = (name: string, text: string | Uint8Array) => writeFileSync(join(folder, name), text);
  const key = (name: string) => ['-newkey', 'rsa:2048', '-nodes', '-keyout', `${name}.key`];
  openssl('req', '-x509', ...key('ca'), '-out', 'ca.pem', '-days', '2', '-subj', '/CN=authority');
  openssl('req', ...key('tsa'), '-out', 'tsa.csr', '-subj', '/CN=stamps');
  file('extensions', 'extendedKeyUsage=critical,timeStamping\n');
  openssl(
    ...['x509', '-req', '-in', 'tsa.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'],
    ...['-out', 'tsa.pem', '-days', '2', '-extfile', 'extensions'],
  );
  file('tsa.cnf', CONFIG);
  file('serial', '01\n');

  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      file('query', Buffer.concat(parts));
      openssl('ts', '-reply', '-config', 'tsa.cnf', '-queryfile', 'query', '-out', 'reply');
      response.writeHead(200, { 'content-type': 'application/timestamp-reply' });
      response.end(mangled(readFileSync(join(folder, 'reply'))));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    verified: (stamp: string, data: string) =>
      openssl('ts', '-verify', '-in', stamp, '-data', data, '-CAfile', 'ca.pem').toString(),
    /** Of the one who vouches for the authority: what someone who checks a stamp must have from elsewhere. */
    certificate: () => readFileSync(join(folder, 'ca.pem')),
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
