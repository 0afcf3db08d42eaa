import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FAILOVER, finished, SNAPSHOT } from '../run/drill.ts';
import { drills, expectSound } from './ways-to-fail.ts';

/** Something that is wrong with the platform itself, and not with AWS: `--set` that brings it about, and what the closing line then says. */
type Defect = readonly [defect: string, set: readonly string[], says: RegExp];

const wrong = (what: string, says: RegExp): Defect => [
  `the data has ${what}`,
  [`simulation.data.${what}=2`],
  new RegExp(`data check failed: .*${says.source}`),
];
const NO_BACKUPS: Defect = [
  'nobody keeps backups of the writer',
  ['simulation.instances.writer.BackupRetentionPeriod=0'],
  /keeps no automated backups/,
];
const NO_PODS = (says: RegExp): Defect => ['pods never get ready', ['simulation.pods.neverReady=true'], says];
const LATE = (seconds: number): Defect => [
  'the replica is far behind, and the person who is asked refuses',
  [`simulation.replicationLag=${seconds} s`, 'simulation.approval.refuses=true'],
  /behind; the drill allows .* refused/,
];
const KEY_OFF_AT_HOME: Defect = [
  'somebody disabled the key of the primary region',
  ['simulation.keyDisabled={ in: primary }'],
  /inaccessible-encryption-credentials/,
];
const ANOTHER_OWNER = (after: number): Defect => [
  'another pipeline puts the records back',
  [`simulation.traffic.controller={ after: ${after} s }`],
  /Somebody else changed what/,
];
const NO_INSTANCE: Defect = [
  'the other cluster has no instance',
  ['simulation.globalCluster.headless=true'],
  /is headless/,
];
const NOT_IN_STEP: Defect = [
  'the other cluster does not follow',
  ['simulation.globalCluster.unsynchronized=3 h'],
  /does not follow/,
];
const KEY_OFF: Defect = [
  'somebody disabled the key of the recovery region',
  ['simulation.keyDisabled={ in: recovery }'],
  /inaccessible-encryption-credentials|Disabled/,
];

const defects: Record<string, readonly Defect[]> = {
  'aurora-global-failover': [NO_INSTANCE, NOT_IN_STEP, KEY_OFF],
  'aurora-global-switchover': [NO_INSTANCE, NOT_IN_STEP, KEY_OFF],
  'configuration-restore': [
    ['the archive lacks objects', ['simulation.configuration.lacks=2'], /is in the archive/],
    ['the archive holds old objects', ['simulation.configuration.alters=1'], /is in the archive/],
    ['nobody writes archives any more', ['simulation.configuration.archiveAge=80 h'], /the newest archive/],
    ['the archive is damaged', ['simulation.configuration.unreadable=true'], /cannot be read/],
  ],
  'cross-region-restore': [wrong('orphanOrders', /Every order has its customer/), NO_BACKUPS, KEY_OFF],
  'database-failure': [wrong('negativeStock', /No stock below zero/), NO_PODS(/^point\/shop/), LATE(45)],
  'dynamodb-restore': [
    [
      'nobody turned on point-in-time recovery',
      ['simulation.tables.pointInTime=false'],
      /point-in-time recovery of .* is off/,
    ],
    [
      'the key of the tables is disabled',
      ['simulation.tables.status.primary=INACCESSIBLE_ENCRYPTION_CREDENTIALS'],
      /is INACCESSIBLE_ENCRYPTION_CREDENTIALS/,
    ],
    ['items are not in the restored tables', ['simulation.tableRestore.losesItems=10'], /in the copy/],
  ],
  failback: [
    [
      'the old region fails under load',
      ['simulation.overload={ region: primary, above: 40 %, errors: 6 % }'],
      /% of requests failed, where 2 %/,
    ],
    [
      'the old region is slow',
      ['simulation.overload={ region: primary, above: 60 %, slowdown: 5 }'],
      /the 95th percentile took/,
    ],
    ['the replica never follows closely enough', ['simulation.replicationLag=20 s'], /^follow\/orders\/catch-up/],
    ANOTHER_OWNER(3),
  ],
  'kafka-failover': [
    [
      'MirrorMaker writes no checkpoints of a group',
      ['simulation.messaging.lacksCheckpoints=[notifications]'],
      /^check-translation/,
    ],
    ['somebody else is in the groups', ['simulation.messaging.membersStay=true'], /^stop-consumers/],
    ['consumers join and commit nothing', ['simulation.messaging.neverConsume=true'], /^prove-away/],
    ['records are not mirrored', ['simulation.messaging.losesMarkers=3'], /marker records of messages are missing/],
  ],
  'multi-az-failover': [
    ['the writer has no standby', ['simulation.instances.writer.MultiAZ=false'], /no standby|one availability zone/],
    wrong('wrongTotals', /Every total is the sum/),
    LATE(90),
  ],
  'multi-region-failover': [
    wrong('orphanOrders', /Every order has its customer/),
    NO_PODS(/^scale\/shop\/pods/),
    ['clients ignore the TTL', ['simulation.customers.ignoreTtl.share=25 %'], /^RTO missed/],
    [
      'a forgotten record takes customers',
      ['simulation.traffic.records=[{ type: A, setIdentifier: osaka, weight: 10, values: [192.0.2.7] }]'],
      /has another set/,
    ],
    LATE(90),
    ANOTHER_OWNER(40),
  ],
  'network-partition': [
    wrong('wrongTotals', /Every total is the sum/),
    [
      'the source keeps no log for its replica',
      ['simulation.partition.breaksReplication=true'],
      /^rejoin\/orders\/catch-up/,
    ],
    LATE(90),
  ],
  'network-partition-failover': [
    wrong('sequencesBehind', /sequence is ahead/),
    NO_PODS(/^scale\/shop\/pods/),
    ANOTHER_OWNER(40),
  ],
  'object-store-recovery': [
    ['the rule replicates nothing', ['simulation.objectReplication.fails=true'], /^wait-for-replication/],
    ['the replica lacks old objects', ['simulation.objectReplication.lacks=2'], /Objects that have been there/],
    ['copies hold other bytes', ['simulation.objectReplication.corrupts=true'], /holds the bytes/],
  ],
  'partial-degradation': [
    wrong('negativeStock', /No stock below zero/),
    [
      'the recovery region fails under load',
      ['simulation.overload={ region: recovery, above: 60 %, errors: 8 % }'],
      /^verify-service/,
    ],
    LATE(90),
  ],
  'partial-restore': [
    ['the login may make no schema', ['simulation.carry.refused=true'], /may make no schema/],
    NO_BACKUPS,
    wrong('orphanOrders', /Every order has its customer/),
  ],
  'planned-switchover': [
    wrong('orphanItems', /Every item has its order/),
    [
      'the recovery region fails under load',
      ['simulation.overload={ region: recovery, above: 60 %, errors: 8 % }'],
      /of requests failed/,
    ],
    ANOTHER_OWNER(3),
  ],
  'point-in-time-restore': [wrong('futureOrders', /No order from the future/), NO_BACKUPS, KEY_OFF_AT_HOME],
  'redis-global-failover': [
    ['the other group is far behind', ['simulation.cacheFailover.lag=20 s'], /is 20 s behind/],
    [
      'the other group is being modified',
      ['simulation.cache.status.recovery=modifying'],
      /ecommerce-cache-recovery is modifying/,
    ],
    [
      'the other group was taken out of the global datastore',
      ['simulation.cache.detached=true'],
      /is not a member of|there is no global datastore/,
    ],
  ],
  'redis-restore': [
    ['nobody takes snapshots any more', ['simulation.cache.snapshotsStopped=3 d'], /snapshot/],
    [
      'the group is being modified',
      ['simulation.cache.status.primary=modifying'],
      /ecommerce-cache-primary is modifying/,
    ],
    ['keys are not in the snapshot', ['simulation.cacheRestore.losesKeys=20 %'], /The restored group has as many keys/],
  ],
  'replica-promotion': [
    wrong('futureOrders', /No order from the future/),
    ['load keeps the replica from catching up', ['simulation.replica.catchUp=5 h'], /^wait: not done/],
    ['somebody deletes the source', ['simulation.sourceDeleted={ after: 17 min }'], /writer-untouched/],
  ],
  'secrets-restore': [
    ['a replica holds the version before', ['simulation.secrets.outdated=1'], /the current value/],
    ['the key opens no replica', ['simulation.secrets.keyRefused=true'], /cannot be/],
    ['somebody has secrets of these names', ['simulation.secrets.taken=true'], /there is a secret/],
  ],
  'snapshot-restore': [wrong('invalidIndexes', /index/), NO_BACKUPS, KEY_OFF_AT_HOME],
  surprise: [
    ['nobody has confirmed the commander’s topic', ['simulation.surprise.subscribers=0'], /could not be told/],
    ['others read the commander’s topic', ['simulation.surprise.subscribers=3'], /could not be told/],
    LATE(45),
  ],
  tabletop: [
    [
      'nobody knows who declares a disaster',
      ['simulation.approval.unknown=["Who declares the disaster, and who when that person cannot be reached?"]'],
      /^verification failed: decided/,
    ],
    [
      'the security lead does not answer',
      ['simulation.approval.silent=["security lead"]'],
      /^verification failed: promoted/,
    ],
    ['people take too long', ['simulation.approval.takes=11 min'], /^verification failed: detected/],
  ],
};

test('every shipped drill is in the table, with at least three defects of the platform', () => {
  expect(Object.keys(defects).sort()).toEqual(drills.toSorted());
  for (const [drill, all] of Object.entries(defects)) expect([drill, all.length >= 3]).toEqual([drill, true]);
});

describe.each(Object.entries(defects))('%s', (drill, all) => {
  test.each(all)('turns red where %s', async (_, set, says) => {
    const run = await finished(drill, [...set]);
    expect(run.exitCode).not.toBe(0);
    expect(run.reason).toMatch(says);
    expectSound(run);
  });
});

/** A defect for each shipped check: only the checks that are named find it. */
const found: Record<string, readonly [set: readonly string[], checks: readonly string[]]> = {
  'foreign-keys': [['simulation.data.unvalidatedKeys=1'], ['foreign-keys']],
  'future-orders': [['simulation.data.futureOrders=1'], ['future-orders']],
  indexes: [['simulation.data.invalidIndexes=1'], ['indexes']],
  'items-without-order': [['simulation.data.orphanItems=1'], ['items-without-order']],
  'items-without-product': [['simulation.data.itemsWithoutProduct=1'], ['items-without-product']],
  'negative-stock': [['simulation.data.negativeStock=1'], ['negative-stock']],
  'order-totals': [['simulation.data.wrongTotals=1'], ['order-totals']],
  'orders-without-customer': [['simulation.data.orphanOrders=1'], ['orders-without-customer']],
  'prepared-transactions': [['simulation.data.preparedTransactions=1'], ['prepared-transactions']],
  sequences: [['simulation.data.sequencesBehind=1'], ['sequences']],
  // Orders that are missing with their items leave nothing that points at them.
  'row counts': [['simulation.restore.losesOrders=100000'], ['rows-of-order_items', 'rows-of-orders']],
  // One that holds other values changes no number.
  checksums: [['dataChecks.checksums=[orders, products]', 'simulation.restore.altersRows=1'], ['checksum-of-orders']],
};

test('every shipped check is in the table', () => {
  const shipped = readdirSync('drills/checks').map((file) => basename(file, '.sql'));
  expect(Object.keys(found).sort()).toEqual([...shipped, 'row counts', 'checksums'].sort());
});

test.each(Object.entries(found))('%s alone finds its defect', async (_, [set, checks]) => {
  const run = await finished(SNAPSHOT, [...set]);
  expect([run.outcome, run.exitCode]).toEqual(['target-missed', 1]);
  const failed = run.of('data-check').filter(({ ok }) => ok === false);
  expect([...new Set(failed.map(({ check }) => check))].sort()).toEqual(checks);
});

test('without a defect every drill of these tables is as green as it ships', async () => {
  for (const drill of [SNAPSHOT, FAILOVER]) expect((await finished(drill)).exitCode).toBe(0);
});
