import { Resolver } from 'node:dns/promises';
import { Aborted } from '../errors.ts';
import type { Dns, DnsAnswer } from '../ports/network.ts';

/** Of the first try with each server; the resolver doubles it with the next. */
const TRY_MS = 2_000;
const TRIES = 2;
/** Of a question to one set of servers, with all its tries. */
const TIMEOUT_MS = 5_000;

export interface LiveDnsOptions {
  /** `address` or `address:port`; the machine's own, unless given. */
  resolvers?: readonly string[] | undefined;
  /** The zone's own name servers; those that DNS names for it, unless given. */
  nameServers?: readonly string[] | undefined;
  /** How long all tries of one question may take together; 5 s, unless given. */
  timeoutMs?: number;
}

/**
 * Asks DNS servers for IPv4 addresses, and how long they may be kept; keeps nothing itself but which name servers a zone has.
 * Fails with an error named `NotFound` (no such name) or `Timeout` (no server answered).
 */
export function liveDns({ resolvers, nameServers, timeoutMs = TIMEOUT_MS }: LiveDnsOptions): Dns {
  const known = new Map<string, readonly string[]>();

  const ask = async <T>(
    servers: readonly string[] | undefined,
    signal: AbortSignal | undefined,
    question: (resolver: Resolver) => Promise<T>,
    name: string,
  ): Promise<T> => {
    if (signal?.aborted) throw new Aborted();
    const resolver = new Resolver({ timeout: TRY_MS, tries: TRIES });
    if (servers) resolver.setServers(servers);
    const cancel = () => resolver.cancel();
    const limit = AbortSignal.timeout(timeoutMs);
    limit.addEventListener('abort', cancel, { once: true });
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await question(resolver);
    } catch (error) {
      if (signal?.aborted) throw new Aborted();
      throw asPortNamesIt(error, name);
    } finally {
      limit.removeEventListener('abort', cancel);
      signal?.removeEventListener('abort', cancel);
    }
  };

  const addresses = async (
    servers: readonly string[] | undefined,
    name: string,
    signal?: AbortSignal,
  ): Promise<DnsAnswer> => {
    const answers = await ask(servers, signal, (resolver) => resolver.resolve4(name, { ttl: true }), name);
    return {
      addresses: answers.map(({ address }) => address),
      ttlMs: Math.min(...answers.map(({ ttl }) => ttl)) * 1000,
    };
  };

  /** The name servers of the zone that a name stands in: of the nearest name above it that has some. */
  const serversOf = async (name: string, signal?: AbortSignal): Promise<readonly string[]> => {
    const old = nameServers ?? known.get(name);
    if (old) return old;
    for (let zone = name; zone.includes('.'); zone = zone.slice(zone.indexOf('.') + 1)) {
      const names = await ask(resolvers, signal, (resolver) => resolver.resolveNs(zone), zone).catch((error: Error) => {
        if (error.name === 'NotFound') return [];
        throw error;
      });
      if (names.length === 0) continue;
      const each = await Promise.all(names.map((server) => addresses(resolvers, server, signal)));
      const servers = each.flatMap((answer) => answer.addresses);
      known.set(name, servers);
      return servers;
    }
    throw Object.assign(new Error(`No name server is known for ${name}.`), { name: 'NotFound' });
  };

  return {
    resolve: (name, signal) => addresses(resolvers, name, signal),
    async authoritative(name, signal) {
      const servers = await serversOf(name, signal);
      // A change is there when every one of them answers with it.
      const each = await Promise.all(servers.map((server) => addresses([server], name, signal)));
      return {
        addresses: [...new Set(each.flatMap((answer) => answer.addresses))],
        ttlMs: Math.max(...each.map(({ ttlMs }) => ttlMs)),
      };
    },
  };
}

function asPortNamesIt(error: unknown, name: string): Error {
  const code = (error as { code?: string }).code ?? 'unknown';
  const known = ['ENOTFOUND', 'ENODATA'].includes(code);
  const message = known ? `${name} cannot be resolved (${code}).` : `No DNS server answered for ${name} (${code}).`;
  return Object.assign(new Error(message, { cause: error }), { name: known ? 'NotFound' : 'Timeout' });
}
