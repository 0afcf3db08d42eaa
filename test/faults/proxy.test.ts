import { afterEach, beforeAll, expect, test } from 'vitest';
import type { Clock } from '../../src/clock/clock.ts';
import { realClock } from '../../src/clock/real-clock.ts';
import { VirtualClock } from '../../src/clock/virtual-clock.ts';
import { simulationSchema } from '../../src/drill/simulation.ts';
import { errorFacts } from '../../src/errors.ts';
import { liveTransport } from '../../src/live/transport.ts';
import { serve } from '../../src/server/serve.ts';
import { simulate } from '../../src/simulator/simulate.ts';
import { MEDIA_COPY, RECOVERY, REPLICA, SECRET, topology, ZONE } from '../simulator/world.ts';
import { type Fault, faults } from './fault.ts';
import { oneBlow, rate } from './plan.ts';
import { startProxy } from './proxy.ts';
import { sdkReady, virtualWire } from './virtual-wire.ts';
import { awsApi, Way } from './way.ts';

beforeAll(sdkReady);

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  delete process.env.AWS_ENDPOINT_URL;
  await Promise.all(closing.splice(0).map((close) => close()));
});

const worldOf = (clock: Clock) =>
  simulate({ topology: topology(), simulation: simulationSchema.parse({}), seed: 1, clock });
const strikes = (fault: Fault, clock: Clock, api: Awaited<ReturnType<typeof awsApi>>) =>
  new Way({ api, clock, plan: rate(1, [fault], () => 0) });

interface Asks {
  send: Awaited<ReturnType<typeof liveTransport>>['send'];
  way: Way;
}

async function overSockets(fault: Fault): Promise<Asks> {
  const clock = realClock();
  const server = await serve({ world: worldOf(clock), listen: { host: '127.0.0.1', port: 0 }, clock });
  const way = strikes(fault, clock, await awsApi());
  const proxy = await startProxy({ target: server.url, way });
  closing.push(proxy.close, server.close);
  process.env.AWS_ENDPOINT_URL = proxy.url;
  const { send } = await liveTransport(clock, { region: RECOVERY });
  return { send, way };
}

async function inVirtualTime(fault: Fault): Promise<Asks> {
  const clock = new VirtualClock(realClock().nowMs());
  const way = strikes(fault, clock, await awsApi());
  const { transport } = await virtualWire({ world: worldOf(clock), clock, way, region: RECOVERY });
  await transport.credentials();
  return { way, send: (...call) => clock.run(transport.send(...call)) };
}

/** One call of each of AWS's protocols, a change first. */
const calls = [
  ['rds', 'RebootDBInstance', { DBInstanceIdentifier: REPLICA }],
  ['eks', 'DescribeNodegroup', { clusterName: 'ecommerce-recovery', nodegroupName: 'recovery-workers' }],
  ['cloudwatch', 'DescribeAlarms', {}],
  ['route53', 'ListResourceRecordSets', { HostedZoneId: ZONE }],
  ['secretsmanager', 'DescribeSecret', { SecretId: SECRET }],
  ['s3', 'GetBucketVersioning', { Bucket: MEDIA_COPY }],
] as const;

/** Enough for an answer on loopback. */
const PATIENCE_MS = 400;

/** What the client makes of each of the calls, and how often the server did as asked. */
async function outcomes(open: (fault: Fault) => Promise<Asks>, fault: Fault) {
  const { send, way } = await open(fault);
  const found: unknown[] = [];
  // The middle of an answer is waited for longer.
  for (const [service, operation, input] of calls.slice(fault.name.startsWith('stalled') ? -1 : 0)) {
    const outcome = await send(service, RECOVERY, operation, input, undefined, PATIENCE_MS).then(
      () => 'ok',
      (error) => told(error),
    );
    found.push([operation, outcome]);
  }
  return { found, accepted: way.passed.map(({ operation, fault: met, accepted }) => [operation, met, accepted]) };
}

/** The error as the gateway gets it; what differs by chance is left out. */
const told = (error: unknown): string[] => {
  const { name, message } = errorFacts(error);
  const { code = '', $response } = error as { code?: string; $response?: { statusCode?: number } };
  return [name, code, String($response?.statusCode ?? ''), /configured/.test(message) ? 'no answer in time' : message];
};

test.each(faults.map((fault) => [fault.name, fault] as const))(
  '%s looks alike on a socket and on the wire of virtual time',
  async (_, fault) => {
    const virtual = await outcomes(inVirtualTime, fault);
    const real = await outcomes(overSockets, fault);
    expect(real).toEqual(virtual);
  },
);

test('a stale answer is the one before the last change, told once', async () => {
  const clock = new VirtualClock(realClock().nowMs());
  const name = 'stale once';
  const fault = faults.find((one) => one.name === name);
  if (!fault) throw new Error(`no fault is named ${name}`);
  const way = new Way({
    api: await awsApi(),
    clock,
    plan: oneBlow({ service: 'rds', operation: 'DescribeDBInstances', nth: 1, times: 1, fault }, clock),
  });
  const { transport } = await virtualWire({ world: worldOf(clock), clock, way, region: RECOVERY });
  const status = async () => {
    const input = { DBInstanceIdentifier: REPLICA };
    const { DBInstances } = (await transport.send('rds', RECOVERY, 'DescribeDBInstances', input)) as {
      DBInstances: { DBInstanceStatus: string }[];
    };
    return DBInstances[0]?.DBInstanceStatus;
  };
  const seen = await clock.run(
    (async () => {
      const before = await status();
      await transport.send('rds', RECOVERY, 'RebootDBInstance', { DBInstanceIdentifier: REPLICA });
      await clock.sleep(1_000);
      return [before, await status(), await status()];
    })(),
  );
  expect(seen).toEqual(['available', 'available', 'rebooting']);
});
