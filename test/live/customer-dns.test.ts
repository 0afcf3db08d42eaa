import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type Answer, decode, encode } from 'dns-packet';
import { afterEach, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock/virtual-clock.ts';
import { Customer } from '../../src/components/public-name/customer.ts';
import { liveDns } from '../../src/live/dns.ts';
import type { Dns } from '../../src/ports/network.ts';

const NAME = 'shop.example.com';
const REFUSED = 5;
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A name server on loopback with these records; without any it refuses to answer. */
async function server(...records: Answer[]) {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (message, from) => {
    const { id, questions = [] } = decode(message);
    for (const { type, name } of questions) asked.push(`${type} ${name}`);
    const answers = records.filter((one) => questions.some(({ type, name }) => one.type === type && one.name === name));
    const flags = records.length === 0 ? REFUSED : 1 << 10;
    socket.send(encode({ type: 'response', id: id ?? 0, flags, questions, answers }), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  closing.push(() => void socket.close());
  return { address: `127.0.0.1:${socket.address().port}`, asked };
}

const address = (data: string, ttl: number): Answer => ({ type: 'A', name: NAME, ttl, data });

describe('a watched customer', () => {
  test('gets the whole TTL from the zone’s own servers, past the resolver’s cache, and each asks another of them first', async () => {
    const [one, two] = await Promise.all([server(address('203.0.113.10', 60)), server(address('203.0.113.11', 60))]);
    const resolver = await server(address('198.51.100.1', 7));
    const nameServers = [one.address, two.address];
    const dns = liveDns({ zones: [{ name: NAME, ttl: 60_000, resolvers: [resolver.address], nameServers }] });
    expect(await dns.resolve(NAME, undefined, 0)).toEqual({ addresses: ['203.0.113.10'], ttlMs: 60_000 });
    expect(await dns.resolve(NAME, undefined, 1)).toEqual({ addresses: ['203.0.113.11'], ttlMs: 60_000 });
    expect(resolver.asked).toEqual([]);
    expect((await dns.resolve(NAME)).addresses).toEqual(['198.51.100.1']);
  });

  test('uses the resolver where the zone’s own servers do not answer, which is said, and asks them no more for a minute', async () => {
    const own = await server();
    const resolver = await server(address('198.51.100.1', 7));
    const zone = { name: NAME, ttl: 60_000, resolvers: [resolver.address], nameServers: [own.address] };
    const dns = liveDns({ zones: [zone] });
    const shared = { addresses: ['198.51.100.1'], ttlMs: 7_000, sharedForMs: 60_000 };
    expect(await dns.resolve(NAME, undefined, 0)).toEqual(shared);
    const times = own.asked.length;
    expect(await dns.resolve(NAME, undefined, 1)).toEqual(shared);
    expect(own.asked).toHaveLength(times);
  });

  test('asks the resolver of a private zone, whose name servers answer nobody; so do looks at the zone', async () => {
    const resolver = await server(address('10.0.0.7', 60), {
      type: 'NS',
      name: 'example.com',
      data: 'ns-0.awsdns-00.com',
    });
    const dns = liveDns({ zones: [{ name: NAME, ttl: 60_000, private: true, resolvers: [resolver.address] }] });
    expect(await dns.resolve(NAME, undefined, 0)).toMatchObject({ addresses: ['10.0.0.7'], sharedForMs: 60_000 });
    expect((await dns.authoritative(NAME)).addresses).toEqual(['10.0.0.7']);
    expect(resolver.asked.filter((asked) => asked.startsWith('NS'))).toEqual([]);
  });

  test('learns of an alias with the TTL of the record, and asks the resolver where it leads', async () => {
    const balancer = 'shop-1.elb.example.net';
    const own = await server({ type: 'CNAME', name: NAME, ttl: 300, data: balancer });
    const dns = liveDns({ zones: [{ name: NAME, ttl: 300_000, nameServers: [own.address] }] });
    expect(await dns.resolve(NAME, undefined, 3)).toEqual({ addresses: [], alias: balancer, ttlMs: 300_000 });
  });

  test('keeps an alias for its TTL, and the addresses behind it for theirs', async () => {
    const clock = new VirtualClock(0);
    const asked: string[] = [];
    const dns: Dns = {
      authoritative: () => Promise.reject(new Error('nobody asks')),
      async resolve(name) {
        asked.push(`${clock.nowMs() / 1_000} s: ${name}`);
        const here = { addresses: ['203.0.113.10'], ttlMs: 20_000 };
        return name === NAME ? { addresses: [], alias: 'elb', ttlMs: 60_000 } : here;
      },
    };
    const http = { request: async () => ({ status: 200, latencyMs: 1, body: '' }) };
    const door = { of: 'public', name: NAME, url: `https://${NAME}/`, timeoutMs: 1_000 };
    const customer = new Customer(door, { dns, http, clock, signal: new AbortController().signal });
    const answers = await clock.run(
      (async () => {
        const used = [];
        for (let at = 0; at < 70; at += 10) {
          used.push((await customer.visit()).answer);
          await clock.sleep(10_000);
        }
        return used;
      })(),
    );
    expect(asked).toEqual([`0 s: ${NAME}`, '0 s: elb', '20 s: elb', '40 s: elb', `60 s: ${NAME}`, '60 s: elb']);
    expect(answers[3]).toEqual({ address: '203.0.113.10', askedMs: 0, ttlMs: 60_000 });
  });
});
