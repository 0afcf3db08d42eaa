import type { Service } from '../../aws/aws.ts';
import { loadService } from '../../aws/services/load.ts';
import { awsError, withoutStacks } from '../faults.ts';

type Answer = (input: object) => Promise<unknown>;

/** Any client and command of the table: which is which, only the table knows. */
interface AnyService {
  Client: new (settings: object) => AnyClient;
  reads: object;
  changes: object;
}
interface AnyClient {
  send(command: object): Promise<unknown>;
}
type AnyCommand = new (input: object) => object;

/** What is used of the mock, for any service. */
interface Stub {
  send: { callsFake(answer: (command: { input: object }) => Promise<unknown>): void };
  resetHistory(): void;
}

interface Mocked {
  client: AnyClient;
  commands: Record<string, AnyCommand>;
  stub: Stub;
  calls: number;
}

let mockClient: typeof import('aws-sdk-client-mock').mockClient | undefined;
const loaded = new Map<Service, AnyService>();
const clients = new Map<string, Mocked>();
/** Who answers the call that is on its way through the client: worlds of one process share the clients. */
let answering: Answer | undefined;

/** The mock remembers every call until told to forget. */
const FORGET_EVERY = 25;

/**
 * Loads the clients of these services, all unless said. That takes real time, so do it before a virtual clock runs:
 * virtual time would rush past meanwhile.
 */
export async function loadSdk(services = Object.keys(loadService) as Service[]): Promise<void> {
  const missing = services.filter((service) => !loaded.has(service));
  const load = async (service: Service) => loaded.set(service, (await loadService[service]()) as unknown as AnyService);
  mockClient ??= (await import('aws-sdk-client-mock')).mockClient;
  await Promise.all(missing.map(load));
}

/** Sends a command through the SDK's own client, whose `send` is mocked: no request leaves the process. */
export async function sendMocked(
  service: Service,
  region: string,
  operation: string,
  input: object,
  answer: Answer,
): Promise<unknown> {
  if (!loaded.has(service)) await loadSdk([service]);
  const mocked = mockedClient(service, region);
  const Command = mocked.commands[operation];
  if (!Command) throw awsError('UnknownOperationException', `${service} has no operation ${operation} here.`);
  mocked.calls += 1;
  if (mocked.calls % FORGET_EVERY === 0) mocked.stub.resetHistory();
  const command = new Command(input);
  // The mock asks for the answer before it gives control back, so that no other call can come in between.
  answering = answer;
  try {
    // The mock keeps a stack trace of every call, which would cost as much as the call itself.
    return withoutStacks(() => mocked.client.send(command));
  } finally {
    answering = undefined;
  }
}

function mockedClient(service: Service, region: string): Mocked {
  const key = `${service}@${region}`;
  const known = clients.get(key);
  if (known) return known;
  const { Client, reads, changes } = loaded.get(service) as AnyService;
  const credentials = { accessKeyId: 'SIMULATED', secretAccessKey: 'SIMULATED' };
  const client = new Client({ region, credentials, maxAttempts: 1 });
  const stub = mockClient?.(client as never) as unknown as Stub;
  // One fake for all commands: `on(Command)` would compare every call deeply with each command of the service, which takes
  // longer than all the rest of the world. What is not simulated has been refused by the table of commands.
  stub.send.callsFake(({ input }) => answered(input));
  const commands = { ...reads, ...changes } as unknown as Record<string, AnyCommand>;
  const mocked = { client, commands, stub, calls: 0 };
  clients.set(key, mocked);
  return mocked;
}

function answered(input: object): Promise<unknown> {
  return answering
    ? answering(input)
    : Promise.reject(awsError('UnknownOperationException', 'This call belongs to no world.'));
}
