import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { type AddressInfo, createServer as createTcp } from 'node:net';
import { type Answer, decode, encode } from 'dns-packet';
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
  const serving = async (answers: Record<string, { addresses: string[]; ttlSeconds: number }>) => {
    const server = await startDnsServer(async (name) => answers[name]);
    closing.push(server.close);
    return server.address;
  };

  test('an answer comes with how long it may be kept', async () => {
    const resolver = await serving({ 'shop.example.com': { addresses: ['203.0.113.10'], ttlSeconds: 30 } });
    const dns = liveDns({ zones: [{ resolvers: [resolver] }] });
    expect(await dns.resolve('shop.example.com')).toEqual({ addresses: ['203.0.113.10'], ttlMs: 30_000 });
  });

  test('a name that there is not is not found', async () => {
    const dns = liveDns({ zones: [{ resolvers: [await serving({})] }] });
    await expect(dns.resolve('nobody.example.com')).rejects.toMatchObject({ name: 'NotFound' });
  });

  test('the zone’s own name servers are asked apart, and all of them', async () => {
    const old = await serving({ 'shop.example.com': { addresses: ['203.0.113.10'], ttlSeconds: 60 } });
    const changed = await serving({ 'shop.example.com': { addresses: ['198.51.100.20'], ttlSeconds: 1 } });
    const dns = liveDns({ zones: [{ resolvers: [old], nameServers: [old, changed] }] });
    expect((await dns.resolve('shop.example.com')).addresses).toEqual(['203.0.113.10']);
    expect(await dns.authoritative('shop.example.com')).toEqual({
      addresses: ['203.0.113.10', '198.51.100.20'],
      ttlMs: 60_000,
    });
  });

  /** A name server that is asked, and answers records of any type, or nothing at all. */
  const recording = async (records: Answer[] | 'silence', silentOn?: string) => {
    const asked: string[] = [];
    const socket = createSocket('udp4');
    socket.on('message', (message, from) => {
      const { id, questions = [] } = decode(message);
      for (const { type, name } of questions) asked.push(`${type} ${name}`);
      if (records === 'silence' || questions.some(({ type }) => type === silentOn)) return;
      const answers = records.filter((one) =>
        questions.some(({ type, name }) => one.type === type && one.name === name),
      );
      const flags = 1 << 10;
      socket.send(encode({ type: 'response', id: id ?? 0, flags, questions, answers }), from.port, from.address);
    });
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    closing.push(() => void socket.close());
    return { address: `127.0.0.1:${socket.address().port}`, asked };
  };

  test('addresses of both families are asked of the zone’s own servers, and a customer takes IPv4', async () => {
    const server = await recording([
      { type: 'A', name: 'shop.example.com', ttl: 30, data: '203.0.113.10' },
      { type: 'AAAA', name: 'shop.example.com', ttl: 30, data: '2001:db8::10' },
      { type: 'AAAA', name: 'six.example.com', ttl: 30, data: '2001:db8::20' },
    ]);
    const dns = liveDns({ zones: [{ resolvers: [server.address], nameServers: [server.address] }] });
    expect((await dns.authoritative('shop.example.com')).addresses).toEqual(['203.0.113.10', '2001:db8::10']);
    expect((await dns.resolve('shop.example.com')).addresses).toEqual(['203.0.113.10']);
    expect((await dns.resolve('six.example.com')).addresses).toEqual(['2001:db8::20']);
  });

  test('a server that says nothing about IPv6 hides no IPv4 address', async () => {
    const server = await recording([{ type: 'A', name: 'shop.example.com', ttl: 30, data: '203.0.113.10' }], 'AAAA');
    const dns = liveDns({ zones: [{ resolvers: [server.address], nameServers: [server.address] }], timeoutMs: 3_000 });
    expect((await dns.authoritative('shop.example.com')).addresses).toEqual(['203.0.113.10']);
    expect(server.asked).toContain('AAAA shop.example.com');
  });

  test('one that says nothing about IPv4 has not said that there is none', async () => {
    const server = await recording([], 'A');
    const dns = liveDns({ zones: [{ resolvers: [server.address], nameServers: [server.address] }], timeoutMs: 1_000 });
    await expect(dns.authoritative('shop.example.com')).rejects.toMatchObject({ name: 'Timeout' });
  });

  test('a CNAME is followed to the zone of the name that it leads to, and its servers are asked there', async () => {
    const balancer = 'shop-1.elb.example.net';
    const own = await recording([{ type: 'CNAME', name: 'shop.example.com', ttl: 60, data: balancer }]);
    const resolver = await recording([
      { type: 'NS', name: 'elb.example.net', data: 'ns1.elb.example.net' },
      // Nobody listens there: that it is asked shows in who does not answer.
      { type: 'A', name: 'ns1.elb.example.net', data: '127.77.53.1' },
    ]);
    const dns = liveDns({
      zones: [
        { name: 'shop.example.com', resolvers: [resolver.address], nameServers: [own.address] },
        { resolvers: [resolver.address] },
      ],
      timeoutMs: 500,
    });
    await expect(dns.authoritative('shop.example.com')).rejects.toThrow(balancer);
    expect(own.asked).toContain('CNAME shop.example.com');
    expect(own.asked.filter((asked) => asked.includes(balancer))).toEqual([]);
    expect(resolver.asked).toContain('NS elb.example.net');
  });

  test('a name that is in no zone of the topology is asked of the resolvers that its names have', async () => {
    const server = await recording([{ type: 'A', name: 'orders.abc.eu-west-1.rds.amazonaws.com', data: '10.0.0.7' }]);
    const dns = liveDns({ zones: [{ name: 'shop.com' }, { name: 'api.example.org', resolvers: [server.address] }] });
    expect((await dns.resolve('orders.abc.eu-west-1.rds.amazonaws.com')).addresses).toEqual(['10.0.0.7']);
  });

  test('all of com is no neighbour of an apex, and of two names the nearer one says who is asked', async () => {
    const [apex, shop, resolver] = await Promise.all([recording([]), recording([]), recording([])]);
    const zones = [
      { name: 'example.com', nameServers: [apex.address], resolvers: [resolver.address] },
      { name: 'door.shop.example.com', nameServers: [shop.address] },
    ];
    const dns = liveDns({ zones, timeoutMs: 500 });
    for (const name of ['balancer.amazonaws.com', 'www.shop.example.com', 'other.example.com'])
      await dns.authoritative(name).catch(() => {});
    expect(resolver.asked).toContain('NS balancer.amazonaws.com');
    expect(shop.asked).toContain('A www.shop.example.com');
    expect(apex.asked).toContain('A other.example.com');
    expect(apex.asked.filter((asked) => !asked.includes('other.example.com'))).toEqual([]);
  });

  test('a server that says nothing is given up in time, with all its tries', async () => {
    const silent = await recording('silence');
    const dns = liveDns({ zones: [{ resolvers: [silent.address] }], timeoutMs: 100 });
    await expect(dns.resolve('shop.example.com')).rejects.toMatchObject({
      name: 'Timeout',
      message: expect.stringContaining('shop.example.com'),
    });
  });

  test('without any given, the name servers are those of the nearest zone above the name', async () => {
    const resolver = await recording([
      { type: 'NS', name: 'example.com', data: 'ns1.example.net' },
      // Nobody listens there: that it is asked shows in who does not answer.
      { type: 'A', name: 'ns1.example.net', data: '127.77.53.1' },
    ]);
    const dns = liveDns({ zones: [{ resolvers: [resolver.address] }] });
    await expect(dns.authoritative('shop.example.com')).rejects.toThrow('shop.example.com');
    expect(resolver.asked).toEqual(['NS shop.example.com', 'NS example.com', 'A ns1.example.net']);
  });

  test('anyone who stops waiting is not kept waiting', async () => {
    const dns = liveDns({ zones: [{ resolvers: ['127.0.0.1:9'] }] });
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
    const agents: unknown[] = [];
    const port = await listening(
      createServer((request, response) => {
        agents.push(request.headers['user-agent']);
        seen.push(`${request.method} ${request.headers.host} ${request.url} ${request.socket.remotePort}`);
        response.setHeader('x-served-by', 'ap-northeast-1').writeHead(201).end('{"order":7}');
      }),
    );
    const answer = await ask(`http://shop.example.com:${port}/checkout/probe`);
    expect(answer).toMatchObject({ status: 201, body: '{"order":7}', servedBy: 'ap-northeast-1' });
    await ask(`http://shop.example.com:${port}/checkout/probe`);
    expect(seen[0]).toMatch(new RegExp(`^POST shop\\.example\\.com:${port} /checkout/probe \\d+$`));
    expect(new Set(seen).size).toBe(2);
    expect(agents[0]).toMatch(/^dr-drill\/\d+\.\d+\.\d+/);
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

  test('a connection that breaks in the middle of an answer has failed', async () => {
    const port = await listening(
      createServer((_, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('half');
        response.socket?.end();
      }),
    );
    await expect(ask(`http://shop.example.com:${port}/`)).rejects.toMatchObject({ name: 'ConnectionFailed' });
  });

  test('how long it took does not depend on a wall clock that is set meanwhile', async () => {
    const port = await listening(createServer((_, response) => response.end()));
    const real = realClock();
    let turned = 0;
    const jumping = { ...real, nowMs: () => real.nowMs() - 3_600_000 * turned++ };
    const url = `http://shop.example.com:${port}/`;
    const answer = await liveHttp(jumping).request({ method: 'GET', url, address: '127.0.0.1', timeoutMs: 2_000 });
    expect(answer.latencyMs).toBeGreaterThanOrEqual(0);
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

  test('anyone who stops waiting is not kept waiting', async () => {
    const silent = await listening(createTcp(() => {}));
    const controller = new AbortController();
    const asked = ask(`http://shop.example.com:${silent}/`, 60_000, controller.signal);
    controller.abort();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
  });
});
