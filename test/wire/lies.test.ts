import {
  FailoverGlobalClusterCommand,
  type PromoteReadReplicaCommandOutput,
  RDSClient,
  SwitchoverGlobalClusterCommand,
} from '@aws-sdk/client-rds';
import { Route53Client, TestDNSAnswerCommand } from '@aws-sdk/client-route-53';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Aborted } from '../../src/errors.ts';
import { asGatewayKnowsIt } from '../../src/live/sdk-errors.ts';
import { GLOBAL, NODES, PRIMARY, RECOVERY, REPLICA, WRITER, WRITER_ARN } from './moto-account.ts';
import { instanceSeen, sizeSeen } from './moto-ports.ts';
import { type MotoBench, motoBench } from './steps-on-moto.ts';

/** What an upgrade of moto is to be told by. */
const FIXED = 'This lie of moto has been fixed upstream: use it, and strike it from the list.';

let bench: MotoBench;
beforeAll(async () => {
  bench = await motoBench();
});
afterAll(() => bench.close());

/** The name of the error a call ends with; `none` when it was accepted. */
const refusalOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: Error) => error.name,
  );

test('a promoted replica keeps its source, so that our step never takes it for promoted', async () => {
  const step = bench.step('drills/multi-region-failover.yaml', 'take-over/orders', {
    signal: AbortSignal.timeout(4_000),
  });
  const before = await step.observe();
  expect(before).toMatchObject({ done: false, state: { source: WRITER_ARN } });
  await step.apply(before);
  const { ReadReplicaSourceDBInstanceIdentifier: source } = (await instanceSeen(bench.boto3, RECOVERY, REPLICA)) ?? {};
  expect(source, FIXED).toBe(WRITER_ARN);
  await expect(step.settle(before), FIXED).rejects.toBeInstanceOf(Aborted);
});

test('what is no replica is promoted all the same', async () => {
  const work = bench.boto3.call<PromoteReadReplicaCommandOutput>('rds', PRIMARY, 'PromoteReadReplica', {
    DBInstanceIdentifier: WRITER,
  });
  expect(await refusalOf(work), FIXED).toBe('none');
});

test('what does not exist makes a promotion crash, and we call that unsupported', async () => {
  const promotion = bench.transport.send('rds', RECOVERY, 'PromoteReadReplica', { DBInstanceIdentifier: 'none' });
  await expect(promotion, FIXED).rejects.toMatchObject({ code: 'not-supported' });
});

test('a restore to a time in the future is accepted, and what it makes is a replica', async () => {
  const restore = bench.boto3.call('rds', PRIMARY, 'RestoreDBInstanceToPointInTime', {
    SourceDBInstanceIdentifier: WRITER,
    TargetDBInstanceIdentifier: 'from-the-future',
    RestoreTime: new Date(Date.now() + 3_600_000).toISOString(),
  });
  expect(await refusalOf(restore), FIXED).toBe('none');
  const made = await instanceSeen(bench.boto3, PRIMARY, 'from-the-future');
  expect(made?.ReadReplicaSourceDBInstanceIdentifier, FIXED).toBe(WRITER);
});

test('a node group may be asked for more nodes than it may have', async () => {
  const scalingConfig = { minSize: 3, desiredSize: 9, maxSize: 4 };
  const work = bench.boto3.call('eks', RECOVERY, 'UpdateNodegroupConfig', { ...NODES, scalingConfig });
  expect(await refusalOf(work), FIXED).toBe('none');
  expect(await sizeSeen(bench.boto3, RECOVERY, NODES), FIXED).toEqual(scalingConfig);
});

test('a health check’s version is not looked at, and never counted', async () => {
  const asked = { HealthCheckId: bench.account.gate, HealthCheckVersion: 77, Inverted: true };
  const work = bench.boto3.call('route53', GLOBAL, 'UpdateHealthCheck', asked);
  expect(await refusalOf(work), FIXED).toBe('none');
  const check = await bench.boto3.call('route53', GLOBAL, 'GetHealthCheck', { HealthCheckId: bench.account.gate });
  expect(check, FIXED).toMatchObject({ HealthCheck: { HealthCheckVersion: 1 } });
});

test('a change of records is in sync at once, and so is one that nobody made', async () => {
  const ResourceRecordSet = { Name: 'a.example.com', Type: 'A', TTL: 1, ResourceRecords: [{ Value: '192.0.2.1' }] };
  const made = await bench.boto3.call('route53', GLOBAL, 'ChangeResourceRecordSets', {
    HostedZoneId: bench.account.zone,
    ChangeBatch: { Changes: [{ Action: 'UPSERT', ResourceRecordSet }] },
  });
  expect(made, FIXED).toMatchObject({ ChangeInfo: { Status: 'INSYNC' } });
  const change = await bench.boto3.call('route53', GLOBAL, 'GetChange', { Id: 'CNEVERMADE' });
  expect(change, FIXED).toMatchObject({ ChangeInfo: { Status: 'INSYNC' } });
});

test('a record is not created again as it once was', async () => {
  const ResourceRecordSet = { Name: 'b.example.com', Type: 'A', TTL: 1, ResourceRecords: [{ Value: '192.0.2.1' }] };
  const change = (Action: string, TTL: number) =>
    bench.boto3.call('route53', GLOBAL, 'ChangeResourceRecordSets', {
      HostedZoneId: bench.account.zone,
      ChangeBatch: { Changes: [{ Action, ResourceRecordSet: { ...ResourceRecordSet, TTL } }] },
    });
  await change('CREATE', 1);
  await change('UPSERT', 2);
  await change('DELETE', 2);
  await expect(change('CREATE', 1), FIXED).rejects.toThrow('already exists');
});

test('the wait for an update of a node group is lacking', async () => {
  const asked = { name: NODES.clusterName, nodegroupName: NODES.nodegroupName, updateId: 'any' };
  const work = bench.transport.send('eks', RECOVERY, 'DescribeUpdate', asked);
  await expect(work, FIXED).rejects.toMatchObject({
    code: 'not-supported',
    message: 'eks DescribeUpdate is not supported by this endpoint.',
    hint: expect.stringContaining('AWS_ENDPOINT_URL'),
  });
});

const global = { GlobalClusterIdentifier: 'any', TargetDbClusterIdentifier: `arn:aws:rds:${RECOVERY}:1:cluster:any` };

// No drill uses these yet, so that they have no way through our transport: what the SDK raises is read as there.
test.each([
  ['rds', 'FailoverGlobalCluster', () => new RDSClient(client).send(new FailoverGlobalClusterCommand(global))],
  ['rds', 'SwitchoverGlobalCluster', () => new RDSClient(client).send(new SwitchoverGlobalClusterCommand(global))],
  [
    'route53',
    'TestDNSAnswer',
    () =>
      new Route53Client(client).send(
        new TestDNSAnswerCommand({ HostedZoneId: bench.account.zone, RecordName: 'shop.example.com', RecordType: 'A' }),
      ),
  ],
] as const)('%s %s is lacking', async (service, operation, call) => {
  const error: unknown = await call().then(
    () => FIXED,
    (thrown) => asGatewayKnowsIt(thrown, { service, operation, region: 'ap-northeast-1' }),
  );
  expect(error, FIXED).toMatchObject({
    code: 'not-supported',
    message: `${service} ${operation} is not supported by this endpoint.`,
  });
});

const client = { region: RECOVERY, maxAttempts: 1 };
