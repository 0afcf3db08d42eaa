import { type ComponentOf, componentsOf } from '../../drill/components.ts';
import type { Simulation } from '../../drill/simulation.ts';
import type { Topology } from '../../drill/topology.ts';
import { dnsSuffixOf } from '../../partition.ts';
import { hash32 } from '../distributions.ts';
import { dataKeyArn } from '../kms.ts';
import { isCut, isOutOfReach, lastCut } from '../partition.ts';
import type { AuroraCluster, ClusterInstance, GlobalDatabase } from '../stores-state.ts';
import { always, at, since } from '../timeline.ts';
import { isDown, type World } from '../world.ts';

const VERSIONS = { postgres: '16.6', mysql: '8.0.mysql_aurora.3.08.0' };
const GROUP = 'sg-00000000000000000';
const DATA_KEY = '00000000-dddd-4eee-8fff-000000000002';
const DAY = 86_400_000;

type Described = ComponentOf<'aurora-global'>['primary'];

/** Every global database that the topology names. */
export const newGlobalDatabases = (
  topology: Topology,
  { globalCluster: simulated }: Simulation,
  startMs: number,
): GlobalDatabase[] =>
  componentsOf(topology, 'aurora-global').map((store) => {
    const { primary, recovery, others } = store;
    const newCluster = (
      region: string,
      one: Partial<Described> & Pick<Described, 'cluster' | 'instances'>,
    ): AuroraCluster => ({
      region,
      cluster: one.cluster,
      engineVersion: VERSIONS[store.engine],
      instances: one.instances.map(newClusterInstance),
      leader: always(null),
      isWriter: always(false),
      follows: always(true),
      securityGroups: always(one.securityGroups ?? [GROUP]),
      quarantine: one.quarantineSecurityGroup ?? null,
      readOnly: always(false),
      status: always('available'),
      createdMs: startMs - 400 * DAY,
      parameterGroup: `${store.id}-cluster`,
      subnetGroup: 'default',
      iamLogin: store.login?.password.from === 'iam',
      deletionProtection: true,
      backupRetentionDays: 7,
      kmsKey: dataKeyArn(topology, region, DATA_KEY),
      tags: [],
    });
    const there = newCluster(topology.regions.recovery, recovery);
    if (simulated.headless) there.instances = [];
    if (simulated.recoveryVersion !== undefined) there.engineVersion = simulated.recoveryVersion;
    return {
      id: store.globalCluster,
      store: store.id,
      engine: store.engine,
      database: store.database,
      status: always('available'),
      target: null,
      clusters: [
        { ...newCluster(topology.regions.primary, primary), isWriter: always(true) },
        there,
        ...others.map((one) => newCluster(one.region, one)),
      ],
      open: always(true),
      rows: [],
      losses: [],
      copy: null,
      schemas: {},
    };
  });

export const newClusterInstance = ({ identifier, class: type }: { identifier: string; class: string }) =>
  ({ identifier, class: type, tags: [], status: always('available'), open: always(true) }) as ClusterInstance;

/** The instance that leads a cluster, where it has any. */
export function leaderAt(cluster: AuroraCluster, ms: number): ClusterInstance | undefined {
  const there = thereIn(cluster, ms);
  const named = at(cluster.leader, ms);
  return there.find(({ identifier }) => identifier === named) ?? there.find(({ open }) => at(open, ms)) ?? there[0];
}

/** Assumption: the instances of a cluster are spread over three zones, one after another. */
export const zoneIn = ({ region, instances }: AuroraCluster, one: ClusterInstance): string =>
  `${region}${'abc'[instances.indexOf(one) % 3]}`;

/** The address that a cluster's endpoint gives: that of the instance that leads it. */
export function addressOfCluster(cluster: AuroraCluster, ms: number): string | undefined {
  const leader = leaderAt(cluster, ms);
  return leader && `10.1.${cluster.instances.indexOf(leader)}.${10 + (hash32(leader.identifier) % 200)}`;
}

/** What leads to a cluster's writer, where it leads. */
export const endpointOf = ({ cluster, region }: Pick<AuroraCluster, 'cluster' | 'region'>): string =>
  `${cluster}.cluster-abc123.${region}.rds.${dnsSuffixOf(region)}`;

/** What leads to a cluster's readers. */
export const readerEndpointOf = ({ cluster, region }: Pick<AuroraCluster, 'cluster' | 'region'>): string =>
  `${cluster}.cluster-ro-abc123.${region}.rds.${dnsSuffixOf(region)}`;

/** What leads to the writer of the whole, wherever it is. */
export const globalEndpointOf = (id: string, region: string): string =>
  `${id}.global-abc123.global.rds.${dnsSuffixOf(region)}`;

/** Whatever leads to a cluster that takes the writes. */
export const addressesOf = ({ database, cluster }: Found): string[] => [
  endpointOf(cluster),
  ...(database.copy ? [] : [globalEndpointOf(database.id, cluster.region)]),
];

export const writerAt = ({ clusters }: GlobalDatabase, ms: number): AuroraCluster | undefined =>
  clusters.find(({ isWriter }) => at(isWriter, ms));

export interface Found {
  database: GlobalDatabase;
  cluster: AuroraCluster;
}

/** The cluster of that name, or that an instance of that name belongs to. */
export function clusterWith({ aurora, clock }: World, region: string, name: string): Found | undefined {
  const nowMs = clock.nowMs();
  for (const database of aurora) {
    const cluster = database.clusters.find(
      (one) =>
        one.region === region &&
        at(one.status, nowMs) !== null &&
        (one.cluster === name || thereIn(one, nowMs).some(({ identifier }) => identifier === name)),
    );
    if (cluster) return { database, cluster };
  }
  return undefined;
}

/** The instances that a cluster has at an instant. */
export const thereIn = ({ instances }: AuroraCluster, ms: number): ClusterInstance[] =>
  instances.filter(({ status }) => at(status, ms) !== null);

export const isQuarantined = ({ quarantine, securityGroups }: AuroraCluster, ms: number): boolean =>
  quarantine !== null && at(securityGroups, ms).includes(quarantine);

/** Whether one of its instances answers, and lets clients in. */
export const answersAt = (world: World, cluster: AuroraCluster, ms: number): boolean =>
  !isDown(world, cluster.region, ms) &&
  !isQuarantined(cluster, ms) &&
  thereIn(cluster, ms).some(({ open }) => at(open, ms));

/** Whether a cluster takes writes of anyone who reaches it. */
export const takesWritesIn = (world: World, { database, cluster }: Found, ms: number): boolean =>
  answersAt(world, cluster, ms) &&
  !at(cluster.readOnly, ms) &&
  ((at(cluster.isWriter, ms) && at(database.open, ms)) || goesOn(world, { database, cluster }, ms));

/** A cluster that Aurora could not reach when it was replaced does not know that until the link is back. */
function goesOn(world: World, { database, cluster }: Found, ms: number): boolean {
  if (at(cluster.isWriter, ms)) return isCut(world, ms) && isOutOfReach(world, cluster.region, ms);
  const cut = isCut(world, ms) ? lastCut(world, ms) : undefined;
  if (cut && at(cluster.isWriter, cut.fromMs) && isOutOfReach(world, cluster.region, ms)) return true;
  const wasWriter = cluster.isWriter.some(([fromMs, is]) => is && fromMs <= ms);
  return wasWriter && at(database.open, ms) && world.simulation.globalCluster.oldTakesWrites;
}

/** Up to which instant a cluster holds what was written. */
export function holdsUntilMs(world: World, { database, cluster }: Found, ms: number): number {
  if (at(cluster.isWriter, ms)) return ms;
  if (!at(cluster.follows, ms)) return since(cluster.follows, ms);
  const writer = writerAt(database, ms);
  const lastMs = writer ? lastSentMs(world, writer, cluster, ms) : ms;
  return lastMs - world.simulation.globalCluster.lag;
}

/** AuroraGlobalDBReplicationLag of a cluster that follows another one, in milliseconds; `undefined` where nobody publishes it. */
export function globalLagMs(world: World, { database, cluster }: Found, ms: number): number | undefined {
  const writer = writerAt(database, ms);
  const isFollowing = writer && writer !== cluster && at(cluster.follows, ms);
  if (!isFollowing || isDown(world, cluster.region, ms) || isDown(world, writer.region, ms)) return undefined;
  return ms - holdsUntilMs(world, { database, cluster }, ms);
}

/** Nothing comes over from a region that is lost, or over a link that is cut. */
export function lastSentMs(world: World, from: AuroraCluster, to: AuroraCluster, ms: number): number {
  const down = world.down[from.region] ?? [];
  const { primary, recovery } = world.topology.regions;
  const overLink = [from.region, to.region].every((region) => [primary, recovery].includes(region));
  return Math.min(
    ms,
    isDown(world, from.region, ms) ? since(down, ms) : ms,
    overLink && isCut(world, ms) ? since(world.partition, ms) : ms,
  );
}

/** Whether what was acknowledged there and then is lost to everyone. */
export const isLost = ({ losses, clusters }: GlobalDatabase, region: string, atMs: number, nowMs: number): boolean =>
  losses.some(
    (loss) => loss.region === region && atMs > loss.fromMs && atMs <= loss.untilMs && loss.untilMs <= nowMs,
  ) || !clusters.some((one) => one.region === region && at(one.isWriter, atMs));
