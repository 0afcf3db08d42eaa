import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { shippedDrills } from './shipped-drills.ts';

/** Where the lab's parts stand, and how fast its drills go. */
export interface LabPlan {
  /** The first two numbers behind 127: every lab has addresses of its own. */
  network: string;
  resolver: string;
  /** How the failure is caused, ended and looked for. */
  failure: { inject: string; heal: string; active: string };
  ca: string;
  probeEveryMs: number;
  heartbeatEveryMs: number;
  /** Of the shop's name. */
  ttlSeconds: number;
  /** The routing policy of the shop's two records. */
  records: 'failover' | 'weighted';
  /** The records are aliases to load balancers, whose addresses change. */
  aliases: boolean;
  /** What holds the orders. */
  store: 'rds-replica' | 'aurora-global';
  /** What runs in it. */
  engine: 'postgres' | 'mysql' | 'mariadb';
  /** A managed node group gives each cluster its nodes; otherwise they are made for the pods. */
  nodeGroups: boolean;
  /** Of the automated backup, UTC. */
  backupWindow: string;
}

export const ACCOUNT = '111122223333';
export const PRIMARY = 'ap-east-2';
export const RECOVERY = 'ap-northeast-1';
export const APPLICATION_PORT = 8080;
export const PASSWORD_VARIABLE = 'DR_DRILL_LAB_PASSWORD';
export const GATE = '11111111-aaaa-4bbb-8ccc-000000000001';

/** In the zone of the public name, because the lab has one name server. */
const DOORS = { primary: 'balancer-1.shop.example.com', recovery: 'balancer-2.shop.example.com' };

const NODES = {
  primary: { nodegroup: 'lab-primary-workers', nodes: { min: 3, desired: 3, max: 9 } },
  recovery: {
    nodegroup: 'lab-recovery-workers',
    nodes: { min: 1, desired: 1, max: 9 },
    failoverNodes: { min: 3, desired: 3, max: 9 },
  },
};

const instance = (identifier: string, multiAz: boolean) => ({
  identifier,
  class: 'db.r6g.xlarge',
  storageGib: 100,
  multiAz,
  parameterGroup: 'ecommerce-postgres17',
  subnetGroup: 'ecommerce-private',
  securityGroups: ['sg-0a1b2c3d4e5f60001'],
  quarantineSecurityGroup: 'sg-0a1b2c3d4e5f6000f',
  readerSecurityGroup: 'sg-0a1b2c3d4e5f6000e',
});

const pairOfInstances = (backupWindow: string) => ({
  kind: 'rds-replica',
  writer: instance('lab-primary', true),
  replica: instance('lab-replica', true),
  backups: { window: backupWindow, retention: '7 d' },
});

const cluster = (name: string) => ({
  cluster: name,
  instances: [{ identifier: `${name}-1`, class: 'db.r6g.xlarge' }],
  securityGroups: ['sg-0a1b2c3d4e5f60001'],
  quarantineSecurityGroup: 'sg-0a1b2c3d4e5f6000f',
});

const GLOBAL = {
  kind: 'aurora-global',
  globalCluster: 'lab-global',
  primary: cluster('lab-primary'),
  recovery: cluster('lab-recovery'),
};

const topology = ({
  network,
  resolver,
  ca,
  backupWindow,
  ttlSeconds,
  records,
  aliases,
  nodeGroups,
  store,
  engine,
}: LabPlan) => ({
  topology: 'lab',
  account: ACCOUNT,
  regions: { primary: PRIMARY, recovery: RECOVERY },
  data: {
    orders: {
      ...(store === 'rds-replica' ? pairOfInstances(backupWindow) : GLOBAL),
      engine,
      database: 'shop',
      login: { user: 'dr_drill', password: { from: 'environment', variable: PASSWORD_VARIABLE }, ca },
    },
  },
  compute: {
    shop: {
      kind: 'eks',
      uses: { orders: { variable: 'DATABASE_WRITER_HOST' } },
      namespace: 'shop',
      primary: { cluster: 'lab-primary', ...(nodeGroups && NODES.primary) },
      recovery: { cluster: 'lab-recovery', ...(nodeGroups && NODES.recovery) },
      deployments: [
        { name: 'order-service', replicas: 3, standby: 1, critical: true },
        { name: 'product-service', replicas: 3, standby: 1, critical: false },
      ],
    },
  },
  traffic: {
    public: {
      kind: 'route53',
      zone: 'Z0EXAMPLE1SHOP',
      name: 'shop.example.com',
      ttl: `${ttlSeconds} s`,
      lever: 'health-check-inversion',
      records,
      primary: {
        setIdentifier: 'primary',
        ...(aliases ? { target: DOORS.primary } : { address: `${network}.11` }),
        healthCheck: GATE,
      },
      recovery: { setIdentifier: 'recovery', ...(aliases ? { target: DOORS.recovery } : { address: `${network}.21` }) },
      resolvers: [resolver],
      nameServers: [resolver],
      service: {
        scheme: 'http',
        port: APPLICATION_PORT,
        path: '/checkout/probe',
        metrics: { namespace: 'Shop', errorRate: 'ErrorRate', latency: 'ResponseTime', period: '1 s' },
      },
    },
  },
});

const failover = ({ failure, probeEveryMs, heartbeatEveryMs }: LabPlan) => ({
  drill: 'lab-failover',
  title: 'Complete regional failure, in the lab',
  machine: 'multi-region-failover',
  topology: 'topology.yaml',
  targets: { rto: '1 min', rpo: '10 s' },
  failure: {
    kind: 'region-outage',
    commands: failure,
  },
  baseline: { lasts: '2 s' },
  probe: { every: `${probeEveryMs} ms`, timeout: '500 ms' },
  heartbeat: { every: `${heartbeatEveryMs} ms` },
  detection: { every: '500 ms', failures: 3, timeout: '400 ms' },
  decision: { errorRate: '10 %' },
  limits: { replicationLag: '60 s' },
  verification: { lasts: '3 s', errorRate: '0.1 %', p95: '2 s' },
  dataChecks: { rowCountTolerance: '2 %' },
  consent: ['take-over'],
});

const restore = (drill: string, title: string, more: object) => ({
  drill,
  title,
  machine: 'backup-restore',
  topology: 'topology.yaml',
  afterwards: 'discard',
  ...more,
});

/** Writes the topology and the drills that the lab is for; gives their paths. */
export function writeDrillFiles(
  folder: string,
  plan: LabPlan,
): {
  failover: string;
  snapshot: string;
  pointInTime: string;
  shipped(name: keyof ReturnType<typeof shippedDrills>): string;
} {
  const write = (name: string, content: object): string => {
    const path = join(folder, name);
    // Nobody is there to decide about a held run.
    writeFileSync(path, stringify({ ...content, ...('machine' in content && { held: { waitFor: '0 s' } }) }));
    return path;
  };
  write('topology.yaml', topology(plan));
  const shipped = shippedDrills(plan.failure);
  for (const [name, drill] of Object.entries(shipped)) write(`${name}.yaml`, drill);
  return {
    shipped: (name) => join(folder, `${name}.yaml`),
    failover: write('failover.yaml', failover(plan)),
    snapshot: write(
      'snapshot-restore.yaml',
      restore('lab-snapshot-restore', 'Restore the newest snapshot, in the lab', {
        targets: { rto: '2 min', rpo: '24 h' },
        recoveryPoint: { from: 'snapshot' },
        restored: { identifier: 'lab-snapshot-drill' },
        heartbeat: { every: '100 ms' },
      }),
    ),
    pointInTime: write(
      'point-in-time-restore.yaml',
      restore('lab-point-in-time-restore', 'Restore to the latest restorable time, in the lab', {
        targets: { rto: '2 min', rpo: '1 min' },
        recoveryPoint: { from: 'point-in-time' },
        restored: { identifier: 'lab-pitr-drill' },
        heartbeat: { every: '100 ms', lasts: '10 s' },
      }),
    ),
  };
}
