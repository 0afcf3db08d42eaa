import type { SimulatedWorld } from '../../src/simulator/simulate.ts';
import { at } from '../../src/simulator/timeline.ts';
import type { Acknowledged, Application } from './application.ts';
import type { Controller } from './controller.ts';
import type { Kill } from './outage.ts';
import type { DatabaseServer } from './servers/database.ts';
import { rowsIn } from './servers/heartbeats.ts';

/** What only the lab knows: what happened to the real parts when, and what really is in them. */
export interface Truth {
  nowMs: number;
  kills: readonly Kill[];
  /** What the account says of each instance. */
  account: { identifier: string; region: string; status: string; source: string | null }[];
  /** What the servers themselves say; nothing that only a server which runs could tell, where none does. */
  databases: {
    identifier: string;
    address: string;
    running: boolean;
    door: string;
    standby?: boolean;
    heartbeats?: number[];
    orders?: number;
  }[];
  applications: { region: string; running: boolean; acknowledged: readonly Acknowledged[] }[];
  trouble: readonly string[];
}

export async function truthOf(
  world: SimulatedWorld,
  controller: Controller,
  applications: readonly Application[],
  kills: readonly Kill[],
): Promise<Truth> {
  const nowMs = Date.now();
  return {
    nowMs,
    kills,
    account: world.state().instances.flatMap(({ identifier, region, status, source }) => {
      const now = at(status, nowMs);
      return now === null ? [] : [{ identifier, region, status: now, source: at(source, nowMs) }];
    }),
    databases: await Promise.all(controller.servers().map(databaseOf)),
    applications: applications.map(({ region, running, orders }) => ({ region, running, acknowledged: orders })),
    trouble: controller.trouble,
  };
}

async function databaseOf(server: DatabaseServer): Promise<Truth['databases'][number]> {
  const { identifier, host, port, running, gate } = server;
  const seen = { identifier, address: `${host}:${port}`, running, door: gate.state };
  if (!running) return seen;
  const [row] = await server.query('select count(*) as orders from orders');
  return {
    ...seen,
    standby: await server.isStandby(),
    heartbeats: await rowsIn(server),
    orders: Number(row?.orders),
  };
}
