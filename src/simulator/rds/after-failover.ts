import { componentOf, componentsOf } from '../../drill/components.ts';
import type { Past } from '../past.ts';
import type { Instance } from '../state.ts';
import type { World } from '../world.ts';
import { newClusterInstance } from './global-database.ts';
import type { RdsReplica } from './instance.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Replicas were promoted, and old writers are in quarantine; clusters have taken each other's place. */
export function databasesTurned(world: World, past: Past): void {
  for (const store of componentsOf(world.topology, 'rds-replica')) {
    for (const instance of world.instances.filter((one) => one.store === store.id)) {
      if (instance.identifier === store.writer.identifier) quarantined(world, instance, store, past);
      else promoted(world, instance, store, past);
    }
  }
  clustersTurned(world, past);
}

function quarantined(world: World, instance: Instance, { writer }: RdsReplica, { lostMs, backMs }: Past): void {
  instance.heartbeats.push(...heartbeatsBefore(lostMs));
  instance.changed = world.simulation.data.changedBeforeFailover;
  instance.open.push([lostMs, false], [backMs + MINUTE, true]);
  // Quarantined as soon as its region answered, before PostgreSQL had replayed its log.
  instance.securityGroups.push([backMs + 30 * SECOND, [writer.quarantineSecurityGroup]]);
}

/** What the failover itself wrote while it looked at the healthy platform. */
const heartbeatsBefore = (lostMs: number): Instance['heartbeats'] =>
  Array.from({ length: 60 }, (_, index) => {
    const firstMs = lostMs - MINUTE;
    return { sequence: firstMs + index, atMs: firstMs + index * SECOND };
  });

function promoted(
  world: World,
  instance: Instance,
  { writer, backups }: RdsReplica,
  { lostMs, promotedMs }: Past,
): void {
  const receivedMs = lostMs - (world.simulation.data.lostInFailover ?? world.simulation.replicationLag);
  instance.copy = { of: writer.identifier, untilMs: receivedMs, lostOrders: 0 };
  instance.heartbeats.push(...heartbeatsBefore(lostMs).filter(({ atMs }) => atMs <= receivedMs));
  instance.source.push([promotedMs, null]);
  instance.open.push([promotedMs - MINUTE, false], [promotedMs, true]);
  instance.firstBackupMs = promotedMs + 3 * MINUTE;
  instance.backupRetentionDays = Math.max(1, Math.round((backups.retention ?? 24 * HOUR) / (24 * HOUR)));
}

/** The old cluster follows again, since its region is back. */
function clustersTurned({ aurora, topology }: World, { promotedMs, backMs }: Past): void {
  for (const { clusters, store } of aurora) {
    const [old, next] = clusters;
    const { newInstance } = componentOf(topology, 'aurora-global', store).recovery;
    // The failover gave it the instance that leads it since.
    if (next?.instances.length === 0 && newInstance) next.instances.push(newClusterInstance(newInstance));
    old?.isWriter.push([promotedMs, false]);
    next?.isWriter.push([promotedMs, true]);
    old?.follows.push([promotedMs, false], [backMs + MINUTE, true]);
  }
}
