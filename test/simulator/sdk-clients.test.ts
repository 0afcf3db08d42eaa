import { mockClient } from 'aws-sdk-client-mock';
import { expect, test } from 'vitest';
import type { Service, Transport } from '../../src/aws/aws.ts';
import { loadService } from '../../src/aws/services/load.ts';
import type { Entry } from '../../src/journal/events.ts';
import { finishedIn } from '../run/prepared-account.ts';
import { drills } from '../year/ways-to-fail.ts';

/** What is used of any client of the SDK. */
type AnyCommand = new (input: object) => { input: object };
interface AnyService {
  Client: new (settings: object) => { send(command: object): Promise<unknown> };
  reads: Record<string, AnyCommand>;
  changes: Record<string, AnyCommand>;
}
interface Stub {
  send: { callsFake(answer: (command: object) => Promise<unknown>): void };
}

test.each(drills)(
  '%s does the same at the same instants when each of its calls goes through the client of the SDK',
  async (name) => {
    const services = await everyService();
    const asked = new Set<string>();
    const direct = await finishedIn({}, name);
    const mocked = await finishedIn({ through: (transport) => throughClients(transport, services, asked) }, name);
    expect(asked.size).toBeGreaterThan(0);
    expect(mocked.entries.map(withoutPlace).toSorted()).toEqual(direct.entries.map(withoutPlace).toSorted());
  },
);

/** The clients take some more turns of the microtask queue, so that two lines of one instant may change places. */
const withoutPlace = ({ seq, prev, ...event }: Entry): string => JSON.stringify(event);

/** Loaded before virtual time starts, as loading takes real time. */
async function everyService(): Promise<Map<string, AnyService>> {
  const all = Object.entries(loadService).map(
    async ([service, load]): Promise<[string, AnyService]> => [service, (await load()) as unknown as AnyService],
  );
  return new Map(await Promise.all(all));
}

/** The way to the account through real clients, whose `send` alone is mocked. */
function throughClients(transport: Transport, services: Map<string, AnyService>, asked: Set<string>): Transport {
  const clients = new Map<string, InstanceType<AnyService['Client']>>();
  const answers = new WeakMap<object, () => Promise<unknown>>();
  const clientOf = (service: Service, region: string) => {
    const key = `${service}@${region}`;
    const known = clients.get(key);
    if (known) return known;
    const { Client } = services.get(service) as AnyService;
    const credentials = { accessKeyId: 'SIMULATED', secretAccessKey: 'SIMULATED' };
    const client = new Client({ region, credentials, maxAttempts: 1 });
    const stub = mockClient(client as never) as unknown as Stub;
    stub.send.callsFake((command) => (answers.get(command) as () => Promise<unknown>)());
    clients.set(key, client);
    return client;
  };
  return {
    send(service, region, operation, input, ...rest) {
      const { reads, changes } = services.get(service) as AnyService;
      const Command = { ...reads, ...changes }[operation];
      if (!Command) throw new Error(`The SDK's client of ${service} has no ${operation}.`);
      asked.add(`${service}:${operation}`);
      const command = new Command(input);
      answers.set(command, () => transport.send(service, region, operation, command.input, ...rest));
      return clientOf(service, region).send(command);
    },
  };
}
