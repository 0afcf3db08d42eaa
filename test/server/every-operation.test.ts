import { AwsJson1_0Protocol, AwsQueryProtocol, AwsSmithyRpcV2CborProtocol } from '@aws-sdk/core/protocols';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isAwsError, type Service } from '../../src/aws/aws.ts';
import { catalogue } from '../../src/server/catalogue.ts';
import { mustFit } from '../../src/server/input.ts';
import { uuidOf } from '../../src/simulator/distributions.ts';
import {
  CACHE,
  CACHE_COPY,
  DATASTORE,
  EVIDENCE,
  GATE,
  GLOBAL_CLUSTER,
  GROUPS,
  ITEMS,
  LISTENER,
  MEDIA,
  MESSAGES_COPY,
  PRIMARY,
  RECOVERY,
  REPLICA,
  SECRET,
  SEEN,
  TABLE,
  TARGET_GROUP,
  TOPIC,
  WRITER,
  ZONE,
} from '../simulator/world.ts';
import { anyValue, schemasOf } from './any-value.ts';
import { type AnyCommand, clientOf, commandsOf, NOW_MS, operations, send, served, stillWorld } from './server.ts';

const SNAPSHOT = 'rds:ecommerce-db-primary-2026-11-22-18-00';
const KEY = `arn:aws:kms:${RECOVERY}:111122223333:key/00000000-dddd-4eee-8fff-000000000001`;
const nodes = { clusterName: 'ecommerce-recovery', nodegroupName: 'recovery-workers' };
const metric = (MetricName: string) => ({ Metric: { Namespace: 'Shop', MetricName }, Period: 60, Stat: 'Average' });
const upsert = { Name: 'shop.example.com', Type: 'A', SetIdentifier: 'taipei', Failover: 'PRIMARY', TTL: 60 };

const ACCELERATOR = LISTENER.split('/listener/')[0];
const TOKEN = 'a'.repeat(32);
const CACHE_SNAPSHOT = 'automatic.shop-cache-primary-002-2026-11-22-17-00';
const TopicArn = `arn:aws:sns:${RECOVERY}:111122223333:${TOPIC}`;
const PICTURE = { Bucket: MEDIA, Key: 'a folder/<&> 演練+1.txt' };
const pictured: [string, object][] = [['PutObject', { ...PICTURE, Body: 'picture', Metadata: { by: 'me' } }]];

const tableArn = (name: string) => `arn:aws:dynamodb:${RECOVERY}:111122223333:table/${name}`;
const ITEM = { run: { S: 'dr-drill:<&> 演練' }, sequence: { N: '17' }, bytes: { B: new Uint8Array([0, 255]) } };
const written: [string, object][] = [['PutItem', { TableName: ITEMS, Item: ITEM }]];
const restored: [string, object][] = [
  [
    'RestoreTableToPointInTime',
    { SourceTableName: TABLE, TargetTableName: 'copy', RestoreDateTime: new Date(NOW_MS - 9e6) },
  ],
];

const TO_RECOVERY = {
  GlobalClusterIdentifier: GLOBAL_CLUSTER,
  TargetDbClusterIdentifier: `arn:aws:rds:${RECOVERY}:111122223333:cluster:shop-aurora-recovery`,
};

const ClusterArn = `arn:aws:kafka:${RECOVERY}:111122223333:cluster/${MESSAGES_COPY}/${uuidOf(`kafka/${RECOVERY}/${MESSAGES_COPY}`)}-2`;

const AUTOMATION = { DocumentName: 'Shop-WarmUp', Parameters: { Note: ['<&> 演練'] }, ClientToken: TOKEN };

/** As the simulated FIS names its first experiment of that template. */
const EXPERIMENT_ID = 'EXP13HTMNV0RT983O';
const EXPERIMENT = { experimentTemplateId: 'EXT1Stress', clientToken: TOKEN };
const experiment: [string, object][] = [['StartExperiment', EXPERIMENT]];

/** Where time stands still, what takes time never is. */
const AT_ONCE = {
  cacheRestore: { takes: 0 },
  tableRestore: { takes: 0 },
  snapshotCopy: { takes: 0 },
  functions: [{ function: 'warm-up', takes: 0, answers: { warmed: '<&> 演練' } }],
  automations: [{ document: 'Shop-WarmUp' }],
  experiments: [{ template: EXPERIMENT.experimentTemplateId, stoppedByAlarm: { name: '演練', after: '1 min' } }],
};

/** A call that the service would carry out, for each operation; others are called with what their schema requires. */
const examples: Record<string, { input: object; region?: string; before?: [string, object][] }> = {
  DescribeDBInstanceAutomatedBackups: { input: {}, region: PRIMARY },
  DescribeDBSnapshots: { input: { DBInstanceIdentifier: WRITER, SnapshotType: 'automated' }, region: PRIMARY },
  ModifyDBInstance: { input: { DBInstanceIdentifier: REPLICA, VpcSecurityGroupIds: ['sg-1', 'sg-2'], MultiAZ: false } },
  DeleteDBInstance: {
    input: { DBInstanceIdentifier: REPLICA, SkipFinalSnapshot: true },
    before: [['ModifyDBInstance', { DBInstanceIdentifier: REPLICA, DeletionProtection: false }]],
  },
  PromoteReadReplica: { input: { DBInstanceIdentifier: REPLICA, BackupRetentionPeriod: 7 } },
  RebootDBInstance: { input: { DBInstanceIdentifier: REPLICA, ForceFailover: true } },
  DescribeEvents: {
    input: { SourceIdentifier: WRITER, SourceType: 'db-instance', StartTime: new Date(NOW_MS - 9e6) },
    region: PRIMARY,
  },
  CreateDBInstanceReadReplica: {
    input: {
      DBInstanceIdentifier: 'r',
      SourceDBInstanceIdentifier: `arn:aws:rds:${PRIMARY}:111122223333:db:${WRITER}`,
      KmsKeyId: KEY,
      Tags: [{ Key: 'drill', Value: '<&> 演練' }],
    },
  },
  CopyDBSnapshot: {
    input: {
      SourceDBSnapshotIdentifier: `arn:aws:rds:${PRIMARY}:111122223333:snapshot:${SNAPSHOT}`,
      TargetDBSnapshotIdentifier: 's',
      KmsKeyId: KEY,
    },
  },
  DeleteDBSnapshot: {
    input: { DBSnapshotIdentifier: 's' },
    before: [
      [
        'CopyDBSnapshot',
        {
          SourceDBSnapshotIdentifier: `arn:aws:rds:${PRIMARY}:111122223333:snapshot:${SNAPSHOT}`,
          TargetDBSnapshotIdentifier: 's',
          KmsKeyId: KEY,
        },
      ],
    ],
  },
  RestoreDBInstanceFromDBSnapshot: {
    input: { DBInstanceIdentifier: 'a', DBSnapshotIdentifier: SNAPSHOT, Tags: [{ Key: 'drill', Value: '<&> 演練' }] },
    region: PRIMARY,
  },
  RestoreDBInstanceToPointInTime: {
    input: { SourceDBInstanceIdentifier: WRITER, TargetDBInstanceIdentifier: 'b', RestoreTime: new Date(NOW_MS - 9e6) },
    region: PRIMARY,
  },
  DescribeGlobalClusters: { input: { GlobalClusterIdentifier: GLOBAL_CLUSTER } },
  DescribeDBClusters: { input: { DBClusterIdentifier: 'shop-aurora-recovery' } },
  SwitchoverGlobalCluster: { input: TO_RECOVERY },
  FailoverGlobalCluster: { input: { ...TO_RECOVERY, AllowDataLoss: true } },
  DescribeCluster: { input: { name: 'ecommerce-recovery' } },
  DescribeNodegroup: { input: nodes },
  UpdateNodegroupConfig: {
    input: { ...nodes, clientRequestToken: 'one', scalingConfig: { minSize: 9, desiredSize: 9, maxSize: 30 } },
  },
  DescribeUpdate: {
    input: { name: 'ecommerce-recovery', updateId: 'recovery-workers-update-1' },
    before: [['UpdateNodegroupConfig', { ...nodes, clientRequestToken: 'one' }]],
  },
  ListClusters: { input: {} },
  ListNodegroups: { input: { clusterName: 'ecommerce-recovery' } },
  ListHostedZones: { input: {} },
  GetMetricData: {
    input: {
      StartTime: new Date(NOW_MS - 600_000),
      EndTime: new Date(NOW_MS),
      MetricDataQueries: [
        { Id: 'errors', MetricStat: metric('ErrorRate') },
        { Id: 'latency', MetricStat: metric('ResponseTime') },
      ],
    },
  },
  DescribeTable: { input: { TableName: TABLE } },
  DescribeContinuousBackups: { input: { TableName: TABLE } },
  ListTables: { input: {} },
  ListTagsOfResource: { input: { ResourceArn: tableArn(TABLE) } },
  PutItem: { input: { TableName: ITEMS, Item: ITEM } },
  GetItem: { input: { TableName: ITEMS, Key: { run: ITEM.run, sequence: ITEM.sequence } }, before: written },
  Query: {
    input: {
      TableName: ITEMS,
      KeyConditionExpression: '#run = :run and #sequence >= :from',
      ExpressionAttributeNames: { '#run': 'run', '#sequence': 'sequence' },
      ExpressionAttributeValues: { ':run': ITEM.run, ':from': { N: '5' } },
    },
    before: written,
  },
  Scan: { input: { TableName: TABLE, Limit: 2 } },
  UpdateTable: {
    input: { TableName: TABLE, ReplicaUpdates: [{ Delete: { RegionName: PRIMARY } }] },
  },
  RestoreTableToPointInTime: {
    input: { SourceTableName: TABLE, TargetTableName: 'copy', RestoreDateTime: new Date(NOW_MS - 9e6) },
  },
  TagResource: {
    input: { ResourceArn: tableArn('copy'), Tags: [{ Key: 'drill', Value: '<&> 演練' }] },
    before: restored,
  },
  DeleteTable: { input: { TableName: 'copy' }, before: restored },
  GetRole: { input: { RoleName: 'dr-drill' } },
  SimulatePrincipalPolicy: {
    input: {
      PolicySourceArn: 'arn:aws:iam::111122223333:role/dr-drill',
      ActionNames: ['rds:PromoteReadReplica', 'rds:DescribeDBInstances'],
      ResourceArns: ['arn:aws:rds:ap-northeast-1:111122223333:db:ecommerce-db-dr-replica', '*'],
    },
  },
  GetServiceQuota: { input: { ServiceCode: 'ec2', QuotaCode: 'L-1216C47A' } },
  GetAWSDefaultServiceQuota: { input: { ServiceCode: 'eks', QuotaCode: 'L-BD136A63' } },
  ListClustersV2: { input: { ClusterNameFilter: MESSAGES_COPY } },
  DescribeClusterV2: { input: { ClusterArn } },
  GetBootstrapBrokers: { input: { ClusterArn } },
  DescribeReplicationGroups: { input: {} },
  DescribeSnapshots: { input: { ReplicationGroupId: CACHE, SnapshotSource: 'system' }, region: PRIMARY },
  DescribeGlobalReplicationGroups: { input: { GlobalReplicationGroupId: DATASTORE, ShowMemberInfo: true } },
  CreateReplicationGroup: {
    input: { ReplicationGroupId: 'a', ReplicationGroupDescription: '<&> 演練', SnapshotName: CACHE_SNAPSHOT },
    region: PRIMARY,
  },
  DeleteReplicationGroup: {
    input: { ReplicationGroupId: 'a' },
    before: [['CreateReplicationGroup', { ReplicationGroupId: 'a', ReplicationGroupDescription: '' }]],
  },
  FailoverGlobalReplicationGroup: {
    input: {
      GlobalReplicationGroupId: DATASTORE,
      PrimaryRegion: RECOVERY,
      PrimaryReplicationGroupId: CACHE_COPY,
    },
  },
  DisassociateGlobalReplicationGroup: {
    input: {
      GlobalReplicationGroupId: DATASTORE,
      ReplicationGroupId: CACHE_COPY,
      ReplicationGroupRegion: RECOVERY,
    },
  },
  DescribeSecret: { input: { SecretId: SECRET }, region: PRIMARY },
  GetSecretValue: { input: { SecretId: SECRET, VersionStage: 'AWSPREVIOUS' } },
  CreateSecret: {
    input: { Name: 'a', SecretString: '<&> 演練', ClientRequestToken: TOKEN, Tags: [{ Key: 'drill', Value: 'x' }] },
  },
  PutSecretValue: {
    input: { SecretId: 'a', SecretBinary: new Uint8Array([0, 255]), ClientRequestToken: 'b'.repeat(32) },
    before: [['CreateSecret', { Name: 'a', SecretString: 'one' }]],
  },
  UpdateSecretVersionStage: {
    input: {
      SecretId: 'a',
      VersionStage: 'AWSCURRENT',
      MoveToVersionId: TOKEN,
      RemoveFromVersionId: 'b'.repeat(32),
    },
    before: [
      ['CreateSecret', { Name: 'a', SecretString: 'one', ClientRequestToken: TOKEN }],
      ['PutSecretValue', { SecretId: 'a', SecretString: 'two', ClientRequestToken: 'b'.repeat(32) }],
    ],
  },
  DeleteSecret: {
    input: { SecretId: 'a', ForceDeleteWithoutRecovery: true },
    before: [['CreateSecret', { Name: 'a', SecretString: 'one' }]],
  },
  Invoke: { input: { FunctionName: 'warm-up', Payload: new Uint8Array([123, 125]) } },
  StartAutomationExecution: { input: AUTOMATION },
  StartExperiment: { input: EXPERIMENT },
  GetExperiment: { input: { id: EXPERIMENT_ID }, before: experiment },
  StopExperiment: { input: { id: EXPERIMENT_ID }, before: experiment },
  ListExperiments: { input: { experimentTemplateId: 'EXT1Stress', maxResults: 5 }, before: experiment },
  ListTopics: { input: {} },
  GetTopicAttributes: { input: { TopicArn } },
  PutMetricData: {
    input: {
      Namespace: 'dr-drill',
      MetricData: [
        {
          MetricName: 'dr_drill_rto_seconds',
          Value: 1.5,
          Unit: 'Seconds',
          Dimensions: [{ Name: 'drill', Value: 'x <&>' }],
        },
      ],
    },
  },
  Publish: { input: { TopicArn, Subject: 'A drill begins', Message: 'Taipei is lost. <&> 演練' } },
  GetBucketLocation: { input: { Bucket: MEDIA }, region: PRIMARY },
  GetBucketVersioning: { input: { Bucket: EVIDENCE } },
  GetBucketReplication: { input: { Bucket: MEDIA }, region: PRIMARY },
  GetObject: { input: { ...PICTURE, Range: 'bytes=1-3' }, region: PRIMARY, before: pictured },
  HeadObject: { input: { Bucket: MEDIA, Key: 'products/1001.json' }, region: PRIMARY },
  ListObjectsV2: { input: { Bucket: MEDIA, Delimiter: '/', MaxKeys: 2 }, region: PRIMARY, before: pictured },
  ListObjectVersions: {
    input: { Bucket: MEDIA },
    region: PRIMARY,
    before: [...pictured, ['DeleteObject', PICTURE]],
  },
  PutObject: {
    input: {
      Bucket: EVIDENCE,
      Key: 'runs/1/',
      Body: new Uint8Array([0, 255, 13, 10]),
      ContentType: 'text/plain',
      IfNoneMatch: '*',
      ObjectLockMode: 'COMPLIANCE',
      ObjectLockRetainUntilDate: new Date(NOW_MS + 9e9),
      ChecksumAlgorithm: 'CRC32',
    },
  },
  CopyObject: {
    input: { ...PICTURE, CopySource: `/${MEDIA}/products/1001.json` },
    region: PRIMARY,
  },
  DeleteObject: { input: PICTURE, region: PRIMARY },
  DescribeAccelerator: { input: { AcceleratorArn: ACCELERATOR }, region: 'us-west-2' },
  ListAccelerators: { input: {}, region: 'us-west-2' },
  ListListeners: { input: { AcceleratorArn: ACCELERATOR }, region: 'us-west-2' },
  ListEndpointGroups: { input: { ListenerArn: LISTENER }, region: 'us-west-2' },
  DescribeEndpointGroup: { input: { EndpointGroupArn: GROUPS.recovery }, region: 'us-west-2' },
  UpdateEndpointGroup: {
    input: { EndpointGroupArn: GROUPS.recovery, TrafficDialPercentage: 33.3 },
    region: 'us-west-2',
  },
  DescribeLoadBalancers: { input: {} },
  DescribeTargetGroups: { input: { Names: ['shop-tokyo'] } },
  DescribeTargetHealth: { input: { TargetGroupArn: TARGET_GROUP } },
  GetHealthCheck: { input: { HealthCheckId: GATE } },
  GetHostedZone: { input: { Id: ZONE } },
  GetHealthCheckStatus: { input: { HealthCheckId: SEEN.primary } },
  UpdateHealthCheck: { input: { HealthCheckId: GATE, HealthCheckVersion: 1, Inverted: true } },
  ListResourceRecordSets: { input: { HostedZoneId: ZONE } },
  ChangeResourceRecordSets: {
    input: {
      HostedZoneId: ZONE,
      ChangeBatch: {
        Changes: [{ Action: 'UPSERT', ResourceRecordSet: { ...upsert, ResourceRecords: [{ Value: '192.0.2.1' }] } }],
      },
    },
  },
};

const least = (Command: AnyCommand): object =>
  fc.sample(anyValue(schemasOf(Command)[0]) as fc.Arbitrary<object>, { numRuns: 1, seed: 1 })[0] ?? {};

/** What a call came to, however it was made. */
const outcome = (work: Promise<object | undefined>): Promise<object | undefined> =>
  work.catch((error: Error) => ({ error }));

async function twins(service: Service, operation: string, more: object = {}) {
  const {
    input,
    region = RECOVERY,
    before = [],
  } = examples[operation] ?? {
    input: least(commandsOf(service)[operation] as AnyCommand),
  };
  const [world, twin] = [stillWorld(AT_ONCE), stillWorld(AT_ONCE)];
  const { url } = await served({ world });
  const client = clientOf(service, url, { region, ...more });
  for (const [earlier, given] of before) {
    await world.answer({ service, region, operation: earlier }, given);
    await twin.answer({ service, region, operation: earlier }, given);
  }
  const direct = await outcome(twin.answer({ service, region, operation }, input));
  return { direct, wired: await outcome(send(client, service, operation, input)), world, twin };
}

function expectAlike(wired: object | undefined, direct: object | undefined): void {
  if (direct && 'error' in direct) {
    const { name, message } = direct.error as Error;
    const error = (wired as { error?: Error }).error;
    expect(error?.message).toBe(message);
    expect(isAwsError(error, name), `${error?.name} for ${name}`).toBe(true);
    return;
  }
  const { $metadata, ...output } = direct as { $metadata?: object; Arn?: string };
  // Over HTTP each access key is a session of its own.
  const session = output.Arn?.replace(/assumed-role\/dr-drill\/.*/, 'assumed-role/dr-drill/AKIDEXAMPLE');
  expect(wired).toEqual({ ...output, ...(session !== undefined && { Arn: session }) });
}

describe.each(operations)('$service $operation', ({ service, operation }) => {
  test('answers over HTTP what the world answers directly, and leaves it as the same', async () => {
    const { wired, direct, world, twin } = await twins(service, operation);
    expectAlike(wired, direct);
    if (examples[operation]) expect(wired).not.toHaveProperty('error');
    expect(world.state()).toEqual(twin.state());
  });

  test('answers with everything that its schema requires', async () => {
    const { direct } = await twins(service, operation);
    if (direct === undefined || 'error' in direct) return;
    const described = [...(await catalogue()).values()].find((one) => one.service === service);
    const { output } = described?.operations.get(operation) ?? expect.fail('not in the catalogue');
    expect(() => mustFit(output, direct)).not.toThrow();
  });
});

const protocols = { AwsJson1_0Protocol, AwsQueryProtocol, AwsSmithyRpcV2CborProtocol };

describe.each(Object.entries(protocols))('CloudWatch by %s', (_, protocol) => {
  test.each(Object.keys(commandsOf('cloudwatch')))('%s answers alike', async (operation) => {
    const { wired, direct } = await twins('cloudwatch', operation, { protocol });
    expectAlike(wired, direct);
  });
});
