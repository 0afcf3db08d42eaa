import { componentsOf } from '../../drill/components.ts';
import type { Simulation } from '../../drill/simulation.ts';
import type { Topology } from '../../drill/topology.ts';
import { dnsSuffixOf } from '../../partition.ts';
import type { Query, Row } from '../../ports/sql.ts';
import { named } from '../faults.ts';
import type { GlobalDatabase } from '../stores-state.ts';
import { always, at } from '../timeline.ts';
import type { World } from '../world.ts';

export type Cluster = GlobalDatabase['clusters'][number];

/** Every global database that the topology names. */
export const newGlobalDatabases = (topology: Topology, { globalCluster }: Simulation): GlobalDatabase[] =>
  componentsOf(topology, 'aurora-global').map(({ globalCluster: id, database, primary, recovery }) => ({
    id,
    database,
    status: always('available'),
    clusters: [
      { region: topology.regions.primary, ...primary, isWriter: always(true), follows: always(true) },
      {
        region: topology.regions.recovery,
        cluster: recovery.cluster,
        instance: globalCluster.headless ? null : recovery.instance,
        isWriter: always(false),
        follows: always(true),
      },
    ],
    open: always(true),
    rows: [],
    losses: [],
  }));

/** Where a cluster's writer is found. */
export const endpointOf = ({ cluster, region }: Pick<Cluster, 'cluster' | 'region'>): string =>
  `${cluster}.cluster-abc123.${region}.rds.${dnsSuffixOf(region)}`;

export const writerAt = ({ clusters }: GlobalDatabase, ms: number): Cluster | undefined =>
  clusters.find(({ isWriter }) => at(isWriter, ms));

interface Found {
  database: GlobalDatabase;
  cluster: Cluster;
}

/** The cluster that an instance belongs to. */
export function clusterWith({ aurora }: World, region: string, instance: string): Found | undefined {
  for (const database of aurora) {
    const cluster = database.clusters.find((one) => one.region === region && one.instance === instance);
    if (cluster) return { database, cluster };
  }
  return undefined;
}

/** What a cluster's instance answers to a query, by the query's name, in the database of that name. */
export function answerOfCluster(world: World, found: Found, inside: string, { name, values = [] }: Query): Row[] {
  const { database, cluster } = found;
  const nowMs = world.clock.nowMs();
  if (inside !== database.database) throw named('QueryFailed', `database "${inside}" does not exist`);
  switch (name) {
    case 'is-standby':
      return [{ standby: !at(cluster.isWriter, nowMs) }];
    case 'prove-write':
      mustTakeWrites(world, found);
      return [];
    case 'heartbeat.write':
      mustTakeWrites(world, found);
      database.rows.push({ sequence: Number(values[0]), region: cluster.region, atMs: nowMs });
      return [];
    case 'heartbeat.read':
      return database.rows
        .filter((row) => row.sequence >= Number(values[0]) && !isLost(database, row, nowMs))
        .map(({ sequence }) => ({ sequence }));
    default:
      throw named('QueryFailed', `The simulated Aurora cluster does not know the query '${name}'.`);
  }
}

const isLost = ({ losses }: GlobalDatabase, row: GlobalDatabase['rows'][number], nowMs: number): boolean =>
  losses.some(
    ({ region, fromMs, untilMs }) =>
      region === row.region && row.atMs > fromMs && row.atMs <= untilMs && untilMs <= nowMs,
  );

function mustTakeWrites(world: World, { database, cluster }: Found): void {
  const nowMs = world.clock.nowMs();
  const isOpen = at(database.open, nowMs);
  if (at(cluster.isWriter, nowMs) && isOpen) return;
  const wasWriter = cluster.isWriter.some(([fromMs, is]) => is && fromMs <= nowMs);
  if (wasWriter && isOpen && world.simulation.globalCluster.oldTakesWrites) return;
  throw named('ReadOnly', 'cannot execute INSERT in a read-only transaction');
}
