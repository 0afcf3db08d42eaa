import { randomUUID } from 'node:crypto';
import type { DescribeNodegroupResponse } from '@aws-sdk/client-eks';
import type {
  DescribeDBInstancesCommandOutput,
  DescribeDBSnapshotsCommandOutput,
  ModifyDBInstanceCommandOutput,
} from '@aws-sdk/client-rds';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { componentOf } from '../../src/drill/components.ts';
import { loadTopology } from '../../src/drill/load.ts';
import { operations } from '../server/server.ts';
import {
  CACHE,
  CACHE_COPY,
  CONTROLS,
  DATASTORE,
  EVIDENCE,
  GATE,
  GLOBAL_CLUSTER,
  GROUPS,
  ITEMS,
  LISTENER,
  MEDIA,
  MEDIA_COPY,
  MESSAGES_COPY,
  PRIMARY,
  QUARANTINE,
  RECOVERY,
  RECOVERY_CLUSTER,
  REPLICA,
  SECRET,
  TABLE,
  TARGET_GROUP,
  TOPIC,
  topology,
  WRITER,
  ZONE,
} from '../simulator/world.ts';
import { Boto3 } from './boto3.ts';
import { simulatedAccount } from './simulated-account.ts';

const GLOBAL = 'us-east-1';
const ROLE = 'arn:aws:iam::111122223333:role/dr-drill';
const SOURCE = `arn:aws:rds:${PRIMARY}:111122223333:db:${WRITER}`;
const GROUP = { clusterName: RECOVERY_CLUSTER.cluster, nodegroupName: 'recovery-workers' };
const COPY = { DBInstanceIdentifier: 'copy' };
const writer = { DBInstanceIdentifier: WRITER };
const replica = { DBInstanceIdentifier: REPLICA };

let account: Awaited<ReturnType<typeof simulatedAccount>>;
let boto3: Boto3;
/** An account whose records are gated by routing controls. */
let withControls: typeof account;
let arc: Boto3;
/** An account with services in ECS. */
let withServices: typeof account;
let ecs: Boto3;
beforeAll(async () => {
  account = await simulatedAccount(topology());
  boto3 = new Boto3(account.url);
  withControls = await simulatedAccount(topology('arc-routing-controls'));
  arc = new Boto3(withControls.url);
  withServices = await simulatedAccount(loadTopology('test/platforms/ecs-two-apps.yaml'));
  ecs = new Boto3(withServices.url);
});
afterAll(() =>
  Promise.all([
    ...[boto3.close(), account.close(), arc.close(), withControls.close()],
    ...[ecs.close(), withServices.close()],
  ]),
);

const instance = async (region: string, asked: object) =>
  (await boto3.call<DescribeDBInstancesCommandOutput>('rds', region, 'DescribeDBInstances', asked)).DBInstances?.[0];

const snapshot = async () => {
  const asked = { ...writer, SnapshotType: 'automated' };
  const answer = await boto3.call<DescribeDBSnapshotsCommandOutput>('rds', PRIMARY, 'DescribeDBSnapshots', asked);
  return answer.DBSnapshots?.[0];
};

const hoursAgo = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();
const ageInHours = (instant: unknown): number => (Date.now() - Date.parse(String(instant))) / 3_600_000;

describe('what boto3 reads', () => {
  test('which clusters, node groups and zones there are', async () => {
    const { cluster } = RECOVERY_CLUSTER;
    expect(await boto3.call('eks', RECOVERY, 'ListClusters')).toMatchObject({ clusters: [cluster] });
    expect(await boto3.call('eks', RECOVERY, 'ListNodegroups', { clusterName: cluster })).toMatchObject({
      nodegroups: [GROUP.nodegroupName],
    });
    const zones = await boto3.call('route53', GLOBAL, 'ListHostedZones');
    expect(zones).toMatchObject({ HostedZones: [{ Id: `/hostedzone/${ZONE}` }] });
    const zone = await boto3.call('route53', GLOBAL, 'GetHostedZone', { Id: ZONE });
    expect(zone).toMatchObject({ HostedZone: { Id: `/hostedzone/${ZONE}` } });
  });

  test('who calls', async () => {
    expect(await boto3.call('sts', PRIMARY, 'GetCallerIdentity')).toMatchObject({ Account: '111122223333' });
  });

  test('the writer and its replica', async () => {
    expect(await instance(PRIMARY, writer)).toMatchObject({
      DBInstanceStatus: 'available',
      MultiAZ: true,
      AllocatedStorage: 500,
      Endpoint: { Port: 5432 },
      VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-0a1b2c3d4e5f60001', Status: 'active' }],
      ReadReplicaDBInstanceIdentifiers: [`arn:aws:rds:${RECOVERY}:111122223333:db:${REPLICA}`],
    });
    expect(ageInHours((await instance(PRIMARY, writer))?.LatestRestorableTime)).toBeLessThan(0.2);
    expect(await instance(RECOVERY, replica)).toMatchObject({
      ReadReplicaSourceDBInstanceIdentifier: SOURCE,
      StatusInfos: [{ StatusType: 'read replication', Normal: true, Status: 'replicating' }],
    });
    const all = await boto3.pages<DescribeDBInstancesCommandOutput>('rds', RECOVERY, 'DescribeDBInstances', {}, 20);
    expect(all.DBInstances?.map(({ DBInstanceIdentifier }) => DBInstanceIdentifier)).toEqual([
      REPLICA,
      'shop-aurora-recovery-1',
    ]);
  });

  test('its backups', async () => {
    const newest = await snapshot();
    expect(newest).toMatchObject({ ...writer, Status: 'available', SnapshotType: 'automated', PercentProgress: 100 });
    expect(ageInHours(newest?.SnapshotCreateTime)).toBeLessThan(24);
    const kept = await boto3.call('rds', PRIMARY, 'DescribeDBInstanceAutomatedBackups', writer);
    expect(kept).toMatchObject({ DBInstanceAutomatedBackups: [{ ...writer, BackupRetentionPeriod: 7 }] });
  });

  test('the cluster and its nodes', async () => {
    const { cluster: name } = RECOVERY_CLUSTER;
    const cluster = await boto3.call('eks', RECOVERY, 'DescribeCluster', { name });
    expect(cluster).toMatchObject({ cluster: { name, status: 'ACTIVE', version: '1.33' } });
    expect(await boto3.call('eks', RECOVERY, 'DescribeNodegroup', GROUP)).toMatchObject({
      nodegroup: {
        status: 'ACTIVE',
        scalingConfig: { minSize: 3, desiredSize: 3, maxSize: 30 },
        health: { issues: [] },
      },
    });
  });

  test('the records, also page by page', async () => {
    const records = [
      { Name: 'shop.example.com.', SetIdentifier: 'taipei', Failover: 'PRIMARY', TTL: 30, HealthCheckId: GATE },
      { Name: 'shop.example.com.', SetIdentifier: 'tokyo', Failover: 'SECONDARY', TTL: 30 },
    ];
    const zone = { HostedZoneId: ZONE };
    const whole = await boto3.call('route53', GLOBAL, 'ListResourceRecordSets', zone);
    expect(whole).toMatchObject({ ResourceRecordSets: records, IsTruncated: false });
    const pages = await boto3.pages('route53', GLOBAL, 'ListResourceRecordSets', zone, 1);
    expect(pages).toMatchObject({ ResourceRecordSets: records });
  });

  test('the health check', async () => {
    expect(await boto3.call('route53', GLOBAL, 'GetHealthCheck', { HealthCheckId: GATE })).toMatchObject({
      HealthCheck: { HealthCheckVersion: 1, HealthCheckConfig: { Inverted: false, Disabled: false } },
    });
    const status = boto3.call('route53', GLOBAL, 'GetHealthCheckStatus', { HealthCheckId: GATE });
    await expect(status).rejects.toThrow("can't get the status of the calculated health check");
  });

  test('metrics and alarms', async () => {
    const metric = (Namespace: string, MetricName: string, Dimensions: object[] = []) => ({
      Id: MetricName.toLowerCase(),
      MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period: 60, Stat: 'Average' },
    });
    const lag = metric('AWS/RDS', 'ReplicaLag', [{ Name: 'DBInstanceIdentifier', Value: REPLICA }]);
    const MetricDataQueries = [metric('Shop', 'ErrorRate'), metric('Shop', 'ResponseTime'), lag];
    const window = { StartTime: hoursAgo(0.2), EndTime: hoursAgo(0) };
    const values = { StatusCode: 'Complete', Values: expect.arrayContaining([expect.any(Number)]) };
    expect(await boto3.call('cloudwatch', RECOVERY, 'GetMetricData', { MetricDataQueries, ...window })).toMatchObject({
      MetricDataResults: ['errorrate', 'responsetime', 'replicalag'].map((Id) => ({ Id, ...values })),
    });
    expect(await boto3.call('cloudwatch', RECOVERY, 'DescribeAlarms')).toMatchObject({
      MetricAlarms: [{ Namespace: 'Shop', Threshold: 0.01, StateValue: 'OK' }],
    });
  });

  test('permissions and quotas', async () => {
    expect(await boto3.call('iam', GLOBAL, 'GetRole', { RoleName: 'dr-drill' })).toMatchObject({ Role: { Arn: ROLE } });
    const asked = { PolicySourceArn: ROLE, ActionNames: ['rds:PromoteReadReplica'], ResourceArns: [SOURCE] };
    expect(await boto3.call('iam', GLOBAL, 'SimulatePrincipalPolicy', asked)).toMatchObject({
      EvaluationResults: [{ EvalActionName: 'rds:PromoteReadReplica', EvalDecision: 'allowed' }],
    });
    const quota = { ServiceCode: 'rds', QuotaCode: 'L-7B6409FD' };
    for (const operation of ['GetServiceQuota', 'GetAWSDefaultServiceQuota']) {
      expect(await boto3.call('service-quotas', RECOVERY, operation, quota)).toMatchObject({ Quota: { Value: 40 } });
    }
  });
});

describe('what the preflight looks at before anything changes', () => {
  const rds = (operation: string, asked: object) => boto3.call('rds', PRIMARY, operation, asked);

  test('the groups that an instance is made in, and the classes that a region offers', async () => {
    const database = componentOf(topology(), 'rds-replica').writer;
    const subnets = await rds('DescribeDBSubnetGroups', { DBSubnetGroupName: database.subnetGroup });
    expect(subnets).toMatchObject({
      DBSubnetGroups: [
        {
          DBSubnetGroupName: database.subnetGroup,
          SubnetGroupStatus: 'Complete',
          VpcId: `vpc-${PRIMARY}`,
          Subnets: [
            { SubnetAvailabilityZone: { Name: `${PRIMARY}a` } },
            { SubnetAvailabilityZone: { Name: `${PRIMARY}b` } },
          ],
        },
      ],
    });
    const parameters = await rds('DescribeDBParameterGroups', { DBParameterGroupName: database.parameterGroup });
    expect(parameters).toMatchObject({ DBParameterGroups: [{ DBParameterGroupFamily: 'postgres17' }] });
    const OptionGroupName = (await instance(PRIMARY, writer))?.OptionGroupMemberships?.[0]?.OptionGroupName;
    expect(await rds('DescribeOptionGroups', { OptionGroupName })).toMatchObject({
      OptionGroupsList: [{ OptionGroupName, EngineName: 'postgres', MajorEngineVersion: '17' }],
    });
    const asked = { Engine: 'postgres', EngineVersion: '17.6', DBInstanceClass: database.class, Vpc: true };
    expect(await rds('DescribeOrderableDBInstanceOptions', asked)).toMatchObject({
      OrderableDBInstanceOptions: [{ DBInstanceClass: database.class, MultiAZCapable: true, Vpc: true }],
    });
    expect(await rds('DescribeOrderableDBInstanceOptions', { ...asked, DBInstanceClass: 'db.m3.large' })).toMatchObject(
      { OrderableDBInstanceOptions: [] },
    );
  });

  test('security groups, by ID and by filter', async () => {
    const groups = (asked: object) => boto3.call('ec2', PRIMARY, 'DescribeSecurityGroups', asked);
    const [open, closed] = ['sg-0a1b2c3d4e5f60001', QUARANTINE];
    const lets = [{ IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432 }];
    const told = [
      { GroupId: open, OwnerId: '111122223333', VpcId: `vpc-${PRIMARY}`, IpPermissions: lets },
      { GroupId: closed, VpcId: `vpc-${PRIMARY}`, IpPermissions: [] },
    ];
    expect(await groups({ GroupIds: [open, closed] })).toMatchObject({ SecurityGroups: told });
    const inNetwork = { Name: 'vpc-id', Values: [`vpc-${PRIMARY}`] };
    expect(
      await groups({ Filters: [{ Name: 'group-id', Values: [open, closed, 'sg-none'] }, inNetwork] }),
    ).toMatchObject({ SecurityGroups: told });
    expect(await groups({ Filters: [{ Name: 'group-id', Values: ['sg-none'] }] })).toEqual({ SecurityGroups: [] });
  });

  test('the zones of a node group, and what is reserved there', async () => {
    const ec2 = (operation: string, asked: object) => boto3.call<object>('ec2', RECOVERY, operation, asked);
    const { nodegroup } = await boto3.call<DescribeNodegroupResponse>('eks', RECOVERY, 'DescribeNodegroup', GROUP);
    const zones = ['a', 'b', 'c'].map((letter) => `${RECOVERY}${letter}`);
    expect(await ec2('DescribeSubnets', { SubnetIds: nodegroup?.subnets })).toMatchObject({
      Subnets: zones.map((AvailabilityZone) => ({ AvailabilityZone, VpcId: `vpc-${RECOVERY}` })),
    });
    const active = { Filters: [{ Name: 'state', Values: ['active'] }] };
    expect(await ec2('DescribeCapacityReservations', active)).toMatchObject({
      CapacityReservations: zones.map((AvailabilityZone) => ({
        AvailabilityZone,
        InstanceType: nodegroup?.instanceTypes?.[0],
        TotalInstanceCount: 3,
        AvailableInstanceCount: 2,
        InstanceMatchCriteria: 'open',
      })),
    });
  });

  test('the groups that a cache is made in', async () => {
    const call = (operation: string, asked: object) => boto3.call('elasticache', PRIMARY, operation, asked);
    const { subnetGroup, parameterGroup } = componentOf(topology(), 'elasticache-global').primary;
    expect(await call('DescribeCacheSubnetGroups', { CacheSubnetGroupName: subnetGroup })).toMatchObject({
      CacheSubnetGroups: [{ CacheSubnetGroupName: subnetGroup, VpcId: `vpc-${PRIMARY}` }],
    });
    expect(await call('DescribeCacheParameterGroups', { CacheParameterGroupName: parameterGroup })).toMatchObject({
      CacheParameterGroups: [{ CacheParameterGroupName: parameterGroup, CacheParameterGroupFamily: 'redis7' }],
    });
    expect(await call('DescribeCacheClusters', {})).toMatchObject({
      CacheClusters: [{ CacheSubnetGroupName: subnetGroup }, { CacheSubnetGroupName: subnetGroup }],
    });
  });

  test('a function, a document, an experiment template and the role that it acts with', async () => {
    const asked = { FunctionName: 'warm-up' };
    expect(await boto3.call('lambda', RECOVERY, 'GetFunctionConfiguration', asked)).toMatchObject({
      FunctionArn: `arn:aws:lambda:${RECOVERY}:111122223333:function:warm-up`,
      State: 'Active',
      LastUpdateStatus: 'Successful',
    });
    expect(await boto3.call('ssm', RECOVERY, 'DescribeDocument', { Name: 'Shop-Drain' })).toMatchObject({
      Document: {
        DocumentType: 'Automation',
        Status: 'Active',
        Parameters: [{ Name: 'Queues', Type: 'String' }],
      },
    });
    const id = 'EXT2StressTheNodes';
    const RoleName = 'fis-experiments';
    const role = `arn:aws:iam::111122223333:role/${RoleName}`;
    expect(await boto3.call('fis', RECOVERY, 'GetExperimentTemplate', { id })).toMatchObject({
      experimentTemplate: {
        id,
        roleArn: role,
        stopConditions: [{ source: 'aws:cloudwatch:alarm', value: expect.stringContaining(':alarm:shop-error-rate') }],
      },
    });
    expect(await boto3.call('iam', GLOBAL, 'GetRole', { RoleName })).toMatchObject({ Role: { Arn: role } });
  });
});

describe('objects', () => {
  const key = { Bucket: MEDIA, Key: 'a folder/<&> 演練+1.txt' };
  const read = (region: string, asked: object) => boto3.call<{ Body: string }>('s3', region, 'GetObject', asked);

  test('where a bucket is, and what becomes of what is written to it', async () => {
    expect(await boto3.call('s3', PRIMARY, 'ListBuckets', { BucketRegion: PRIMARY })).toMatchObject({
      Buckets: expect.arrayContaining([expect.objectContaining({ Name: MEDIA, BucketRegion: PRIMARY })]),
    });
    expect(await boto3.call('s3', PRIMARY, 'GetBucketLocation', { Bucket: MEDIA })).toEqual({
      LocationConstraint: PRIMARY,
    });
    expect(await boto3.call('s3', PRIMARY, 'GetBucketVersioning', { Bucket: MEDIA })).toEqual({ Status: 'Enabled' });
    expect(await boto3.call('s3', PRIMARY, 'GetBucketReplication', { Bucket: MEDIA })).toMatchObject({
      ReplicationConfiguration: {
        Rules: [{ Status: 'Enabled', Destination: { Bucket: `arn:aws:s3:::${MEDIA_COPY}` } }],
      },
    });
  });

  test('an object is written, replicated, overwritten, deleted and restored', async () => {
    type Written = { VersionId: string; ETag: string };
    const put = { ...key, Body: 'good 演練', Metadata: { by: 'boto3' }, IfNoneMatch: '*' };
    const good = await boto3.call<Written>('s3', PRIMARY, 'PutObject', put);
    expect(good).toMatchObject({ ETag: expect.stringMatching(/^"[\da-f]{32}"$/), ChecksumCRC32: expect.any(String) });
    await expect
      .poll(() => boto3.call('s3', PRIMARY, 'HeadObject', key))
      .toMatchObject({
        ReplicationStatus: 'COMPLETED',
        ContentLength: 11,
        Metadata: { by: 'boto3' },
      });
    expect(await read(RECOVERY, { ...key, Bucket: MEDIA_COPY })).toMatchObject({ Body: 'good 演練' });

    await boto3.call('s3', PRIMARY, 'PutObject', { ...key, Body: 'bad', IfMatch: good.ETag });
    const gone = await boto3.call<Written>('s3', PRIMARY, 'DeleteObject', key);
    expect(gone).toMatchObject({ DeleteMarker: true });
    const listed = { Bucket: MEDIA, Prefix: 'a folder/' };
    expect(await boto3.call('s3', PRIMARY, 'ListObjectVersions', listed)).toMatchObject({
      Versions: [{ Size: 3 }, { Key: key.Key, VersionId: good.VersionId }],
      DeleteMarkers: [{ VersionId: gone.VersionId, IsLatest: true }],
    });
    const CopySource = { Bucket: MEDIA, Key: key.Key, VersionId: good.VersionId };
    const restored = await boto3.call('s3', PRIMARY, 'CopyObject', { ...key, CopySource });
    expect(restored).toMatchObject({ CopySourceVersionId: good.VersionId, CopyObjectResult: { ETag: good.ETag } });
    expect(await read(PRIMARY, key)).toMatchObject({ Body: 'good 演練' });
    expect(await read(PRIMARY, { ...key, Range: 'bytes=0-3' })).toMatchObject({
      Body: 'good',
      ContentRange: 'bytes 0-3/11',
    });
  });

  test('a listing, also page by page', async () => {
    const whole = await boto3.call('s3', PRIMARY, 'ListObjectsV2', { Bucket: MEDIA, Delimiter: '/' });
    expect(whole).toMatchObject({ CommonPrefixes: [{ Prefix: 'a folder/' }, { Prefix: 'products/' }], KeyCount: 2 });
    const pages = await boto3.pages<{ Contents: object[] }>('s3', PRIMARY, 'ListObjectsV2', { Bucket: MEDIA }, 1);
    expect(pages.Contents).toHaveLength(4);
    expect(pages.Contents).toContainEqual(expect.objectContaining({ Key: key.Key, Size: 11 }));
    const versions = await boto3.pages<{ Versions: object[] }>(
      's3',
      PRIMARY,
      'ListObjectVersions',
      { Bucket: MEDIA },
      2,
    );
    expect(versions.Versions).toHaveLength(6);
  });

  test('evidence is kept', async () => {
    const evidence = { Bucket: EVIDENCE, Key: 'runs/1.tar' };
    const lock = { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: hoursAgo(-1) };
    type Written = { VersionId: string };
    const { VersionId } = await boto3.call<Written>('s3', RECOVERY, 'PutObject', { ...evidence, Body: 'x', ...lock });
    expect(await boto3.call('s3', RECOVERY, 'HeadObject', evidence)).toMatchObject({ ObjectLockMode: 'COMPLIANCE' });
    const removed = boto3.call('s3', RECOVERY, 'DeleteObject', { ...evidence, VersionId });
    await expect(removed).rejects.toThrow('protected by object lock');
  });
});

describe('the cache', () => {
  const datastore = { GlobalReplicationGroupId: DATASTORE };

  test('items of a table, which are in the other region soon, and a copy that is deleted again', async () => {
    const call = (operation: string, asked: object, region = PRIMARY) =>
      boto3.call<object>('dynamodb', region, operation, asked);
    const table = { TableName: ITEMS };
    expect(await call('ListTables', {})).toMatchObject({ TableNames: [ITEMS, TABLE] });
    expect(await call('DescribeTable', table)).toMatchObject({
      Table: {
        TableStatus: 'ACTIVE',
        MultiRegionConsistency: 'EVENTUAL',
        Replicas: [{ RegionName: RECOVERY, ReplicaStatus: 'ACTIVE' }],
      },
    });
    const item = { run: { S: '<&> 演練' }, sequence: { N: '17' }, list: { L: [{ BOOL: true }, { NULL: true }] } };
    await call('PutItem', { ...table, Item: item });
    const asked = {
      ...table,
      KeyConditionExpression: '#run = :run',
      ExpressionAttributeNames: { '#run': 'run' },
      ExpressionAttributeValues: { ':run': item.run },
    };
    await expect.poll(() => call('Query', asked, RECOVERY)).toMatchObject({ Count: 1, Items: [item] });
    const Key = { run: item.run, sequence: item.sequence };
    expect(await call('GetItem', { ...table, Key })).toMatchObject({ Item: item });
    expect(await call('Scan', { TableName: TABLE, Select: 'COUNT' })).toMatchObject({ Count: 3 });
    const backups = await call('DescribeContinuousBackups', { TableName: TABLE });
    expect(backups).toMatchObject({
      ContinuousBackupsDescription: { PointInTimeRecoveryDescription: { RecoveryPeriodInDays: 35 } },
    });
    const copy = { TableName: 'copy' };
    const restore = { SourceTableName: TABLE, TargetTableName: 'copy', UseLatestRestorableTime: true };
    expect(await call('RestoreTableToPointInTime', restore)).toMatchObject({
      TableDescription: { TableStatus: 'CREATING', RestoreSummary: { RestoreInProgress: true } },
    });
    await boto3.wait('dynamodb', PRIMARY, 'table_exists', copy);
    const ResourceArn = `arn:aws:dynamodb:${PRIMARY}:111122223333:table/copy`;
    await call('TagResource', { ResourceArn, Tags: [{ Key: 'drill', Value: '<&> 演練' }] });
    expect(await call('ListTagsOfResource', { ResourceArn })).toMatchObject({
      Tags: [{ Key: 'drill', Value: '<&> 演練' }],
    });
    expect(await call('DeleteTable', copy)).toMatchObject({ TableDescription: { TableStatus: 'DELETING' } });
    await boto3.wait('dynamodb', PRIMARY, 'table_not_exists', copy);
    const gone = { TableName: TABLE, ReplicaUpdates: [{ Delete: { RegionName: RECOVERY } }] };
    expect(await call('UpdateTable', gone)).toMatchObject({ TableDescription: { TableStatus: 'UPDATING' } });
  });

  test('a snapshot becomes a group, which is deleted again', async () => {
    type Found = { Snapshots: { SnapshotName: string }[] };
    const found = await boto3.call<Found>('elasticache', PRIMARY, 'DescribeSnapshots', { ReplicationGroupId: CACHE });
    expect(found.Snapshots[0]).toMatchObject({ SnapshotStatus: 'available', SnapshotSource: 'automated' });
    const copy = { ReplicationGroupId: 'copy' };
    const made = await boto3.call('elasticache', PRIMARY, 'CreateReplicationGroup', {
      ...copy,
      ReplicationGroupDescription: '<&> 演練',
      SnapshotName: found.Snapshots[0]?.SnapshotName,
    });
    expect(made).toMatchObject({ ReplicationGroup: { Status: 'creating', Description: '<&> 演練' } });
    await boto3.wait('elasticache', PRIMARY, 'replication_group_available', copy);
    expect(await boto3.call('elasticache', PRIMARY, 'DescribeReplicationGroups', copy)).toMatchObject({
      ReplicationGroups: [{ NodeGroups: [{ PrimaryEndpoint: { Port: 6379 } }], MemberClusters: ['copy-001'] }],
    });
    const gone = await boto3.call('elasticache', PRIMARY, 'DeleteReplicationGroup', copy);
    expect(gone).toMatchObject({ ReplicationGroup: { Status: 'deleting' } });
    await boto3.wait('elasticache', PRIMARY, 'replication_group_deleted', copy);
  });

  test('the secondary becomes the primary, and the other one leaves', async () => {
    const asked = { ...datastore, ShowMemberInfo: true };
    const roles = () => boto3.call('elasticache', RECOVERY, 'DescribeGlobalReplicationGroups', asked);
    expect(await roles()).toMatchObject({ GlobalReplicationGroups: [{ Members: [{}, { Role: 'SECONDARY' }] }] });
    await boto3.call('elasticache', RECOVERY, 'FailoverGlobalReplicationGroup', {
      ...datastore,
      PrimaryRegion: RECOVERY,
      PrimaryReplicationGroupId: CACHE_COPY,
    });
    await expect.poll(roles).toMatchObject({
      GlobalReplicationGroups: [{ Status: 'available', Members: [{ Role: 'SECONDARY' }, { Role: 'PRIMARY' }] }],
    });
    const left = { ...datastore, ReplicationGroupId: CACHE, ReplicationGroupRegion: PRIMARY };
    const leaving = await boto3.call('elasticache', RECOVERY, 'DisassociateGlobalReplicationGroup', left);
    expect(leaving).toMatchObject({ GlobalReplicationGroup: { Members: [{ Status: 'disassociating' }, {}] } });
  });
});

test('a replica is made, a snapshot copied and deleted again, and RDS tells of what happened', async () => {
  const arn = (name: string) => `arn:aws:rds:${PRIMARY}:111122223333:${name}`;
  const KmsKeyId = `arn:aws:kms:${RECOVERY}:111122223333:key/00000000-dddd-4eee-8fff-000000000001`;
  const asked = { DBInstanceIdentifier: 'r', SourceDBInstanceIdentifier: arn(`db:${WRITER}`), KmsKeyId };
  expect(await boto3.call('rds', RECOVERY, 'CreateDBInstanceReadReplica', asked)).toMatchObject({
    DBInstance: { DBInstanceStatus: 'creating' },
  });
  expect(await boto3.call('kms', RECOVERY, 'DescribeKey', { KeyId: KmsKeyId })).toMatchObject({
    KeyMetadata: { Arn: KmsKeyId, KeyState: 'Enabled' },
  });
  const all = { DBInstanceIdentifier: WRITER, SnapshotType: 'automated' };
  const { DBSnapshots } = await boto3.call<DescribeDBSnapshotsCommandOutput>(
    'rds',
    PRIMARY,
    'DescribeDBSnapshots',
    all,
  );
  const copy = { DBSnapshotIdentifier: 's' };
  const from = arn(`snapshot:${DBSnapshots?.[0]?.DBSnapshotIdentifier}`);
  const wanted = { SourceDBSnapshotIdentifier: from, TargetDBSnapshotIdentifier: 's', KmsKeyId };
  expect(await boto3.call('rds', RECOVERY, 'CopyDBSnapshot', wanted)).toMatchObject({
    DBSnapshot: { Status: 'creating', KmsKeyId },
  });
  await boto3.wait('rds', RECOVERY, 'db_snapshot_available', copy);
  expect(await boto3.call('rds', RECOVERY, 'DeleteDBSnapshot', copy)).toMatchObject({ DBSnapshot: {} });
  const of = { SourceIdentifier: WRITER, SourceType: 'db-instance' };
  expect(await boto3.call('rds', PRIMARY, 'DescribeEvents', of)).toMatchObject({ Events: expect.any(Array) });
});

test('a secret is made, changed, put back to what it was, and deleted', async () => {
  const secrets = (operation: string, asked: object) => boto3.call('secretsmanager', RECOVERY, operation, asked);
  expect(await secrets('DescribeSecret', { SecretId: SECRET })).toMatchObject({ PrimaryRegion: PRIMARY });
  expect(await secrets('ListSecrets', {})).toMatchObject({
    SecretList: expect.arrayContaining([expect.objectContaining({ Name: SECRET, PrimaryRegion: PRIMARY })]),
  });
  const [first, second] = ['a'.repeat(32), 'b'.repeat(32)];
  const made = { Name: 'one', SecretString: '<&> 演練', ClientRequestToken: first, Tags: [{ Key: 'a', Value: 'b' }] };
  expect(await secrets('CreateSecret', made)).toMatchObject({ VersionId: first });
  const put = { SecretId: 'one', SecretString: 'two', ClientRequestToken: second };
  expect(await secrets('PutSecretValue', put)).toMatchObject({ VersionStages: ['AWSCURRENT'] });
  const moved = { VersionStage: 'AWSCURRENT', MoveToVersionId: first, RemoveFromVersionId: second };
  await secrets('UpdateSecretVersionStage', { SecretId: 'one', ...moved });
  expect(await secrets('GetSecretValue', { SecretId: 'one' })).toMatchObject({ SecretString: '<&> 演練' });
  await secrets('DeleteSecret', { SecretId: 'one', ForceDeleteWithoutRecovery: true });
  await expect(secrets('GetSecretValue', { SecretId: 'one' })).rejects.toThrow("can't find the specified secret");
});

test('a key signs, and its public key verifies it', async () => {
  const KeyId = 'alias/drill-evidence';
  expect(await boto3.call('kms', RECOVERY, 'GetPublicKey', { KeyId })).toMatchObject({ KeySpec: 'ECC_NIST_P256' });
  const asked = { KeyId, Message: 'dr-drill', MessageType: 'RAW', SigningAlgorithm: 'ECDSA_SHA_256' };
  expect(await boto3.call('kms', RECOVERY, 'Sign', asked)).toMatchObject({ SigningAlgorithm: 'ECDSA_SHA_256' });
  await expect(boto3.call('kms', RECOVERY, 'Sign', { ...asked, DryRun: true })).rejects.toThrow('would have succeeded');
});

test('a function is called', async () => {
  const called = { FunctionName: 'warm-up', Payload: '{"pods": 9}' };
  expect(await boto3.call('lambda', RECOVERY, 'Invoke', called)).toMatchObject({
    StatusCode: 200,
    Payload: '{"warmed":9}',
  });
  await expect(boto3.call('lambda', RECOVERY, 'Invoke', { FunctionName: 'other' })).rejects.toThrow(
    'Function not found',
  );
});

test('routing controls are told of and set', async () => {
  const call = (operation: string, asked: object) => arc.call('route53-recovery-cluster', RECOVERY, operation, asked);
  const [on, off] = [`${CONTROLS}/tokyo`, `${CONTROLS}/taipei`];
  expect(await call('GetRoutingControlState', { RoutingControlArn: on })).toMatchObject({ RoutingControlState: 'Off' });
  const entries = [
    { RoutingControlArn: on, RoutingControlState: 'On' },
    { RoutingControlArn: off, RoutingControlState: 'Off' },
  ];
  await call('UpdateRoutingControlStates', { UpdateRoutingControlStateEntries: entries });
  expect(await call('GetRoutingControlState', { RoutingControlArn: off })).toMatchObject({
    RoutingControlState: 'Off',
  });
  await expect(
    call('UpdateRoutingControlStates', {
      UpdateRoutingControlStateEntries: [{ ...entries[0], RoutingControlState: 'Off' }],
    }),
  ).rejects.toThrow('Safety rule');
});

test("an accelerator's endpoint groups are listed, told of and dialled", async () => {
  const call = <T extends object>(operation: string, asked: object) =>
    boto3.call<T>('globalaccelerator', 'us-west-2', operation, asked);
  const AcceleratorArn = LISTENER.split('/listener/')[0];
  expect(await call('ListAccelerators', {})).toMatchObject({ Accelerators: [{ AcceleratorArn, Enabled: true }] });
  expect(await call('ListListeners', { AcceleratorArn })).toMatchObject({ Listeners: [{ ListenerArn: LISTENER }] });
  expect(await call('ListEndpointGroups', { ListenerArn: LISTENER })).toMatchObject({
    EndpointGroups: [{ EndpointGroupArn: GROUPS.primary }, { EndpointGroupArn: GROUPS.recovery }],
  });
  const group = { EndpointGroupArn: GROUPS.recovery };
  await call('UpdateEndpointGroup', { ...group, TrafficDialPercentage: 33.5 });
  expect(await call('DescribeEndpointGroup', group)).toMatchObject({
    EndpointGroup: { TrafficDialPercentage: 33.5, EndpointDescriptions: [{ HealthState: 'HEALTHY' }] },
  });
  expect(await call('DescribeAccelerator', { AcceleratorArn })).toMatchObject({
    Accelerator: {
      Status: expect.stringMatching(/^(IN_PROGRESS|DEPLOYED)$/),
      IpSets: [{ IpAddresses: ['192.0.2.250', '192.0.2.251'] }],
    },
  });
  await expect(call('UpdateEndpointGroup', { ...group, TrafficDialPercentage: 101 })).rejects.toThrow();
});

test('load balancers, target groups and the health of targets are told of', async () => {
  const call = <T extends object>(operation: string, asked: object) =>
    boto3.call<T>('elbv2', RECOVERY, operation, asked);
  const [TargetGroupName] = TARGET_GROUP.split('/').slice(-2);
  const { LoadBalancers } = await call<{ LoadBalancers: { LoadBalancerArn: string }[] }>('DescribeLoadBalancers', {});
  expect(LoadBalancers).toMatchObject([{ Type: 'network', State: { Code: 'active' } }]);
  const behind = { LoadBalancerArn: LoadBalancers[0]?.LoadBalancerArn };
  expect(await call('DescribeTargetGroups', behind)).toMatchObject({
    TargetGroups: [{ TargetGroupArn: TARGET_GROUP, TargetGroupName, LoadBalancerArns: [behind.LoadBalancerArn] }],
  });
  expect(await call('DescribeTargetHealth', { TargetGroupArn: TARGET_GROUP })).toMatchObject({
    TargetHealthDescriptions: [{ Target: { Port: 8080 }, TargetHealth: { State: 'healthy' } }],
  });
  await expect(call('DescribeTargetGroups', { Names: ['other'] })).rejects.toThrow('not found');
});

test('an automation is started once, told of and stopped', async () => {
  const ssm = (operation: string, asked: object) =>
    boto3.call<Record<string, string>>('ssm', RECOVERY, operation, asked);
  const asked = { DocumentName: 'Shop-Drain', Parameters: { Queues: ['orders'] }, ClientToken: randomUUID() };
  const { AutomationExecutionId = '' } = await ssm('StartAutomationExecution', asked);
  expect(await ssm('StartAutomationExecution', asked)).toEqual({ AutomationExecutionId });
  expect(await ssm('GetAutomationExecution', { AutomationExecutionId })).toMatchObject({
    AutomationExecution: { AutomationExecutionStatus: 'InProgress' },
  });
  await ssm('StopAutomationExecution', { AutomationExecutionId, Type: 'Cancel' });
  await expect(ssm('GetAutomationExecution', { AutomationExecutionId: randomUUID() })).rejects.toThrow(
    'could not be found',
  );
});

test('an experiment is started once, told of, found by its template and stopped', async () => {
  type Told = { experiment: { id: string; state: { status: string } }; experiments: { id: string }[] };
  const fis = (operation: string, asked: object) => boto3.call<Told>('fis', RECOVERY, operation, asked);
  const asked = { experimentTemplateId: 'EXT2StressTheNodes', clientToken: randomUUID() };
  const { id } = (await fis('StartExperiment', asked)).experiment;
  expect((await fis('StartExperiment', asked)).experiment.id).toBe(id);
  expect(await fis('GetExperiment', { id })).toMatchObject({
    experiment: {
      id,
      arn: `arn:aws:fis:${RECOVERY}:111122223333:experiment/${id}`,
      actions: { nothing: { actionId: 'aws:fis:wait' } },
      stopConditions: [{ source: 'aws:cloudwatch:alarm', value: expect.stringContaining(':alarm:shop-error-rate') }],
    },
  });
  const { experiments } = await fis('ListExperiments', { experimentTemplateId: asked.experimentTemplateId });
  expect(experiments.map((one) => one.id)).toContain(id);
  expect(['stopping', 'stopped']).toContain((await fis('StopExperiment', { id })).experiment.state.status);
  await expect(fis('GetExperiment', { id: 'EXPnone' })).rejects.toThrow('does not exist');
});

test('clusters of Kafka are found, with their brokers', async () => {
  type Found = { ClusterInfoList: { ClusterArn: string }[] };
  const found = await boto3.call<Found>('kafka', RECOVERY, 'ListClustersV2', { ClusterNameFilter: MESSAGES_COPY });
  const { ClusterArn } = found.ClusterInfoList[0] ?? expect.fail('no cluster');
  expect(await boto3.call('kafka', RECOVERY, 'DescribeClusterV2', { ClusterArn })).toMatchObject({
    ClusterInfo: { ClusterName: MESSAGES_COPY, State: 'ACTIVE' },
  });
  expect(await boto3.call('kafka', RECOVERY, 'GetBootstrapBrokers', { ClusterArn })).toMatchObject({
    BootstrapBrokerStringSaslIam: expect.stringMatching(/^b-1\.[\w.-]+\.kafka\.ap-northeast-1\.amazonaws\.com:9098,/),
  });
  await expect(boto3.call('kafka', PRIMARY, 'DescribeClusterV2', { ClusterArn })).rejects.toThrow("doesn't exist");
});

test('services are found, scaled within their bounds, and given another revision of their tasks', async () => {
  const region = 'eu-west-1';
  const call = <T extends object>(operation: string, asked: object) => ecs.call<T>('ecs', region, operation, asked);
  const at = { cluster: 'claims-dublin' };
  const service = 'claims-web-dublin';
  type Arns = { clusterArns: string[]; serviceArns: string[] };
  expect((await call<Arns>('ListClusters', {})).clusterArns).toContain(
    `arn:aws:ecs:${region}:777788889999:cluster/claims-dublin`,
  );
  expect((await call<Arns>('ListServices', at)).serviceArns).toEqual([
    `arn:aws:ecs:${region}:777788889999:service/claims-dublin/${service}`,
  ]);
  expect(await call('DescribeServices', { ...at, services: [service, 'none'] })).toMatchObject({
    services: [{ serviceName: service, status: 'ACTIVE', desiredCount: 2, runningCount: 2 }],
    failures: [{ reason: 'MISSING' }],
  });
  const target = {
    ServiceNamespace: 'ecs',
    ScalableDimension: 'ecs:service:DesiredCount',
    ResourceId: `service/claims-dublin/${service}`,
  };
  const bounds = { MinCapacity: 6, MaxCapacity: 9 };
  await ecs.call('application-autoscaling', region, 'RegisterScalableTarget', { ...target, ...bounds });
  const { ServiceNamespace, ResourceId } = target;
  const asked = { ServiceNamespace, ResourceIds: [ResourceId] };
  expect(await ecs.call('application-autoscaling', region, 'DescribeScalableTargets', asked)).toMatchObject({
    ScalableTargets: [{ ...target, ...bounds }],
  });
  type Told = { taskDefinition: { containerDefinitions: { name: string; image: string }[]; family: string } };
  const { taskDefinition } = await call<Told>('DescribeTaskDefinition', { taskDefinition: service });
  const { family, containerDefinitions } = taskDefinition;
  const environment = [{ name: 'CLAIMS_DB_HOST', value: '<&> 演練' }];
  const next = { family, containerDefinitions: containerDefinitions.map((one) => ({ ...one, environment })) };
  expect(await call('RegisterTaskDefinition', next)).toMatchObject({
    taskDefinition: { family, revision: 2, containerDefinitions: [{ environment }] },
  });
  const changed = { ...at, service, desiredCount: 6, taskDefinition: `${family}:2` };
  expect(await call('UpdateService', changed)).toMatchObject({ service: { desiredCount: 6 } });
  await ecs.wait('ecs', region, 'services_stable', { ...at, services: [service] });
  await expect(call('UpdateService', { ...changed, service: 'none' })).rejects.toThrow('Service not found');
});

test('people are told', async () => {
  const TopicArn = `arn:aws:sns:${RECOVERY}:111122223333:${TOPIC}`;
  expect(await boto3.call('sns', RECOVERY, 'ListTopics')).toMatchObject({ Topics: [{ TopicArn }] });
  expect(await boto3.call('sns', RECOVERY, 'GetTopicAttributes', { TopicArn })).toMatchObject({
    Attributes: { Owner: '111122223333', SubscriptionsConfirmed: '1' },
  });
  const notice = { TopicArn, Subject: 'A drill begins', Message: '<&> 演練' };
  expect(await boto3.call('sns', RECOVERY, 'Publish', notice)).toMatchObject({ MessageId: expect.any(String) });
});

test('metrics of drills are taken, also packed as clients pack what is long', async () => {
  const value = (step: number) => ({
    MetricName: 'dr_drill_step_seconds',
    Value: 1.5,
    Unit: 'Seconds',
    Dimensions: [{ Name: 'step', Value: `take-over/orders/${step}` }],
  });
  for (const count of [1, 500]) {
    const MetricData = Array.from({ length: count }, (_, step) => value(step));
    await boto3.call('cloudwatch', RECOVERY, 'PutMetricData', { Namespace: 'dr-drill', MetricData });
  }
});

describe('what boto3 changes', () => {
  test('security groups, which show before they take effect, and a restart', async () => {
    const wanted = { ...writer, VpcSecurityGroupIds: [QUARANTINE], ApplyImmediately: true };
    const answer = await boto3.call<ModifyDBInstanceCommandOutput>('rds', PRIMARY, 'ModifyDBInstance', wanted);
    expect(answer.DBInstance?.VpcSecurityGroups).toContainEqual({ VpcSecurityGroupId: QUARANTINE, Status: 'adding' });
    const restarted = await boto3.call('rds', PRIMARY, 'RebootDBInstance', writer);
    expect(restarted).toMatchObject({ DBInstance: { DBInstanceStatus: 'rebooting' } });
    await boto3.wait('rds', PRIMARY, 'db_instance_available', writer);
    expect(await instance(PRIMARY, writer)).toMatchObject({
      VpcSecurityGroups: [{ VpcSecurityGroupId: QUARANTINE, Status: 'active' }],
    });
  });

  test('a restore from a snapshot, deleted again', async () => {
    const { DBSnapshotIdentifier } = (await snapshot()) ?? {};
    const Tags = [{ Key: 'dr-drill', Value: '<&> 演練' }];
    const restored = { ...COPY, DBSnapshotIdentifier, VpcSecurityGroupIds: ['sg-1', 'sg-2'], Tags };
    const answer = await boto3.call('rds', PRIMARY, 'RestoreDBInstanceFromDBSnapshot', restored);
    expect(answer).toMatchObject({ DBInstance: { DBInstanceStatus: 'creating', TagList: Tags } });
    await boto3.wait('rds', PRIMARY, 'db_instance_available', COPY);
    const groups = ['sg-1', 'sg-2'].map((VpcSecurityGroupId) => ({ VpcSecurityGroupId, Status: 'active' }));
    expect(await instance(PRIMARY, COPY)).toMatchObject({ MultiAZ: false, VpcSecurityGroups: groups });
    const gone = await boto3.call('rds', PRIMARY, 'DeleteDBInstance', { ...COPY, SkipFinalSnapshot: true });
    expect(gone).toMatchObject({ DBInstance: { DBInstanceStatus: 'deleting' } });
    await boto3.wait('rds', PRIMARY, 'db_instance_deleted', COPY);
  });

  test('a restore to a time', async () => {
    const restored = { SourceDBInstanceIdentifier: WRITER, TargetDBInstanceIdentifier: 'b', RestoreTime: hoursAgo(2) };
    const answer = await boto3.call('rds', PRIMARY, 'RestoreDBInstanceToPointInTime', restored);
    expect(answer).toMatchObject({ DBInstance: { DBInstanceIdentifier: 'b', DBInstanceStatus: 'creating' } });
    await boto3.wait('rds', PRIMARY, 'db_instance_available', { DBInstanceIdentifier: 'b' });
    expect(await instance(PRIMARY, { DBInstanceIdentifier: 'b' })).not.toHaveProperty(
      'ReadReplicaSourceDBInstanceIdentifier',
    );
  });

  test('a promotion, after which there is no source', async () => {
    const answer = await boto3.call('rds', RECOVERY, 'PromoteReadReplica', { ...replica, BackupRetentionPeriod: 7 });
    expect(answer).toMatchObject({ DBInstance: { ReadReplicaSourceDBInstanceIdentifier: SOURCE } });
    await expect
      .poll(() => instance(RECOVERY, replica), { timeout: 10_000 })
      .not.toHaveProperty('ReadReplicaSourceDBInstanceIdentifier');
    await boto3.wait('rds', RECOVERY, 'db_instance_available', replica);
    expect(await instance(RECOVERY, replica)).toMatchObject({ BackupRetentionPeriod: 7 });
  });

  test('the writer of a global database, which moves with and without loss', async () => {
    const asked = { GlobalClusterIdentifier: GLOBAL_CLUSTER };
    const arn = (region: string, cluster: string) => `arn:aws:rds:${region}:111122223333:cluster:${cluster}`;
    const [home, other] = [arn(PRIMARY, 'shop-aurora-primary'), arn(RECOVERY, 'shop-aurora-recovery')];
    const writes = (writer: string) =>
      expect
        .poll(() => boto3.call('rds', RECOVERY, 'DescribeGlobalClusters', asked), { timeout: 10_000 })
        .toMatchObject({
          GlobalClusters: [
            {
              Status: 'available',
              GlobalClusterMembers: expect.arrayContaining([
                expect.objectContaining({ DBClusterArn: writer, IsWriter: true }),
              ]),
            },
          ],
        });
    await writes(home);
    await boto3.call('rds', RECOVERY, 'SwitchoverGlobalCluster', { ...asked, TargetDbClusterIdentifier: other });
    await writes(other);
    await boto3.call('rds', PRIMARY, 'FailoverGlobalCluster', {
      ...asked,
      TargetDbClusterIdentifier: home,
      AllowDataLoss: true,
    });
    await writes(home);
    const found = await boto3.call('rds', RECOVERY, 'DescribeDBClusters', { DBClusterIdentifier: other });
    expect(found).toMatchObject({ DBClusters: [{ DBClusterArn: other, DBClusterIdentifier: 'shop-aurora-recovery' }] });
  });

  test('an instance more in a cluster of a global database, and its quarantine', async () => {
    const cluster = { DBClusterIdentifier: 'shop-aurora-recovery' };
    const added = { ...cluster, DBInstanceIdentifier: 'shop-aurora-recovery-2' };
    const made = { Engine: 'aurora-postgresql', DBInstanceClass: 'db.r6g.large' };
    const answer = await boto3.call('rds', RECOVERY, 'CreateDBInstance', { ...added, ...made });
    expect(answer).toMatchObject({ DBInstance: { ...added, DBInstanceStatus: 'creating' } });
    await boto3.wait('rds', RECOVERY, 'db_instance_available', { DBInstanceIdentifier: added.DBInstanceIdentifier });
    const now = () => boto3.call('rds', RECOVERY, 'DescribeDBClusters', cluster);
    expect(await now()).toMatchObject({
      DBClusters: [
        {
          DBClusterMembers: expect.arrayContaining([
            expect.objectContaining({ DBInstanceIdentifier: added.DBInstanceIdentifier, IsClusterWriter: false }),
          ]),
        },
      ],
    });
    await boto3.call('rds', RECOVERY, 'ModifyDBCluster', { ...cluster, VpcSecurityGroupIds: [QUARANTINE] });
    await expect
      .poll(now, { timeout: 10_000 })
      .toMatchObject({ DBClusters: [{ VpcSecurityGroups: [{ VpcSecurityGroupId: QUARANTINE, Status: 'active' }] }] });
  });

  test('the writer of a cluster of Aurora, by another instance of the same region', async () => {
    const cluster = { DBClusterIdentifier: 'shop-aurora-primary' };
    const second = { DBInstanceIdentifier: 'second' };
    const made = { ...cluster, ...second, DBInstanceClass: 'db.r6g.large', Engine: 'aurora-postgresql' };
    await boto3.call('rds', PRIMARY, 'CreateDBInstance', made);
    await boto3.wait('rds', PRIMARY, 'db_instance_available', second);
    const asked = { ...cluster, TargetDBInstanceIdentifier: 'second' };
    expect(await boto3.call('rds', PRIMARY, 'FailoverDBCluster', asked)).toMatchObject({ DBCluster: cluster });
  });

  test('a cluster of Aurora that is restored from a copied snapshot, and one of a time; both deleted again', async () => {
    const primary = { DBClusterIdentifier: 'shop-aurora-primary' };
    type Listed = { DBClusterSnapshots: { DBClusterSnapshotIdentifier: string; DBClusterSnapshotArn: string }[] };
    const asked = { ...primary, SnapshotType: 'automated' };
    const { DBClusterSnapshots: all } = await boto3.call<Listed>('rds', PRIMARY, 'DescribeDBClusterSnapshots', asked);
    const [newest] = all;
    const copy = { DBClusterSnapshotIdentifier: 'copied' };
    const copied = await boto3.call('rds', RECOVERY, 'CopyDBClusterSnapshot', {
      SourceDBClusterSnapshotIdentifier: newest?.DBClusterSnapshotArn,
      TargetDBClusterSnapshotIdentifier: 'copied',
      KmsKeyId: 'alias/elsewhere',
      SourceRegion: PRIMARY,
    });
    expect(copied).toMatchObject({
      DBClusterSnapshot: { ...copy, SnapshotType: 'manual', SourceDBClusterSnapshotArn: newest?.DBClusterSnapshotArn },
    });
    await boto3.wait('rds', RECOVERY, 'db_cluster_snapshot_available', copy);

    const Tags = [{ Key: 'dr-drill', Value: '<&> 演練' }];
    const there = { DBClusterIdentifier: 'elsewhere' };
    const restored = { ...there, SnapshotIdentifier: 'copied', Engine: 'aurora-postgresql', Tags };
    const made = await boto3.call('rds', RECOVERY, 'RestoreDBClusterFromSnapshot', restored);
    expect(made).toMatchObject({ DBCluster: { ...there, Status: 'creating', DBClusterMembers: [], TagList: Tags } });
    await boto3.wait('rds', RECOVERY, 'db_cluster_available', there);

    const here = { DBClusterIdentifier: 'of-a-time' };
    const ofTime = { ...here, SourceDBClusterIdentifier: 'shop-aurora-primary', RestoreToTime: hoursAgo(2) };
    await boto3.call('rds', PRIMARY, 'RestoreDBClusterToPointInTime', ofTime);
    await boto3.wait('rds', PRIMARY, 'db_cluster_available', here);

    await boto3.call('rds', RECOVERY, 'DeleteDBClusterSnapshot', copy);
    for (const [region, cluster] of [
      [RECOVERY, there],
      [PRIMARY, here],
    ] as const) {
      const gone = await boto3.call('rds', region, 'DeleteDBCluster', { ...cluster, SkipFinalSnapshot: true });
      expect(gone).toMatchObject({ DBCluster: { Status: 'deleting' } });
      await boto3.wait('rds', region, 'db_cluster_deleted', cluster);
    }
  });

  test('the size of a node group', async () => {
    const wanted = { ...GROUP, scalingConfig: { minSize: 9, desiredSize: 9, maxSize: 30 } };
    type Answer = { update: { id: string } };
    const { update } = await boto3.call<Answer>('eks', RECOVERY, 'UpdateNodegroupConfig', wanted);
    expect(update).toMatchObject({ status: 'InProgress', type: 'ConfigUpdate' });
    const asked = { name: GROUP.clusterName, nodegroupName: GROUP.nodegroupName, updateId: update.id };
    await expect
      .poll(() => boto3.call('eks', RECOVERY, 'DescribeUpdate', asked))
      .toMatchObject({ update: { id: update.id, status: 'Successful', errors: [] } });
    await boto3.wait('eks', RECOVERY, 'nodegroup_active', GROUP);
    expect(await boto3.call('eks', RECOVERY, 'DescribeNodegroup', GROUP)).toMatchObject({
      nodegroup: { scalingConfig: { minSize: 9, desiredSize: 9, maxSize: 30 } },
    });
  });

  test('an inversion, which counts the version up', async () => {
    const answer = await boto3.call('route53', GLOBAL, 'UpdateHealthCheck', {
      HealthCheckId: GATE,
      HealthCheckVersion: 1,
      Inverted: true,
    });
    expect(answer).toMatchObject({ HealthCheck: { HealthCheckVersion: 2, HealthCheckConfig: { Inverted: true } } });
  });

  test('a record', async () => {
    const record = { Name: 'shop.example.com', Type: 'A', SetIdentifier: 'tokyo', Failover: 'SECONDARY', TTL: 10 };
    const set = { ...record, ResourceRecords: [{ Value: '198.51.100.21' }] };
    const batch = { Changes: [{ Action: 'UPSERT', ResourceRecordSet: set }] };
    type Answer = { ChangeInfo: { Id: string } };
    const input = { HostedZoneId: ZONE, ChangeBatch: batch };
    const { ChangeInfo } = await boto3.call<Answer>('route53', GLOBAL, 'ChangeResourceRecordSets', input);
    expect(ChangeInfo).toMatchObject({ Id: expect.stringMatching(/^\/change\/C/), Status: 'PENDING' });
    await boto3.wait('route53', GLOBAL, 'resource_record_sets_changed', { Id: ChangeInfo.Id });
    const changed = await boto3.call('route53', GLOBAL, 'GetChange', { Id: ChangeInfo.Id });
    expect(changed).toMatchObject({ ChangeInfo: { Status: 'INSYNC' } });
    const listed = await boto3.call('route53', GLOBAL, 'ListResourceRecordSets', { HostedZoneId: ZONE });
    expect(listed).toMatchObject({ ResourceRecordSets: [{}, { ...set, Name: 'shop.example.com.' }] });
  });
});

test('boto3 called every operation that a drill may use, understood every value, and said nothing', () => {
  const called = new Set(
    [...account.calls, ...withControls.calls, ...withServices.calls].map(
      ({ service, operation }) => `${service}:${operation}`,
    ),
  );
  expect(
    operations.map(({ service, operation }) => `${service}:${operation}`).filter((one) => !called.has(one)),
  ).toEqual([]);
  expect([...boto3.unread, ...arc.unread, ...ecs.unread]).toEqual([]);
  expect(boto3.complaints + ecs.complaints).toBe('');
  expect(Object.fromEntries(boto3.contentTypes)).toMatchObject({ rds: 'text/xml', eks: 'application/json' });
});
