import { afterEach } from 'vitest';
import type { Service } from '../../src/aws/aws.ts';
import { services } from '../../src/aws/services/index.ts';
import type { Clock } from '../../src/clock/clock.ts';
import { realClock } from '../../src/clock/real-clock.ts';
import { simulationSchema } from '../../src/drill/simulation.ts';
import { type ServeOptions, type SimulatorServer, serve } from '../../src/server/serve.ts';
import { type SimulatedWorld, simulate } from '../../src/simulator/simulate.ts';
import { RECOVERY, topology } from '../simulator/world.ts';

export const NOW_MS = Date.UTC(2026, 10, 23, 9);

const servers: SimulatorServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** Time that stands still, so that two worlds answer alike however fast the machine is; nothing in it takes time. */
export function stillClock(): Clock {
  const real = realClock();
  return { ...real, nowMs: () => NOW_MS, sleep: (_, signal) => real.sleep(0, signal) };
}

export const stillWorld = (simulation: object = {}): SimulatedWorld =>
  simulate({ topology: topology(), simulation: simulationSchema.parse(simulation), seed: 1, clock: stillClock() });

/** A server on a free port, closed after the test; signatures are compared with real time. */
export async function served(options: Partial<ServeOptions> = {}): Promise<SimulatorServer> {
  const server = await serve({ world: stillWorld(), listen: { host: '127.0.0.1', port: 0 }, ...options });
  servers.push(server);
  return server;
}

/** What is used of any client of the SDK. */
export interface AnyClient {
  send(command: object): Promise<object>;
}
export type AnyCommand = new (input: object) => object;

/** An unmodified client that knows of nothing but the endpoint. */
export function clientOf(service: Service, endpoint: string, more: object = {}): AnyClient {
  const Client = services[service].Client as unknown as new (settings: object) => AnyClient;
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  return new Client({ endpoint, region: RECOVERY, credentials, maxAttempts: 1, ...more });
}

/** Gives up soon, as one does that waits for an answer that never comes. */
export const impatient = { requestHandler: { requestTimeout: 150, throwOnRequestTimeout: true } };

export const commandsOf = (service: Service): Record<string, AnyCommand> =>
  ({ ...services[service].reads, ...services[service].changes }) as unknown as Record<string, AnyCommand>;

interface SdkStream {
  transformToByteArray(): Promise<Uint8Array>;
}

/** Sends one call; gives what came, its body read and without what the SDK adds, or rejects with the SDK's error. */
export async function send(client: AnyClient, service: Service, operation: string, input: object): Promise<object> {
  const Command = commandsOf(service)[operation] as AnyCommand;
  const { $metadata, ...output } = (await client.send(new Command(input))) as { $metadata?: object; Body?: SdkStream };
  // Bytes of a class of the SDK's own are bytes.
  for (const [name, value] of Object.entries(output))
    if (value instanceof Uint8Array) Object.assign(output, { [name]: new Uint8Array(value) });
  return output.Body ? { ...output, Body: await output.Body.transformToByteArray() } : output;
}

/** Every operation of the catalogue. */
export const operations = (Object.keys(services) as Service[]).flatMap((service) =>
  Object.keys(commandsOf(service)).map((operation) => ({ service, operation })),
);
