import type { Input, Operation, Output, Service } from '../../src/aws/aws.ts';
import { VirtualClock } from '../../src/clock/virtual-clock.ts';
import type { Traffic } from '../../src/components/route53/schema.ts';
import { type Simulation, simulationSchema } from '../../src/drill/simulation.ts';
import { type Topology, topologySchema } from '../../src/drill/topology.ts';
import type { Engine } from '../../src/ports/sql.ts';
import { type SimulatedWorld, simulate } from '../../src/simulator/simulate.ts';
import type { State } from '../../src/simulator/state.ts';

export const WRITER = 'ecommerce-db-primary';
export const REPLICA = 'ecommerce-db-dr-replica';
export const PRIMARY = 'ap-east-2';
export const RECOVERY = 'ap-northeast-1';
export const GATE = '11111111-aaaa-4bbb-8ccc-000000000001';
export const ZONE = 'Z0EXAMPLE1SHOP';
export const CONTROLS = 'arn:aws:route53-recovery-control::111122223333:controlpanel/0123/routingcontrol';
export const LISTENER = 'arn:aws:globalaccelerator::111122223333:accelerator/1234abcd/listener/0123vxyz';
export const GROUPS = { primary: `${LISTENER}/endpoint-group/taipei`, recovery: `${LISTENER}/endpoint-group/tokyo` };
export const TARGET_GROUP = `arn:aws:elasticloadbalancing:${RECOVERY}:111122223333:targetgroup/shop-tokyo/73e2d6bc24d8a067`;
export const MEDIA = 'shop-media-taipei';
export const MEDIA_COPY = 'shop-media-tokyo';
export const EVIDENCE = 'shop-evidence';
export const DATABASE = { region: PRIMARY, instance: WRITER, name: 'shop' };
export const STANDBY = { region: RECOVERY, instance: REPLICA, name: 'shop' };
export const CACHE = 'shop-cache-primary';
export const CACHE_COPY = 'shop-cache-recovery';
export const DATASTORE = 'xhcbd-shop-cache';
export const MESSAGES = 'shop-messages-primary';
export const MESSAGES_COPY = 'shop-messages-recovery';
export const GLOBAL_CLUSTER = 'shop-global';
export const TABLE = 'shop-titles';
/** To which drills write numbered items. */
export const ITEMS = 'shop-dr-drill';
export const SECRET = 'shop/database';
export const WITNESS = { region: 'ap-southeast-1', bucket: 'shop-witness', key: 'writer' };
export const SEEN = { primary: 'seen-primary', recovery: 'seen-recovery' };
export const TOPIC = 'shop-drills';
export const RECOVERY_CLUSTER = { region: RECOVERY, cluster: 'ecommerce-recovery', namespace: 'shop' };
export const QUARANTINE = 'sg-0a1b2c3d4e5f6000f';
export const LIMIT = { timeoutMs: 2_000 };

const instance = (identifier: string, group: string) => ({
  identifier,
  class: 'db.r6g.xlarge',
  storageGib: 500,
  multiAz: true,
  parameterGroup: 'ecommerce-postgres17',
  subnetGroup: 'ecommerce-private',
  securityGroups: [group],
  quarantineSecurityGroup: QUARANTINE,
});

const cacheGroup = (replicationGroup: string) => ({
  replicationGroup,
  nodeType: 'cache.r7g.large',
  nodes: 2,
  parameterGroup: 'shop-redis7',
  subnetGroup: 'shop-private',
});

type Lever = Traffic['lever'];

const parsed = new Map<string, Topology>();

export function topology(lever: Lever = 'health-check-inversion'): Topology {
  const known = parsed.get(lever) ?? parse(lever);
  parsed.set(lever, known);
  return known;
}

const parse = (lever: Lever, primary = {}, engine: Engine = 'postgres'): Topology =>
  topologySchema.parse({
    topology: 'test',
    account: '111122223333',
    regions: { primary: PRIMARY, recovery: RECOVERY },
    data: {
      orders: {
        kind: 'rds-replica',
        engine,
        database: 'shop',
        writer: instance(WRITER, 'sg-0a1b2c3d4e5f60001'),
        replica: instance(REPLICA, 'sg-0f9e8d7c6b5a40001'),
        backups: { window: '18:00', retention: '7 d' },
      },
      ledger: {
        kind: 'aurora-global',
        database: 'shop',
        globalCluster: GLOBAL_CLUSTER,
        primary: {
          cluster: 'shop-aurora-primary',
          instances: [{ identifier: 'shop-aurora-primary-1', class: 'db.r6g.large' }],
          securityGroups: ['sg-0a1b2c3d4e5f60003'],
          quarantineSecurityGroup: 'sg-0a1b2c3d4e5f6000e',
        },
        recovery: {
          cluster: 'shop-aurora-recovery',
          instances: [{ identifier: 'shop-aurora-recovery-1', class: 'db.r6g.large' }],
          securityGroups: ['sg-0a1b2c3d4e5f60003'],
          quarantineSecurityGroup: 'sg-0a1b2c3d4e5f6000e',
        },
      },
      cache: {
        kind: 'elasticache-global',
        primary: cacheGroup(CACHE),
        recovery: cacheGroup(CACHE_COPY),
        globalDatastore: DATASTORE,
        snapshots: { window: '17:00', retention: '7 d' },
      },
      messages: {
        kind: 'kafka',
        primary: { cluster: MESSAGES },
        recovery: { cluster: MESSAGES_COPY },
        mirror: { alias: 'taipei' },
        markers: 'dr-drill',
        consumers: [
          { deployment: 'notifications', replicas: 2, group: 'notifications', topics: ['orders', 'dr-drill'] },
        ],
        producers: { deployments: ['order-service'], variable: 'KAFKA_BROKERS' },
      },
      titles: {
        kind: 'dynamodb-global-table',
        tables: [TABLE],
        heartbeats: { table: ITEMS },
        backups: { retention: '35 d' },
      },
      media: { kind: 's3-replication', bucket: MEDIA, replica: MEDIA_COPY },
      credentials: { kind: 'secrets', names: [SECRET] },
    },
    compute: {
      shop: {
        kind: 'eks',
        uses: { orders: { variable: 'DATABASE_WRITER_HOST' } },
        namespace: 'shop',
        primary: { cluster: 'ecommerce-primary', nodegroup: 'primary-workers', nodes: { min: 9, desired: 9, max: 30 } },
        recovery: {
          cluster: 'ecommerce-recovery',
          nodegroup: 'recovery-workers',
          nodes: { min: 3, desired: 3, max: 30 },
          failoverNodes: { min: 9, desired: 9, max: 30 },
        },
        deployments: ['order-service', 'customer-service', 'product-service'].map((name) => ({
          name,
          replicas: 9,
          standby: 1,
          critical: name !== 'product-service',
        })),
      },
    },
    traffic: { public: publicName(lever, primary) },
    notices: { commander: { topic: TOPIC } },
    evidence: { bucket: EVIDENCE },
    witness: { ...WITNESS, lease: '20 s', healthChecks: SEEN },
  });

function publicName(lever: Lever, primary: object) {
  const byArc = lever === 'arc-routing-controls';
  return {
    kind: 'route53',
    zone: ZONE,
    name: 'shop.example.com',
    ttl: '30 s',
    lever,
    accelerator: GROUPS,
    primary: { setIdentifier: 'taipei', address: '203.0.113.10', healthCheck: GATE, ...primary },
    recovery: {
      setIdentifier: 'tokyo',
      address: '198.51.100.20',
      targetGroups: [TARGET_GROUP],
      ...(byArc && { healthCheck: GATE.replace(/1$/, '2') }),
    },
    ...(byArc && {
      routingControls: {
        primary: `${CONTROLS}/taipei`,
        recovery: `${CONTROLS}/tokyo`,
        endpoints: { [RECOVERY]: 'https://host.example.com' },
      },
    }),
    service: { path: '/checkout', metrics: { namespace: 'Shop', errorRate: 'ErrorRate', latency: 'ResponseTime' } },
  };
}

export interface Lab extends SimulatedWorld {
  clock: VirtualClock;
  call<S extends Service, O extends Operation<S>>(
    service: S,
    region: string,
    operation: O,
    input: Input<S, O>,
  ): Promise<Output<S, O>>;
  sleep(ms: number): Promise<void>;
}

interface World {
  simulation?: object;
  seed?: number;
  startMs?: number;
  lever?: Lever;
  /** Of the RDS pair; PostgreSQL by default. */
  engine?: Engine;
  state?: State;
  /** What the public name's primary record has beside the usual. */
  primary?: object;
}

/** A world with its clock; `story` is driven by virtual time. */
export async function inWorld<T>(options: World, story: (lab: Lab) => Promise<T>): Promise<T> {
  const { seed = 1, startMs = Date.UTC(2026, 10, 23, 9), state, lever, primary, engine } = options;
  const clock = new VirtualClock(startMs);
  const simulation: Simulation = simulationSchema.parse(options.simulation ?? {});
  const given = primary || engine ? parse(lever ?? 'health-check-inversion', primary, engine) : topology(lever);
  const world = simulate({ topology: given, simulation, seed, clock, state });
  const call = (service: Service, region: string, operation: string, input: object) =>
    world.transport.send(service, region, operation, input);
  return clock.run(story({ ...world, clock, call: call as unknown as Lab['call'], sleep: (ms) => clock.sleep(ms) }));
}

/** The name of what a promise is refused with. */
export const refusalOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing',
    (error: Error) => error.name,
  );
