import { expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock/virtual-clock.ts';
import { simulationSchema } from '../../src/drill/simulation.ts';
import { topologySchema } from '../../src/drill/topology.ts';
import { type SimulatedWorld, simulate } from '../../src/simulator/simulate.ts';
import { LIMIT } from './world.ts';

const PRIMARY = 'eu-central-1';
const RECOVERY = 'eu-west-1';

const instance = (identifier: string) => ({
  identifier,
  class: 'db.r6g.large',
  storageGib: 100,
  multiAz: false,
  parameterGroup: 'shop-postgres17',
  subnetGroup: 'shop-private',
  securityGroups: ['sg-00000001'],
  quarantineSecurityGroup: 'sg-0000000f',
});

const pair = (name: string) => ({
  kind: 'rds-replica',
  database: name,
  writer: instance(`${name}-1`),
  replica: instance(`${name}-2`),
  backups: { window: '18:00', retention: '7 d' },
});

const ledger = {
  kind: 'aurora-global',
  database: 'ledger',
  globalCluster: 'ledger',
  primary: { cluster: 'ledger-1', instances: [{ identifier: 'ledger-1-1', class: 'db.r6g.large' }] },
  recovery: { cluster: 'ledger-2', instances: [{ identifier: 'ledger-2-1', class: 'db.r6g.large' }] },
};

/** The recovery region's nodes are made for its pods. */
const eks = (namespace: string, uses: object = {}) => ({
  kind: 'eks',
  namespace,
  uses,
  primary: { cluster: 'first', nodegroup: 'workers', nodes: { min: 1, desired: 4, max: 9 } },
  recovery: { cluster: 'second' },
  deployments: [{ name: 'api', replicas: 6, standby: 1, critical: true }],
});

const publicName = (name: string, zone: string, last: number) => ({
  kind: 'route53',
  zone,
  name,
  ttl: '30 s',
  lever: 'health-check-inversion',
  primary: { setIdentifier: 'first', address: `203.0.113.${last}`, healthCheck: `check-${last}` },
  recovery: { setIdentifier: 'second', address: `198.51.100.${last}` },
  service: { path: '/', metrics: { namespace: name, errorRate: 'Errors', latency: 'Latency' } },
});

const data = { orders: pair('orders'), users: pair('users'), ledger };
const uses = { orders: { variable: 'ORDERS' }, users: { variable: 'USERS' }, ledger: { variable: 'LEDGER' } };
const compute = { shop: eks('shop', uses), pages: eks('pages') };
const traffic = { shop: publicName('shop.example.com', 'Z1', 1), api: publicName('api.example.org', 'Z2', 2) };

interface Lab extends SimulatedWorld {
  clock: VirtualClock;
  call(service: string, region: string, operation: string, input?: object): Promise<Record<string, never>>;
  status(region: string, name?: 'shop' | 'api'): Promise<number>;
  sql(region: string, store: string, instance: string, query: object): Promise<Record<string, unknown>[]>;
}

/** A world of these components, with its clock. */
async function inWorldOf(components: object, story: (lab: Lab) => Promise<void>, simulation: object = {}) {
  const regions = { primary: PRIMARY, recovery: RECOVERY };
  const topology = topologySchema.parse({ topology: 'several', account: '111122223333', regions, ...components });
  const clock = new VirtualClock(Date.UTC(2026, 10, 23, 9));
  const world = simulate({ topology, simulation: simulationSchema.parse(simulation), seed: 1, clock });
  const lab = {
    ...world,
    clock,
    call: (service: string, region: string, operation: string, input: object = {}) =>
      world.answer({ service, region, operation } as Parameters<SimulatedWorld['answer']>[0], input),
    async status(region: string, name: 'shop' | 'api' = 'shop') {
      const address = topology.traffic[name]?.[region === PRIMARY ? 'primary' : 'recovery'].address ?? '';
      const url = `https://${topology.traffic[name]?.name}/`;
      return (await world.ports.http.request({ method: 'GET', url, address, timeoutMs: 2_000 })).status;
    },
    sql: (region: string, name: string, named: string, query: object) =>
      world.ports.sql.query({ region, instance: named, name }, { text: '', name: '', ...query }, LIMIT),
  };
  await clock.run(story(lab as unknown as Lab));
}

const losePrimary = ({ ports }: Lab) => ports.failure.inject({ kind: 'region-outage', region: PRIMARY });
const takeOver = {
  orders: ({ call }: Lab) => call('rds', RECOVERY, 'PromoteReadReplica', { DBInstanceIdentifier: 'orders-2' }),
  users: ({ call }: Lab) => call('rds', RECOVERY, 'PromoteReadReplica', { DBInstanceIdentifier: 'users-2' }),
  ledger: ({ call }: Lab) =>
    call('rds', RECOVERY, 'FailoverGlobalCluster', {
      GlobalClusterIdentifier: 'ledger',
      TargetDbClusterIdentifier: `arn:aws:rds:${RECOVERY}:111122223333:cluster:ledger-2`,
      AllowDataLoss: true,
    }),
};
const rowsIn = async ({ sql, clock }: Lab, region: string, store: string, named: string) => {
  const rows = await sql(region, store, named, { name: 'row-counts', values: [clock.nowMs()] });
  return Number(rows.find(({ table_name }) => table_name === 'orders')?.row_count);
};

test('a region serves once every store that its pods use takes their writes, each by its own variable', () =>
  inWorldOf({ data, compute, traffic }, async (lab) => {
    const shop = { region: RECOVERY, cluster: 'second', namespace: 'shop' };
    expect(await lab.status(RECOVERY)).toBe(200);
    await losePrimary(lab);
    for (const namespace of ['shop', 'pages']) await lab.ports.kubernetes.scale({ ...shop, namespace }, 'api', 6);
    for (const one of Object.values(takeOver)) await one(lab);
    await lab.clock.sleep(600_000);
    expect(lab.writers().toSorted()).toEqual(['orders-2', 'users-2']);

    const point = async (values: Record<string, string>) => {
      await lab.ports.kubernetes.setEnvironment(shop, 'api', values);
      await lab.clock.sleep(60_000);
      return lab.status(RECOVERY);
    };
    expect(await lab.status(RECOVERY)).toBe(500);
    expect(await point({ ORDERS: `orders-2.abc123.${RECOVERY}.rds.amazonaws.com` })).toBe(500);
    expect(await point({ USERS: `users-2.abc123.${RECOVERY}.rds.amazonaws.com` })).toBe(500);
    expect(await point({ LEDGER: `ledger-2.cluster-abc123.${RECOVERY}.rds.amazonaws.com` })).toBe(200);
    expect(lab.twoWriters()).toEqual([]);
  }));

test('each store has its own rows, heartbeats and database', () =>
  inWorldOf({ data: { ...data, alone: pair('alone') }, compute, traffic }, async (lab) => {
    await lab.sql(PRIMARY, 'users', 'users-1', { name: 'heartbeat.write', values: [1] });
    const read = { name: 'heartbeat.read', values: [0] };
    expect(await lab.sql(PRIMARY, 'users', 'users-1', read)).toEqual([{ sequence: 1 }]);
    expect(await lab.sql(PRIMARY, 'orders', 'orders-1', read)).toEqual([]);
    expect(await lab.sql(PRIMARY, 'ledger', 'ledger-1-1', read)).toEqual([]);
    await expect(lab.sql(PRIMARY, 'users', 'orders-1', read)).rejects.toThrow('database "users" does not exist');

    // Applications still point at the lost writer of one; customers of the other need no applications.
    await losePrimary(lab);
    const before = await rowsIn(lab, RECOVERY, 'orders', 'orders-2');
    await takeOver.orders(lab);
    await lab.call('rds', RECOVERY, 'PromoteReadReplica', { DBInstanceIdentifier: 'alone-2' });
    await lab.clock.sleep(600_000);
    expect(await rowsIn(lab, RECOVERY, 'orders', 'orders-2')).toBe(before);
    expect(await rowsIn(lab, RECOVERY, 'alone', 'alone-2')).toBeGreaterThan(before + 100);
  }));

test('names in different zones are shifted one by one', () =>
  inWorldOf({ data, compute, traffic }, async (lab) => {
    const answered = async (name: string) => (await lab.ports.dns.resolve(name)).addresses;
    const { HostedZones } = await lab.call('route53', 'us-east-1', 'ListHostedZones');
    expect((HostedZones as unknown as { Name: string }[]).map(({ Name }) => Name)).toEqual([
      'example.com.',
      'example.org.',
    ]);
    await lab.call('route53', 'us-east-1', 'UpdateHealthCheck', { HealthCheckId: 'check-2', Inverted: true });
    await lab.clock.sleep(30_000);
    expect(await answered('shop.example.com')).toEqual(['203.0.113.1']);
    expect(await answered('api.example.org')).toEqual(['198.51.100.2']);
  }));

test('pods of a cluster without a node group wait for nodes that are made for them, and these go with them', () =>
  inWorldOf({ data, compute, traffic }, async (lab) => {
    const shop = { region: RECOVERY, cluster: 'second', namespace: 'shop' };
    const nodes = () => lab.state().clusters.find(({ name }) => name === 'second')?.madeForPods ?? [];
    expect(await lab.call('eks', RECOVERY, 'ListNodegroups', { clusterName: 'second' })).toMatchObject({
      nodegroups: [],
    });
    // Two computes share the cluster, and have a pod each.
    expect(nodes()).toHaveLength(1);
    await lab.ports.kubernetes.scale(shop, 'api', 6);
    expect(nodes()).toHaveLength(3);
    expect(await lab.ports.kubernetes.troubles(shop, 'api')).toMatchObject([{ reason: 'Unschedulable' }]);
    await lab.clock.sleep(240_000);
    expect(await lab.ports.kubernetes.deployment(shop, 'api')).toMatchObject({ wanted: 6, ready: 6 });
    expect(await lab.ports.kubernetes.deployment({ ...shop, namespace: 'pages' }, 'api')).toMatchObject({ wanted: 1 });
    await lab.ports.kubernetes.scale(shop, 'api', 1);
    expect(nodes().filter(({ goneMs }) => goneMs === null)).toHaveLength(1);
  }));

test('a region that can give no more nodes leaves pods waiting', () =>
  inWorldOf(
    { data, compute, traffic },
    async ({ ports, clock }) => {
      const shop = { region: RECOVERY, cluster: 'second', namespace: 'shop' };
      await ports.kubernetes.scale(shop, 'api', 6);
      await clock.sleep(600_000);
      // Two nodes of three pods. One node belongs to the other compute.
      expect(await ports.kubernetes.deployment(shop, 'api')).toMatchObject({ wanted: 6, ready: 5 });
    },
    { nodes: { capacity: 2 } },
  ));

test('without compute, names are served where every store takes writes', () =>
  inWorldOf({ data: { orders: data.orders, ledger }, traffic }, async (lab) => {
    expect(await lab.status(RECOVERY, 'api')).toBe(200);
    await losePrimary(lab);
    await takeOver.orders(lab);
    await lab.clock.sleep(600_000);
    expect(await lab.status(RECOVERY, 'api')).toBe(500);
    await takeOver.ledger(lab);
    await lab.clock.sleep(600_000);
    expect(await lab.status(RECOVERY, 'api')).toBe(200);
  }));

test('an account without any component is empty', () =>
  inWorldOf({}, async ({ writers, instances, call }) => {
    expect([writers(), instances(PRIMARY)]).toEqual([[], []]);
    expect(await call('eks', PRIMARY, 'ListClusters')).toMatchObject({ clusters: [] });
    expect(await call('route53', 'us-east-1', 'ListHostedZones')).toMatchObject({ HostedZones: [] });
  }));

test('a world after a failover has each store, compute and name on the other side', () =>
  inWorldOf(
    { data, compute, traffic },
    async (lab) => {
      expect(lab.writers().toSorted()).toEqual(['orders-2', 'users-2']);
      expect(await lab.sql(RECOVERY, 'ledger', 'ledger-2-1', { name: 'is-standby' })).toEqual([{ standby: false }]);
      expect(await lab.status(RECOVERY)).toBe(200);
      for (const name of ['shop.example.com', 'api.example.org'])
        expect((await lab.ports.dns.resolve(name)).addresses[0]).toMatch(/^198\.51\.100\./);
    },
    { begins: 'after-failover' },
  ));
