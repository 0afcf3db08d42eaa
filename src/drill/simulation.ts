import * as z from 'zod';
import { choices } from './choices.ts';
import { duration, percentage } from './quantities.ts';
import { simulatedAnswers } from './simulated-answers.ts';
import { simulatedBackups } from './simulated-backups.ts';
import { simulatedCompute } from './simulated-compute.ts';
import { simulatedCopies, simulatedPair } from './simulated-instance.ts';
import { simulatedMishaps } from './simulated-mishaps.ts';
import { simulatedTables } from './simulated-tables.ts';
import { simulatedTraffic } from './simulated-traffic.ts';

const count = z.int().nonnegative();

/** How the simulated world behaves, and what goes wrong in it. Nothing here has any effect on a live run. */
export const simulationSchema = z.strictObject({
  seed: z.int().nonnegative().default(1).describe('The same seed gives exactly the same run.'),
  begins: z
    .enum(['at-home', 'after-failover'])
    .default('at-home')
    .describe('Which region serves at the start: the primary region, or, as after a failover, the recovery region.'),
  replicationLag: duration.default(800).describe('Typical replica lag.'),
  idle: z
    .boolean()
    .default(false)
    .describe('Only drills write to the database, so RDS reports a lag of minutes although nothing is missing.'),
  outage: z
    .strictObject({
      lasts: duration.optional().describe('The region recovers by itself after this time. Default: never.'),
    })
    .default({}),
  degradation: z
    .strictObject({
      errors: percentage.default(0.07).describe('Requests that fail while services are down.'),
      slowdown: z.number().min(1).default(1).describe('How many times slower other requests are.'),
    })
    .default({ errors: 0.07, slowdown: 1 }),
  partition: z
    .strictObject({
      thirdSees: z
        .enum(['both', 'primary', 'recovery', 'neither'])
        .optional()
        .describe(
          'Which regions the witness still sees. Customers and the drill reach only these. Default: both, or only the recovery region if it should take over (quorum.holder).',
        ),
      heals: duration.optional().describe('The link recovers by itself after this time. Default: never.'),
      renewalPauses: duration
        .default(0)
        .describe(
          'How long after the cut the guard of the primary region cannot renew its right to write, although it is visible. When that right expires, both sides compete for it.',
        ),
      catchUp: duration.optional().describe('Time from then until the replica has caught up.'),
      breaksReplication: z
        .boolean()
        .default(false)
        .describe('The replica cannot catch up: its source no longer has the data that it missed.'),
    })
    .default({ renewalPauses: 0, breaksReplication: false }),
  instances: simulatedPair,
  copies: simulatedCopies,
  ...simulatedBackups,
  ...simulatedMishaps,
  promotion: z
    .strictObject({
      takes: duration.optional().describe('A fixed duration instead of a random one.'),
      fails: z.boolean().default(false),
      backup: duration.optional().describe('From the end of a promotion until the first backup is done.'),
      of: z.string().optional().describe('The instance that this is about. Default: all.'),
    })
    .default({ fails: false })
    .describe('How a replica becomes a writer of its own.'),
  zoneFailover: z
    .strictObject({
      takes: duration.optional().describe('From the request until the standby in the other zone takes writes.'),
      dnsTakes: duration.optional().describe('Until the endpoint resolves to it.'),
      dropped: z
        .boolean()
        .default(false)
        .describe('The failover is accepted, but the instance only restarts in its zone.'),
      loses: duration.default(0).describe('Writes acknowledged this long before the failover are lost.'),
      again: duration
        .default(5 * 60_000)
        .describe(
          'A second failover within this time after the first is accepted, but the instance only restarts in its zone. AWS publishes no figure.',
        ),
      earlier: duration
        .optional()
        .describe('How long before the start the writer failed over by itself. Default: never.'),
    })
    .default({ dropped: false, loses: 0, again: 5 * 60_000 }),
  replica: z
    .strictObject({
      takes: duration.optional().describe('Until a new replica is available.'),
      catchUp: duration.optional().describe('Time from then until it has all data of its source.'),
      fails: z.boolean().default(false),
    })
    .default({ fails: false })
    .describe('A replica that a drill makes.'),
  carry: z
    .strictObject({
      losesRows: count.default(0).describe('How many rows of each copied table are lost.'),
      refused: z.boolean().default(false).describe('The login may not create a schema in the live database.'),
    })
    .default({ losesRows: 0, refused: false })
    .describe('Copying tables from a restored database.'),
  overload: z
    .strictObject({
      region: z.enum(['primary', 'recovery']),
      above: percentage.describe('The share of all customers that the region can serve.'),
      errors: percentage.default(0).describe('Share of requests that fail above it.'),
      slowdown: z.number().min(1).default(1).describe('How many times slower answers are above it.'),
    })
    .optional()
    .describe('A region that cannot serve all its customers.'),
  cache: z
    .strictObject({
      status: z
        .strictObject({ primary: z.string().optional(), recovery: z.string().optional() })
        .default({})
        .describe('The status of a replication group, if it is not available, such as modifying.'),
      detached: z.boolean().default(false).describe('The recovery group was removed from its global datastore.'),
      snapshotsStopped: duration
        .optional()
        .describe('How long ago the last snapshot was taken. Default: snapshots continue.'),
    })
    .default({ status: {}, detached: false })
    .describe('Changes that someone made to the Redis replication groups.'),
  cacheRestore: z
    .strictObject({
      takes: duration.optional().describe('Until a new replication group is available.'),
      fails: z.boolean().default(false),
      losesKeys: percentage.optional().describe('Share of the keys that are missing in the restored group.'),
    })
    .default({ fails: false }),
  globalCluster: z
    .strictObject({
      takes: duration.optional().describe('Until the other Aurora cluster takes the writes.'),
      fails: z.boolean().default(false).describe('The change is accepted but has no effect.'),
      headless: z.boolean().default(false).describe('The other cluster has no instance.'),
      lag: duration.default(800).describe('How much of the latest data a failover with data loss loses.'),
      losesAtSwitchover: duration.default(0).describe('How much of the latest data a switchover loses.'),
      oldTakesWrites: z.boolean().default(false).describe('The old primary cluster still takes writes.'),
      staysApart: z
        .boolean()
        .default(false)
        .describe('After a failover, the old primary cluster does not rejoin the global database.'),
      recoveryVersion: z.string().optional().describe('The engine version of the recovery cluster, if it differs.'),
      unsynchronized: duration.default(0).describe('How long after the start the other clusters are not synchronized.'),
      refused: count.default(0).describe('How many switchovers are refused because the clusters are not synchronized.'),
      instancesTake: duration
        .default(0)
        .describe('After a change of roles, how long the instances become available after the cluster.'),
      noGlobalEndpoint: z.boolean().default(false).describe('The global database has no global writer endpoint.'),
      newInstance: z
        .strictObject({
          takes: duration.optional().describe('Until an instance that is added to a cluster is available.'),
          fails: z.boolean().default(false).describe('The region has no capacity for it.'),
        })
        .default({ fails: false }),
    })
    .default({
      fails: false,
      headless: false,
      lag: 800,
      losesAtSwitchover: 0,
      oldTakesWrites: false,
      staysApart: false,
      unsynchronized: 0,
      refused: 0,
      instancesTake: 0,
      noGlobalEndpoint: false,
      newInstance: { fails: false },
    }),
  ...simulatedTables,
  cacheFailover: z
    .strictObject({
      takes: duration.optional().describe('Until the secondary of the global datastore has become its primary.'),
      fails: z.boolean().default(false).describe('The change is accepted but has no effect.'),
      lag: duration.optional().describe('Lag of the secondary before the failure.'),
      loses: duration.default(0).describe('Writes made this long before the failover are lost.'),
      oldTakesWrites: z.boolean().default(false).describe('The old primary still takes writes.'),
    })
    .default({ fails: false, loses: 0, oldTakesWrites: false }),
  messaging: z
    .strictObject({
      state: z
        .enum(['ACTIVE', 'MAINTENANCE', 'HEALING', 'UPDATING', 'FAILED'])
        .default('ACTIVE')
        .describe("The recovery region's MSK cluster, as its API tells it."),
      lag: duration.optional().describe('Lag of MirrorMaker.'),
      stops: duration.optional().describe('How long after the start MirrorMaker stops. Default: never.'),
      losesMarkers: count.default(0).describe('The percentage of marker records that are never mirrored.'),
      syncsOffsets: z.boolean().default(false).describe('MirrorMaker itself commits translated offsets for groups.'),
      lacksCheckpoints: z.array(z.string()).default([]).describe('Groups that MirrorMaker writes no checkpoints for.'),
      translatesAhead: count.default(0).describe('How many records the translated offset is beyond the true one.'),
      membersStay: z.boolean().default(false).describe('Other consumers are in the groups of the primary region.'),
      neverConsume: z.boolean().default(false).describe('Consumers of the recovery region join, and commit nothing.'),
    })
    .default({
      state: 'ACTIVE',
      losesMarkers: 0,
      syncsOffsets: false,
      lacksCheckpoints: [],
      translatesAhead: 0,
      membersStay: false,
      neverConsume: false,
    })
    .describe('Kafka, and the MirrorMaker between its clusters.'),
  objectReplication: z
    .strictObject({
      takes: duration.optional().describe('From an object written to its copy in the replica bucket.'),
      fails: z.boolean().default(false).describe('New objects are never replicated.'),
      lacks: count.default(0).describe('Old objects that are missing in the replica buckets.'),
      corrupts: z.boolean().default(false).describe('Copied objects have different contents.'),
    })
    .default({ fails: false, lacks: 0, corrupts: false }),
  configuration: z
    .strictObject({
      archiveAge: duration.optional().describe('How old the newest archive is.'),
      lacks: count.default(0).describe('Objects that are missing in the archives.'),
      alters: count
        .default(0)
        .describe('Objects that differ in the archives, although they have not changed for a long time.'),
      unreadable: z.boolean().default(false).describe('The archives are truncated.'),
      refuses: z.boolean().default(false).describe('The Kubernetes API refuses secrets in the scratch namespace.'),
      drops: count.default(0).describe('Objects that disappear from the scratch namespace.'),
      namespaceTaken: z.boolean().default(false).describe('Another namespace with that name exists.'),
      namespaceStays: z
        .boolean()
        .default(false)
        .describe('A deleted namespace remains, because a finalizer is not removed.'),
    })
    .default({
      lacks: 0,
      alters: 0,
      unreadable: false,
      refuses: false,
      drops: 0,
      namespaceTaken: false,
      namespaceStays: false,
    }),
  secrets: z
    .strictObject({
      outdated: count.default(0).describe('Secrets whose replicas have the previous version.'),
      replicationFails: z.boolean().default(false).describe('The replicas have the status Failed.'),
      keyRefused: z.boolean().default(false).describe('No value of a replica can be decrypted.'),
      garbles: z.boolean().default(false).describe('Written secrets get a different value.'),
      neverRotated: z.boolean().default(false).describe('The current version is the only one.'),
      taken: z.boolean().default(false).describe('Other secrets have the names that a drill uses.'),
    })
    .default({
      outdated: 0,
      replicationFails: false,
      keyRefused: false,
      garbles: false,
      neverRotated: false,
      taken: false,
    }),
  approval: z
    .strictObject({
      takes: duration.optional().describe('How long a person takes to answer.'),
      silent: z.array(z.string()).default([]).describe('Roles that never answer.'),
      refuses: z.boolean().default(false),
      unknown: z.array(z.string()).default([]).describe('Checklist items that are answered with no.'),
    })
    .default({ silent: [], refuses: false, unknown: [] }),
  whenHeld: z
    .array(
      z.strictObject({
        choose: z.enum(choices),
        step: z.string().optional().describe('The step that the choice is about.'),
        after: duration.default(120_000).describe('How long the person takes. Default: 2 min.'),
        why: z.string().optional(),
      }),
    )
    .default([])
    .describe('What a person decides each time the run waits for a decision, in order. Default: nobody decides.'),
  surprise: z
    .strictObject({
      busy: duration.optional().describe('How long another run uses the topology, from the drawn moment on.'),
      subscribers: count.default(1).describe('Confirmed subscriptions of the commander’s topic.'),
    })
    .default({ subscribers: 1 })
    .describe('Obstacles for a surprise drill.'),
  throttling: z
    .array(
      z.strictObject({
        service: z.enum([
          'rds',
          'dynamodb',
          'applicationautoscaling',
          'ecs',
          'eks',
          'elasticache',
          'elasticloadbalancing',
          'fis',
          'kafka',
          'globalaccelerator',
          'lambda',
          'route53',
          's3',
          'secretsmanager',
          'sns',
          'sts',
          'cloudwatch',
        ]),
        operation: z.string().optional().describe('Every operation of the service by default.'),
        calls: count.describe('How many calls in a row are refused.'),
      }),
    )
    .default([]),
  lostAnswers: z
    .array(
      z.strictObject({
        service: z.enum([
          'rds',
          'dynamodb',
          'applicationautoscaling',
          'ecs',
          'eks',
          'elasticache',
          'fis',
          'globalaccelerator',
          'lambda',
          'route53',
          'route53recoverycluster',
          's3',
          'secretsmanager',
          'sns',
          'ssm',
        ]),
        operation: z.string(),
        calls: count.default(1),
      }),
    )
    .default([])
    .describe('Calls that take effect but whose response never arrives.'),
  ...simulatedCompute,
  ...simulatedTraffic,
  ...simulatedAnswers,
  neighbours: count
    .default(0)
    .describe('How many other resources of each kind the account has. Lists then have several pages.'),
  checks: z
    .record(z.string(), z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))))
    .default({})
    .describe(
      'The rows that your own checks find, by the name of the check, or of the step for sql.file. Default: such a check does not run.',
    ),
  data: z
    .strictObject({
      orphanItems: count.default(0).describe('Items without an order.'),
      orphanOrders: count.default(0).describe('Orders without a customer.'),
      negativeStock: count.default(0),
      futureOrders: count.default(0),
      wrongTotals: count.default(0).describe('Orders whose total is not the sum of their items.'),
      itemsWithoutProduct: count.default(0),
      unvalidatedKeys: count.default(0).describe('Foreign keys that were added without checking the rows.'),
      sequencesBehind: count.default(0).describe('Sequences that would return a number twice.'),
      invalidIndexes: count.default(0).describe('Indexes whose creation was interrupted.'),
      preparedTransactions: count.default(0).describe('Transactions that were prepared and never ended.'),
      lostInFailover: duration
        .optional()
        .describe(
          'How much of its newest data the old writer had not replicated when a failover began, usually its lag. For a drill that begins after a failover.',
        ),
      changedBeforeFailover: count
        .default(0)
        .describe(
          'Orders that the old writer changed before a failover and no replica received. For a drill that begins after a failover.',
        ),
    })
    .default({
      orphanItems: 0,
      orphanOrders: 0,
      negativeStock: 0,
      futureOrders: 0,
      wrongTotals: 0,
      itemsWithoutProduct: 0,
      unvalidatedKeys: 0,
      sequencesBehind: 0,
      invalidIndexes: 0,
      preparedTransactions: 0,
      changedBeforeFailover: 0,
    })
    .describe('Defects of the source, which its replica and backups also have.'),
});

export type Simulation = z.output<typeof simulationSchema>;
