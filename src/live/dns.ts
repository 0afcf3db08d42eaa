import { getServers, Resolver } from 'node:dns/promises';
import { Aborted } from '../errors.ts';
import type { Dns, DnsAnswer } from '../ports/network.ts';
import { allThatAnswer, aMomentLater, firstThatAnswers } from './name-servers.ts';

/** Of the first try with a server; the resolver doubles it with the next. */
const TRY_MS = 2_000;
const TRIES = 2;
/** Of a question to all servers, with all tries. */
const TIMEOUT_MS = 5_000;
/** So long may the zone's own servers take for a customer, and so long is another resolver asked instead once they did not answer. */
const OWN_SERVERS_MS = 2_000;
const REST_MS = 60_000;
/** How many CNAMEs are followed. */
const DEPTH_MAX = 8;

/** Who is asked for a name and its neighbours. */
interface Zone {
  /** Every name by default. */
  name?: string | undefined;
  /** `address` or `address:port`; the machine's own by default. */
  resolvers?: readonly string[] | undefined;
  /** The zone's own name servers; those that DNS names for it by default. */
  nameServers?: readonly string[] | undefined;
  /** Nobody but resolvers in its VPCs answers for it. */
  private?: boolean;
  /** Of the name's records, in milliseconds. */
  ttl?: number;
}

export interface LiveDnsOptions {
  /** For every other name all their resolvers are asked, or the machine's own where none are given, and the name servers that DNS names. */
  zones?: readonly Zone[];
  /** How long all tries of one question may take together; 5 s by default. */
  timeoutMs?: number;
}

/**
 * Asks DNS servers for addresses, and how long they may be kept; keeps nothing itself but which name servers a zone has, which resolver
 * answered last, and which name servers did not. One server that is silent, or cannot tell, fails nothing while another answers.
 * A watched customer gets the public name's answer from the zone's own servers, past every cache that customers elsewhere do not share.
 * Fails with an error named `NotFound` (no such name), `NoAddress` (no address under it), `Timeout` (no server answered) or
 * `Unavailable` (none that answered can tell).
 */
export function liveDns({ zones = [], timeoutMs = TIMEOUT_MS }: LiveDnsOptions): Dns {
  const zoneOf = (name: string) => nearest(name, zones);
  const resolversFor = (name: string): readonly string[] => {
    const zone = zoneOf(name);
    // Databases and load balancers are known to anyone who knows the names that customers use.
    const given = zone ? zone.resolvers : [...new Set(zones.flatMap(({ resolvers = [] }) => resolvers))];
    return given && given.length > 0 ? given : getServers();
  };
  const known = new Map<string, readonly string[]>();
  let answeredLast: string | undefined;

  const asking =
    <T>(name: string, question: (resolver: Resolver) => Promise<T>) =>
    async (server: string, signal: AbortSignal): Promise<T> => {
      if (signal.aborted) throw new Aborted();
      const resolver = new Resolver({ timeout: TRY_MS, tries: TRIES });
      resolver.setServers([server]);
      const cancel = () => resolver.cancel();
      signal.addEventListener('abort', cancel, { once: true });
      try {
        return await question(resolver);
      } catch (error) {
        throw asPortNamesIt(error, name);
      } finally {
        signal.removeEventListener('abort', cancel);
      }
    };

  const addressesFrom = (name: string, family: 4 | 6 = 4) =>
    asking(name, async (resolver): Promise<DnsAnswer> => {
      const answers =
        family === 4 ? await resolver.resolve4(name, { ttl: true }) : await resolver.resolve6(name, { ttl: true });
      // A chain of aliases that leads nowhere.
      if (answers.length === 0) throw Object.assign(new Error('no address'), { code: 'ENODATA' });
      return {
        addresses: answers.map(({ address }) => address),
        ttlMs: Math.min(...answers.map(({ ttl }) => ttl)) * 1000,
      };
    });

  /** The addresses of both families. That one cannot be told, or goes unanswered, hides the other from nobody. */
  const allAddressesFrom = (name: string) => async (server: string, signal: AbortSignal) => {
    const six = addressesFrom(name, 6)(server, signal).catch(() => undefined);
    const four = await addressesFrom(name)(server, signal).catch((error: Error) => error);
    if (four instanceof Error) {
      const found = await six;
      if (found) return found;
      throw four;
    }
    const found = await Promise.race([six, aMomentLater()]);
    return found ? both([four, found]) : four;
  };

  /** Gives every server that is asked the same time, and names the end of it. */
  const inTime = async <T>(
    name: string,
    signal: AbortSignal | undefined,
    ask: (ends: AbortSignal) => Promise<T>,
    limitMs = timeoutMs,
  ): Promise<T> => {
    if (signal?.aborted) throw new Aborted();
    const limit = AbortSignal.timeout(limitMs);
    try {
      return await ask(signal ? AbortSignal.any([signal, limit]) : limit);
    } catch (error) {
      if (signal?.aborted) throw new Aborted();
      throw limit.aborted ? named('Timeout', `No DNS server answered for ${name} within ${limitMs / 1000} s.`) : error;
    }
  };

  /** Who answered last is asked first. */
  const resolved = async <T>(
    name: string,
    signal: AbortSignal | undefined,
    ask: (server: string, signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    const servers = resolversFor(name).toSorted((a, b) => Number(b === answeredLast) - Number(a === answeredLast));
    const { server, answer } = await inTime(name, signal, (ends) => firstThatAnswers(servers, ask, ends));
    answeredLast = server;
    return answer();
  };

  /** The name servers of the zone that a name is in: of the nearest name above it that has some. */
  const serversOf = async (name: string, signal?: AbortSignal): Promise<readonly string[]> => {
    const zone = zoneOf(name);
    const old = zone?.nameServers ?? known.get(name);
    if (old) return old;
    // The name servers that a private zone names answer nobody.
    if (zone?.private) return resolversFor(name);
    for (let above = name; above.includes('.'); above = above.slice(above.indexOf('.') + 1)) {
      const names = await resolved(
        above,
        signal,
        asking(above, (resolver) => resolver.resolveNs(above)),
      ).catch(noneIfNo);
      if (names.length === 0) continue;
      const each = await Promise.allSettled(names.map((server) => resolved(server, signal, addressesFrom(server))));
      const servers = each.flatMap((one) => (one.status === 'fulfilled' ? one.value.addresses : []));
      const failed = each.find((one) => one.status === 'rejected');
      if (servers.length === 0 && failed) throw failed.reason;
      if (!failed) known.set(name, servers);
      return servers;
    }
    throw named('NotFound', `No name server is known for ${name}.`);
  };

  /** A zone's own servers give no more of a CNAME than the name that it leads to, which is asked of its own. */
  const authoritative = async (name: string, signal: AbortSignal | undefined, depth: number): Promise<DnsAnswer> => {
    const servers = await serversOf(name, signal);
    try {
      // A change is there when every one of them that answers does so with it.
      return both(await inTime(name, signal, (ends) => allThatAnswer(servers, allAddressesFrom(name), ends)));
    } catch (error) {
      if ((error as Error).name !== 'NoAddress' || depth === DEPTH_MAX) throw error;
      const alias = asking(name, (resolver) => resolver.resolveCname(name));
      const targets = await inTime(name, signal, (ends) => allThatAnswer(servers, alias, ends));
      const behind = [...new Set(targets.flat())].map((target) => authoritative(target, signal, depth + 1));
      return both(await Promise.all(behind));
    }
  };

  const fromResolver = (name: string, signal?: AbortSignal): Promise<DnsAnswer> =>
    eitherFamily((family) => resolved(name, signal, addressesFrom(name, family)));

  const resting = new Map<string, AbortSignal>();

  /** What the zone's own servers give a resolver that keeps nothing yet; nothing, where they cannot be asked. */
  const fromZone = async (zone: Zone, name: string, customer: number, signal?: AbortSignal) => {
    if ((zone.private && !zone.nameServers) || resting.get(name)?.aborted === false) return undefined;
    try {
      const all = await inTime(name, signal, (ends) => serversOf(name, ends), OWN_SERVERS_MS).catch(() => []);
      if (all.length === 0) throw named('Unavailable', `No name server of ${name} could be found.`);
      const first = customer % all.length;
      const servers = [...all.slice(first), ...all.slice(0, first)];
      const ask = async <T>(question: (server: string, signal: AbortSignal) => Promise<T>): Promise<T> => {
        const asked = (ends: AbortSignal) => firstThatAnswers(servers, question, ends);
        return (await inTime(name, signal, asked, OWN_SERVERS_MS)).answer();
      };
      const [alias] = await ask(asking(name, (resolver) => resolver.resolveCname(name))).catch(noneIfNo);
      if (alias !== undefined) return { addresses: [], alias, ttlMs: zone.ttl ?? 0 };
      return await eitherFamily((family) => ask(addressesFrom(name, family)));
    } catch (error) {
      if (signal?.aborted || isNo(error as Error)) throw error;
      resting.set(name, AbortSignal.timeout(REST_MS));
      return undefined;
    }
  };

  return {
    async resolve(name, signal, customer) {
      const zone = customer === undefined ? undefined : zones.find((one) => one.name === name);
      if (customer === undefined || !zone) return fromResolver(name, signal);
      const own = await fromZone(zone, name, customer, signal);
      if (own) return own;
      const answer = await fromResolver(name, signal);
      return { ...answer, sharedForMs: Math.max(zone.ttl ?? 0, answer.ttlMs) };
    },
    authoritative: (name, signal) => authoritative(name, signal, 0),
  };
}

/** A customer asks for IPv4 first. */
const eitherFamily = (ask: (family: 4 | 6) => Promise<DnsAnswer>): Promise<DnsAnswer> =>
  ask(4).catch((error: Error) => {
    if (error.name !== 'NoAddress') throw error;
    return ask(6);
  });

/** That there is nothing of the kind is no failure. */
const noneIfNo = (error: Error): never[] => {
  if (isNo(error)) return [];
  throw error;
};

/** Several answers as one. */
const both = (answers: readonly DnsAnswer[]): DnsAnswer => ({
  addresses: [...new Set(answers.flatMap(({ addresses }) => addresses))],
  ttlMs: Math.max(...answers.map(({ ttlMs }) => ttlMs)),
});

/** The zone that a name is in: the one that has most of it. */
const nearest = (name: string, zones: readonly Zone[]): Zone | undefined =>
  zones
    .filter((one) => isNeighbour(name, one.name))
    .toSorted((a, b) => (b.name?.length ?? 0) - (a.name?.length ?? 0))[0];

/** Whether a name stands beside or below another; only below, where the other is a domain of its own: all of `com` is no neighbourhood. */
function isNeighbour(name: string, other: string | undefined): boolean {
  if (other === undefined || name === other || name.endsWith(`.${other}`)) return true;
  const parent = other.slice(other.indexOf('.') + 1);
  return parent.includes('.') && name.endsWith(`.${parent}`);
}

const named = (name: string, message: string, cause?: unknown): Error =>
  Object.assign(new Error(message, { cause }), { name });

const isNo = ({ name }: Error): boolean => ['NotFound', 'NoAddress'].includes(name);

const ANSWERS: Record<string, [name: string, what: string]> = {
  ENOTFOUND: ['NotFound', 'there is no such name'],
  ENODATA: ['NoAddress', 'it has no record of that type'],
  ESERVFAIL: ['Unavailable', 'the DNS server has a fault'],
  EREFUSED: ['Unavailable', 'the DNS server refuses to answer'],
  ETIMEOUT: ['Timeout', 'the DNS server did not answer'],
  ECANCELLED: ['Timeout', 'the DNS server did not answer'],
};

function asPortNamesIt(error: unknown, name: string): Error {
  const code = (error as { code?: string }).code ?? 'unknown';
  const [meant, what] = ANSWERS[code] ?? ['Unavailable', 'no DNS server can tell'];
  return named(meant, `${name} cannot be resolved: ${what} (${code}).`, error);
}
