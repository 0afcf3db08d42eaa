import { afterEach, describe, expect, test } from 'vitest';
import type { Clock } from '../../src/clock/clock.ts';
import { realClock } from '../../src/clock/real-clock.ts';
import { loadTopology } from '../../src/drill/load.ts';
import { simulationSchema } from '../../src/drill/simulation.ts';
import { DrillError } from '../../src/errors.ts';
import { simulatedPorts } from '../../src/live/simulated-ports.ts';
import type { ServedPorts } from '../../src/server/ports.ts';
import { type SimulatorServer, serve } from '../../src/server/serve.ts';
import { simulate } from '../../src/simulator/simulate.ts';
import { shippedTopology } from '../drill/files.ts';

const servers: SimulatorServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const SHOP = { region: 'ap-northeast-1', cluster: 'ecommerce-recovery', namespace: 'shop' };
const MESSAGES = { region: 'ap-east-2', name: 'ecommerce-messages-primary', brokers: ['b-1.example.com:9098'] };
const ORDERS = { region: 'ap-east-2', instance: 'ecommerce-db-primary', name: 'shop' };

const shippedWorld = (clock: Clock) =>
  simulate({ topology: loadTopology(shippedTopology), simulation: simulationSchema.parse({}), seed: 1, clock });

/** A world served with its ports, some of them otherwise, and what a live run makes of it. */
async function served(otherwise: Partial<ServedPorts> = {}) {
  const clock = realClock();
  const world = shippedWorld(clock);
  const listen = { host: '127.0.0.1', port: 0 };
  const server = await serve({ world, ports: { ...world.ports, ...otherwise }, listen, clock });
  servers.push(server);
  const ports = (await simulatedPorts({ AWS_ENDPOINT_URL: server.url })) ?? expect.fail('no ports');
  return { server, ports, world };
}

const never = () => new Promise<never>(() => {});

describe('a live run at a simulated account', () => {
  test('gets from its world what a dry run gets', async () => {
    const { ports, world } = await served();
    expect(await ports.kubernetes.deployment(SHOP, 'order-service')).toEqual(
      await world.ports.kubernetes.deployment(SHOP, 'order-service'),
    );
    expect((await ports.dns.resolve('shop.example.com', undefined, 3)).addresses).toEqual(['203.0.113.10']);
  });

  test('gets bytes as bytes, and nothing as nothing', async () => {
    const written = [{ atMs: 7, key: Buffer.from([0, 255, 128]), value: null }];
    const { ports, world } = await served();
    const { ports: kept } = await served({ kafka: { ...world.ports.kafka, records: async () => written } });
    expect(await kept.kafka.records(MESSAGES, 'orders', { sinceMs: 0, timeoutMs: 5_000 })).toEqual(written);
    expect(await ports.kubernetes.namespace({ ...SHOP, namespace: 'none' })).toBeUndefined();
  });

  test('changes it', async () => {
    const { ports, world } = await served();
    await ports.kubernetes.scale(SHOP, 'order-service', 4);
    expect((await world.ports.kubernetes.deployment(SHOP, 'order-service')).wanted).toBe(4);
    const failure = { kind: 'region-outage', region: 'ap-east-2' } as const;
    await ports.failure.inject(failure);
    expect(await world.ports.failure.active(failure)).toBe(true);
  });

  test('tells errors apart as a real port names them, and ours from others', async () => {
    const refuse = (error: Error) => async () => Promise.reject(error);
    const sent = Object.assign(new Error('nobody answered'), { name: 'Timeout', sent: true });
    const { ports } = await served({
      http: { request: refuse(sent) },
      redis: { read: refuse(new DrillError('login-failed', 'not let in', { hint: 'Ask.' })), write: never },
    });
    const asked = {
      method: 'GET',
      url: 'https://shop.example.com/',
      address: '203.0.113.10',
      timeoutMs: 1_000,
    } as const;
    const passing = await ports.http.request(asked).catch((error) => error);
    expect(passing).toMatchObject({ name: 'Timeout', message: 'nobody answered', sent: true });
    expect(passing).not.toBeInstanceOf(DrillError);
    const at = { region: 'ap-east-2', group: 'ecommerce-cache-primary', host: 'cache', port: 6379, tls: true };
    const ours = await ports.redis.read(at, 'key', { timeoutMs: 1_000 }).catch((error) => error);
    expect(ours).toBeInstanceOf(DrillError);
    expect(ours).toMatchObject({ code: 'login-failed', hint: 'Ask.' });
  });

  test('is let go at once by an abort, and the world hears of it', async () => {
    let heard = () => {};
    const told = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const { ports } = await served({
      dns: {
        authoritative: never,
        resolve: (_, signal) => {
          signal?.addEventListener('abort', () => heard());
          return never();
        },
      },
    });
    const abort = new AbortController();
    const asked = ports.dns.resolve('shop.example.com', abort.signal);
    setTimeout(() => abort.abort(), 50);
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    await told;
  });

  test('takes a look that nobody answered for one to repeat, and a change for one that may have been made', async () => {
    const { ports, server } = await served();
    await server.close();
    servers.splice(0);
    await expect(ports.kubernetes.deployment(SHOP, 'order-service')).rejects.toMatchObject({ name: 'Unavailable' });
    await expect(ports.kubernetes.scale(SHOP, 'order-service', 4)).rejects.toMatchObject({ name: 'UnknownOutcome' });
    const query = { name: 'heartbeat.write', text: '', values: [1] };
    await expect(ports.sql.query(ORDERS, query, { timeoutMs: 1_000 })).rejects.toMatchObject({ name: 'Unavailable' });
    const change = { ...query, changes: true } as const;
    await expect(ports.sql.query(ORDERS, change, { timeoutMs: 1_000 })).rejects.toMatchObject({
      name: 'UnknownOutcome',
    });
  });
});

test('nothing of a world is taken for real where real servers stand behind it, or only a part of AWS is simulated', async () => {
  const { server } = await served();
  const AWS_ENDPOINT_URL = server.url;
  expect(await simulatedPorts({ AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_RDS: 'https://rds.example.com' })).toBeUndefined();
  expect(await simulatedPorts({ AWS_ENDPOINT_URL, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' })).toBeUndefined();
  expect(await simulatedPorts({})).toBeUndefined();
  expect(await simulatedPorts({ AWS_ENDPOINT_URL: AWS_ENDPOINT_URL.replace('http:', 'https:') })).toBeUndefined();
  const clock = realClock();
  const real = await serve({ world: shippedWorld(clock), listen: { host: '127.0.0.1', port: 0 }, clock });
  servers.push(real);
  expect(await simulatedPorts({ AWS_ENDPOINT_URL: real.url })).toBeUndefined();
});

test.each([
  ['{"port":"people","method":"ask","args":[]}', 'application/json', 400],
  ['{"port":"dns","method":"constructor","args":[]}', 'application/json', 400],
  ['{"port":"__proto__","method":"toString","args":[]}', 'application/json', 400],
  ['nonsense', 'application/json', 400],
  ['{"port":"failure","method":"lacks","args":[]}', 'text/plain', 415],
  ['{"port":"failure","method":"lacks","args":[]}', 'application/json', 200],
])('%s as %s is answered with %i', async (body, type, status) => {
  const { server } = await served();
  const answer = await fetch(`${server.url}/_dr-drill/ports`, {
    method: 'POST',
    body,
    headers: { 'content-type': type },
  });
  expect(answer.status).toBe(status);
});
