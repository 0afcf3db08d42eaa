import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttp, request } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, connect, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { certify, makeAuthority } from '../lab/servers/certificate.ts';
import { newFolder } from './command.ts';

const servers: (Server & { closeAllConnections?: () => void })[] = [];
afterAll(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections?.();
    server.close();
  }
});

async function listening(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const NAMES = [
  'amazonaws.com',
  '*.amazonaws.com',
  '*.global.api.aws',
  ...['ap-northeast-1', 'ap-east-2', 'us-west-2'].flatMap((region) => [
    `*.${region}.amazonaws.com`,
    `fips.eks.${region}.amazonaws.com`,
    `*.${region}.api.aws`,
  ]),
];

/** AWS's own host names over TLS, by a certificate of a private authority, with a served account behind them. */
export async function awsHosts(account: string): Promise<{ port: number; ca: string }> {
  const folder = newFolder();
  const authority = await makeAuthority();
  await certify(authority, NAMES, folder);
  const ca = join(folder, 'ca.pem');
  writeFileSync(ca, authority.cert);
  const pem = (file: string) => readFileSync(join(folder, file));
  const { hostname, port } = new URL(account);
  const server = createHttps({ key: pem('server.key'), cert: pem('server.crt') }, (incoming, answer) => {
    const { method, url: path, headers } = incoming;
    const passed = request({ hostname, port, path, method, headers }, (theirs) => {
      answer.writeHead(theirs.statusCode ?? 502, theirs.headers);
      theirs.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    incoming.pipe(passed);
  });
  return { port: await listening(server), ca };
}

/** A CONNECT proxy that leads every host of AWS to one port of this machine; tells who was asked for. */
export async function corporateProxy(port: number, { login, refuses }: { login?: string; refuses?: number } = {}) {
  const asked: string[] = [];
  const server = createHttp((_, answer) => {
    answer.writeHead(405).end();
  });
  server.on('connect', (incoming, client) => {
    asked.push(incoming.url ?? '');
    client.on('error', () => {});
    const wanted = login && `Basic ${Buffer.from(login).toString('base64')}`;
    const status = wanted && incoming.headers['proxy-authorization'] !== wanted ? 407 : refuses;
    if (status) return client.end(`HTTP/1.1 ${status} No\r\ncontent-type: text/html\r\ncontent-length: 2\r\n\r\nno`);
    if (/\.gr7\..*\.eks\./.test(incoming.url ?? '')) return client.end('HTTP/1.1 502 No\r\n\r\n');
    const upstream = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(client);
      client.pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('close', () => upstream.destroy());
    return undefined;
  });
  return { url: `http://127.0.0.1:${await listening(server)}`, asked };
}
