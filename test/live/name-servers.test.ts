import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { type Answer, decode, encode, type Packet, streamDecode, streamEncode } from 'dns-packet';
import { afterEach, describe, expect, test } from 'vitest';
import { realClock } from '../../src/clock/real-clock.ts';
import { isPassing } from '../../src/errors.ts';
import { ttlCache } from '../../src/live/addresses.ts';
import { liveDns } from '../../src/live/dns.ts';

const NAME = 'shop.example.com';
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

type Reply = (packet: Packet) => Packet | Buffer | undefined;

const AUTHORITATIVE = 1 << 10;
const TRUNCATED = 1 << 9;
const gives =
  (...addresses: string[]): Reply =>
  ({ questions = [] }) => ({
    flags: AUTHORITATIVE,
    answers: questions.flatMap(({ name }) => addresses.map((data): Answer => ({ type: 'A', name, ttl: 5, data }))),
  });
const fails =
  (rcode: number): Reply =>
  () => ({ flags: rcode });
const silent: Reply = () => undefined;
const [servfail, refused, nxdomain] = [fails(2), fails(5), fails(3)];
const garbage: Reply = () => Buffer.from('garbage');
const loop: Reply = () => ({
  flags: AUTHORITATIVE,
  answers: [
    { type: 'CNAME', name: NAME, ttl: 5, data: 'b.example.com' },
    { type: 'CNAME', name: 'b.example.com', ttl: 5, data: NAME },
  ],
});

/** A name server on loopback; over TCP as well, where that is said. */
async function server(reply: Reply, overTcp?: Reply): Promise<string> {
  const socket = createSocket('udp4');
  const whole = (packet: Packet, said: Packet): Packet => ({
    ...{ type: 'response', id: packet.id ?? 0, questions: packet.questions ?? [], answers: [] },
    ...said,
  });
  socket.on('message', (message, from) => {
    const packet = decode(message);
    const said = reply(packet);
    if (said) socket.send(Buffer.isBuffer(said) ? said : encode(whole(packet, said)), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  closing.push(() => void socket.close());
  const { port } = socket.address();
  if (overTcp) {
    const tcp = createServer((stream) =>
      stream.on('data', (bytes) => {
        const packet = streamDecode(bytes);
        const said = packet && overTcp(packet);
        if (packet && said && !Buffer.isBuffer(said)) stream.write(streamEncode(whole(packet, said)));
      }),
    );
    tcp.listen(port, '127.0.0.1');
    await once(tcp, 'listening');
    closing.push(() => void tcp.close());
  }
  return `127.0.0.1:${port}`;
}

const resolverOf = async (...replies: Reply[]) =>
  liveDns({ zones: [{ resolvers: await Promise.all(replies.map((reply) => server(reply))) }], timeoutMs: 2_500 });
const failureOf = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => expect.fail('it was answered'),
    (error: Error) => error,
  );

describe('one server of two fails nothing by itself', () => {
  test.each<[string, Reply]>([
    ['is silent', silent],
    ['has a fault (SERVFAIL)', servfail],
    ['refuses (REFUSED)', refused],
    ['answers with garbage', garbage],
  ])('that %s', async (_, trouble) => {
    const dns = await resolverOf(trouble, gives('203.0.113.10'));
    const from = Date.now();
    expect((await dns.resolve(NAME)).addresses).toEqual(['203.0.113.10']);
    expect(Date.now() - from).toBeLessThan(2_000);
    const zone = liveDns({
      zones: [{ nameServers: [await server(trouble), await server(gives('203.0.113.10'))] }],
      timeoutMs: 2_500,
    });
    expect((await zone.authoritative(NAME)).addresses).toEqual(['203.0.113.10']);
  });

  test('and the one that answered is asked first from then on', async () => {
    const dns = await resolverOf(silent, gives('203.0.113.10'));
    await dns.resolve(NAME);
    const from = Date.now();
    await dns.resolve(NAME);
    expect(Date.now() - from).toBeLessThan(400);
  });
});

describe('where none can tell', () => {
  test.each<[string, Reply, string, boolean]>([
    ['all are silent', silent, 'Timeout', true],
    ['all have a fault', servfail, 'Unavailable', true],
    ['all refuse', refused, 'Unavailable', true],
    ['all say that there is no such name', nxdomain, 'NotFound', false],
    ['its aliases lead in a circle', loop, 'NoAddress', false],
    ['it has no address', gives(), 'NoAddress', false],
  ])('as %s', async (_, trouble, name, passes) => {
    const dns = await resolverOf(trouble, trouble);
    const error = await failureOf(dns.resolve(NAME));
    expect([error.name, isPassing(error)]).toEqual([name, passes]);
    expect(error.message).toContain(NAME);
  });
});

test('an answer that does not fit is asked for again over TCP', async () => {
  const dns = liveDns({
    zones: [{ resolvers: [await server(() => ({ flags: AUTHORITATIVE | TRUNCATED }), gives('203.0.113.10'))] }],
  });
  expect((await dns.resolve(NAME)).addresses).toEqual(['203.0.113.10']);
});

test('one answer that a name is gone is not believed before a second says the same', async () => {
  const replies = [gives('203.0.113.10'), nxdomain, gives('203.0.113.11'), nxdomain, nxdomain];
  const dns = liveDns({
    zones: [{ resolvers: [await server((packet) => (replies.length > 1 ? replies.shift() : replies[0])?.(packet))] }],
  });
  let answers = 0;
  const hasty = {
    ...dns,
    resolve: async (name: string, signal?: AbortSignal) => {
      answers += 1;
      return { ...(await dns.resolve(name, signal)), ttlMs: 0 };
    },
  };
  const cache = ttlCache(hasty, realClock());
  expect(await cache.of(NAME)).toBe('203.0.113.10');
  expect(await cache.of(NAME)).toBe('203.0.113.11');
  await expect(cache.of(NAME)).rejects.toMatchObject({ name: 'NotFound' });
  expect(answers).toBe(5);
});
