import type { Rollout } from './state.ts';
import { plan } from './timeline.ts';
import type { World } from './world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The primary region was lost so long ago, its replica promoted soon after, and came back later. */
const LOST_AGO_MS = 6 * HOUR;
const PROMOTED_AFTER_MS = 3 * MINUTE;
const BACK_AFTER_MS = 2 * HOUR;

/** Brings a new world to where a failover leaves it: the recovery region serves, the old writer stands in quarantine, and nothing replicates. */
export function afterFailover(world: World): void {
  const { regions, database, kubernetes, traffic } = world.topology;
  const lostMs = world.startMs - LOST_AGO_MS;
  const promotedMs = lostMs + PROMOTED_AFTER_MS;
  const backMs = lostMs + BACK_AFTER_MS;
  world.down[regions.primary]?.push([lostMs, true], [backMs, false]);

  for (const instance of world.instances) {
    if (instance.identifier === database.writer.identifier) {
      instance.open.push([lostMs, false], [backMs + MINUTE, true]);
      // Quarantined as soon as its region answered, before PostgreSQL had replayed its log.
      instance.securityGroups.push([backMs + 30 * SECOND, [database.writer.quarantineSecurityGroup]]);
    } else {
      instance.copy = {
        of: database.writer.identifier,
        untilMs: lostMs - world.simulation.replicationLag,
        lostOrders: 0,
      };
      instance.source.push([promotedMs, null]);
      instance.open.push([promotedMs - MINUTE, false], [promotedMs, true]);
      instance.backupRetentionDays = Math.max(1, Math.round((database.backups.retention ?? 24 * HOUR) / (24 * HOUR)));
    }
  }
  const writer = world.instances.find(({ identifier }) => identifier === database.replica.identifier);

  for (const group of world.nodeGroups.filter(({ region }) => region === regions.recovery)) {
    group.size = { ...kubernetes.recovery.failoverNodes };
    const missing = group.size.desired - group.nodes.length;
    const node = group.nodes[0];
    for (let index = 0; node && index < missing; index += 1)
      group.nodes.push({
        ...node,
        name: node.name.replace(/^ip-10-/, `ip-10-${index + 1}`),
        joinsMs: promotedMs,
        readyMs: promotedMs,
      });
  }
  for (const deployment of world.deployments.filter(({ region }) => region === regions.recovery)) {
    const wanted = kubernetes.deployments.find(({ name }) => name === deployment.name)?.replicas;
    // Consumers are no part of a failover.
    if (wanted === undefined) continue;
    deployment.wanted = wanted;
    for (let index = deployment.pods.length; index < wanted; index += 1) {
      const name = `${deployment.name}-${index + 1}`;
      deployment.pods.push({ name, createdMs: promotedMs, scheduledMs: promotedMs, readyMs: promotedMs, goneMs: null });
    }
    const { environment } = deployment.rollouts[0] as Rollout;
    const pointed = { ...environment, [kubernetes.writerVariable]: writer?.address ?? '' };
    deployment.rollouts.push({
      fromMs: promotedMs,
      untilMs: promotedMs + 30 * SECOND,
      pods: wanted,
      environment: pointed,
    });
  }
  shifted(world, traffic.lever, promotedMs);
}

/** The lever stands as the failover left it. */
function shifted({ zone, accelerator, topology: { traffic, regions } }: World, lever: string, sinceMs: number): void {
  if (lever === 'global-accelerator-dials') {
    for (const group of accelerator?.groups ?? []) {
      group.dial = group.region === regions.recovery ? 100 : 0;
      plan(group.inForce, sinceMs, [[sinceMs, group.dial]]);
    }
    return;
  }
  if (lever === 'health-check-inversion') {
    for (const check of zone.healthChecks.filter(({ id }) => id === traffic.primary.healthCheck)) {
      check.inverted = true;
      check.version += 1;
      plan(check.healthy, sinceMs, [[sinceMs, false]]);
    }
    return;
  }
  if (lever === 'arc-routing-controls') {
    for (const control of zone.routingControls) {
      control.on = !control.on;
      const check = zone.healthChecks.find(({ id }) => id === control.healthCheck);
      if (check) plan(check.healthy, sinceMs, [[sinceMs, control.on]]);
    }
    return;
  }
  zone.records = zone.records.map((record) => {
    const serves = record.SetIdentifier === traffic.recovery.setIdentifier;
    return lever === 'failover-records'
      ? { ...record, Failover: serves ? ('PRIMARY' as const) : ('SECONDARY' as const) }
      : { ...record, Weight: serves ? 100 : 0 };
  });
  plan(zone.published, sinceMs, [[sinceMs, structuredClone(zone.records)]]);
}
