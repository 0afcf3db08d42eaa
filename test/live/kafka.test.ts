import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { realClock } from '../../src/clock/real-clock.ts';
import { isPassing, UnknownOutcome } from '../../src/errors.ts';
import { liveKafka } from '../../src/live/kafka.ts';
import { asPortNamesIt } from '../../src/live/kafka-errors.ts';
import { mskToken } from '../../src/live/msk-token.ts';

// What a real cluster answers is tried in test/wire/kafka.test.ts.

const NOW_MS = Date.parse('2026-01-05T01:00:00Z');
const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const credentials = async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: SECRET });

const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

/** A port behind which someone listens, and says nothing. */
async function silent() {
  let arrived = 0;
  const server = createServer((socket) => {
    arrived += 1;
    sockets.push(socket);
    socket.on('error', () => {});
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return { at: { region: 'ap-east-2', name: 'shop', brokers: [`127.0.0.1:${port}`] }, arrivals: () => arrived };
}

test('a token for MSK is a signed request to connect, which says who signed and holds no secret', async () => {
  const token = await mskToken('ap-east-2', { credentials, awsNowMs: () => NOW_MS });
  expect(token).toMatch(/^[\w-]+$/);
  const url = new URL(Buffer.from(token, 'base64url').toString());
  expect(url.origin + url.pathname).toBe('https://kafka.ap-east-2.amazonaws.com/');
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    Action: 'kafka-cluster:Connect',
    'X-Amz-Credential': 'AKIDEXAMPLE/20260105/ap-east-2/kafka-cluster/aws4_request',
    'X-Amz-Date': '20260105T010000Z',
    'X-Amz-Expires': '900',
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Signature': expect.stringMatching(/^[0-9a-f]{64}$/),
    'User-Agent': 'dr-drill',
  });
  expect(url.href).not.toContain(SECRET);
});

test('a cluster that says nothing is given up in time, and one that is aborted at once', async () => {
  const { at } = await silent();
  const kafka = liveKafka({ clock: realClock(), tls: false, readOnly: false });
  const givenUp = () =>
    expect(kafka.ends(at, ['orders'], { timeoutMs: 200 })).rejects.toMatchObject({
      name: 'ConnectionFailed',
      message: 'shop did not answer within 0.2 s.',
    });
  // The first call loads the client as well.
  await givenUp();
  const fromMs = Date.now();
  await givenUp();
  expect(Date.now() - fromMs).toBeLessThan(3_000);
  const signal = AbortSignal.timeout(50);
  await expect(kafka.group(at, 'shop', { timeoutMs: 20_000, signal })).rejects.toMatchObject({ code: 'aborted' });
  await kafka.close();
});

test('a run that only reads changes nothing, and asks nobody', async () => {
  const { at, arrivals } = await silent();
  const kafka = liveKafka({ clock: realClock(), tls: false, readOnly: true });
  const limit = { timeoutMs: 1_000 };
  const position = { topic: 'orders', partition: 0, offset: 1 };
  const refused = { code: 'read-only' };
  await expect(kafka.produce(at, 'orders', { key: 'a', value: 'b' }, limit)).rejects.toMatchObject(refused);
  await expect(kafka.commit(at, 'shop', [position], limit)).rejects.toMatchObject(refused);
  await expect(kafka.forget(at, 'shop', [position], limit)).rejects.toMatchObject(refused);
  expect(arrivals()).toBe(0);
});

test('what Kafka said counts before what the connection met, and secrets are left out', () => {
  const at = { region: 'ap-east-2', name: 'shop', brokers: [] };
  const one = (facts: object, message = 'it failed') => Object.assign(new Error(message), facts);
  const packed = Object.assign(new Error('many'), {
    errors: [one({ code: 'PLT_KFK_NETWORK' }), one({ errors: [one({ apiId: 'UNKNOWN_MEMBER_ID' })] })],
  });
  expect(asPortNamesIt(packed, at)).toMatchObject({
    name: 'GroupInUse',
    message: 'shop: UNKNOWN_MEMBER_ID: it failed',
  });
  expect(asPortNamesIt(one({ code: 'PLT_KFK_AUTHENTICATION' }), at)).toMatchObject({ name: 'LoginFailed' });
  expect(asPortNamesIt(one({ apiId: 'TOPIC_AUTHORIZATION_FAILED' }), at)).toMatchObject({ name: 'NotAllowed' });
  expect(asPortNamesIt(one({ code: 'PLT_KFK_TIMEOUT' }), at)).toMatchObject({ name: 'ConnectionFailed' });
  expect(asPortNamesIt(one({}), at)).toMatchObject({ name: 'RequestFailed' });
});

test.each([
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_OR_FOLLOWER',
  'COORDINATOR_NOT_AVAILABLE',
  'COORDINATOR_LOAD_IN_PROGRESS',
  'NOT_COORDINATOR',
  'NETWORK_EXCEPTION',
  'REQUEST_TIMED_OUT',
  'NOT_ENOUGH_REPLICAS',
  'UNSTABLE_OFFSET_COMMIT',
  'REBALANCE_IN_PROGRESS',
  'UNKNOWN_SERVER_ERROR',
])('a cluster that is busy with itself passes: %s', async (apiId) => {
  const { ProtocolError } = await import('@platformatic/kafka');
  const error = asPortNamesIt(new ProtocolError(apiId), { region: 'ap-east-2', name: 'shop', brokers: [] });
  expect(error).toMatchObject({ name: 'Unavailable', message: expect.stringContaining(apiId) });
  expect(isPassing(error)).toBe(true);
});

test('a login that a broken connection cut short was not refused', () => {
  const broken = Object.assign(new Error('closed'), { code: 'PLT_KFK_NETWORK' });
  const login = Object.assign(new Error('SASL authentication failed.', { cause: broken }), {
    code: 'PLT_KFK_AUTHENTICATION',
  });
  expect(isPassing(asPortNamesIt(login, { region: 'ap-east-2', name: 'shop', brokers: [] }))).toBe(true);
});

test('one broker of three that is silent is passed over, and a commit that nobody answers may have been made', async () => {
  const [first, second] = [await silent(), await silent()];
  const at = { ...first.at, brokers: [...first.at.brokers, ...second.at.brokers] };
  const kafka = liveKafka({ clock: realClock(), tls: false, readOnly: false });
  const position = { topic: 'orders', partition: 0, offset: 1 };
  const error = await kafka.commit(at, 'shop', [position], { timeoutMs: 200 }).catch((failure: Error) => failure);
  expect(error).toBeInstanceOf(UnknownOutcome);
  expect([first.arrivals() > 0, second.arrivals()]).toEqual([true, 0]);
  await expect(kafka.ends(at, ['orders'], { timeoutMs: 200 })).rejects.toMatchObject({ name: 'ConnectionFailed' });
  expect(second.arrivals()).toBeGreaterThan(0);
  await kafka.close();
});
