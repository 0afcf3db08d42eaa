import { Resolver } from 'node:dns/promises';
import { Aborted } from '../errors.ts';
import type { Dns } from '../ports/network.ts';

const TIMEOUT_MS = 2_000;
const TRIES = 2;

/**
 * Asks DNS servers for IPv4 addresses, and how long they may be kept; keeps nothing itself.
 * @param resolvers `address` or `address:port`; the machine's own, unless given
 * Fails with an error named `NotFound` (no such name) or `Timeout` (no server answered).
 */
export function liveDns({ resolvers }: { resolvers?: readonly string[] | undefined }): Dns {
  return {
    async resolve(name, signal) {
      const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
      if (resolvers) resolver.setServers(resolvers);
      const cancel = () => resolver.cancel();
      signal?.addEventListener('abort', cancel, { once: true });
      try {
        const answers = await resolver.resolve4(name, { ttl: true });
        return {
          addresses: answers.map(({ address }) => address),
          ttlMs: Math.min(...answers.map(({ ttl }) => ttl)) * 1000,
        };
      } catch (error) {
        if (signal?.aborted) throw new Aborted();
        throw asPortNamesIt(error, name);
      } finally {
        signal?.removeEventListener('abort', cancel);
      }
    },
  };
}

function asPortNamesIt(error: unknown, name: string): Error {
  const code = (error as { code?: string }).code ?? 'unknown';
  const known = ['ENOTFOUND', 'ENODATA'].includes(code);
  const message = known ? `${name} cannot be resolved (${code}).` : `No DNS server answered for ${name} (${code}).`;
  return Object.assign(new Error(message, { cause: error }), { name: known ? 'NotFound' : 'Timeout' });
}
