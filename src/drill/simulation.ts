import * as z from 'zod';
import { choices } from './choices.ts';
import { duration, percentage } from './quantities.ts';
import { simulatedAnswers } from './simulated-answers.ts';
import { simulatedBackups } from './simulated-backups.ts';
import { simulatedCompute } from './simulated-compute.ts';
import { simulatedCopies, simulatedPair } from './simulated-instance.ts';
import { simulatedMishaps } from './simulated-mishaps.ts';
import { simulatedTraffic } from './simulated-traffic.ts';

const count = z.int().nonnegative();

/** How the simulated world behaves, and what goes wrong in it. Nothing here has any effect on a live run. */
export const simulationSchema = z.strictObject({
  seed: z.int().nonnegative().default(1).describe('One seed, one run, to the byte.'),
  begins: z
    .enum(['at-home', 'after-failover'])
    .default('at-home')
    .describe('With the primary region serving, or as a failover has left it: the recovery region serves.'),
  replicationLag: duration.default(800).describe('Typical replica lag.'),
  idle: z.boolean().default(false).describe('Only drills write: RDS reports a lag of minutes for nothing.'),
  outage: z
    .strictObject({
      lasts: duration.optional().describe('The region comes back by itself after this long; never by default.'),
    })
    .default({}),
  degradation: z
    .strictObject({
      errors: percentage.default(0.07).describe('Requests that fail while services are down.'),
      slowdown: z.number().min(1).default(1).describe('How many times slower the others are answered.'),
    })
    .default({ errors: 0.07, slowdown: 1 }),
  partition: z
    .strictObject({
      thirdSees: z
        .enum(['both', 'primary', 'recovery', 'neither'])
        .optional()
        .describe(
          'Which regions the third vantage point still sees. Customers and the drill reach no other. Both, unless the recovery region is to take over (quorum.holder): that one alone.',
        ),
      heals: duration.optional().describe('The link comes back by itself after this long; never by default.'),
      renewalPauses: duration
        .default(0)
        .describe(
          "So long after the cut the primary's guard cannot renew its right to write, although it is seen: once that has run out, both sides race for it.",
        ),
      catchUp: duration.optional().describe('From then on until the replica has what it missed.'),
      breaksReplication: z
        .boolean()
        .default(false)
        .describe('The replica does not come back: its source no longer keeps what it missed.'),
    })
    .default({ renewalPauses: 0, breaksReplication: false }),
  instances: simulatedPair,
  copies: simulatedCopies,
  ...simulatedBackups,
  ...simulatedMishaps,
  promotion: z
    .strictObject({
      takes: duration.optional().describe('Instead of a drawn duration.'),
      fails: z.boolean().default(false),
      backup: duration.optional().describe('From the end of a promotion until the first backup is done.'),
      of: z.string().optional().describe('The instance that is promoted so; every one by default.'),
    })
    .default({ fails: false })
    .describe('How a replica becomes a writer of its own.'),
  zoneFailover: z
    .strictObject({
      takes: duration.optional().describe('From the request until the standby in the other zone takes writes.'),
      dnsTakes: duration.optional().describe("Until the endpoint's name leads there."),
      dropped: z.boolean().default(false).describe('It is accepted, and the instance only restarts where it is.'),
      loses: duration.default(0).describe('What was acknowledged so shortly before is not there afterwards.'),
      again: duration
        .default(5 * 60_000)
        .describe(
          'A second one so soon after the first is accepted, and the instance only restarts where it is. AWS publishes no figure.',
        ),
      earlier: duration
        .optional()
        .describe('So long before the world began the writer failed over by itself; never by default.'),
    })
    .default({ dropped: false, loses: 0, again: 5 * 60_000 }),
  replica: z
    .strictObject({
      takes: duration.optional().describe('Until a new replica is available.'),
      catchUp: duration.optional().describe('From then on, until it has all that its source has.'),
      fails: z.boolean().default(false),
    })
    .default({ fails: false })
    .describe('A replica that a drill makes.'),
  carry: z
    .strictObject({
      losesRows: count.default(0).describe('Rows of each table that are carried over that do not arrive.'),
      refused: z.boolean().default(false).describe('The login may make no schema in the living database.'),
    })
    .default({ losesRows: 0, refused: false })
    .describe('Tables that are carried over from a restored database.'),
  overload: z
    .strictObject({
      region: z.enum(['primary', 'recovery']),
      above: percentage.describe('The region can serve this share of all customers.'),
      errors: percentage.default(0).describe('Share of requests that fail above it.'),
      slowdown: z.number().min(1).default(1).describe('How many times slower answers are above it.'),
    })
    .optional()
    .describe('A region that is not up to its customers.'),
  cache: z
    .strictObject({
      status: z
        .strictObject({ primary: z.string().optional(), recovery: z.string().optional() })
        .default({})
        .describe('What a replication group is instead of available, such as modifying.'),
      detached: z.boolean().default(false).describe('The recovery group was taken out of its global datastore.'),
      snapshotsStopped: duration.optional().describe('So long ago snapshots were taken last; they go on by default.'),
    })
    .default({ status: {}, detached: false })
    .describe('The replication groups of Redis, as somebody has left them.'),
  cacheRestore: z
    .strictObject({
      takes: duration.optional().describe('Until a new replication group is available.'),
      fails: z.boolean().default(false),
      losesKeys: percentage.optional().describe('Share of the keys that the restored group lacks.'),
    })
    .default({ fails: false }),
  globalCluster: z
    .strictObject({
      takes: duration.optional().describe('Until the other Aurora cluster takes the writes.'),
      fails: z.boolean().default(false).describe('The change is accepted, and changes nothing.'),
      headless: z.boolean().default(false).describe('The other cluster has no instance.'),
      lag: duration.default(800).describe('So much of what was written last a failover with data loss loses.'),
      losesAtSwitchover: duration.default(0).describe('So much of what was written last a switchover loses.'),
      oldTakesWrites: z.boolean().default(false).describe('The old primary cluster goes on taking writes.'),
      staysApart: z
        .boolean()
        .default(false)
        .describe('After a failover the old primary cluster does not come back in.'),
      recoveryVersion: z.string().optional().describe('The recovery cluster runs this engine version, another one.'),
      unsynchronized: duration
        .default(0)
        .describe('The other clusters do not follow in step for so long after the world began.'),
      refused: count.default(0).describe('So many switchovers are refused, because the clusters are not synchronized.'),
      instancesTake: duration
        .default(0)
        .describe('After a change of roles the cluster is available so long before its instances are.'),
      noGlobalEndpoint: z.boolean().default(false).describe('The global database has no global writer endpoint.'),
      newInstance: z
        .strictObject({
          takes: duration.optional().describe('Until an instance that is added to a cluster is there.'),
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
  cacheFailover: z
    .strictObject({
      takes: duration.optional().describe('Until the secondary of the global datastore is its primary.'),
      fails: z.boolean().default(false).describe('It is accepted, and changes nothing.'),
      lag: duration.optional().describe('Lag of the secondary before the failure.'),
      loses: duration.default(0).describe('What was written so shortly before is not there afterwards.'),
      oldTakesWrites: z.boolean().default(false).describe('The old primary goes on taking writes.'),
    })
    .default({ fails: false, loses: 0, oldTakesWrites: false }),
  messaging: z
    .strictObject({
      state: z
        .enum(['ACTIVE', 'MAINTENANCE', 'HEALING', 'UPDATING', 'FAILED'])
        .default('ACTIVE')
        .describe("The recovery region's MSK cluster, as its API tells it."),
      lag: duration.optional().describe('Lag of MirrorMaker.'),
      stops: duration
        .optional()
        .describe('MirrorMaker stands still this long after the world began; never by default.'),
      losesMarkers: count.default(0).describe('Of every hundred marker records, so many are never mirrored.'),
      syncsOffsets: z.boolean().default(false).describe('MirrorMaker itself commits translated offsets for groups.'),
      lacksCheckpoints: z.array(z.string()).default([]).describe('Groups of which MirrorMaker writes no checkpoints.'),
      translatesAhead: count.default(0).describe('So many records beyond the true offset it translates to.'),
      membersStay: z.boolean().default(false).describe('Somebody else is in the groups of the primary region, too.'),
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
      fails: z.boolean().default(false).describe('What is written from now on is never replicated.'),
      lacks: count.default(0).describe('Objects of long ago that the replica buckets lack.'),
      corrupts: z.boolean().default(false).describe('What is copied holds other bytes.'),
    })
    .default({ fails: false, lacks: 0, corrupts: false }),
  configuration: z
    .strictObject({
      archiveAge: duration.optional().describe('How old the newest archive is.'),
      lacks: count.default(0).describe('Objects that the archives lack.'),
      alters: count.default(0).describe('Objects that the archives hold otherwise than they have been for long.'),
      unreadable: z.boolean().default(false).describe('The archives were cut off in the middle.'),
      refuses: z.boolean().default(false).describe('The Kubernetes API takes no secret in the scratch namespace.'),
      drops: count.default(0).describe('Objects that vanish from the scratch namespace.'),
      namespaceTaken: z.boolean().default(false).describe('Somebody else has a namespace of that name.'),
      namespaceStays: z.boolean().default(false).describe('A deleted namespace stays: a finalizer waits for somebody.'),
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
      outdated: count.default(0).describe('Secrets whose replicas hold the version before.'),
      replicationFails: z.boolean().default(false).describe('The replicas are said to have failed.'),
      keyRefused: z.boolean().default(false).describe('No value of a replica can be decrypted.'),
      garbles: z.boolean().default(false).describe('What is written comes to hold another value.'),
      neverRotated: z.boolean().default(false).describe('There is no version before the current one.'),
      taken: z.boolean().default(false).describe('Somebody else has secrets of the names that a drill would give.'),
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
      takes: duration.optional().describe('How long a person thinks.'),
      silent: z.array(z.string()).default([]).describe('Roles that never answer.'),
      refuses: z.boolean().default(false),
      unknown: z.array(z.string()).default([]).describe('Items of a checklist that somebody says no to.'),
    })
    .default({ silent: [], refuses: false, unknown: [] }),
  whenHeld: z
    .array(
      z.strictObject({
        choose: z.enum(choices),
        step: z.string().optional().describe('The step that it is about.'),
        after: duration.default(120_000).describe('How long the person needs for it; 2 min by default.'),
        why: z.string().optional(),
      }),
    )
    .default([])
    .describe('What a person decides each time that the run is held, in turn; by default, no person decides.'),
  surprise: z
    .strictObject({
      busy: duration.optional().describe('Another run has the topology for so long from the moment that was drawn.'),
      subscribers: count.default(1).describe('Confirmed subscriptions of the commander’s topic.'),
    })
    .default({ subscribers: 1 })
    .describe('What meets a drill that was drawn.'),
  throttling: z
    .array(
      z.strictObject({
        service: z.enum([
          'rds',
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
    .describe('Calls that are carried out, but whose answer never arrives.'),
  ...simulatedCompute,
  ...simulatedTraffic,
  ...simulatedAnswers,
  neighbours: count
    .default(0)
    .describe('How many of each kind of resource others have in the same account: its lists then come in pages.'),
  checks: z
    .record(z.string(), z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))))
    .default({})
    .describe(
      'The rows that checks of your own would find, by their name, and those of sql.file by the name of the step; such a check is not made by default.',
    ),
  data: z
    .strictObject({
      orphanItems: count.default(0).describe('Items without an order.'),
      orphanOrders: count.default(0).describe('Orders without a customer.'),
      negativeStock: count.default(0),
      futureOrders: count.default(0),
      wrongTotals: count.default(0).describe('Orders whose total is not the sum of their items.'),
      itemsWithoutProduct: count.default(0),
      unvalidatedKeys: count.default(0).describe('Foreign keys that were added without a look at the rows.'),
      sequencesBehind: count.default(0).describe('Sequences that would give a number again.'),
      invalidIndexes: count.default(0).describe('Indexes whose making was broken off.'),
      preparedTransactions: count.default(0).describe('Transactions that were prepared and never ended.'),
      lostInFailover: duration
        .optional()
        .describe(
          'How much of its newest data the old writer had not sent when a failover began; usually its lag. For a drill that begins after one.',
        ),
      changedBeforeFailover: count
        .default(0)
        .describe(
          'Orders that the old writer changed before a failover, and no replica received. For a drill that begins after one.',
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
    .describe('What is wrong in the source, and so in its replica and backups.'),
});

export type Simulation = z.output<typeof simulationSchema>;
