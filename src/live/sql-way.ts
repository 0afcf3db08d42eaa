import type { Clock } from '../clock/clock.ts';
import type { Dns } from '../ports/network.ts';
import type { Database } from '../ports/sql.ts';
import { ttlCache } from './addresses.ts';
import type { PasswordSource, Which } from './password.ts';
import { type Lookup, LookupFailed } from './sql-errors.ts';
import { within } from './within.ts';

/** Where a database is, and the password that it takes. */
export interface Way {
  host: string;
  address: string;
  port: number;
  password: string;
}

export interface WayOptions {
  /** Host and port of an instance's endpoint. */
  locate(database: Database, signal?: AbortSignal): Promise<{ host: string; port: number }>;
  password: PasswordSource;
  dns: Dns;
  clock: Clock;
  /** How long each of endpoint, address and password may take to be found; 10 s by default. */
  lookupMs?: number | undefined;
}

const LOOKUP_MS = 10_000;

/**
 * Finds the way to a database before a query's own time begins: a slow API, resolver or secret must not look like a slow database.
 * Fails with `LookupFailed`, which says what could not be found out.
 */
export function wayTo({ locate, password, dns, clock, lookupMs = LOOKUP_MS }: WayOptions) {
  const addresses = ttlCache(dns, clock);
  const look = async <T>(lookup: Lookup, signal: AbortSignal | undefined, work: (ends: AbortSignal) => Promise<T>) => {
    try {
      return await within({ clock, ms: lookupMs, signal, late: () => new LookupFailed(lookup, lookupMs) }, work);
    } catch (error) {
      if (signal?.aborted || error instanceof LookupFailed) throw error;
      throw new LookupFailed(lookup, undefined, error);
    }
  };
  return async (database: Database, signal: AbortSignal | undefined, which: Which = {}): Promise<Way> => {
    const { host, port } = await look('endpoint', signal, (ends) => locate(database, ends));
    const address = await look('address', signal, (ends) => addresses.of(host, ends));
    const at = { host, port, region: database.region };
    return { host, address, port, password: await look('password', signal, () => password(at, which)) };
  };
}
