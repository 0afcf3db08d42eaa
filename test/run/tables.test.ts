import { describe, expect, test } from 'vitest';
import { expectSound } from '../year/ways-to-fail.ts';
import { type Finished, finished } from './drill.ts';

const FAILOVER = 'multi-region-failover';
const ON_TABLES = 'topology=drills/topologies/global-tables.yaml';
const OWN = '../test/drill/fixtures/own-tables';
const RETURNS = 'simulation.outage.lasts=2 min';

const findings = ({ of }: Finished): string[] => of('finding').map(({ what }) => what);
const checks = ({ of }: Finished) => of('data-check').map(({ check, ok }) => [check, ok]);
const found = ({ of }: Finished, store: string) => of('heartbeats-found').findLast((one) => one.of === store);

describe('a failover of tables', () => {
  test('loses what had not come over, and nothing of a table with strong consistency', async () => {
    const run = await finished(FAILOVER, [ON_TABLES, 'simulation.tables.replication=3 s']);
    expect([run.outcome, run.reason]).toEqual(['passed', 'every target was met']);
    const lost = (store: string): number => {
      const written = run.of('heartbeats').flatMap(({ of, rows }) => (of === store ? rows.map(([row]) => row) : []));
      return written.filter((row) => row > (found(run, store)?.last ?? 0)).length;
    };
    // Every 200 ms an item, with two calls for each.
    expect(lost('catalogue')).toBeGreaterThan(5);
    expect(lost('bookings')).toBe(0);
    expect(findings(run)).toContain('could not check what is written in eu-central-1: DynamoDB does not answer there');
  });

  test('counts items whose sort key is a string as well', async () => {
    const keys = '{ table: bookings-dr-drill, partitionKey: pk, sortKey: sk, sortKeyType: S }';
    const run = await finished(FAILOVER, [ON_TABLES, `topology.data.bookings.heartbeats=${keys}`]);
    expect([run.outcome, run.reason]).toEqual(['passed', 'every target was met']);
    expect(found(run, 'bookings')).toMatchObject({ instance: 'bookings-dr-drill', missing: [] });
  });

  test('moves no role, and changes nothing but items of its own', async () => {
    const run = await finished(FAILOVER, [ON_TABLES]);
    const changes = run.of('call').filter(({ service, mutating }) => service === 'dynamodb' && mutating);
    expect(new Set(changes.map(({ operation }) => operation))).toEqual(new Set(['PutItem']));
    expect(run.standing.tables).toEqual(run.before.tables);
  });

  test.each([
    [
      'the recovery region has no replica',
      'simulation.tables.removed=recovery',
      /^preflight: .*has no replica in eu-west-1/,
    ],
    [
      'a replica cannot be decrypted',
      'simulation.tables.status.recovery=INACCESSIBLE_ENCRYPTION_CREDENTIALS',
      /^preflight: .*INACCESSIBLE_ENCRYPTION_CREDENTIALS/,
    ],
    [
      'the tables are not as consistent as the topology says',
      'simulation.tables.consistency=eventual',
      /^preflight: bookings has eventual consistency, not strong/,
    ],
    [
      'no table takes a write',
      'simulation.throttling=[{ service: dynamodb, operation: PutItem, calls: 100000 }]',
      /^take-over\/\w+: not done within \d+ min/,
    ],
    [
      'replication is far behind, and a person refuses',
      'simulation={ tables: { replication: 5 min }, approval: { refuses: true } }',
      /^baseline\/catalogue: catalogue in eu-west-1 is .* behind; the drill allows 1 min\. .* refused/,
    ],
  ])('is rolled back where %s', async (_, setting, reason) => {
    const run = await finished(FAILOVER, [ON_TABLES, setting]);
    expect([run.outcome, run.reason]).toEqual(['rolled-back', expect.stringMatching(reason)]);
    expectSound(run);
  });

  test('misses its target where replication takes long', async () => {
    const run = await finished(FAILOVER, [ON_TABLES, 'simulation.tables.replication=40 s', 'targets.rpo=10 s']);
    expect([run.outcome, run.reason]).toEqual([
      'target-missed',
      expect.stringMatching(/^RPO of catalogue missed by 30 s/),
    ]);
  });

  test.each([
    [
      'the replica can be read less',
      'simulation.tables.readCapacity={ primary: 400, recovery: 100 }',
      /has 100 read units/,
    ],
    [
      'nothing could be restored afterwards',
      'simulation.tables.pointInTime=false',
      /^point-in-time recovery of .* in eu-west-1 is off/,
    ],
  ])('warns where %s', async (_, setting, what) => {
    const run = await finished(FAILOVER, [ON_TABLES, setting]);
    expect(run.outcome).toBe('passed');
    expect(findings(run)).toContainEqual(expect.stringMatching(what));
  });

  test('counts nothing where the topology names no table for it, and says so', async () => {
    const without = 'topology.data={ titles: { kind: dynamodb-global-table, tables: [titles] } }';
    const run = await finished(FAILOVER, [ON_TABLES, without, 'topology.compute={}']);
    expect(run.of('heartbeats')).toEqual([]);
    expect(run.of('step-ended').map(({ notDone }) => notDone)).toContain(
      'titles names no table for numbered items: that it takes writes in eu-west-1 was not tried',
    );
  });
});

describe('when the lost region has returned', () => {
  test('both regions hold the same, and what had not come over comes late', async () => {
    const run = await finished(OWN, [RETURNS]);
    expect([run.outcome, run.reason]).toEqual(['passed', 'every target was met']);
    expect(checks(run)).toEqual([
      ['follow/catalogue/compare/items-alike', true],
      ['rejoin/catalogue/items-alike', true],
    ]);
  });

  test('writes of an item that both regions have written are lost, but for the last', async () => {
    const run = await finished(OWN, [RETURNS, 'simulation.tables.replication=25 s']);
    expect(findings(run)).toContain(
      '3 acknowledged writes of one item in eu-central-1 were overwritten by a later write in eu-west-1',
    );
    expect(checks(run)).toContainEqual(['follow/catalogue/compare/items-alike', true]);
  });

  test('items that do not come back are found to be missing', async () => {
    const run = await finished(OWN, [RETURNS, 'simulation.tables.stops=40 s']);
    expect([run.outcome, run.reason]).toEqual([
      'target-missed',
      expect.stringMatching(/data check failed: Both regions hold the same numbered items/),
    ]);
  });

  test('a failback adds the replicas again that were removed, and takes them away where it is rolled back', async () => {
    const data = `topology.data={ catalogue: { kind: dynamodb-global-table, tables: [catalogue-titles], heartbeats: { table: catalogue-dr-drill } } }`;
    const removed = [ON_TABLES, data, 'simulation.tables.removed=primary'];
    const run = await finished('failback', removed);
    expect([run.outcome, run.reason]).toEqual(['passed', 'every target was met']);
    expect(run.before.tables).toEqual(['catalogue-titles in eu-west-1', 'catalogue-dr-drill in eu-west-1']);
    expect(run.standing.tables).toEqual(
      ['catalogue-titles', 'catalogue-dr-drill'].flatMap((name) => [`${name} in eu-west-1`, `${name} in eu-central-1`]),
    );
    const failing = await finished('failback', [...removed, 'simulation.tableReplica.fails=true']);
    expect([failing.outcome, failing.reason]).toEqual(['rolled-back', expect.stringMatching(/CREATION_FAILED/)]);
    expect(failing.standing.tables).toEqual(failing.before.tables);
    expectSound(failing);
  });
});
