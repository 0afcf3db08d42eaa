import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { routingControlsOf } from '../components/route53/schema.ts';
import { type ComponentOf, componentOf, componentsOf } from '../drill/components.ts';
import { calledBy } from '../drill/deployments.ts';
import { plainDomain } from '../drill/names.ts';
import type { Topology } from '../drill/topology.ts';
import { clusterIn } from './eks/cluster.ts';
import { nodesFromLongAgo, seriesOfCluster } from './eks/nodes.ts';
import { acceleratorOf } from './global-accelerator.ts';
import { placeOfApplications, producersEnvironment, sideOf } from './kafka/cluster.ts';
import { mirroredEnd, mirroredName } from './kafka/mirror.ts';
import { partitionsOf } from './kafka/topics.ts';
import { deploymentIn } from './kubernetes/deployment.ts';
import { PODS_PER_NODE, placeOn, podsAtRest } from './kubernetes/place.ts';
import { newClusterInstance } from './rds/global-database.ts';
import { recordsOf } from './route-53/zone.ts';
import { environmentOf } from './shop/stores.ts';
import type { Deployment, Instance, Node, Rollout } from './state.ts';
import { plan } from './timeline.ts';
import type { World } from './world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The primary region was lost so long ago, its replica promoted soon after, and came back later. */
const LOST_AGO_MS = 6 * HOUR;
const PROMOTED_AFTER_MS = 3 * MINUTE;
const BACK_AFTER_MS = 2 * HOUR;

/** When what happened. */
interface Past {
  lostMs: number;
  promotedMs: number;
  backMs: number;
}

/** Brings a new world to where a failover leaves it: the recovery region serves, old writers of RDS stand in quarantine, and nothing replicates to them. */
export function afterFailover(world: World): void {
  const { topology, startMs } = world;
  const lostMs = startMs - LOST_AGO_MS;
  const past = { lostMs, promotedMs: lostMs + PROMOTED_AFTER_MS, backMs: lostMs + BACK_AFTER_MS };
  world.down[topology.regions.primary]?.push([lostMs, true], [past.backMs, false]);
  for (const store of componentsOf(topology, 'rds-replica')) {
    for (const instance of world.instances.filter((one) => one.store === store.id)) {
      if (instance.identifier === store.writer.identifier) quarantined(instance, store, past);
      else promoted(world, instance, store, past);
    }
  }
  turnStores(world, past);
  for (const compute of componentsOf(topology, 'eks')) fullSize(world, compute, past);
  for (const kafka of componentsOf(topology, 'kafka')) consumersMoved(world, kafka, past);
  for (const name of componentsOf(topology, 'route53')) shifted(world, name, past.promotedMs);
}

type RdsReplica = ComponentOf<'rds-replica'>;

function quarantined(instance: Instance, { writer }: RdsReplica, { lostMs, backMs }: Past): void {
  instance.open.push([lostMs, false], [backMs + MINUTE, true]);
  // Quarantined as soon as its region answered, before PostgreSQL had replayed its log.
  instance.securityGroups.push([backMs + 30 * SECOND, [writer.quarantineSecurityGroup]]);
}

function promoted(
  world: World,
  instance: Instance,
  { writer, backups }: RdsReplica,
  { lostMs, promotedMs }: Past,
): void {
  instance.copy = { of: writer.identifier, untilMs: lostMs - world.simulation.replicationLag, lostOrders: 0 };
  instance.source.push([promotedMs, null]);
  instance.open.push([promotedMs - MINUTE, false], [promotedMs, true]);
  instance.backupRetentionDays = Math.max(1, Math.round((backups.retention ?? 24 * HOUR) / (24 * HOUR)));
}

/** Stores whose sides take each other's place by themselves: the old one follows again, since its region is back. */
function turnStores({ aurora, cache, topology }: World, { promotedMs, backMs }: Past): void {
  for (const { clusters, store } of aurora) {
    const [old, next] = clusters;
    const { newInstance } = componentOf(topology, 'aurora-global', store).recovery;
    // The failover gave it the instance that leads it since.
    if (next?.instances.length === 0 && newInstance) next.instances.push(newClusterInstance(newInstance));
    old?.isWriter.push([promotedMs, false]);
    next?.isWriter.push([promotedMs, true]);
    old?.follows.push([promotedMs, false], [backMs + MINUTE, true]);
  }
  for (const { role } of cache.datastores.flatMap(({ members }) => members))
    role.push([promotedMs, role[0]?.[1] === 'PRIMARY' ? 'SECONDARY' : 'PRIMARY']);
}

/** The recovery region's nodes and pods are as many as the primary region had, and write where the writer is now. */
function fullSize(world: World, compute: ComponentOf<'eks'>, { promotedMs }: Past): void {
  const { topology } = world;
  const place = placeOn(topology, compute, 'recovery');
  const { nodegroup, failoverNodes } = compute.recovery;
  const group = world.nodeGroups.find(
    (one) => one.region === place.region && one.cluster === place.cluster && one.name === nodegroup,
  );
  if (group && failoverNodes) {
    group.size = { ...failoverNodes };
    addNodes(group.nodes, group.size.desired, promotedMs);
  }
  const pointed = environmentOf(topology, compute, 'recovery', 'recovery');
  for (const one of compute.deployments) {
    const deployment = deploymentIn(world, placeOn(topology, compute, 'recovery', one), one.name);
    const produced = producersEnvironment(topology, compute, calledBy(one), 'recovery');
    if (deployment) grow(deployment, one.replicas, { ...pointed, ...produced }, promotedMs);
  }
  const cluster = clusterIn(world, place.region, place.cluster);
  if (!cluster?.madeForPods) return;
  const inIt = componentsOf(topology, 'eks').filter(
    ({ recovery }) => recovery.cluster === place.cluster && recovery.nodegroup === undefined,
  );
  const pods = inIt.reduce((sum, one) => sum + podsAtRest(one, 'primary'), 0);
  const series = seriesOfCluster(cluster, world.clusters.slice(0, world.clusters.indexOf(cluster)));
  cluster.madeForPods = nodesFromLongAgo(series, Math.ceil(pods / PODS_PER_NODE), world.startMs);
}

/** Consumers went on in the recovery region from where the lost one had come to, and people kept them from starting at home again. */
function consumersMoved(world: World, kafka: ComponentOf<'kafka'>, { lostMs, promotedMs }: Past): void {
  const { messaging, topology } = world;
  const home = sideOf(topology, kafka, 'primary');
  const away = sideOf(topology, kafka, 'recovery');
  for (const { deployment: name, replicas, group, topics } of kafka.consumers) {
    const [stopped, started] = [home, away].map(({ side }) => {
      const place = placeOfApplications(world, kafka, side);
      return place && deploymentIn(world, place, name);
    });
    if (!stopped || !started) continue;
    stopped.wanted = 0;
    for (const pod of stopped.pods) pod.goneMs = lostMs;
    grow(started, replicas, {}, promotedMs);
    for (const topic of topics)
      for (const partition of partitionsOf(kafka, topic)) {
        const offset = mirroredEnd(world, kafka, topic, partition, lostMs);
        const position = { group, topic: mirroredName(kafka, topic), partition, offset };
        messaging.commits.push({ cluster: away.arn, ...position, atMs: promotedMs - MINUTE });
      }
  }
}

function addNodes(nodes: Node[], desired: number, ms: number): void {
  const [node] = nodes;
  const missing = desired - nodes.length;
  for (let index = 0; node && index < missing; index += 1)
    nodes.push({ ...node, name: node.name.replace(/^ip-10-/, `ip-10-${index + 1}`), joinsMs: ms, readyMs: ms });
}

function grow(deployment: Deployment, wanted: number, pointed: Rollout['environment'], ms: number): void {
  deployment.wanted = wanted;
  for (let index = deployment.pods.length; index < wanted; index += 1) {
    const name = `${deployment.name}-${index + 1}`;
    deployment.pods.push({ name, createdMs: ms, scheduledMs: ms, readyMs: ms, goneMs: null });
  }
  const { environment } = deployment.rollouts[0] as Rollout;
  const rollout = { fromMs: ms, untilMs: ms + 30 * SECOND, pods: wanted, environment: { ...environment, ...pointed } };
  deployment.rollouts.push(rollout);
}

/** The lever of a name stands as the failover left it. */
function shifted(world: World, traffic: ComponentOf<'route53'>, sinceMs: number): void {
  const { healthChecks, routingControls, topology } = world;
  const { lever } = traffic;
  if (lever === 'global-accelerator-dials') {
    for (const group of acceleratorOf(world.accelerators, traffic)?.groups ?? []) {
      group.dial = group.region === topology.regions.recovery ? 100 : 0;
      plan(group.inForce, sinceMs, [[sinceMs, group.dial]]);
    }
    return;
  }
  if (lever === 'health-check-inversion') {
    for (const check of healthChecks.filter(({ id }) => id === traffic.primary.healthCheck)) {
      if (check.inverted) continue;
      check.inverted = true;
      check.version += 1;
      plan(check.healthy, sinceMs, [[sinceMs, false]]);
    }
    return;
  }
  if (lever === 'arc-routing-controls') {
    const { primary, recovery } = routingControlsOf(traffic);
    for (const control of routingControls.filter(({ arn }) => [primary, recovery].includes(arn))) {
      control.on = control.arn === recovery;
      const check = healthChecks.find(({ id }) => id === control.healthCheck);
      if (check) plan(check.healthy, sinceMs, [[sinceMs, control.on]]);
    }
    return;
  }
  const zone = world.zones.find(({ id }) => id === traffic.zone);
  if (!zone) return;
  // What the lever does with the records as they are described is what a failover has left.
  const isOfName = (record: ResourceRecordSet) => plainDomain(record.Name) === traffic.name;
  zone.records = [
    ...zone.records.filter((record) => !isOfName(record)),
    ...movedAway(traffic, zone.records.filter(isOfName), topology),
  ];
  plan(zone.published, sinceMs, [[sinceMs, structuredClone(zone.records)]]);
}

function movedAway(
  traffic: ComponentOf<'route53'>,
  records: ResourceRecordSet[],
  topology: Topology,
): ResourceRecordSet[] {
  const serves = ({ SetIdentifier }: ResourceRecordSet) => SetIdentifier === traffic.recovery.setIdentifier;
  switch (traffic.lever) {
    case 'failover-records':
      return records.map((one) => ({ ...one, Failover: serves(one) ? 'PRIMARY' : 'SECONDARY' }));
    case 'latency-records':
      return records.filter(serves);
    case 'simple-record':
      return recordsOf(traffic, 'recovery', topology);
    default:
      return records.map((one) => ({ ...one, Weight: serves(one) ? 100 : 0 }));
  }
}
