import type { Service, Transport } from '../aws/aws.ts';
import { loadService } from '../aws/services/load.ts';
import { isAboutSession } from '../aws/told.ts';
import type { Clock } from '../clock/clock.ts';
import { Aborted, DrillError, NoSession } from '../errors.ts';
import { isAwsHost } from '../partition.ts';
import { ownTrust } from './authorities.ts';
import { chainOfCredentials, type Identity, type Session } from './credentials.ts';
import { proxiedAgents, usesProxy } from './proxy.ts';
import { isOutside, refusal } from './refusals.ts';
import { asGatewayKnowsIt } from './sdk-errors.ts';
import { wholeAnswer } from './whole-answer.ts';
import { withWholeBody } from './whole-object.ts';

export interface LiveTransport extends Transport {
  /** The SDK's own chain: environment, profile, SSO, web identity, container, instance; asked once for all clients. */
  credentials: () => Promise<Identity>;
  /** Reads all credentials again and tries them. Rejects with a DrillError in words while there are none that work. */
  renew(): Promise<void>;
  /** What is known of the session that calls are signed with. */
  session(): Promise<Session>;
  /** How far AWS's clock was ahead of this machine's in the last answer, in milliseconds; `undefined` before there was one. */
  clockOffsetMs(): number | undefined;
  /** AWS's clock now, as far as its answers have told; no set wall clock moves it. */
  awsNowMs(): number;
  /** Hosts that answered and are not AWS's, such as an emulator's. */
  elsewhere(): string[];
}

/** A connection is there in that time or not at all. */
const CONNECT_MS = 2_000;
/** As long as a dry run waits: `apiTimeout` of the simulator's durations. */
export const ANSWER_MS = 5_000;
/** The same through a proxy, which looks names up and connects in our place. */
const CONNECT_THROUGH_PROXY_MS = 5_000;

/** How every client of the SDK sends requests: within limits, as its own defaults wait for ever, and with the proxies and authorities of the environment. */
export async function requestSettings(): Promise<object> {
  return {
    connectionTimeout: usesProxy() ? CONNECT_THROUGH_PROXY_MS : CONNECT_MS,
    requestTimeout: ANSWER_MS,
    throwOnRequestTimeout: true,
    ...proxiedAgents(await ownTrust()),
  };
}

/** What is used of any client of the SDK. */
interface AnyClient {
  send(command: object, options: { abortSignal?: AbortSignal; requestTimeout?: number }): Promise<unknown>;
  middlewareStack: { add(middleware: unknown, options: object): void };
}
type AnyCommand = new (input: object) => object;

/** Where credentials are used, and which. */
export interface LiveTransportOptions {
  /** Where roles are assumed and a new session is tried: the recovery region, as the other one may be lost. */
  region: string;
  /** The one account that a new session may belong to. */
  account?: string;
  /** Of clusters that have their own, by service and region. */
  endpoints?: Partial<Record<Service, Record<string, string>>>;
  /** Asks a person for the code of an MFA device; missing where there is no terminal. */
  askMfaCode?: ((device: string) => Promise<string>) | undefined;
  /** Carries the requests of all clients: the SDK's own, with these limits by default. */
  handler?: object;
}

/** Endpoints of the environment and of profiles are a person's to correct. */
const noUrl = (what: string): DrillError =>
  new DrillError('endpoint-invalid', `${what} is no URL with http: or https:.`, {
    hint: 'Correct AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_<SERVICE>, or endpoint_url of the AWS profile, such as http://127.0.0.1:4566.',
  });

function endpointsMustBeUrls(): void {
  for (const [name, url] of Object.entries(process.env))
    if (name.startsWith('AWS_ENDPOINT_URL') && url && !(URL.canParse(url) && /^https?:/i.test(url)))
      throw noUrl(`${name} (${url})`);
}

interface Connection {
  client: AnyClient;
  commands: Record<string, AnyCommand>;
}

/**
 * Sends requests with the SDK's clients, one for each service and region, with the SDK's own settings: credentials,
 * profile, `AWS_ENDPOINT_URL` and `AWS_ENDPOINT_URL_<SERVICE>`. Retries are the gateway's.
 * @param endpoints of clusters that have their own, by service and region
 * Rejects with the SDK's error, or with one of those that the gateway tells apart: `TimeoutError` (it was sent, and nobody
 * answered), `Unreadable` (the answer is not a whole one of AWS), `Unreachable` (it was never sent), `NoSession` (there is nothing
 * to sign it with), `Aborted`, and `not-supported` for what an emulator lacks.
 */
export async function liveTransport(
  clock: Clock,
  { region: home, account, endpoints = {}, askMfaCode, handler }: LiveTransportOptions,
): Promise<LiveTransport> {
  endpointsMustBeUrls();
  const requestHandler = handler ?? (await requestSettings());
  const chain = chainOfCredentials({ clock, region: home, clients: { requestHandler, maxAttempts: 2 }, askMfaCode });
  const connections = new Map<string, Promise<Connection>>();
  let renewing: Promise<void> | undefined;
  let offsetMs: number | undefined;
  const elsewhere = new Set<string>();

  const connect = async (service: Service, region: string): Promise<Connection> => {
    const { Client, reads, changes } = await loadService[service]();
    // What stands in for AWS stands in for all of it.
    const own = process.env.AWS_ENDPOINT_URL ? undefined : endpoints[service]?.[region];
    const settings = {
      region,
      credentials: chain.get,
      maxAttempts: 1,
      requestHandler,
      ...(own && { endpoint: own }),
    };
    const client = new Client(settings) as unknown as AnyClient;
    client.middlewareStack.add(
      listening((serverMs, host) => {
        if (serverMs !== undefined) offsetMs = serverMs - clock.nowMs();
        if (host !== undefined && !isAwsHost(host, region)) elsewhere.add(host);
      }),
      { step: 'deserialize', name: 'readServerClock', priority: 'low' },
    );
    client.middlewareStack.add(wholeAnswer(service, region, { clock, stallMs: ANSWER_MS }), {
      step: 'deserialize',
      name: 'readWholeAnswer',
      priority: 'low',
    });
    return { client, commands: { ...reads, ...changes } as unknown as Record<string, AnyCommand> };
  };

  const send: Transport['send'] = async (service, region, operation, input, signal, answerWithinMs) => {
    const key = `${service}@${region}`;
    const known = connections.get(key) ?? connect(service, region);
    connections.set(key, known);
    const { client, commands } = await known;
    const Command = commands[operation];
    if (!Command) throw new Error(`${service} has no operation ${operation} here.`);
    try {
      const answer = await client.send(new Command(input), {
        ...(signal && { abortSignal: signal }),
        ...(answerWithinMs !== undefined && { requestTimeout: answerWithinMs }),
      });
      const isObject = service === 's3' && operation === 'GetObject';
      return isObject ? await withWholeBody(answer as never, { region, clock, stallMs: ANSWER_MS }) : answer;
    } catch (error) {
      if (signal?.aborted) throw new Aborted();
      const isRefused = isAboutSession(error) && !(error instanceof NoSession);
      const session = isRefused ? await chain.session().catch(() => undefined) : undefined;
      if ((error as NodeJS.ErrnoException).code === 'ERR_INVALID_URL')
        throw noUrl(`The endpoint of ${service} in ${region}`);
      const known = asGatewayKnowsIt(error, { service, operation, region });
      if (isOutside(known))
        Object.assign(known, { asked: { service, region, operation }, ...(session && { session }) });
      throw known;
    }
  };

  /** A client keeps the identity that it has signed with, so all of them are made again. */
  const renew = async () => {
    connections.clear();
    await chain.renew();
    const { Account } = await (send('sts', home, 'GetCallerIdentity', {}) as Promise<{ Account?: string }>).catch(
      (error: unknown) => {
        throw refusal(error, { service: 'sts', region: home, operation: 'GetCallerIdentity' });
      },
    );
    if (account === undefined || Account === account) return;
    const { source } = await chain.session();
    throw new NoSession('wrong-account', `The new session is in account ${Account}, not ${account} (${source}).`, {
      hint: 'Log in to the account that the topology names.',
    });
  };

  return {
    credentials: chain.get,
    session: chain.session,
    renew: () => {
      renewing ??= renew().finally(() => {
        renewing = undefined;
      });
      return renewing;
    },
    clockOffsetMs: () => offsetMs,
    awsNowMs: () => clock.nowMs() + (offsetMs ?? 0),
    elsewhere: () => [...elsewhere].sort(),
    send,
  };
}

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
