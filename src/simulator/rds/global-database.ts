import type { Simulation } from '../../drill/simulation.ts';
import type { Topology } from '../../drill/topology.ts';
import type { Query, Row } from '../../ports/sql.ts';
import { named } from '../faults.ts';
import type { GlobalDatabase } from '../state.ts';
import { always, at } from '../timeline.ts';
import type { World } from '../world.ts';

export type Cluster = GlobalDatabase['clusters'][number];

export function newGlobalDatabase({ regions, aurora }: Topology, { globalCluster }: Simulation): GlobalDatabase | null {
  if (!aurora) return null;
  const { primary, recovery } = aurora;
  return {
    id: aurora.globalCluster,
    status: always('available'),
    clusters: [
      { region: regions.primary, ...primary, isWriter: always(true), follows: always(true) },
      {
        region: regions.recovery,
        cluster: recovery.cluster,
        instance: globalCluster.headless ? null : recovery.instance,
        isWriter: always(false),
        follows: always(true),
      },
    ],
    open: always(true),
    rows: [],
    losses: [],
  };
}

/** The cluster that an instance belongs to. */
export const clusterWith = ({ aurora }: World, region: string, instance: string): Cluster | undefined =>
  aurora?.clusters.find((one) => one.region === region && one.instance === instance);

/** What a cluster's instance answers to a query, by the query's name. */
export function answerOfCluster(world: World, cluster: Cluster, { name, values = [] }: Query): Row[] {
  const { clock, aurora } = world;
  const nowMs = clock.nowMs();
  switch (name) {
    case 'is-standby':
      return [{ standby: !at(cluster.isWriter, nowMs) }];
    case 'prove-write':
      mustTakeWrites(world, cluster);
      return [];
    case 'heartbeat.write':
      mustTakeWrites(world, cluster);
      aurora?.rows.push({ sequence: Number(values[0]), region: cluster.region, atMs: nowMs });
      return [];
    case 'heartbeat.read':
      return (aurora?.rows ?? [])
        .filter((row) => row.sequence >= Number(values[0]) && !isLost(world, row))
        .map(({ sequence }) => ({ sequence }));
    default:
      throw named('QueryFailed', `The simulated Aurora cluster does not know the query '${name}'.`);
  }
}

const isLost = ({ aurora, clock }: World, row: GlobalDatabase['rows'][number]): boolean =>
  (aurora?.losses ?? []).some(
    ({ region, fromMs, untilMs }) =>
      region === row.region && row.atMs > fromMs && row.atMs <= untilMs && untilMs <= clock.nowMs(),
  );

function mustTakeWrites(world: World, cluster: Cluster): void {
  const nowMs = world.clock.nowMs();
  const isOpen = world.aurora !== null && at(world.aurora.open, nowMs);
  if (at(cluster.isWriter, nowMs) && isOpen) return;
  const wasWriter = cluster.isWriter.some(([fromMs, is]) => is && fromMs <= nowMs);
  if (wasWriter && isOpen && world.simulation.globalCluster.oldTakesWrites) return;
  throw named('ReadOnly', 'cannot execute INSERT in a read-only transaction');
}
