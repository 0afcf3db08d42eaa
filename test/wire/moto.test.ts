import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newestValue } from '../../src/steps/cloudwatch/metric.ts';
import { PAIR } from '../run/drill.ts';
import { ACCOUNT, NODES, PRIMARY, RECOVERY, REPLICA, WRITER } from './moto-account.ts';
import { checkSeen, instanceSeen, recordsSeen, sizeSeen } from './moto-ports.ts';
import { type MotoBench, motoBench } from './steps-on-moto.ts';

const FAILOVER = 'drills/multi-region-failover.yaml';
const SNAPSHOT = 'drills/snapshot-restore.yaml';
const POINT = 'drills/point-in-time-restore.yaml';

let bench: MotoBench;
beforeAll(async () => {
  bench = await motoBench();
});
beforeEach(() => {
  bench.events.length = 0;
});
afterAll(() => bench.close());

const found = (severity: string) =>
  bench.events.flatMap((event) => (event.type === 'finding' && event.severity === severity ? [event.what] : []));
/** moto chooses the ids of security groups itself. */
const groupMissing = (id: string) => `there is no security group ${id} in ${PRIMARY}`;
const groupsSeen = async (id: string) =>
  (await instanceSeen(bench.boto3, PRIMARY, id))?.VpcSecurityGroups?.map((group) => group.VpcSecurityGroupId);

describe('what only looks', () => {
  test('the preflight of a failover finds the account as the topology has it, and says what nobody could tell it', async () => {
    const overrides = ['topology=test/platforms/pair.yaml', 'topology.traffic.public.records=failover'];
    const look = bench.step(FAILOVER, 'preflight', { overrides });
    // moto knows no percentiles, and a drill that measures one must not begin without.
    const lacking = 'cannot read ResponseTime: cloudwatch GetMetricData is not supported by this endpoint.';
    await expect(look.carryOut()).rejects.toMatchObject({ code: 'blocked' });
    const missing = ['sg-0a1b2c3d4e5f60001', 'sg-0a1b2c3d4e5f6000f'].map(groupMissing);
    expect(found('blocker').toSorted()).toEqual([lacking, ...missing].toSorted());
    expect(found('warning')).toEqual([WRITER, REPLICA].map((one) => `${one} has no deletion protection`));
    expect(found('note').filter((what) => what.includes('is not supported by this endpoint'))).toEqual([
      expect.stringMatching(/^the quota of nodes .* is not known: servicequotas GetAWSDefaultServiceQuota/),
      expect.stringMatching(/^IAM was not asked .*: iam SimulatePrincipalPolicy/),
    ]);
  });

  test('the preflight of a restore finds backups to restore from', async () => {
    await expect(bench.step(SNAPSHOT, 'preflight').carryOut()).rejects.toMatchObject({ code: 'blocked' });
    // moto knows no PostgreSQL of this version.
    expect(found('blocker').toSorted()).toEqual([
      'ap-east-2 offers no db.r6g.xlarge for postgres 17.6',
      'the option group default:postgres-17-6 of ecommerce-db-primary is for postgres 13, and ecommerce-db-primary is postgres 17',
      groupMissing('sg-0a1b2c3d4e5f60001'),
    ]);
  });

  test('the preflight stops at another account', async () => {
    const step = bench.step(FAILOVER, 'preflight', { account: '111122223333' });
    await expect(step.carryOut()).rejects.toMatchObject({
      code: 'wrong-account',
      message: expect.stringContaining(ACCOUNT),
    });
  });

  test('the validation of the recovery region', async () => {
    const { result } = await bench.step(FAILOVER, 'validate-recovery', { overrides: [PAIR] }).carryOut();
    expect(result).toEqual({ findings: 3 });
    expect(found('warning')).toEqual(['ecommerce-db-dr-replica has no automated snapshot that is available']);
    // Of quotas moto knows nothing.
    expect(found('note')).toEqual([
      expect.stringMatching(/^the quota of nodes .* is not known: servicequotas GetAWSDefaultServiceQuota/),
      expect.stringMatching(/^the number of vCPUs of the nodes of /),
    ]);
  });

  test('the newest value of a metric', async () => {
    const metric = {
      region: RECOVERY,
      namespace: 'Shop',
      name: 'ErrorRate',
      stat: 'Average' as const,
      periodMs: 60_000,
    };
    const since = Date.now() - 10 * 60_000;
    expect(await newestValue(metric, since, bench.context())).toBe(0.25);
    expect(await newestValue({ ...metric, name: 'Unpublished' }, since, bench.context())).toBeUndefined();
  });
});

test('the old writer is put into quarantine, and let out again', async () => {
  const fence = bench.step(FAILOVER, 'fence/orders');
  const { before, result } = await fence.carryOut();
  expect(before).toMatchObject({ done: false, state: { reachable: true, groups: ['sg-0a1b2c3d4e5f60001'] } });
  expect(result).toEqual({ how: 'quarantined' });
  const changes = bench.events.flatMap((event) => (event.type === 'call' && event.mutating ? [event.operation] : []));
  expect(changes).toEqual(['ModifyDBInstance', 'RebootDBInstance']);
  expect(await groupsSeen(WRITER)).toEqual(['sg-0a1b2c3d4e5f6000f']);
  expect(await fence.observe()).toMatchObject({ done: true });
  await fence.undo(before);
  expect(await groupsSeen(WRITER)).toEqual(['sg-0a1b2c3d4e5f60001']);
});

describe.each([
  {
    drill: SNAPSHOT,
    copy: 'orders-restore-drill',
    point: { from: 'snapshot', id: /^rds:ecommerce-db-primary-/ },
  },
  { drill: POINT, copy: 'orders-pitr-drill', point: { from: 'point-in-time', id: /^ecommerce-db-primary@20/ } },
])('the steps of $drill', ({ drill, copy, point }) => {
  test('find what to restore, restore it as the topology says, and delete it again', async () => {
    const chosen = await bench.step(drill, 'choose-recovery-point/orders').carryOut();
    expect(chosen.result).toMatchObject({ from: point.from, id: expect.stringMatching(point.id) });
    const restore = bench.step(drill, 'restore/orders', { results: { 'choose-recovery-point/orders': chosen.result } });
    const { result } = await restore.carryOut();
    const restored = await instanceSeen(bench.boto3, PRIMARY, copy);
    expect(restored).toMatchObject({
      DBInstanceStatus: 'available',
      DBInstanceClass: 'db.r6g.xlarge',
      DBSubnetGroup: { DBSubnetGroupName: 'ecommerce-private' },
      DBParameterGroups: [{ DBParameterGroupName: 'ecommerce-postgres17' }],
      VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-0a1b2c3d4e5f60001' }],
      DeletionProtection: false,
      TagList: [
        { Key: 'dr-drill', Value: point.from === 'snapshot' ? 'snapshot-restore' : 'point-in-time-restore' },
        { Key: 'dr-drill:run', Value: '2026-01-05T01-00-00-000Z' },
      ],
    });
    expect(result).toEqual({ address: restored?.Endpoint?.Address });
    // Done already: nothing is asked for a second time.
    expect(await restore.observe()).toMatchObject({ done: true });
    const deletion = bench.step(drill, 'delete-restored/orders');
    await deletion.carryOut();
    expect(await instanceSeen(bench.boto3, PRIMARY, copy)).toBeUndefined();
    expect(await deletion.observe()).toMatchObject({ done: true });
  });
});

test('what a drill did not make is neither restored over nor deleted', async () => {
  const id = 'somebody-elses';
  await bench.boto3.call('rds', PRIMARY, 'RestoreDBInstanceToPointInTime', {
    SourceDBInstanceIdentifier: WRITER,
    TargetDBInstanceIdentifier: id,
    UseLatestRestorableTime: true,
  });
  const overrides = [`restored.identifier=${id}`];
  const results = { 'choose-recovery-point/orders': { from: 'snapshot', id: 'any', timeMs: 0 } };
  const restore = bench.step(SNAPSHOT, 'restore/orders', { overrides, results });
  await expect(restore.carryOut()).rejects.toMatchObject({ code: 'name-taken' });
  const deletion = bench.step(SNAPSHOT, 'delete-restored/orders', { overrides });
  await expect(deletion.carryOut()).rejects.toMatchObject({ code: 'not-ours' });
  expect(await instanceSeen(bench.boto3, PRIMARY, id)).toMatchObject({ DBInstanceStatus: 'available' });
});

describe('traffic is shifted, and back', () => {
  test.each([
    { what: 'a gate', name: 'shop.example.com', check: 'gate', disabled: false },
    { what: 'an endpoint’s own check', name: 'other.example.com', check: 'endpointCheck', disabled: true },
  ] as const)('by inverting $what', async ({ name, check, disabled }) => {
    const id = bench.account[check];
    const overrides = [`topology.traffic.public.name=${name}`, `topology.traffic.public.primary.healthCheck=${id}`];
    const shift = bench.step(FAILOVER, 'shift/public', { overrides });
    const { before } = await shift.carryOut();
    expect(before).toMatchObject({ done: false, state: { inverted: false, disabled: false } });
    expect(await checkSeen(bench.boto3, id)).toMatchObject({ Inverted: true, Disabled: disabled });
    await shift.undo(before);
    expect(await checkSeen(bench.boto3, id)).toMatchObject({ Inverted: false, Disabled: false });
  });

  test('by weights, but moto never creates a record again as it once was, and that is no pass', async () => {
    const name = 'weighted.example.com';
    const overrides = [`topology.traffic.public.name=${name}`, 'topology.traffic.public.lever=weighted-records'];
    const shift = bench.step(FAILOVER, 'shift/public', { overrides });
    const weights = async () =>
      (await recordsSeen(bench.boto3, bench.account.zone, name)).map(
        ({ SetIdentifier, Weight, TTL, ResourceRecords }) => [SetIdentifier, Weight, TTL, ResourceRecords?.[0]?.Value],
      );
    const records = await weights();
    const { before } = await shift.carryOut();
    expect(before).toMatchObject({
      done: false,
      state: {
        [name]: [
          { SetIdentifier: 'taipei', Weight: 100 },
          { SetIdentifier: 'tokyo', Weight: 0 },
        ],
      },
    });
    expect(await weights()).toEqual([
      ['taipei', 0, 30, '203.0.113.10'],
      ['tokyo', 100, 30, '198.51.100.20'],
    ]);
    await expect(shift.undo(before)).rejects.toThrow('already exists');
    expect(await weights()).not.toEqual(records);
  });
});

test('a node group is given its size, but moto lacks the wait for it, and that is no pass', async () => {
  const scale = bench.step(FAILOVER, 'scale/shop/nodes');
  const before = await scale.observe();
  expect(before).toMatchObject({
    done: false,
    state: { status: 'ACTIVE', size: { min: 3, desired: 3, max: 30 }, ready: 3 },
  });
  const lacking = { code: 'not-supported', message: 'eks DescribeUpdate is not supported by this endpoint.' };
  await expect(scale.settle(before, await scale.apply(before))).rejects.toMatchObject(lacking);
  expect(await sizeSeen(bench.boto3, RECOVERY, NODES)).toEqual({ minSize: 9, desiredSize: 9, maxSize: 30 });
  expect(await scale.observe()).toMatchObject({ done: true });
  await expect(scale.undo(before)).rejects.toMatchObject(lacking);
  expect(await sizeSeen(bench.boto3, RECOVERY, NODES)).toEqual({ minSize: 3, desiredSize: 3, maxSize: 30 });
});

test('boto3 said nothing of its own', () => {
  expect(bench.boto3.complaints).toBe('');
});

describe('tables of DynamoDB', () => {
  const RESTORE = 'drills/dynamodb-restore.yaml';
  const overrides = [
    'topology=test/platforms/pair.yaml',
    'topology.data.titles={ kind: dynamodb-global-table, tables: [titles], heartbeats: { table: items } }',
  ];
  const here = { region: PRIMARY };

  test('tables are restored, tagged and compared, and the copies deleted', async () => {
    const keys = (...names: [name: string, type: string, key: string][]) => ({
      AttributeDefinitions: names.map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })),
      KeySchema: names.map(([AttributeName, , KeyType]) => ({ AttributeName, KeyType })),
      BillingMode: 'PAY_PER_REQUEST',
    });
    const call = (operation: string, asked: object) => bench.boto3.call('dynamodb', here.region, operation, asked);
    await call('CreateTable', { TableName: 'titles', ...keys(['id', 'S', 'HASH']) });
    await call('CreateTable', { TableName: 'items', ...keys(['run', 'S', 'HASH'], ['sequence', 'N', 'RANGE']) });
    await call('PutItem', { TableName: 'titles', Item: { id: { S: 'one' } } });
    for (const TableName of ['titles', 'items'])
      await call('UpdateContinuousBackups', {
        TableName,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      });
    // A lie of moto: both ends of the window are this very moment, so that no whole second is in it.
    const chosen = bench.step(RESTORE, 'choose', { overrides }).carryOut();
    await expect(chosen).rejects.toMatchObject({ code: 'not-restorable' });
    const results = { choose: { timeMs: Math.floor(Date.now() / 1_000) * 1_000 } };
    await bench.step(RESTORE, 'restore', { overrides, results }).carryOut();
    const copy = `arn:aws:dynamodb:${PRIMARY}:${ACCOUNT}:table/restore-drill-titles`;
    expect(await call('ListTagsOfResource', { ResourceArn: copy })).toMatchObject({
      Tags: [{ Key: 'dr-drill', Value: 'dynamodb-restore' }, { Key: 'dr-drill:run' }],
    });
    await bench.step(RESTORE, 'compare', { overrides, results }).carryOut();
    const checks = bench.events.flatMap((event) => (event.type === 'data-check' ? [[event.check, event.ok]] : []));
    expect(checks).toEqual([
      ['titles-restored', true],
      ['items-restored', true],
    ]);
    await bench.step(RESTORE, 'delete', { overrides, results }).carryOut();
    expect(await call('ListTables', {})).toMatchObject({ TableNames: ['titles', 'items'] });
  });
});
