import * as z from 'zod';
import { globalRegionOf } from '../partition.ts';
import { cacheLoginSchema, loginSchema } from './live.ts';
import { messagingSchema } from './messaging.ts';
import { kmsKeyName, lowerName, resourceName } from './names.ts';
import { duration } from './quantities.ts';
import { endpointRegions, trafficSchema } from './traffic.ts';

/** EKS's own limit of a node group is 450 nodes, and can be raised. */
const nodes = z.int().nonnegative().max(10_000);

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time of day in UTC, such as 18:00');

const region = z
  .string()
  .regex(/^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/, 'expected an AWS region, such as ap-northeast-1')
  .describe('An AWS region, such as ap-northeast-1.');

const text = z.string().min(1);

const instance = z.strictObject({
  identifier: lowerName.describe("The RDS instance's identifier."),
  class: text.describe('The instance class, such as db.r6g.xlarge.'),
  storageGib: z.int().positive().max(1_000_000).describe('Allocated storage in GiB.'),
  multiAz: z.boolean(),
  parameterGroup: lowerName,
  subnetGroup: lowerName,
  securityGroups: z.array(resourceName).min(1),
  kmsKey: kmsKeyName
    .optional()
    .describe(
      'The key of its region that encrypts it, by id, ARN or alias; what is copied there is encrypted with it. Looked up, unless said.',
    ),
  quarantineSecurityGroup: resourceName.describe(
    'A security group without inbound rules: whoever is put there can take no writes.',
  ),
});

const cluster = z.strictObject({
  cluster: resourceName,
  nodegroup: resourceName,
  nodes: z.strictObject({
    min: nodes,
    desired: nodes,
    max: nodes.positive(),
  }),
});

/** More than any deployment of a drill: whoever writes more has mistyped it. */
const replicas = z.int().nonnegative().max(100_000);

const replicationGroup = z.strictObject({
  replicationGroup: lowerName.describe("The replication group's identifier."),
  nodeType: text.describe('The node type, such as cache.r7g.large.'),
  nodes: z.int().positive().max(1_000).describe('The primary node and its replicas.'),
  parameterGroup: lowerName,
  subnetGroup: lowerName,
});

const auroraCluster = z.strictObject({
  cluster: lowerName.describe("The cluster's identifier."),
  instance: lowerName.describe('The instance of it that takes the writes where the cluster does.'),
});

const bucketName = resourceName.regex(
  /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  'expected the name of a bucket: 3 to 63 lower-case letters, digits, hyphens and dots',
);

/** The two regions and what runs in them, by AWS's own names. */
export const topologySchema = z.strictObject({
  topology: text.describe("The topology's name."),
  description: text.optional(),
  account: z
    .string({ error: 'expected the 12 digits of an AWS account, in quotes' })
    .regex(/^\d{12}$/, 'expected the 12 digits of an AWS account, in quotes')
    .describe('The only account that a drill on this topology may touch.'),
  regions: z.strictObject({ primary: region, recovery: region }),
  database: z.strictObject({
    name: text.describe('The PostgreSQL database inside the instance.'),
    login: loginSchema.optional(),
    writer: instance.describe('The instance that takes the writes, in the primary region.'),
    replica: instance.describe('Its cross-region read replica, in the recovery region.'),
    nextReplica: instance
      .omit({ storageGib: true, quarantineSecurityGroup: true })
      .extend({ region, multiAz: z.boolean().default(false) })
      .optional()
      .describe(
        'The replica that is ordered behind a new writer: in its own region, or in a third one, as a lost region can host none. Outside of that region an encrypted database needs kmsKey.',
      ),
    backups: z
      .strictObject({
        by: z
          .enum(['rds', 'aws-backup'])
          .default('rds')
          .describe('Who makes the backups: RDS itself each night, or plans of AWS Backup.'),
        window: timeOfDay
          .optional()
          .describe('When the automated snapshot is taken, UTC. Only AWS Backup may go without: its plan says when.'),
        retention: duration
          .optional()
          .describe('How long RDS keeps automated backups. Only AWS Backup may go without: its plan says how long.'),
      })
      .superRefine(({ by, window, retention }, context) => {
        if (by === 'aws-backup') return;
        for (const [key, value] of Object.entries({ window, retention }))
          if (value === undefined)
            context.addIssue({ code: 'custom', path: [key], message: `RDS makes the backups: '${key}' must be set.` });
      }),
  }),
  kubernetes: z.strictObject({
    namespace: text,
    primary: cluster,
    recovery: cluster.extend({
      failoverNodes: cluster.shape.nodes.describe('Size of the node group once the region carries all traffic.'),
    }),
    deployments: z
      .array(
        z.strictObject({
          name: text,
          replicas: replicas.describe('Replicas in the region that serves.'),
          standby: replicas.describe('Replicas in the region that waits.'),
          critical: z.boolean(),
        }),
      )
      .min(1),
    writerVariable: text.describe("The environment variable that holds the writer's address."),
    archive: z
      .strictObject({
        bucket: bucketName,
        region: z.enum(['primary', 'recovery']).default('recovery').describe('The region that the bucket is in.'),
        prefix: z.string().default('').describe('What the keys of the archives begin with; the newest one counts.'),
        of: z.enum(['primary', 'recovery']).default('primary').describe('Whose objects are archived.'),
      })
      .optional()
      .describe(
        "Where the namespace's objects are archived: manifests as `kubectl get -o yaml` or `-o json` writes them, also compressed with gzip.",
      ),
  }),
  aurora: z
    .strictObject({
      globalCluster: lowerName.describe("The global database's identifier."),
      primary: auroraCluster.describe('The cluster that takes the writes, in the primary region.'),
      recovery: auroraCluster.describe('The one that follows it, in the recovery region.'),
    })
    .optional()
    .describe('An Aurora global database on PostgreSQL, with the database and the login that stand under `database`.'),
  cache: z
    .strictObject({
      primary: replicationGroup.describe('The replication group that takes the writes, in the primary region.'),
      recovery: replicationGroup.optional().describe('The one that follows it, in the recovery region.'),
      globalDatastore: lowerName.optional().describe('The global datastore that joins the two, by its whole id.'),
      snapshots: z.strictObject({
        window: timeOfDay.describe('When the automatic snapshot is taken, UTC.'),
        retention: duration,
      }),
      login: cacheLoginSchema.optional(),
    })
    .optional()
    .describe('ElastiCache.'),
  messaging: messagingSchema.optional(),
  notices: z
    .strictObject({
      topic: resourceName.describe('The name of the SNS topic.'),
      region: z.enum(['primary', 'recovery']).default('recovery').describe('The region that it is in.'),
      commander: z
        .strictObject({
          topic: resourceName.describe('The name of an SNS topic of the same region that nobody else reads.'),
          endpoints: z
            .int()
            .positive()
            .default(1)
            .describe('How many confirmed subscriptions it has: his, and no more.'),
        })
        .optional()
        .describe('Where the incident commander alone is told.'),
    })
    .optional()
    .describe('Where people are told.'),
  objects: z
    .strictObject({
      buckets: z
        .array(
          z.strictObject({
            name: bucketName,
            region: z.enum(['primary', 'recovery']).default('primary').describe('The region that it is in.'),
            replica: bucketName
              .optional()
              .describe('The bucket in the other region that everything written to this one is replicated to.'),
            objectLock: z
              .boolean()
              .default(false)
              .describe('Whether Object Lock is enabled, so that a retention can be set on what is written.'),
          }),
        )
        .min(1),
    })
    .optional()
    .describe('Versioned buckets.'),
  secrets: z
    .strictObject({
      names: z
        .array(resourceName)
        .min(1)
        .describe('Secrets of the primary region that are replicated to the recovery region, by name.'),
    })
    .optional()
    .describe('Secrets Manager.'),
  witness: z
    .strictObject({
      region: region.describe('A region that is neither of the two.'),
      bucket: bucketName.describe('A bucket of that region.'),
      key: text.default('writer').describe('The object that says whose right it is to write.'),
      lease: duration
        .refine((ms) => ms >= 5_000, 'expected at least 5 s')
        .default(20_000)
        .describe(
          'How long that right lasts without being renewed. The guard of the region that holds it stops writes when nine tenths of that have passed.',
        ),
      healthChecks: z
        .strictObject({ primary: resourceName, recovery: resourceName })
        .describe("Route 53 health checks of the two regions' endpoints, by id: how the rest of the world sees them."),
    })
    .optional()
    .describe('The third vantage point, which decides who may write when the two regions do not see each other.'),
  traffic: trafficSchema,
  service: z.strictObject({
    scheme: z.enum(['https', 'http']).default('https'),
    port: z.int().min(1).max(65_535).optional().describe("The scheme's own, unless said."),
    path: text.describe('A path that reads and writes through the whole system.'),
    checks: z
      .array(
        z.strictObject({
          name: text,
          path: text.describe('Answers with less than 500 while the service is well.'),
          every: duration.default(30_000),
          failures: z.int().positive().default(2).describe('Failed checks in a row that count as down.'),
          critical: z.boolean().default(true),
        }),
      )
      .default([])
      .describe('Services behind the public door, which are looked at one by one to decide what a failure calls for.'),
    alarms: z
      .array(resourceName)
      .default([])
      .describe('CloudWatch alarms of the region that serves, by name: quiet, once it has recovered.'),
    metrics: z.strictObject({
      namespace: text,
      errorRate: text,
      latency: text,
      replicaLag: text.default('ReplicaLag'),
      period: duration
        .default(60_000)
        .refine(
          (ms) => [1, 5, 10, 30].includes(ms / 1_000) || ms % 60_000 === 0,
          'expected 1 s, 5 s, 10 s, 30 s or whole minutes',
        )
        .describe('How often the metrics are published: 60 s, unless they are of high resolution.'),
    }),
  }),
});

/** The regions that a drill may call. */
export const regionsOf = (topology: z.output<typeof topologySchema>): string[] => {
  const { regions, traffic, database, witness } = topology;
  return [
    regions.primary,
    regions.recovery,
    globalRegionOf('route53', regions.recovery),
    globalRegionOf('iam', regions.recovery),
    ...endpointRegions(traffic),
    ...(witness ? [witness.region] : []),
    ...(database.nextReplica ? [database.nextReplica.region] : []),
    ...secretRegions(topology),
  ];
};

/** Where passwords are read that do not lie in the recovery region. */
const secretRegions = ({ database, cache, messaging }: z.output<typeof topologySchema>): string[] =>
  [database.login, cache?.login, messaging?.login].flatMap((login) => {
    const password = login && 'password' in login ? login.password : undefined;
    return password?.from === 'secrets-manager' && password.region ? [password.region] : [];
  });

export type Topology = z.output<typeof topologySchema>;
export type Witness = NonNullable<Topology['witness']>;
export type Instance = Topology['database']['writer'];
