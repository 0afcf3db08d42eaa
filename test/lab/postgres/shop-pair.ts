import { Client } from 'pg';
import { type Pair, startPair } from './pair.ts';
import type { DatabaseServer } from './server.ts';

const login = { user: 'dr_drill', password: 'a drill in the lab' };

/** A pair at addresses that no other test process uses. */
export function startShop(): Promise<Pair> {
  const network = `127.${100 + (process.pid % 100)}.${Math.floor(process.pid / 100) % 250}`;
  return startPair({
    writer: { identifier: 'ecommerce-db-primary', host: `${network}.10`, port: 5432 },
    replica: { identifier: 'ecommerce-db-dr-replica', host: `${network}.20`, port: 5432 },
    database: 'shop',
    ...login,
  });
}

/** A session through the public door, as the drill has it. */
export async function drillSession({ host, port }: DatabaseServer, timeoutMs = 2_000): Promise<Client> {
  const client = new Client({ host, port, database: 'shop', ...login, connectionTimeoutMillis: timeoutMs });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Writes heartbeats one after another until the server is gone or `stop` is called; gives those that were acknowledged. */
export async function writeHeartbeats(
  server: DatabaseServer,
): Promise<{ acknowledged: number[]; stop(): Promise<void> }> {
  const client = await drillSession(server);
  const acknowledged: number[] = [];
  let stopped = false;
  const writing = (async () => {
    for (let sequence = 1; !stopped; sequence += 1) {
      await client.query('insert into dr_drill_heartbeat values ($1, now())', [sequence]);
      acknowledged.push(sequence);
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
