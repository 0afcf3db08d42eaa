import type { Service, Transport } from '../aws/aws.ts';
import { loadService } from '../aws/services/load.ts';
import type { Clock } from '../clock/clock.ts';
import { Aborted } from '../errors.ts';
import { asGatewayKnowsIt } from './sdk-errors.ts';

type Credentials = () => Promise<{ accessKeyId: string; secretAccessKey: string; sessionToken?: string }>;

export interface LiveTransport extends Transport {
  /** The SDK's own chain: environment, profile, SSO, web identity, container, instance; asked once for all clients. */
  credentials: Credentials;
  /** How far AWS's clock was ahead of this machine's in the last answer, in milliseconds; `undefined` before there was one. */
  clockOffsetMs(): number | undefined;
  /** Hosts that answered and are not AWS's, such as an emulator's. */
  elsewhere(): string[];
}

/** A connection is there in that time or not at all. */
const CONNECT_MS = 2_000;
/** As long as a dry run waits: `apiTimeout` of the simulator's durations. */
const ANSWER_MS = 5_000;
/** What every client of the SDK gets: its own defaults wait for ever. */
export const requestHandler = { connectionTimeout: CONNECT_MS, requestTimeout: ANSWER_MS, throwOnRequestTimeout: true };

/** What is used of any client of the SDK. */
interface AnyClient {
  send(command: object, options: { abortSignal?: AbortSignal; requestTimeout?: number }): Promise<unknown>;
  middlewareStack: { add(middleware: unknown, options: object): void };
}
type AnyCommand = new (input: object) => object;

interface Connection {
  client: AnyClient;
  commands: Record<string, AnyCommand>;
}

/**
 * Sends requests with the SDK's clients, one for each service and region, with the SDK's own settings: credentials,
 * profile, `AWS_ENDPOINT_URL` and `AWS_ENDPOINT_URL_<SERVICE>`. Retries are the gateway's.
 * @param endpoints of clusters that have their own, by service and region
 * Rejects with the SDK's error, or with one of those that the gateway tells apart: `TimeoutError` (it left, and nobody
 * answered), `Unreachable` (it never left), `Aborted`, and `not-supported` for what an emulator lacks.
 */
export async function liveTransport(
  clock: Clock,
  endpoints: Partial<Record<Service, Record<string, string>>> = {},
): Promise<LiveTransport> {
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  const credentials = defaultProvider() as Credentials;
  const connections = new Map<string, Promise<Connection>>();
  let offsetMs: number | undefined;
  const elsewhere = new Set<string>();

  const connect = async (service: Service, region: string): Promise<Connection> => {
    const { Client, reads, changes } = await loadService[service]();
    // What stands in for AWS stands in for all of it.
    const own = process.env.AWS_ENDPOINT_URL ? undefined : endpoints[service]?.[region];
    const settings = { region, credentials, maxAttempts: 1, requestHandler, ...(own && { endpoint: own }) };
    const client = new Client(settings) as unknown as AnyClient;
    client.middlewareStack.add(
      listening((serverMs, host) => {
        if (serverMs !== undefined) offsetMs = serverMs - clock.nowMs();
        if (host !== undefined && !AWS_HOST.test(host)) elsewhere.add(host);
      }),
      { step: 'deserialize', name: 'readServerClock', priority: 'low' },
    );
    return { client, commands: { ...reads, ...changes } as unknown as Record<string, AnyCommand> };
  };

  return {
    credentials,
    clockOffsetMs: () => offsetMs,
    elsewhere: () => [...elsewhere].sort(),
    async send(service, region, operation, input, signal, answerWithinMs) {
      const key = `${service}@${region}`;
      const known = connections.get(key) ?? connect(service, region);
      connections.set(key, known);
      const { client, commands } = await known;
      const Command = commands[operation];
      if (!Command) throw new Error(`${service} has no operation ${operation} here.`);
      try {
        return await client.send(new Command(input), {
          ...(signal && { abortSignal: signal }),
          ...(answerWithinMs !== undefined && { requestTimeout: answerWithinMs }),
        });
      } catch (error) {
        if (signal?.aborted) throw new Aborted();
        throw asGatewayKnowsIt(error, service, operation);
      }
    },
  };
}

const AWS_HOST = /\.(amazonaws\.com(\.cn)?|api\.aws)$/;

interface Sent {
  request?: { hostname?: string; port?: number };
}

/** Every answer says what time it is where it comes from; and the request, where that is. */
const listening =
  (tell: (serverMs: number | undefined, host: string | undefined) => void) =>
  (next: (args: Sent) => Promise<{ response?: unknown }>) =>
  async (args: Sent) => {
    const result = await next(args);
    const { headers } = (result.response ?? {}) as { headers?: Record<string, string> };
    const serverMs = Date.parse(headers?.date ?? '');
    const { hostname, port } = args.request ?? {};
    tell(Number.isNaN(serverMs) ? undefined : serverMs, hostname && `${hostname}${port ? `:${port}` : ''}`);
    return result;
  };
