import * as z from 'zod';

const tag = z.strictObject({ Key: z.string(), Value: z.string() });

/** Settings of a simulated RDS instance, by the names that DescribeDBInstances gives them. */
const simulatedInstance = z
  .strictObject({
    IAMDatabaseAuthenticationEnabled: z.boolean(),
    OptionGroup: z.string().describe('The name of its option group.'),
    DBParameterGroup: z.string().describe("The name of its parameter group, where it is not the topology's."),
    TagList: z.array(tag),
    DeletionProtection: z.boolean(),
    CACertificateIdentifier: z.string(),
    EnabledCloudwatchLogsExports: z.array(z.string()),
    PerformanceInsightsEnabled: z.boolean(),
    PerformanceInsightsRetentionPeriod: z.int(),
    PerformanceInsightsKMSKeyId: z.string(),
    DatabaseInsightsMode: z.enum(['standard', 'advanced']),
    MonitoringInterval: z.int(),
    MonitoringRoleArn: z.string(),
    PreferredMaintenanceWindow: z.string(),
    PreferredBackupWindow: z.string(),
    BackupRetentionPeriod: z.int().nonnegative(),
    AwsBackupRecoveryPointArn: z.string(),
    MultiAZ: z.boolean(),
    StorageType: z.string(),
    Iops: z.int(),
    StorageThroughput: z.int(),
    MaxAllocatedStorage: z.int(),
    DedicatedLogVolume: z.boolean(),
    ProcessorFeatures: z.array(z.strictObject({ Name: z.string(), Value: z.string() })),
    PubliclyAccessible: z.boolean(),
    AutoMinorVersionUpgrade: z.boolean(),
    CopyTagsToSnapshot: z.boolean(),
    Port: z.int(),
    EngineVersion: z.string(),
    LicenseModel: z.string(),
    EngineLifecycleSupport: z.string(),
    NetworkType: z.enum(['IPV4', 'DUAL']),
    AssociatedRoles: z.array(z.strictObject({ RoleArn: z.string(), FeatureName: z.string() })),
    DomainMemberships: z.array(z.strictObject({ Domain: z.string(), IAMRoleName: z.string() })),
    MasterUserSecret: z.strictObject({ SecretArn: z.string(), SecretStatus: z.string() }),
    ActivityStreamStatus: z.enum(['started', 'stopped']),
    DBInstanceAutomatedBackupsReplications: z.array(z.strictObject({ DBInstanceAutomatedBackupsArn: z.string() })),
  })
  .partial()
  .meta({ id: 'simulatedInstance' });

export type SimulatedInstance = z.output<typeof simulatedInstance>;

/** Settings upon which nothing else in the world depends. Those that something does are fields of the instance. */
export type Settings = Omit<
  SimulatedInstance,
  'DBParameterGroup' | 'TagList' | 'DeletionProtection' | 'BackupRetentionPeriod' | 'MultiAZ' | 'EngineVersion'
>;

/** What a simulated RDS can be made to leave out of a copy. */
const settingName = z
  .enum([
    ...(Object.keys(simulatedInstance.shape) as (keyof SimulatedInstance)[]),
    'DBInstanceClass',
    'DBSubnetGroup',
    'VpcSecurityGroups',
  ])
  .meta({ id: 'settingOfInstance' });
export type SettingName = z.output<typeof settingName>;

export const simulatedPair = z
  .strictObject({
    writer: simulatedInstance.default({}),
    replica: simulatedInstance.default({}),
  })
  .default({ writer: {}, replica: {} })
  .describe("Settings of the topology's two RDS instances, by the names that DescribeDBInstances gives them.");

export const simulatedCopies = z
  .strictObject({
    ignore: z
      .array(settingName)
      .default([])
      .describe('Settings that RDS does not apply to a copy, although they were requested.'),
    passwordRotated: z
      .enum(['never', 'once', 'twice'])
      .default('never')
      .describe("How often the login's password in Secrets Manager was rotated since the backup was made."),
  })
  .default({ ignore: [], passwordRotated: 'never' })
  .describe('Restored instances and new replicas.');
