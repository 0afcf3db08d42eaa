import * as z from 'zod';
import { describedInstance } from './account/described.ts';
import { describedTraffic } from './account/described-traffic.ts';

const text = z.string();
const place = { region: text };
const database = z.object({ region: text, instance: text, database: text });
const cluster = z.object({ region: text, cluster: text, namespace: text });
const auroraCluster = z.object({ region: text, cluster: text, instance: text, arn: text });

/** An RDS instance. `free`: the drill makes one of this name, so there must be none yet. `quarantined`: an earlier failover fenced it. */
const instance = z.object({
  need: z.literal('rds-instance'),
  ...place,
  instance: text,
  state: z.enum(['serving', 'quarantined', 'free']),
  role: z.enum(['writer', 'replica']).optional(),
  /** Whether it must have a standby in another zone. */
  multiAz: z.boolean().optional(),
  /** The name under which it may have been set aside already. */
  aside: text.optional(),
  /** Whose name must be free: it tells what an earlier run left from what others made. */
  drill: text.optional(),
  quarantine: text.optional(),
  /** The topology's description, which the runbook fills in. */
  described: describedInstance.optional(),
});

/** Room for the instances that the drill makes. The runbook derives it from the names that must be free. */
const instanceQuota = z.object({ need: z.literal('rds-instance-quota'), ...place, instances: z.array(text) });

/** Backups of an instance, and what of them the drill restores. */
const backups = z.object({
  need: z.literal('rds-backups'),
  ...place,
  instance: text,
  restores: z.enum(['snapshot', 'point-in-time', 'nothing']),
  snapshotMaxAgeMs: z.number(),
  /** Whose snapshots count: those that come by themselves, unless said. */
  types: z.array(z.enum(['automated', 'awsbackup', 'manual', 'shared'])).optional(),
  /** The topology's, which the runbook fills in. */
  retentionDays: z.number().optional(),
  madeBy: z.enum(['rds', 'aws-backup']).optional(),
});

/** A replica that follows its writer closely enough. The runbook fills in the writer that the topology names. */
const replication = z.object({
  need: z.literal('rds-replication'),
  ...place,
  instance: text,
  lagMaxMs: z.number().optional(),
  writer: database.optional(),
  /** Whether the drill logs in with a token of IAM. */
  iamLogin: z.boolean().optional(),
});

/** A snapshot name that the drill will use: there must be none of that name yet. */
const freeSnapshot = z.object({ need: z.literal('rds-free-snapshot'), ...place, snapshot: text, drill: text });

/** An Aurora global database: the cluster that takes the writes at the beginning, and the one that follows it. */
const globalCluster = z.object({
  need: z.literal('rds-global-cluster'),
  globalCluster: text,
  writer: auroraCluster,
  follower: auroraCluster,
});

/** A database that somebody must be able to log in to. */
const login = z.object({
  need: z.literal('database-login'),
  ...database.shape,
  /** `work`: the step fails without it. `proof`: the step goes on, and proves nothing. */
  for: z.enum(['work', 'proof']),
  /** False where the drill makes the instance: nobody can log in yet. */
  exists: z.boolean(),
});

/** A node group, with the size that the drill gives it. */
const nodeGroup = z.object({
  need: z.literal('node-group'),
  ...place,
  cluster: text,
  nodegroup: text,
  size: z.object({ min: z.int(), desired: z.int(), max: z.int() }).optional(),
});

const deployments = z.object({
  need: z.literal('deployments'),
  cluster,
  deployments: z.array(text),
  warm: z.boolean(),
});

const namespace = z.object({
  need: z.literal('namespace'),
  cluster,
  state: z.enum(['there', 'free']),
  drill: text.optional(),
});

const cacheGroup = z.object({
  need: z.literal('cache-group'),
  ...place,
  group: text,
  state: z.enum(['serving', 'free']),
  drill: text.optional(),
});

const cacheSnapshot = z.object({ need: z.literal('cache-snapshot'), ...place, group: text, maxAgeMs: z.number() });

const replicationGroup = z.object({ region: text, group: text });

/** A global datastore: the group that takes the writes at the beginning, and the one that follows it. */
const cacheDatastore = z.object({
  need: z.literal('cache-datastore'),
  datastore: text,
  writer: replicationGroup,
  follower: replicationGroup,
  lagMaxMs: z.number().optional(),
});

const kafkaCluster = z.object({
  need: z.literal('kafka-cluster'),
  ...place,
  cluster: text,
  login: z.enum(['iam', 'scram', 'tls', 'plaintext']),
  topics: z.array(text),
  /** Groups that must have members, and groups that must have none. */
  consumed: z.array(text),
  idle: z.array(text),
});

/** MirrorMaker's heartbeats: how old the newest one may be. */
const kafkaMirror = z.object({
  need: z.literal('kafka-mirror'),
  ...place,
  cluster: text,
  login: z.enum(['iam', 'scram', 'tls', 'plaintext']),
  heartbeats: text,
  maxAgeMs: z.number(),
});

const bucket = z.object({
  need: z.literal('bucket'),
  ...place,
  bucket: text,
  versioned: z.boolean(),
  /** The bucket that it must be replicated to. */
  replicatesTo: text.optional(),
});

/** An archive of Kubernetes objects in a bucket. */
const archive = z.object({
  need: z.literal('archive'),
  ...place,
  bucket: text,
  prefix: text,
  maxAgeMs: z.number(),
});

const secret = z.object({
  need: z.literal('secret'),
  ...place,
  name: text,
  state: z.enum(['there', 'free']),
  /** The region that it must be replicated to. */
  replicatedTo: text.optional(),
  /** Whether its value in force is read. */
  read: z.boolean().optional(),
  drill: text.optional(),
});

/** The public name with its records, health checks and lever. The runbook fills in the topology's description. */
const publicName = z.object({
  need: z.literal('public-name'),
  name: text,
  described: describedTraffic.optional(),
});

const routingControls = z.object({
  need: z.literal('routing-controls'),
  /** The control that the drill turns on, and the one that it turns off. */
  on: text,
  off: text,
  endpoints: z.array(z.object({ region: text, url: text })),
});

/** The object that says who may write, and the health checks that tell how the rest of the world sees both regions. */
const witness = z.object({
  need: z.literal('witness'),
  ...place,
  bucket: text,
  key: text,
  leaseMs: z.number(),
  healthChecks: z.object({ region: text, primary: text, recovery: text }),
});

/** A metric that a step waits for: it must have values now. */
const metric = z.object({
  need: z.literal('metric'),
  ...place,
  namespace: text,
  name: text,
  stat: z.enum(['Average', 'Maximum', 'p95']),
  periodMs: z.number(),
  /** `verification` fails without it; a `detection` goes on by its other checks. */
  for: z.enum(['verification', 'detection']),
});

const alarm = z.object({
  need: z.literal('alarm'),
  ...place,
  name: text,
  /** The `verification` wants it quiet; a `stop` condition ends the drill by it. */
  for: z.enum(['verification', 'stop']),
});

/** What brings the failure about: the commands of the drill file in a live run. */
const failureInjection = z.object({ need: z.literal('failure-injection') });

/** An AWS session that lasts as long as the drill usually does. */
const awsSession = z.object({ need: z.literal('aws-session'), lastsMs: z.number() });

const snsTopic = z.object({
  need: z.literal('sns-topic'),
  ...place,
  arn: text,
  topic: text,
  subscriptions: z.number(),
});

/** Something that a step must find before the drill begins: one look for each kind stands under `account/`. */
export const needSchema = z.discriminatedUnion('need', [
  alarm,
  archive,
  awsSession,
  backups,
  bucket,
  cacheDatastore,
  cacheGroup,
  cacheSnapshot,
  deployments,
  failureInjection,
  freeSnapshot,
  globalCluster,
  instance,
  instanceQuota,
  kafkaCluster,
  kafkaMirror,
  login,
  metric,
  namespace,
  nodeGroup,
  publicName,
  replication,
  routingControls,
  secret,
  snsTopic,
  witness,
]);
export type Need = z.output<typeof needSchema>;
export type NeedKind = Need['need'];
export type NeedOf<K extends NeedKind> = Extract<Need, { need: K }>;

/** The names of things, by which steps say what they alter. */
export const things = {
  instance: (region: string, name: string) => `rds/${region}/${name}`,
  snapshot: (region: string, name: string) => `rds-snapshot/${region}/${name}`,
  globalCluster: (id: string) => `rds-global-cluster/${id}`,
  nodeGroup: (region: string, name: string, group: string) => `node-group/${region}/${name}/${group}`,
  namespace: ({ region, cluster: name, namespace: one }: z.output<typeof cluster>) =>
    `namespace/${region}/${name}/${one}`,
  deployments: ({ region, cluster: name, namespace: one }: z.output<typeof cluster>) =>
    `deployments/${region}/${name}/${one}`,
  cacheGroup: (region: string, name: string) => `cache/${region}/${name}`,
  datastore: (id: string) => `cache-datastore/${id}`,
  kafkaCluster: (region: string, name: string) => `kafka/${region}/${name}`,
  secret: (region: string, name: string) => `secret/${region}/${name}`,
  routingControls: (on: string, off: string) => `routing-controls/${[on, off].toSorted().join()}`,
  publicName: (name: string) => `public-name/${name}`,
};

/** Which thing a need is about. Once a step has altered it, a preflight can no longer answer for later steps. */
export function thingOf(need: Need): string {
  switch (need.need) {
    case 'rds-instance':
    case 'rds-backups':
    case 'rds-replication':
    case 'database-login':
      return things.instance(need.region, need.instance);
    case 'rds-free-snapshot':
      return things.snapshot(need.region, need.snapshot);
    case 'rds-global-cluster':
      return things.globalCluster(need.globalCluster);
    case 'node-group':
      return things.nodeGroup(need.region, need.cluster, need.nodegroup);
    case 'namespace':
      return things.namespace(need.cluster);
    case 'deployments':
      return things.deployments(need.cluster);
    case 'cache-group':
    case 'cache-snapshot':
      return things.cacheGroup(need.region, need.group);
    case 'cache-datastore':
      return things.datastore(need.datastore);
    case 'kafka-cluster':
    case 'kafka-mirror':
      return things.kafkaCluster(need.region, need.cluster);
    case 'secret':
      return things.secret(need.region, need.name);
    case 'public-name':
      return things.publicName(need.name);
    case 'bucket':
      return `bucket/${need.region}/${need.bucket}`;
    case 'archive':
      return `archive/${need.region}/${need.bucket}/${need.prefix}`;
    case 'routing-controls':
      return things.routingControls(need.on, need.off);
    case 'witness':
      return `witness/${need.region}/${need.bucket}/${need.key}`;
    case 'metric':
      return `metric/${need.region}/${need.namespace}/${need.name}/${need.stat}`;
    case 'alarm':
      return `alarm/${need.region}/${need.name}`;
    case 'failure-injection':
    case 'aws-session':
      return need.need;
    case 'rds-instance-quota':
      return `rds-instance-quota/${need.region}`;
    case 'sns-topic':
      return `sns-topic/${need.arn}`;
  }
}

/** A login to a database that a step works or proves something with. */
export const loginTo = (
  { region, instance, database: name }: { region: string; instance: string; database: string },
  purpose: 'work' | 'proof',
): NeedOf<'database-login'> => ({
  need: 'database-login',
  region,
  instance,
  database: name,
  for: purpose,
  exists: true,
});
