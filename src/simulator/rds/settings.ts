import type { DBInstance } from '@aws-sdk/client-rds';
import type { Input } from '../../aws/aws.ts';
import type { RdsReplica } from '../../components/rds-replica/schema.ts';
import type { SettingName, Settings, SimulatedInstance } from '../../drill/simulated-instance.ts';
import type { Instance } from '../state.ts';
import { defaultOptions, engines, type Versioned } from './engines.ts';

/** What gp3 gives, up to 399 GiB and above. */
const gp3 = (storageGib: number) =>
  storageGib < 400 ? { Iops: 3_000, StorageThroughput: 125 } : { Iops: 12_000, StorageThroughput: 500 };

/** As RDS makes an instance that nobody asks anything of. */
const usual = (storageGib: number, of: Versioned): Settings => ({
  IAMDatabaseAuthenticationEnabled: false,
  OptionGroup: defaultOptions(of),
  CACertificateIdentifier: 'rds-ca-rsa2048-g1',
  EnabledCloudwatchLogsExports: [],
  PerformanceInsightsEnabled: false,
  DatabaseInsightsMode: 'standard',
  MonitoringInterval: 0,
  StorageType: 'gp3',
  ...gp3(storageGib),
  DedicatedLogVolume: false,
  PubliclyAccessible: false,
  AutoMinorVersionUpgrade: true,
  CopyTagsToSnapshot: false,
  Port: engines[of.engine].port,
  LicenseModel: engines[of.engine].license,
  EngineLifecycleSupport: 'open-source-rds-extended-support',
  NetworkType: 'IPV4',
  AssociatedRoles: [],
  ActivityStreamStatus: 'stopped',
});

/** How the topology's instances stand, before the simulation says otherwise. */
export const settingsOfPair = ({ login, backups, engine }: RdsReplica, storageGib: number): Settings => ({
  ...usual(storageGib, { engine, engineVersion: engines[engine].version }),
  IAMDatabaseAuthenticationEnabled: login?.password.from === 'iam',
  PreferredMaintenanceWindow: 'sun:19:30-sun:20:00',
  PreferredBackupWindow: halfHourFrom(backups.window ?? '05:00'),
});

type FromBackup = Input<'rds', 'RestoreDBInstanceFromDBSnapshot'> | Input<'rds', 'RestoreDBInstanceToPointInTime'>;
type Replica = Input<'rds', 'CreateDBInstanceReadReplica'>;

/** A copy: what it is asked for, what it inherits by the documentation of each input, and RDS's defaults. `drawn` chooses its windows. */
export function settingsOfCopy(
  source: Pick<Instance, 'settings' | 'region' | 'storageGib' | 'engine' | 'engineVersion'>,
  region: string,
  input: FromBackup | Replica,
  drawn: number,
): Settings {
  const { Port, AutoMinorVersionUpgrade, LicenseModel, OptionGroup } = source.settings;
  return {
    ...usual(source.storageGib, source),
    ...windows(drawn),
    Port,
    AutoMinorVersionUpgrade,
    LicenseModel,
    OptionGroup: region === source.region ? OptionGroup : defaultOptions(source),
    ...storageOf(source, input),
    ...namedBy(input),
  };
}

/** io1 where IOPS are asked for, otherwise gp3; IOPS that were provisioned come along in a backup. */
function storageOf({ settings, storageGib }: Pick<Instance, 'settings' | 'storageGib'>, input: FromBackup | Replica) {
  const type = input.StorageType ?? (input.Iops === undefined ? 'gp3' : 'io1');
  const Iops = input.Iops ?? settings.Iops;
  return type === 'gp3'
    ? { StorageType: type, ...gp3(storageGib) }
    : { StorageType: type, Iops, StorageThroughput: undefined };
}

/** The settings that a call names, whether it makes an instance or changes one. */
export function namedBy(input: FromBackup | Replica | Input<'rds', 'ModifyDBInstance'>): Settings {
  const asked = input as Replica & Input<'rds', 'ModifyDBInstance'>;
  const logs = asked.CloudwatchLogsExportConfiguration;
  const named: { [K in keyof Settings]: unknown } = {
    IAMDatabaseAuthenticationEnabled: asked.EnableIAMDatabaseAuthentication,
    OptionGroup: asked.OptionGroupName,
    CACertificateIdentifier: asked.CACertificateIdentifier,
    EnabledCloudwatchLogsExports: asked.EnableCloudwatchLogsExports ?? logs?.EnableLogTypes,
    PerformanceInsightsEnabled: asked.EnablePerformanceInsights,
    PerformanceInsightsRetentionPeriod: asked.PerformanceInsightsRetentionPeriod,
    PerformanceInsightsKMSKeyId: asked.PerformanceInsightsKMSKeyId,
    // A replica's input for it is documented as not supported.
    DatabaseInsightsMode: 'SourceDBInstanceIdentifier' in asked ? undefined : asked.DatabaseInsightsMode,
    MonitoringInterval: asked.MonitoringInterval,
    MonitoringRoleArn: asked.MonitoringRoleArn,
    PreferredMaintenanceWindow: asked.PreferredMaintenanceWindow,
    PreferredBackupWindow: asked.PreferredBackupWindow,
    StorageType: asked.StorageType,
    Iops: asked.Iops,
    StorageThroughput: asked.StorageThroughput,
    MaxAllocatedStorage: asked.MaxAllocatedStorage,
    DedicatedLogVolume: asked.DedicatedLogVolume,
    ProcessorFeatures: asked.ProcessorFeatures,
    PubliclyAccessible: asked.PubliclyAccessible,
    AutoMinorVersionUpgrade: asked.AutoMinorVersionUpgrade,
    CopyTagsToSnapshot: asked.CopyTagsToSnapshot,
    Port: asked.Port ?? asked.DBPortNumber,
    LicenseModel: (input as FromBackup).LicenseModel,
    EngineLifecycleSupport: (input as FromBackup).EngineLifecycleSupport,
    NetworkType: asked.NetworkType,
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}

/** What ModifyDBInstance changes of them. */
export const CHANGEABLE = [
  ...[
    'EnableIAMDatabaseAuthentication',
    'OptionGroupName',
    'CACertificateIdentifier',
    'CloudwatchLogsExportConfiguration',
  ],
  ...['EnablePerformanceInsights', 'PerformanceInsightsRetentionPeriod', 'PerformanceInsightsKMSKeyId'],
  ...['DatabaseInsightsMode', 'MonitoringInterval', 'MonitoringRoleArn', 'PreferredMaintenanceWindow'],
  ...['PreferredBackupWindow', 'StorageType', 'Iops', 'StorageThroughput', 'MaxAllocatedStorage', 'DedicatedLogVolume'],
  ...['ProcessorFeatures', 'PubliclyAccessible', 'AutoMinorVersionUpgrade', 'CopyTagsToSnapshot', 'DBPortNumber'],
  ...['LicenseModel', 'EngineLifecycleSupport', 'NetworkType'],
];

/** Gives an instance what the simulation says of it. */
export function withSettings(instance: Instance, said: SimulatedInstance = {}): Instance {
  const { DBParameterGroup, TagList, DeletionProtection, BackupRetentionPeriod, MultiAZ, EngineVersion, ...settings } =
    said;
  return {
    ...instance,
    parameterGroup: DBParameterGroup ?? instance.parameterGroup,
    tags: TagList ?? instance.tags,
    deletionProtection: DeletionProtection ?? instance.deletionProtection,
    backupRetentionDays: BackupRetentionPeriod ?? instance.backupRetentionDays,
    multiAz: MultiAZ ?? instance.multiAz,
    engineVersion: EngineVersion ?? instance.engineVersion,
    settings: { ...instance.settings, ...settings },
  };
}

/** What RDS is made to leave out of a copy, although it was asked for. */
export function without<I extends object>(input: I, ignored: readonly SettingName[]): I {
  const inputs = new Set<string>(ignored.flatMap((name) => INPUTS[name] ?? [name]));
  return Object.fromEntries(Object.entries(input).filter(([key]) => !inputs.has(key))) as I;
}

/** Inputs that are named otherwise than what they set. */
const INPUTS: Partial<Record<SettingName, string[]>> = {
  DBSubnetGroup: ['DBSubnetGroupName'],
  VpcSecurityGroups: ['VpcSecurityGroupIds'],
  IAMDatabaseAuthenticationEnabled: ['EnableIAMDatabaseAuthentication'],
  OptionGroup: ['OptionGroupName'],
  DBParameterGroup: ['DBParameterGroupName'],
  EnabledCloudwatchLogsExports: ['EnableCloudwatchLogsExports'],
  PerformanceInsightsEnabled: ['EnablePerformanceInsights'],
  StorageType: ['StorageType', 'Iops', 'StorageThroughput'],
};

/** The settings as DescribeDBInstances tells them; the port is the endpoint's. */
export function told({ OptionGroup, Port: _, ...settings }: Settings): Partial<DBInstance> {
  return {
    ...(structuredClone(settings) as Partial<DBInstance>),
    OptionGroupMemberships: [{ OptionGroupName: OptionGroup, Status: 'in-sync' }],
  };
}

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** Half an hour each, out of eight hours of the night. */
function windows(drawn: number): Settings {
  const half = Math.floor(drawn * 16);
  const day = DAYS[Math.floor(drawn * 7_000) % 7];
  const maintenance = halfHourFrom(timeOf((half + 2) % 16));
  const [from, to] = maintenance.split('-');
  return {
    PreferredBackupWindow: halfHourFrom(timeOf(half)),
    PreferredMaintenanceWindow: `${day}:${from}-${day}:${to}`,
  };
}

const timeOf = (half: number): string =>
  `${String(13 + Math.floor(half / 2)).padStart(2, '0')}:${half % 2 === 0 ? '00' : '30'}`;

function halfHourFrom(time: string): string {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  const end = (hours * 60 + minutes + 30) % (24 * 60);
  return `${time}-${String(Math.floor(end / 60)).padStart(2, '0')}:${String(end % 60).padStart(2, '0')}`;
}
