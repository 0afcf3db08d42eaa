import type { CallOptions } from '../aws/aws.ts';
import type { Gateway } from '../aws/gateway.ts';
import type { Clock } from '../clock/clock.ts';
import { kindOf, objectOf } from '../components/index.ts';
import { sqlOf } from '../components/schemas.ts';
import type { EndpointOf } from '../components/verbs.ts';
import { failureCommandsOf } from '../drill/breakage.ts';
import { type ComponentBehind, componentsBehind, kindMeant } from '../drill/components.ts';
import type { Drill } from '../drill/drill.ts';
import type { KafkaLogin } from '../drill/live.ts';
import type { Topology } from '../drill/topology.ts';
import { DrillError } from '../errors.ts';
import type { Entry, RunEvent } from '../journal/events.ts';
import type { FailureInjection } from '../ports/failure.ts';
import type { Cluster } from '../ports/kubernetes.ts';
import type { Channels } from '../ports/notices.ts';
import type { People } from '../ports/people.ts';
import type { Ports } from '../ports/ports.ts';
import { type Database, isAsked } from '../ports/sql.ts';
import type { Traceparent } from '../telemetry/ids.ts';
import { liveDns } from './dns.ts';
import { eksTokens } from './eks-token.ts';
import { shellFailure } from './failure.ts';
import { liveHttp } from './http.ts';
import { type LiveKafkaOptions, liveKafka } from './kafka.ts';
import { liveKubernetes } from './kubernetes.ts';
import { mskToken } from './msk-token.ts';
import { type Means, passwordSource } from './password.ts';
import { peopleOf } from './people.ts';
import { type Signing, waitingForSession } from './presigned.ts';
import { liveRedis } from './redis.ts';
import { severalDatabases } from './several-databases.ts';
import type { SimulatedPorts } from './simulated-ports.ts';
import { liveSql } from './sql.ts';
import type { LiveTransport } from './transport.ts';

export interface LivePortsOptions {
  drill: Drill;
  topology: Topology;
  signing: Signing;
  session?: LiveTransport['session'];
  clock: Clock;
  /** Answers instead of everything that is real, but for people. */
  world?: SimulatedPorts | undefined;
  /** Sessions with databases then refuse to write. */
  readOnly: boolean;
  /** Of the run: where people leave their answers. */
  folder?: string | undefined;
  /** Where a trace is asked for. */
  traceparent?: Traceparent | undefined;
  /** Over which people are told how the run stands. */
  channels?: Channels | undefined;
  /** Hears of what people left there and nobody can read. */
  tell?: ((why: string) => void) | undefined;
}

/** Everything real that a drill touches besides AWS's own APIs. Addresses that AWS knows are asked for once, on record. */
export function livePorts(options: LivePortsOptions): {
  /** Of another drill than that of the options, where it turned out to be one. */
  through: (aws: Gateway, drill?: Drill, journalled?: Journalled) => Ports;
  close(): Promise<void>;
} {
  const { topology, clock, readOnly, folder, world } = options;
  const dns = liveDns({ zones: componentsBehind('dns', topology) });
  const closing: (() => Promise<void>)[] = [];
  const closed = new AbortController();
  return {
    through(aws, drill = options.drill, journalled = nothing) {
      const region = topology.regions.recovery;
      // A password is shared by the person who wants it: who leaves must not end the others' wait.
      const account = aws({ step: 'log-in', signal: closed.signal });
      const signing = waitingForSession(options.signing, account, region);
      const means = { signing, clock, aws: account, region };
      const stores = componentsBehind('sql', topology);
      const named = stores.flatMap(instancesOf);
      const databases = stores.map((store) => {
        const { login, database } = store;
        const { engine } = sqlOf(store);
        if (world) return { database, instances: instancesOf(store), port: isAsked(engine) ? world.sql : undefined };
        const { endpoint } = objectOf(store);
        if (!login || !endpoint || !isAsked(engine))
          return { database, instances: instancesOf(store), port: undefined };
        const port = liveSql({
          engine,
          login,
          locate: locating(endpoint, aws, journalled, clock),
          // All that the topology does not name was made from its databases.
          isCopy: ({ instance }) => !named.includes(instance),
          password: passwordSource(login, means),
          dns,
          clock,
          readOnly,
        });
        closing.push(port.close);
        return { database, instances: instancesOf(store), port };
      });
      const kafka = liveKafka({ clock, readOnly, ...kafkaLogin(componentsBehind('kafka', topology)[0]?.login, means) });
      closing.push(kafka.close);
      const cacheLogin = componentsBehind('redis', topology).find(({ login }) => login)?.login;
      return {
        dns,
        http: liveHttp(clock, options.traceparent),
        redis: liveRedis({
          clock,
          readOnly,
          login: cacheLogin && {
            user: cacheLogin.user,
            password: passwordSource(cacheLogin, means),
          },
        }),
        kafka,
        kubernetes: liveKubernetes({
          describeCluster: describing(aws, topology),
          token: eksTokens(signing, clock),
          clock,
        }),
        failure: failureOf(drill, clock),
        ...world,
        sql: { ...severalDatabases(databases), ...(readOnly && { readsOnly: true }) },
        people: folder === undefined ? nobody : peopleOf(folder, topology.people, options.tell),
        ...(options.channels && { channels: options.channels }),
        ...(options.session && { session: { now: options.session } }),
      };
    },
    async close() {
      closed.abort();
      await Promise.all(closing.map((close) => close()));
    },
  };
}

/** How the topology has a drill log in to Kafka; without any word of it, there is nothing to log in to. */
function kafkaLogin(login: KafkaLogin = { by: 'iam' }, means: Means): Pick<LiveKafkaOptions, 'login' | 'tls'> {
  switch (login.by) {
    case 'iam':
      return { tls: true, login: { by: 'token', token: (region) => mskToken(region, means.signing) } };
    case 'scram': {
      const password = passwordSource(login, means);
      const { user } = login;
      return {
        tls: true,
        login: {
          by: 'scram',
          user,
          password: (region, options) => password({ host: 'kafka', port: 0, region }, options),
        },
      };
    }
    case 'tls':
      return { tls: true };
    case 'plaintext':
      return { tls: false };
  }
}

/** The instances of a data store that the topology names. */
function instancesOf(store: ComponentBehind<'sql'>): string[] {
  const { primary, recovery } = sqlOf(store);
  return [primary, recovery];
}

/** Outside of a run nobody is asked anything. */
const nobody: People = {
  decidesHeld: false,
  ask: async () => {},
  answers: async () => [],
  continuations: async () => [],
};

const never = new AbortController().signal;

/** What the run has on record, and how more of it is put there. */
interface Journalled {
  record(event: RunEvent): void;
  entries(): readonly Entry[];
}

const nothing: Journalled = { record: () => {}, entries: () => [] };

/**
 * An endpoint's name stays for an instance's life: it is not asked for while a region is lost, if it was known before. It is journalled, so that a
 * run that is taken up again knows it as well. Which of its endpoints leads into a cluster depends on its role: that is asked again beside the work.
 */
function locating(endpoint: EndpointOf, aws: Gateway, { record, entries }: Journalled, clock: Clock) {
  const known = new Map<string, { host: string; port: number }>();
  for (const entry of entries()) {
    if (entry.type !== 'endpoint-found') continue;
    known.set(`${entry.region}/${entry.instance}`, { host: entry.host, port: entry.port });
  }
  const askedMs = new Map<string, number>();
  const ask = async ({ region, instance }: Database, signal: AbortSignal, options: CallOptions) => {
    const key = `${region}/${instance}`;
    askedMs.set(key, clock.nowMs());
    const through = aws({ step: 'locate', signal });
    const { address: host, port = 5432 } = await endpoint.find(through, region, instance, options);
    if (!host) throw Object.assign(new Error(`${instance} has no endpoint yet.`), { name: 'ConnectionFailed' });
    if (known.get(key)?.host !== host) record({ type: 'endpoint-found', region, instance, host, port });
    known.set(key, { host, port });
    return { host, port };
  };
  return async (database: Database, signal: AbortSignal = never) => {
    const key = `${database.region}/${database.instance}`;
    const old = known.get(key);
    if (!old) return ask(database, signal, {});
    const isDue = clock.nowMs() - (askedMs.get(key) ?? 0) >= ROLE_LASTS_MS;
    // A region that does not answer keeps the endpoint that it had.
    if (endpoint.changes && isDue) ask(database, signal, { once: true }).catch(() => {});
    return old;
  };
}

const ROLE_LASTS_MS = 10_000;

const describing =
  (aws: Gateway, topology: Topology) =>
  async ({ region, cluster }: Cluster, signal: AbortSignal = never) => {
    const { endpoint } = kindOf(kindMeant('kubernetes', topology));
    const found = await endpoint?.find(aws({ step: 'locate', signal }), region, cluster);
    if (!found?.address)
      throw new DrillError('cluster-unreachable', `The cluster ${cluster} in ${region} has no endpoint.`);
    return { endpoint: found.address, certificateAuthority: found.authority ?? '' };
  };

function failureOf(drill: Drill, clock: Clock): FailureInjection {
  const commands = failureCommandsOf(drill);
  if (commands) return shellFailure(commands, clock);
  const none = async (): Promise<never> => {
    throw new DrillError('failure-not-described', `${drill.drill} names no commands that bring its failure about.`);
  };
  const lacks = async () => [
    {
      what: `${drill.drill} names no commands that bring its failure about`,
      fix: 'Name inject, heal and active under failure.commands in the drill file.',
    },
  ];
  return { lacks, inject: none, heal: none, active: async () => false };
}
