import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  CACHE_COPY,
  EVIDENCE,
  GATE,
  MEDIA,
  PRIMARY,
  RECOVERY,
  RECOVERY_CLUSTER,
  TARGET_GROUP,
  topology,
  WRITER,
  ZONE,
} from '../simulator/world.ts';
import { Boto3 } from './boto3.ts';
import { simulatedAccount } from './simulated-account.ts';

const GLOBAL = 'us-east-1';
const COPY = { DBInstanceIdentifier: 'copy' };
const writer = { DBInstanceIdentifier: WRITER };

let account: Awaited<ReturnType<typeof simulatedAccount>>;
let boto3: Boto3;
beforeAll(async () => {
  account = await simulatedAccount(topology());
  boto3 = new Boto3(account.url);
});
afterAll(() => Promise.all([boto3.close(), account.close()]));

const hoursAgo = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();

const nodes = (scalingConfig: object) => ({
  clusterName: RECOVERY_CLUSTER.cluster,
  nodegroupName: 'recovery-workers',
  scalingConfig,
});
const TOPICS = `arn:aws:sns:${RECOVERY}:111122223333`;
const PRODUCT = { Bucket: MEDIA, Key: 'products/1001.json' };
const deletion = { Changes: [{ Action: 'DELETE', ResourceRecordSet: { Name: 'x.example.com', Type: 'A' } }] };
const restore = (RestoreTime: string) => ({
  SourceDBInstanceIdentifier: WRITER,
  TargetDBInstanceIdentifier: 'c',
  RestoreTime,
});

test.each<[service: string, region: string, operation: string, input: object, code: string, type: string]>([
  ['rds', PRIMARY, 'DescribeDBInstances', COPY, 'DBInstanceNotFound', 'DBInstanceNotFoundFault'],
  ['rds', PRIMARY, 'PromoteReadReplica', COPY, 'DBInstanceNotFound', 'DBInstanceNotFoundFault'],
  ['rds', PRIMARY, 'PromoteReadReplica', writer, 'InvalidDBInstanceState', 'InvalidDBInstanceStateFault'],
  ['rds', PRIMARY, 'DeleteDBInstance', writer, 'InvalidParameterCombination', 'ClientError'],
  [
    'rds',
    PRIMARY,
    'RestoreDBInstanceToPointInTime',
    restore(hoursAgo(-1)),
    'InvalidRestoreFault',
    'InvalidRestoreFault',
  ],
  [
    'rds',
    PRIMARY,
    'DescribeDBSnapshots',
    { DBSnapshotIdentifier: 'x' },
    'DBSnapshotNotFound',
    'DBSnapshotNotFoundFault',
  ],
  [
    'rds',
    PRIMARY,
    'FailoverGlobalCluster',
    { GlobalClusterIdentifier: 'x', TargetDbClusterIdentifier: 'y' },
    'GlobalClusterNotFoundFault',
    'GlobalClusterNotFoundFault',
  ],
  ['rds', PRIMARY, 'RebootDBCluster', { DBClusterIdentifier: 'x' }, 'InvalidAction', 'ClientError'],
  [
    'rds',
    PRIMARY,
    'FailoverDBCluster',
    { DBClusterIdentifier: 'x' },
    'DBClusterNotFoundFault',
    'DBClusterNotFoundFault',
  ],
  ['eks', RECOVERY, 'DescribeCluster', { name: 'x' }, 'ResourceNotFoundException', 'ResourceNotFoundException'],
  [
    'eks',
    RECOVERY,
    'DescribeUpdate',
    { name: 'x', updateId: 'y' },
    'ResourceNotFoundException',
    'ResourceNotFoundException',
  ],
  [
    'eks',
    RECOVERY,
    'UpdateNodegroupConfig',
    nodes({ desiredSize: 31 }),
    'InvalidParameterException',
    'InvalidParameterException',
  ],
  ['route53', GLOBAL, 'ListResourceRecordSets', { HostedZoneId: 'ZNONE' }, 'NoSuchHostedZone', 'NoSuchHostedZone'],
  [
    'route53',
    GLOBAL,
    'ChangeResourceRecordSets',
    { HostedZoneId: ZONE, ChangeBatch: deletion },
    'InvalidChangeBatch',
    'InvalidChangeBatch',
  ],
  ['route53', GLOBAL, 'GetChange', { Id: 'CNONE' }, 'NoSuchChange', 'NoSuchChange'],
  ['route53', GLOBAL, 'GetHealthCheck', { HealthCheckId: 'x' }, 'NoSuchHealthCheck', 'NoSuchHealthCheck'],
  ['route53', GLOBAL, 'GetHealthCheckStatus', { HealthCheckId: GATE }, 'InvalidInput', 'InvalidInput'],
  [
    'route53',
    GLOBAL,
    'UpdateHealthCheck',
    { HealthCheckId: GATE, HealthCheckVersion: 9 },
    'HealthCheckVersionMismatch',
    'HealthCheckVersionMismatch',
  ],
  [
    'cloudwatch',
    RECOVERY,
    'GetMetricData',
    { MetricDataQueries: [], StartTime: hoursAgo(0), EndTime: hoursAgo(1) },
    'InvalidParameterValue',
    'InvalidParameterValueException',
  ],
  ['s3', PRIMARY, 'GetObject', { Bucket: MEDIA, Key: 'x' }, 'NoSuchKey', 'NoSuchKey'],
  ['s3', PRIMARY, 'GetObject', { Bucket: 'none', Key: 'x' }, 'NoSuchBucket', 'NoSuchBucket'],
  ['s3', PRIMARY, 'HeadObject', { Bucket: MEDIA, Key: 'x' }, '404', 'ClientError'],
  ['s3', PRIMARY, 'PutObject', { ...PRODUCT, Body: 'x', IfNoneMatch: '*' }, 'PreconditionFailed', 'ClientError'],
  ['s3', PRIMARY, 'PutObject', { ...PRODUCT, Body: 'x', IfMatch: '"x"' }, 'PreconditionFailed', 'ClientError'],
  ['s3', PRIMARY, 'CopyObject', { ...PRODUCT, CopySource: PRODUCT }, 'InvalidRequest', 'InvalidRequest'],
  [
    's3',
    RECOVERY,
    'GetBucketReplication',
    { Bucket: EVIDENCE },
    'ReplicationConfigurationNotFoundError',
    'ClientError',
  ],
  ['s3', PRIMARY, 'CreateMultipartUpload', { Bucket: MEDIA, Key: 'x' }, 'MethodNotAllowed', 'ClientError'],
  [
    'elasticache',
    PRIMARY,
    'DescribeReplicationGroups',
    { ReplicationGroupId: 'x' },
    'ReplicationGroupNotFoundFault',
    'ReplicationGroupNotFoundFault',
  ],
  [
    'elasticache',
    RECOVERY,
    'DeleteReplicationGroup',
    { ReplicationGroupId: CACHE_COPY },
    'InvalidReplicationGroupState',
    'InvalidReplicationGroupStateFault',
  ],
  [
    'elasticache',
    RECOVERY,
    'FailoverGlobalReplicationGroup',
    { GlobalReplicationGroupId: 'x', PrimaryRegion: RECOVERY, PrimaryReplicationGroupId: CACHE_COPY },
    'GlobalReplicationGroupNotFoundFault',
    'GlobalReplicationGroupNotFoundFault',
  ],
  [
    'elasticache',
    PRIMARY,
    'CreateReplicationGroup',
    { ReplicationGroupId: 'a', ReplicationGroupDescription: 'a', SnapshotName: 'x' },
    'SnapshotNotFoundFault',
    'SnapshotNotFoundFault',
  ],
  [
    'rds',
    PRIMARY,
    'DescribeDBSubnetGroups',
    { DBSubnetGroupName: 'x' },
    'DBSubnetGroupNotFoundFault',
    'DBSubnetGroupNotFoundFault',
  ],
  [
    'rds',
    PRIMARY,
    'DescribeDBParameterGroups',
    { DBParameterGroupName: 'x' },
    'DBParameterGroupNotFound',
    'DBParameterGroupNotFoundFault',
  ],
  [
    'rds',
    PRIMARY,
    'DescribeOptionGroups',
    { OptionGroupName: 'x' },
    'OptionGroupNotFoundFault',
    'OptionGroupNotFoundFault',
  ],
  [
    'rds',
    PRIMARY,
    'RestoreDBInstanceToPointInTime',
    { ...restore(hoursAgo(2)), DBSubnetGroupName: 'x' },
    'DBSubnetGroupNotFoundFault',
    'DBSubnetGroupNotFoundFault',
  ],
  ['ec2', PRIMARY, 'DescribeSecurityGroups', { GroupIds: ['sg-x'] }, 'InvalidGroup.NotFound', 'ClientError'],
  [
    'ec2',
    PRIMARY,
    'DescribeSecurityGroups',
    { Filters: [{ Name: 'x', Values: ['y'] }] },
    'InvalidParameterValue',
    'ClientError',
  ],
  ['ec2', PRIMARY, 'DescribeSubnets', { SubnetIds: ['subnet-x'] }, 'InvalidSubnetID.NotFound', 'ClientError'],
  ['ec2', PRIMARY, 'DescribeInstances', {}, 'InvalidAction', 'ClientError'],
  [
    'elasticache',
    PRIMARY,
    'DescribeCacheSubnetGroups',
    { CacheSubnetGroupName: 'x' },
    'CacheSubnetGroupNotFoundFault',
    'CacheSubnetGroupNotFoundFault',
  ],
  [
    'elasticache',
    PRIMARY,
    'DescribeCacheParameterGroups',
    { CacheParameterGroupName: 'x' },
    'CacheParameterGroupNotFound',
    'CacheParameterGroupNotFoundFault',
  ],
  [
    'lambda',
    RECOVERY,
    'GetFunctionConfiguration',
    { FunctionName: 'x' },
    'ResourceNotFoundException',
    'ResourceNotFoundException',
  ],
  [
    'dynamodb',
    RECOVERY,
    'DescribeTable',
    { TableName: 'none' },
    'ResourceNotFoundException',
    'ResourceNotFoundException',
  ],
  [
    'dynamodb',
    RECOVERY,
    'RestoreTableToPointInTime',
    { SourceTableName: 'none', TargetTableName: 'copy', UseLatestRestorableTime: true },
    'TableNotFoundException',
    'TableNotFoundException',
  ],
  ['ssm', RECOVERY, 'DescribeDocument', { Name: 'Missing' }, 'InvalidDocument', 'InvalidDocument'],
  [
    'fis',
    RECOVERY,
    'GetExperimentTemplate',
    { id: 'EXTnone' },
    'ResourceNotFoundException',
    'ResourceNotFoundException',
  ],
  [
    'iam',
    GLOBAL,
    'SimulatePrincipalPolicy',
    { PolicySourceArn: 'arn:aws:iam::111122223333:role/none', ActionNames: ['rds:PromoteReadReplica'] },
    'NoSuchEntity',
    'NoSuchEntityException',
  ],
  [
    'cloudwatch',
    RECOVERY,
    'PutMetricData',
    { Namespace: 'AWS/RDS', MetricData: [{ MetricName: 'x', Value: 1 }] },
    'InvalidParameterValue',
    'InvalidParameterValueException',
  ],
  ['sns', RECOVERY, 'Publish', { TopicArn: `${TOPICS}:x`, Message: 'x' }, 'NotFound', 'NotFoundException'],
  ['sns', RECOVERY, 'Publish', { TopicArn: TOPICS, Message: 'x' }, 'InvalidParameter', 'InvalidParameterException'],
  ['kms', RECOVERY, 'GetPublicKey', { KeyId: 'alias/none' }, 'NotFoundException', 'NotFoundException'],
  ['iam', GLOBAL, 'GetRole', { RoleName: 'x' }, 'NoSuchEntity', 'NoSuchEntityException'],
  [
    'elbv2',
    RECOVERY,
    'DescribeTargetHealth',
    { TargetGroupArn: `${TARGET_GROUP}0` },
    'TargetGroupNotFound',
    'TargetGroupNotFoundException',
  ],
  [
    'service-quotas',
    RECOVERY,
    'GetServiceQuota',
    { ServiceCode: 'rds', QuotaCode: 'L-X' },
    'NoSuchResourceException',
    'NoSuchResourceException',
  ],
])(
  '%s in %s refuses %s, by the code on the wire and by the class that boto3 makes of it',
  async (service, region, operation, input, code, type) => {
    const error = await boto3.call(service, region, operation, input).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ name: code, type, message: expect.stringMatching(/./) });
  },
);

test('boto3 said nothing of its own', () => {
  expect(boto3.complaints).toBe('');
});
