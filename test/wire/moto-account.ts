import type { Boto3 } from './boto3.ts';

export const ACCOUNT = '123456789012';
export const PRIMARY = 'ap-east-2';
export const RECOVERY = 'ap-northeast-1';
export const GLOBAL = 'us-east-1';
export const WRITER = 'ecommerce-db-primary';
export const REPLICA = 'ecommerce-db-dr-replica';
export const WRITER_ARN = `arn:aws:rds:${PRIMARY}:${ACCOUNT}:db:${WRITER}`;
export const NODES = { clusterName: 'ecommerce-recovery', nodegroupName: 'ecommerce-recovery-workers' };

/** What moto chose the names of. */
export interface MotoAccount {
  zone: string;
  /** A calculated check, as a gate; the failover records of shop.example.com hang on it. */
  gate: string;
  /** An endpoint's own check. */
  endpointCheck: string;
}

/** Fills moto with what the shipped topology describes. */
export async function prepareAccount(boto3: Boto3): Promise<MotoAccount> {
  await prepareDatabases(boto3);
  await prepareCluster(boto3);
  await prepareMetrics(boto3);
  return prepareTraffic(boto3);
}

async function prepareDatabases(boto3: Boto3): Promise<void> {
  const group = {
    DBParameterGroupName: 'ecommerce-postgres17',
    DBParameterGroupFamily: 'postgres17',
    Description: '-',
  };
  type Subnets = { Subnets: { SubnetId: string }[] };
  for (const region of [PRIMARY, RECOVERY]) {
    await boto3.call('rds', region, 'CreateDBParameterGroup', group);
    // AWS makes the default itself. moto has instances name one, by a version that its groups do not know, and makes none.
    await boto3.call('rds', region, 'CreateOptionGroup', {
      OptionGroupName: 'default:postgres-17-6',
      OptionGroupDescription: '-',
      EngineName: 'postgres',
      MajorEngineVersion: '13',
    });
    const { Subnets } = await boto3.call<Subnets>('ec2', region, 'DescribeSubnets');
    await boto3.call('rds', region, 'CreateDBSubnetGroup', {
      DBSubnetGroupName: 'ecommerce-private',
      DBSubnetGroupDescription: '-',
      SubnetIds: Subnets.slice(0, 2).map(({ SubnetId }) => SubnetId),
    });
  }
  const settings = {
    DBInstanceClass: 'db.r6g.xlarge',
    DBParameterGroupName: 'ecommerce-postgres17',
    DBSubnetGroupName: 'ecommerce-private',
  };
  await boto3.call('rds', PRIMARY, 'CreateDBInstance', {
    ...settings,
    DBInstanceIdentifier: WRITER,
    DBName: 'shop',
    Engine: 'postgres',
    EngineVersion: '17.6',
    AllocatedStorage: 500,
    MultiAZ: true,
    MasterUsername: 'shop',
    MasterUserPassword: 'only-in-moto',
    BackupRetentionPeriod: 7,
    VpcSecurityGroupIds: ['sg-0a1b2c3d4e5f60001'],
  });
  await boto3.call('rds', RECOVERY, 'CreateDBInstanceReadReplica', {
    ...settings,
    DBInstanceIdentifier: REPLICA,
    SourceDBInstanceIdentifier: WRITER_ARN,
  });
  // moto gives a replica its source's groups.
  const own = { DBInstanceIdentifier: REPLICA, VpcSecurityGroupIds: ['sg-0f9e8d7c6b5a40001'], ApplyImmediately: true };
  await boto3.call('rds', RECOVERY, 'ModifyDBInstance', own);
}

async function prepareCluster(boto3: Boto3): Promise<void> {
  const roleArn = `arn:aws:iam::${ACCOUNT}:role/eks`;
  const { clusterName: name } = NODES;
  await boto3.call('eks', RECOVERY, 'CreateCluster', {
    name,
    roleArn,
    resourcesVpcConfig: { subnetIds: ['subnet-1'] },
  });
  await boto3.call('eks', RECOVERY, 'CreateNodegroup', {
    ...NODES,
    nodeRole: roleArn,
    subnets: ['subnet-1'],
    scalingConfig: { minSize: 3, desiredSize: 3, maxSize: 30 },
  });
}

async function prepareMetrics(boto3: Boto3): Promise<void> {
  const Timestamp = new Date(Date.now() - 60_000).toISOString();
  const Dimensions = [{ Name: 'DBInstanceIdentifier', Value: REPLICA }];
  const lag = { MetricName: 'ReplicaLag', Dimensions, Value: 1, Timestamp };
  await boto3.call('cloudwatch', RECOVERY, 'PutMetricData', { Namespace: 'AWS/RDS', MetricData: [lag] });
  const errors = { MetricName: 'ErrorRate', Value: 0.25, Timestamp };
  const latency = { MetricName: 'ResponseTime', Value: 0.1, Timestamp };
  await boto3.call('cloudwatch', RECOVERY, 'PutMetricData', { Namespace: 'Shop', MetricData: [errors, latency] });
  const alarm = { AlarmName: 'shop-error-rate', Namespace: 'Shop', MetricName: 'ErrorRate', Statistic: 'Average' };
  const threshold = { Period: 60, EvaluationPeriods: 5, Threshold: 0.5, ComparisonOperator: 'GreaterThanThreshold' };
  await boto3.call('cloudwatch', RECOVERY, 'PutMetricAlarm', { ...alarm, ...threshold });
  const state = { AlarmName: alarm.AlarmName, StateValue: 'OK', StateReason: '-' };
  await boto3.call('cloudwatch', RECOVERY, 'SetAlarmState', state);
}

async function prepareTraffic(boto3: Boto3): Promise<MotoAccount> {
  const check = async (HealthCheckConfig: object, CallerReference: string) => {
    type Created = { HealthCheck: { Id: string } };
    const input = { CallerReference, HealthCheckConfig };
    return (await boto3.call<Created>('route53', GLOBAL, 'CreateHealthCheck', input)).HealthCheck.Id;
  };
  const gate = await check({ Type: 'CALCULATED', HealthThreshold: 0, ChildHealthChecks: [] }, 'gate');
  const https = {
    Type: 'HTTPS',
    FullyQualifiedDomainName: 'taipei.example.com',
    RequestInterval: 10,
    FailureThreshold: 3,
  };
  const endpointCheck = await check(https, 'endpoint');

  type Zone = { HostedZone: { Id: string } };
  const asked = { Name: 'example.com', CallerReference: 'zone' };
  const { HostedZone } = await boto3.call<Zone>('route53', GLOBAL, 'CreateHostedZone', asked);
  const record = (Name: string, SetIdentifier: string, Value: string, policy: object) => ({
    Action: 'CREATE',
    ResourceRecordSet: { Name, Type: 'A', SetIdentifier, TTL: 30, ResourceRecords: [{ Value }], ...policy },
  });
  const pair = (name: string, first: object, second: object) => [
    record(name, 'taipei', '203.0.113.10', first),
    record(name, 'tokyo', '198.51.100.20', second),
  ];
  const Changes = [
    ...pair('shop.example.com', { Failover: 'PRIMARY', HealthCheckId: gate }, { Failover: 'SECONDARY' }),
    ...pair('other.example.com', { Failover: 'PRIMARY', HealthCheckId: endpointCheck }, { Failover: 'SECONDARY' }),
    ...pair('weighted.example.com', { Weight: 100 }, { Weight: 0 }),
  ];
  const input = { HostedZoneId: HostedZone.Id, ChangeBatch: { Changes } };
  await boto3.call('route53', GLOBAL, 'ChangeResourceRecordSets', input);
  return { zone: HostedZone.Id.replace('/hostedzone/', ''), gate, endpointCheck };
}
