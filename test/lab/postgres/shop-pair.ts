import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';
import { type Pair, type PostgresPairOptions, type PostgresServer, startPair } from './index.ts';

const login = { user: 'dr_drill', password: 'a drill in the lab' };

const network = `127.${100 + (process.pid % 100)}.${Math.floor(process.pid / 100) % 250}`;

const at = (place: number, identifier: string) => ({ identifier, host: `${network}.${place}`, port: 5432 });

/** Where a second pair may stand. */
export const elsewhere = { writer: at(110, 'other-primary'), replica: at(120, 'other-replica') };

/** Where a third server may stand. */
export const restored = at(30, 'ecommerce-db-restored');

/** A pair at addresses that no other test process uses. */
export function startShop(options: Partial<PostgresPairOptions> = {}): Promise<Pair> {
  return startPair({
    writer: at(10, 'ecommerce-db-primary'),
    replica: at(20, 'ecommerce-db-dr-replica'),
    database: 'shop',
    ...login,
    ...options,
  });
}

/** A session through the public door, as the drill has it. */
export async function drillSession({ host, port }: PostgresServer, options: ClientConfig = {}): Promise<Client> {
  const client = new Client({ host, port, database: 'shop', ...login, connectionTimeoutMillis: 2_000, ...options });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Writes heartbeats one after another until the server is gone or `stop` is called, and keeps those that were acknowledged. */
export async function writeHeartbeats(server: PostgresServer, { everyMs = 1 } = {}) {
  const client = await drillSession(server);
  const acknowledged: number[] = [];
  let stopped = false;
  const writing = (async () => {
    for (let sequence = 1; !stopped; sequence += 1) {
      await client.query('insert into dr_drill_heartbeat values ($1, now())', [sequence]);
      acknowledged.push(sequence);
      await sleep(everyMs);
    }
  })().catch(() => undefined);
  return {
    acknowledged,
    async stop() {
      stopped = true;
      await writing;
      await client.end().catch(() => undefined);
    },
  };
}
