import { named } from '../../src/simulator/faults.ts';
import { dataKeyArn } from '../../src/simulator/kms.ts';
import { always } from '../../src/simulator/timeline.ts';
import type { Need, NeedKind, NeedOf } from '../../src/steps/needs.ts';
import { type Prepared, START_MS, zoneIn } from './prepared.ts';

export type Defect = Omit<Prepared, 'drill'>;

/** Takes every group of a name away. */
function without(groups: { name: string }[], name: string): void {
  for (const one of groups.filter((group) => group.name === name)) groups.splice(groups.indexOf(one), 1);
}

/** How the thing that a need is about is broken, so that the preflight must say so. */
export const defects: { [K in NeedKind]: (need: NeedOf<K>) => Defect } = {
  alarm: ({ name }) => ({
    answers: {
      DescribeAlarms: (answer: { MetricAlarms?: { AlarmName?: string }[] }) => {
        answer.MetricAlarms = answer.MetricAlarms?.filter(({ AlarmName }) => AlarmName !== name) ?? [];
      },
    },
  }),
  'aws-session': ({ lastsMs }) => ({
    ports: () => ({
      session: {
        now: async () => ({
          expiresAtMs: START_MS + lastsMs / 2,
          renewsItself: false,
          renewal: 'aws sso login --profile prod',
        }),
      },
    }),
  }),
  archive: ({ prefix }) => ({
    change: ({ buckets }) => {
      for (const one of buckets) one.versions = one.versions.filter(({ key }) => !key.startsWith(prefix));
    },
  }),
  bucket: ({ bucket }) => ({
    change: (state) => {
      state.buckets = state.buckets.filter(({ name }) => name !== bucket);
    },
  }),
  'cache-datastore': () => ({
    change: ({ cache }) => {
      cache.datastores = [];
    },
  }),
  'cache-group': ({ group, state: wanted }) => ({
    change: ({ cache }) => {
      if (wanted === 'serving') cache.groups = cache.groups.filter(({ identifier }) => identifier !== group);
      else cache.groups.push({ ...structuredClone(cache.groups[0] as (typeof cache.groups)[0]), identifier: group });
    },
  }),
  'dynamodb-backups': () => ({
    change: ({ tables }) => {
      for (const { replicas } of tables) for (const one of replicas) one.recoverableMs = null;
    },
  }),
  'dynamodb-free-table': ({ region, table }) => ({
    change: ({ tables }) => {
      const one = structuredClone(tables[0] as (typeof tables)[0]);
      one.replicas = one.replicas.filter((replica) => replica.region === region);
      tables.push({ ...one, name: table, restored: { from: 'other', atMs: 0 } });
    },
  }),
  'dynamodb-table': ({ table }) => ({
    change: (state) => {
      state.tables = state.tables.filter(({ name }) => name !== table);
    },
  }),
  'cache-snapshot': () => ({
    answers: {
      DescribeSnapshots: (answer: { Snapshots?: unknown[] }) => {
        answer.Snapshots = [];
      },
    },
  }),
  autoscalers: ({ cluster, wanted }) => ({
    change: ({ autoscalers }) => {
      for (const { name, replicas } of wanted) {
        const bounds = { min: 1, max: replicas - 1, minBefore: null, kept: null, dueMs: null };
        autoscalers.push({ ...cluster, name, deployment: name, ...bounds });
      }
    },
  }),
  'cache-parameter-group': ({ name }) => ({ change: ({ groups }) => without(groups.cacheParameters, name) }),
  'cache-subnet-group': ({ name }) => ({ change: ({ groups }) => without(groups.cacheSubnets, name) }),
  'db-class': () => ({
    answers: {
      DescribeOrderableDBInstanceOptions: (answer: { OrderableDBInstanceOptions?: unknown[] }) => {
        answer.OrderableDBInstanceOptions = [];
      },
    },
  }),
  'db-option-group': ({ region }) => ({
    change: ({ groups }) => {
      for (const one of groups.options) if (one.region === region) one.major = '12';
    },
  }),
  'db-parameter-group': ({ name }) => ({ change: ({ groups }) => without(groups.parameters, name) }),
  'db-subnet-group': ({ name }) => ({ change: ({ groups }) => without(groups.subnets, name) }),
  'fis-template': () => ({ change: ({ rolesGone }) => rolesGone.push('fis-experiments') }),
  'kms-key': ({ region, key }) => ({
    change: ({ keyStates }) => {
      keyStates[dataKeyArn({ account: '111122223333' }, region, key)] = 'Disabled';
    },
  }),
  'kubernetes-access': ({ access }) => ({ change: ({ denied }) => denied.push(...access) }),
  'lambda-function': () => ({ overrides: ['simulation.functions=[]'] }),
  'notice-channel': () => ({
    change: (state) => {
      state.topics = [];
    },
    ports: () => ({
      channels: {
        reach: async (channel) => {
          throw new Error(`${channel} cannot be reached`);
        },
      },
    }),
  }),
  quota: () => ({
    change: ({ quotas }) =>
      Object.assign(quotas, { 'L-7B6409FD': 1, 'L-272F1212': 0, 'L-DFE45DF3': 1, 'L-F98FE922': 1 }),
  }),
  'security-groups': ({ groups: [id] }) => ({
    change: (state) => {
      state.groups.security = state.groups.security.filter((one) => one.id !== id);
    },
  }),
  'ssm-document': () => ({ overrides: ['simulation.automations=[]'] }),
  'database-login': ({ instance }) => ({
    ports: ({ sql }) => ({
      sql: {
        query: (database, query, options) =>
          database.instance === instance
            ? Promise.reject(named('QueryFailed', 'password authentication failed for user "drill"'))
            : sql.query(database, query, options),
      },
    }),
  }),
  deployments: ({ cluster, deployments }) => ({
    change: (state) => {
      const [gone] = deployments;
      state.deployments = state.deployments.filter(({ region, name }) => region !== cluster.region || name !== gone);
    },
  }),
  'ecs-services': ({ services: asked }) => ({
    change: (state) => {
      state.services = state.services.filter(({ name }) => name !== asked[0]);
    },
  }),
  'ecs-sizes': ({ region, cluster, wanted }) => ({
    change: ({ scalableTargets }) => {
      for (const { name, tasks } of wanted) {
        const bounds = { min: 0, max: Math.max(0, tasks - 1), kept: null, dueMs: null };
        scalableTargets.push({ region, cluster, service: name, ...bounds });
      }
    },
  }),
  'failure-injection': () => ({
    ports: ({ failure }) => ({
      failure: {
        ...failure,
        lacks: async () => [{ what: 'failure.commands.inject cannot be run', fix: 'Correct it.' }],
      },
    }),
  }),
  'kafka-cluster': ({ region }) => ({
    answers: {
      DescribeClusterV2: (answer: { ClusterInfo?: { ClusterArn?: string; State?: string } }) => {
        if (answer.ClusterInfo?.ClusterArn?.includes(`:${region}:`)) answer.ClusterInfo.State = 'FAILED';
      },
    },
  }),
  'kafka-mirror': () => ({ overrides: ['simulation.messaging.lag=20 min'] }),
  metric: ({ name }) => ({
    answers: {
      GetMetricData: (answer: { MetricDataResults?: { Label?: string; Values?: number[] }[] }) => {
        for (const one of answer.MetricDataResults ?? []) if (one.Label === name) one.Values = [];
      },
    },
  }),
  namespace: ({ state: wanted }) => ({
    ports: ({ kubernetes }) => ({
      kubernetes: {
        ...kubernetes,
        namespace: async () => (wanted === 'there' ? undefined : { labels: { team: 'another' }, deleting: false }),
      },
    }),
  }),
  'node-group': ({ nodegroup }) => ({
    change: ({ nodeGroups }) => {
      for (const one of nodeGroups) if (one.name === nodegroup) one.status = always('DEGRADED');
    },
  }),
  'reserved-nodes': () => ({
    change: (state) => {
      state.reservations = [];
    },
  }),
  'public-name': () => ({
    change: (state) => {
      const zone = zoneIn(state);
      zone.records = zone.records.slice(1);
      zone.published = always(structuredClone(zone.records));
    },
  }),
  'rds-backups': ({ instance }) => ({
    change: ({ instances }) => {
      for (const one of instances) if (one.identifier === instance) one.backupRetentionDays = 0;
    },
  }),
  'rds-free-snapshot': ({ region, snapshot }) => ({
    change: ({ snapshots, instances, startMs }) => {
      const [of] = instances;
      snapshots.push({
        ...{ identifier: snapshot, region, of: of?.identifier ?? '', takenMs: startMs, createdMs: startMs },
        ...{
          from: null,
          kmsKey: null,
          storageGib: 10,
          engine: 'postgres',
          engineVersion: '17.6',
          tags: [],
          status: always('available'),
        },
      });
    },
  }),
  'rds-cluster-backups': () => ({
    answers: {
      DescribeDBClusterSnapshots: (answer: { DBClusterSnapshots?: unknown[] }) => {
        answer.DBClusterSnapshots = [];
      },
      DescribeDBClusters: (answer: { DBClusters?: { LatestRestorableTime?: Date }[] }) => {
        for (const one of answer.DBClusters ?? []) delete one.LatestRestorableTime;
      },
    },
  }),
  'rds-free-cluster': ({ region, cluster }) => ({
    change: ({ aurora }) => {
      const other = structuredClone(aurora[0] as (typeof aurora)[0]);
      other.copy = { untilMs: 0, lostOrders: 0 };
      other.clusters = other.clusters.slice(0, 1);
      for (const one of other.clusters) Object.assign(one, { cluster, region, instances: [] });
      aurora.push(other);
    },
  }),
  'rds-free-cluster-snapshot': ({ region, snapshot }) => ({
    change: ({ clusterSnapshots, startMs }) => {
      clusterSnapshots.push({
        ...{ identifier: snapshot, region, of: 'other', takenMs: startMs, createdMs: startMs },
        ...{ from: '', kmsKey: '', tags: [], status: always('available') },
      });
    },
  }),
  'rds-global-cluster': ({ follower }) => ({
    change: ({ aurora }) => {
      for (const one of aurora.flatMap(({ clusters }) => clusters))
        if (one.cluster === follower.cluster) Object.assign(one, { instances: [], engineVersion: '12.1' });
    },
  }),
  'rds-instance': ({ instance, region, state: wanted }) => ({
    change: (state) => {
      const own = state.instances.find((one) => one.identifier === instance && one.region === region);
      const [model] = state.instances;
      const clusters = state.aurora.flatMap((one) => one.clusters).filter((one) => one.region === region);
      const [member] = clusters.flatMap((one) => one.instances);
      if (wanted === 'free' && model) state.instances.push({ ...structuredClone(model), identifier: instance, region });
      else if (wanted === 'free' && member)
        clusters[0]?.instances.push({ ...structuredClone(member), identifier: instance });
      else if (wanted === 'quarantined' && own) own.securityGroups = always(['sg-1']);
      else {
        state.instances = state.instances.filter((one) => one !== own);
        for (const one of clusters) one.instances = one.instances.filter(({ identifier }) => identifier !== instance);
      }
    },
  }),
  'rds-replication': ({ instance }) => ({
    change: ({ instances }) => {
      for (const one of instances) if (one.identifier === instance) one.source = always(null);
    },
  }),
  'task-definitions': () => ({
    answers: {
      DescribeServices: (answer: { services?: { deploymentController?: { type?: string } }[] }) => {
        for (const service of answer.services ?? []) service.deploymentController = { type: 'CODE_DEPLOY' };
      },
    },
  }),
  'target-groups': () => ({
    answers: {
      DescribeTargetHealth: (answer: { TargetHealthDescriptions?: { TargetHealth?: { State?: string } }[] }) => {
        for (const one of answer.TargetHealthDescriptions ?? []) one.TargetHealth = { State: 'unhealthy' };
      },
    },
  }),
  'routing-controls': ({ on }) => ({
    answers: {
      GetRoutingControlState: (answer: { RoutingControlArn?: string; RoutingControlState?: string }) => {
        if (answer.RoutingControlArn === on) answer.RoutingControlState = 'On';
      },
    },
  }),
  secret: ({ name, region, state: wanted }) => ({
    change: (state) => {
      if (wanted === 'there') state.secrets = state.secrets.filter((one) => one.name !== name || one.region !== region);
      else
        state.secrets.push({
          ...structuredClone(state.secrets[0] as (typeof state.secrets)[0]),
          name,
          region,
          tags: [],
        });
    },
  }),
  'sns-topic': () => ({ overrides: ['simulation.surprise.subscribers=2'] }),
  witness: ({ bucket }) => ({
    change: (state) => {
      state.buckets = state.buckets.filter(({ name }) => name !== bucket);
    },
  }),
};

export const defectOf = (need: Need): Defect => (defects[need.need] as (of: Need) => Defect)(need);
