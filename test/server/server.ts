import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EKSClient } from '@aws-sdk/client-eks';
import { RDSClient } from '@aws-sdk/client-rds';
import { Route53Client } from '@aws-sdk/client-route-53';
import { STSClient } from '@aws-sdk/client-sts';
import { afterEach } from 'vitest';
import type { Clock } from '../../src/clock/clock.ts';
import { realClock } from '../../src/clock/real-clock.ts';
import { simulationSchema } from '../../src/drill/simulation.ts';
import { type ServeOptions, type SimulatorServer, serve } from '../../src/server/serve.ts';
import { type SimulatedWorld, simulate } from '../../src/simulator/simulate.ts';
import { RECOVERY, topology } from '../simulator/world.ts';

const servers: SimulatorServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** Real time that stands still, so that two worlds answer alike however fast the machine is. */
export function stillClock(ms = Date.UTC(2026, 10, 23, 9)): Clock {
  const real = realClock();
  return { ...real, nowMs: () => ms, sleep: (_, signal) => real.sleep(0, signal) };
}

export const worldAt = (clock: Clock, simulation: object = {}): SimulatedWorld =>
  simulate({ topology: topology(), simulation: simulationSchema.parse(simulation), seed: 1, clock });

/** A server on a free port, closed after the test; its world stands still in time. */
export async function served(options: Partial<ServeOptions> = {}): Promise<SimulatorServer> {
  const listen = { host: '127.0.0.1', port: 0 };
  const server = await serve({ world: worldAt(stillClock()), listen, ...options });
  servers.push(server);
  return server;
}

/** How an unmodified client reaches a server: by its endpoint, as AWS_ENDPOINT_URL would say it. */
export const settings = (endpoint: string, region = RECOVERY) => ({
  endpoint,
  region,
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
  maxAttempts: 1,
});

export const clients = (endpoint: string, region = RECOVERY) => ({
  cloudwatch: new CloudWatchClient(settings(endpoint, region)),
  eks: new EKSClient(settings(endpoint, region)),
  rds: new RDSClient(settings(endpoint, region)),
  route53: new Route53Client(settings(endpoint, region)),
  sts: new STSClient(settings(endpoint, region)),
});
