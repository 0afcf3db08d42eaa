import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { type AddressInfo, createServer as createTcp } from 'node:net';
import { generate } from 'selfsigned';
import { afterEach, describe, expect, test } from 'vitest';
import { realClock } from '../../src/clock/real-clock.ts';
import { liveDns } from '../../src/live/dns.ts';
import { liveHttp } from '../../src/live/http.ts';
import { startDnsServer } from '../lab/dns-server.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

describe('DNS', () => {
  const serving = async (answers: Record<string, { address: string; ttlSeconds: number }>) => {
    const server = await startDnsServer(async (name) => answers[name]);
    closing.push(server.close);
    return server.address;
  };

  test('an answer comes with how long it may be kept', async () => {
    const resolver = await serving({ 'shop.example.com': { address: '203.0.113.10', ttlSeconds: 30 } });
    const dns = liveDns({ resolvers: [resolver] });
    expect(await dns.resolve('shop.example.com')).toEqual({ addresses: ['203.0.113.10'], ttlMs: 30_000 });
  });

  test('a name that there is not is not found', async () => {
    const dns = liveDns({ resolvers: [await serving({})] });
    await expect(dns.resolve('nobody.example.com')).rejects.toMatchObject({ name: 'NotFound' });
  });

  test('the zone’s own name servers are asked apart, and all of them', async () => {
    const old = await serving({ 'shop.example.com': { address: '203.0.113.10', ttlSeconds: 60 } });
    const changed = await serving({ 'shop.example.com': { address: '198.51.100.20', ttlSeconds: 1 } });
    const dns = liveDns({ resolvers: [old], nameServers: [old, changed] });
    expect((await dns.resolve('shop.example.com')).addresses).toEqual(['203.0.113.10']);
    expect(await dns.authoritative('shop.example.com')).toEqual({
      addresses: ['203.0.113.10', '198.51.100.20'],
      ttlMs: 60_000,
    });
  });

  test('whoever stops waiting is not kept waiting', async () => {
    const dns = liveDns({ resolvers: ['127.0.0.1:9'] });
    const controller = new AbortController();
    const asked = dns.resolve('shop.example.com', controller.signal);
    controller.abort();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('HTTP', () => {
  const listening = async (server: Server | ReturnType<typeof createTcp>): Promise<number> => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closing.push(() => server.close());
    return (server.address() as AddressInfo).port;
  };
  const http = liveHttp(realClock());
  const ask = (url: string, timeoutMs = 2_000, signal?: AbortSignal) =>
    http.request({ method: 'POST', url, address: '127.0.0.1', timeoutMs }, signal);

  test('the request goes to the address, under the name of the URL, over a connection of its own', async () => {
    const seen: string[] = [];
    const port = await listening(
      createServer((request, response) => {
        seen.push(`${request.method} ${request.headers.host} ${request.url} ${request.socket.remotePort}`);
        response.setHeader('x-served-by', 'ap-northeast-1').writeHead(201).end('{"order":7}');
      }),
    );
    const answer = await ask(`http://shop.example.com:${port}/checkout/probe`);
    expect(answer).toMatchObject({ status: 201, body: '{"order":7}', servedBy: 'ap-northeast-1' });
    await ask(`http://shop.example.com:${port}/checkout/probe`);
    expect(seen[0]).toMatch(new RegExp(`^POST shop\\.example\\.com:${port} /checkout/probe \\d+$`));
    expect(new Set(seen).size).toBe(2);
  });

  test('the time-out covers the whole answer, and not only its beginning', async () => {
    const port = await listening(
      createServer((_, response) => {
        response.writeHead(200).write('the rest never comes');
      }),
    );
    await expect(ask(`http://shop.example.com:${port}/`, 200)).rejects.toMatchObject({
      name: 'Timeout',
      message: '127.0.0.1 did not answer within 0.2 s.',
    });
  });

  test('a server that accepts and says nothing times out; one that is not there fails at once', async () => {
    const silent = await listening(createTcp(() => {}));
    await expect(ask(`http://shop.example.com:${silent}/`, 200)).rejects.toMatchObject({ name: 'Timeout' });
    await expect(ask('http://shop.example.com:9/', 5_000)).rejects.toMatchObject({
      name: 'ConnectionFailed',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('of a long body the first 64 kB are kept', async () => {
    const port = await listening(createServer((_, response) => response.end('x'.repeat(300_000))));
    expect((await ask(`http://shop.example.com:${port}/`)).body).toHaveLength(65_536);
  });

  test('a certificate that nobody vouches for is refused', async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'shop.example.com' }], {
      keyType: 'ec',
    });
    const port = await listening(createSecure({ key, cert }, (_, response) => response.end()) as unknown as Server);
    await expect(ask(`https://shop.example.com:${port}/`)).rejects.toMatchObject({
      name: 'ConnectionFailed',
      message: expect.stringMatching(/SELF_SIGNED|UNABLE_TO_VERIFY/),
    });
  });

  test('whoever stops waiting is not kept waiting', async () => {
    const silent = await listening(createTcp(() => {}));
    const controller = new AbortController();
    const asked = ask(`http://shop.example.com:${silent}/`, 60_000, controller.signal);
    controller.abort();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
  });
});
