import { isCut } from '../partition.ts';
import { isDown, type World } from '../world.ts';
import { replicaIn } from './table.ts';

/** How long writes of a region took to another one, in milliseconds, in the minute about `ms`; `undefined` where nobody published it. */
export function tableMetric(
  world: World,
  region: string,
  name: string | undefined,
  { table: asked, to }: { table: string; to: string },
  ms: number,
): number | undefined {
  const table = world.tables.findLast((one) => one.name === asked);
  if (name !== 'ReplicationLatency' || table?.consistency !== 'EVENTUAL') return undefined;
  if (!replicaIn(table, region, ms) || !replicaIn(table, to, ms)) return undefined;
  const { stops, replication } = world.simulation.tables;
  if (isDown(world, region, ms) || isDown(world, to, ms) || isCut(world, ms)) return undefined;
  if (stops !== undefined && ms >= world.startMs + stops) return undefined;
  return (
    replication ?? world.durations.tableReplication(world.draw(`table-latency/${asked}/${Math.floor(ms / 60_000)}`))
  );
}
