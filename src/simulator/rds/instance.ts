import { regionalArn } from '../../arn.ts';
import type { Instance as Described } from '../../components/rds-replica/schema.ts';
import { type ComponentOf, componentOf, componentsOf } from '../../drill/components.ts';
import type { Simulation } from '../../drill/simulation.ts';
import type { Topology } from '../../drill/topology.ts';
import { dnsSuffixOf } from '../../partition.ts';
import { awsError } from '../faults.ts';
import { dataKeyArn } from '../kms.ts';
import { DB_INSTANCES, quotaIn } from '../service-quotas.ts';
import type { Instance } from '../state.ts';
import { always, at, moving } from '../timeline.ts';
import { isDown, type World } from '../world.ts';
import { engines } from './engines.ts';
import { thereIn } from './global-database.ts';
import { settingsOfPair, withSettings } from './settings.ts';
import { failedOver } from './zone-failover.ts';

const DAY = 86_400_000;
export type RdsReplica = ComponentOf<'rds-replica'>;

const DATA_KEY = '00000000-dddd-4eee-8fff-000000000001';

/** The writer and the replica of each store, as the topology has them. */
export const newInstances = (topology: Topology, simulation: Simulation, startMs: number): Instance[] =>
  componentsOf(topology, 'rds-replica').flatMap((store) => newPair(topology, store, simulation, startMs));

function newPair(
  { account, regions }: Topology,
  store: RdsReplica,
  { instances, zoneFailover }: Simulation,
  startMs: number,
): Instance[] {
  const { id, engine, writer, replica, backups } = store;
  const runs = { engine, engineVersion: engines[engine].version };
  const kmsKey = (region: string, { kmsKey: named = DATA_KEY }: Described) => dataKeyArn({ account }, region, named);
  const retentionDays = Math.max(1, Math.round((backups.retention ?? DAY) / DAY));
  const pair = [
    newInstance(id, writer, regions.primary, {
      ...runs,
      createdMs: startMs - 400 * DAY,
      settings: settingsOfPair(store, writer.storageGib),
      backupRetentionDays: retentionDays,
      deletionProtection: true,
      kmsKey: kmsKey(regions.primary, writer),
      ...(zoneFailover.earlier !== undefined && failedOver(regions.primary, startMs - zoneFailover.earlier)),
    }),
    newInstance(id, replica, regions.recovery, {
      ...runs,
      createdMs: startMs - 300 * DAY,
      settings: settingsOfPair(store, replica.storageGib),
      deletionProtection: true,
      kmsKey: kmsKey(regions.recovery, replica),
      source: always(writer.identifier),
    }),
  ] as const;
  return [withSettings(pair[0], instances.writer), withSettings(pair[1], instances.replica)];
}

type Description = Omit<Described, 'quarantineSecurityGroup' | 'kmsKey'> & { quarantineSecurityGroup: string | null };

export function newInstance(store: string, described: Description, region: string, more: Partial<Instance>): Instance {
  return {
    store,
    identifier: described.identifier,
    region,
    renamed: null,
    formerAddresses: [],
    namedMs: 0,
    address: addressOf(described.identifier, region),
    class: described.class,
    storageGib: described.storageGib,
    multiAz: described.multiAz,
    standbyMs: 0,
    zone: { named: always(`${region}a`), told: always(`${region}a`) },
    events: [],
    parameterGroup: described.parameterGroup,
    subnetGroup: described.subnetGroup,
    tags: [],
    settings: {},
    backupRetentionDays: 0,
    firstBackupMs: 0,
    deletionProtection: false,
    engine: 'postgres',
    engineVersion: engines.postgres.version,
    kmsKey: null,
    pending: {},
    createdMs: 0,
    quarantine: described.quarantineSecurityGroup,
    status: always('available'),
    source: always(null),
    replicationError: always(null),
    securityGroups: always(described.securityGroups),
    readOnly: always(false),
    open: always(true),
    cutOff: always(false),
    loadedMs: 0,
    catchUp: null,
    copy: null,
    heartbeats: [],
    schemas: {},
    ...more,
  };
}

/** The data store that an instance is of. */
export const storeOf = ({ topology }: World, { store }: Instance): RdsReplica =>
  componentOf(topology, 'rds-replica', store);

export const addressOf = (identifier: string, region: string): string =>
  `${identifier}.abc123.${region}.rds.${dnsSuffixOf(region)}`;

/** Where it was to be found at an instant. */
export const addressAt = ({ address, formerAddresses, namedMs }: Instance, ms: number): string =>
  formerAddresses.find(({ untilMs }) => ms < untilMs)?.address ?? (ms < namedMs ? NOWHERE : address);

/** Between two names DNS knows none. */
const NOWHERE = '';

export const arnOf = (world: World, { identifier, region }: Pick<Instance, 'identifier' | 'region'>): string =>
  regionalArn({ service: 'rds', region, account: world.topology.account, resource: `db:${identifier}` });

/** The instance of that name, if there is one now. */
export function instanceIn(world: World, region: string, identifier: string): Instance | undefined {
  const nowMs = world.clock.nowMs();
  return world.instances.findLast(
    (one) => one.region === region && one.identifier === identifier && at(one.status, nowMs) !== null,
  );
}

/** The newest instance of a name, in any region. It may be deleted: its backups refer to it. */
export function instanceNamed(world: World, identifier: string): Instance {
  const instance = world.instances.findLast((one) => one.identifier === identifier);
  if (instance) return instance;
  throw awsError('DBInstanceNotFoundFault', `DBInstance ${identifier} not found.`, 404);
}

/** RDS makes no second instance of a name, and none over the quota. */
export function mustHaveRoomFor(world: World, region: string, identifier: string): void {
  const nowMs = world.clock.nowMs();
  if (instanceIn(world, region, identifier)) {
    throw awsError('DBInstanceAlreadyExistsFault', 'DB instance already exists');
  }
  const instancesMax = quotaIn(world, DB_INSTANCES);
  const pairs = world.instances.filter((one) => one.region === region && at(one.status, nowMs) !== null);
  const clusters = world.aurora.flatMap((one) => one.clusters).filter((one) => one.region === region);
  const members = clusters.flatMap((one) => thereIn(one, nowMs));
  if (pairs.length + members.length < instancesMax) return;
  const message = `The maximum number of DB instances, ${instancesMax}, has been reached.`;
  throw awsError('InstanceQuotaExceededFault', message);
}

export function found(world: World, region: string, identifier: string | undefined): Instance {
  const instance = instanceIn(world, region, identifier ?? '');
  if (instance) return instance;
  throw awsError('DBInstanceNotFoundFault', `DBInstance ${identifier} not found.`, 404);
}

/** The instance, if it may be changed now: a change under way counts although its status does not show it yet. */
export function changeable(world: World, region: string, identifier: string | undefined): Instance {
  const instance = found(world, region, identifier);
  const nowMs = world.clock.nowMs();
  const status = at(instance.status, nowMs);
  if (status === 'available' && !moving(instance.status, nowMs)) return instance;
  throw awsError('InvalidDBInstanceStateFault', `Database instance ${identifier} is not in available state.`);
}

export const sourceOf = (world: World, instance: Instance, ms: number): Instance | undefined => {
  const source = at(instance.source, ms);
  return source === null ? undefined : world.instances.find(({ identifier }) => identifier === source);
};

/** Whether the database runs, and can be reached by others of its network. */
export const running = (world: World, instance: Instance, ms: number): boolean =>
  !isDown(world, instance.region, ms) &&
  at(instance.status, ms) !== null &&
  at(instance.open, ms) &&
  !at(instance.cutOff, ms);

export const quarantined = ({ quarantine, securityGroups }: Instance, ms: number): boolean =>
  quarantine !== null && at(securityGroups, ms).includes(quarantine);

/** Whether a group lets the drill in where nobody else is, at an instant. */
export function letsDrillIn(world: World, instance: Instance, ms: number): boolean {
  const { writer, replica } = storeOf(world, instance);
  const readers = [writer, replica].flatMap(({ readerSecurityGroup }) => readerSecurityGroup ?? []);
  return at(instance.securityGroups, ms).some((id) => readers.includes(id));
}

/** Whether a client can connect at an instant. */
export const reachable = (world: World, instance: Instance, ms: number): boolean =>
  running(world, instance, ms) && !quarantined(instance, ms);

/** Whether it would take a write at an instant. */
export const takesWrites = (world: World, instance: Instance, ms: number): boolean =>
  at(instance.source, ms) === null && reachable(world, instance, ms) && !at(instance.readOnly, ms);
