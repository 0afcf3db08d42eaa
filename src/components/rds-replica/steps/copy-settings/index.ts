import type { DBInstance } from '@aws-sdk/client-rds';
import { access } from './access.ts';
import { capacity } from './capacity.ts';
import { keeping } from './keeping.ts';
import type { CopySetting } from './setting.ts';
import { watching } from './watching.ts';

/**
 * All that an instance made from another one may have otherwise. Source: the SDK's shapes, whose documentation tells the default of each
 * input ("RestoreDBInstanceFromDBSnapshot", "RestoreDBInstanceToPointInTime", "CreateDBInstanceReadReplica" in the Amazon RDS API Reference).
 */
export const copySettings: readonly CopySetting[] = [...access, ...capacity, ...keeping, ...watching];

/** Fields of an instance that no copy can lack, and why. */
export const notCompared: Partial<Record<keyof DBInstance, string>> = {
  ...of('its own', [
    'DBInstanceIdentifier',
    'DBInstanceArn',
    'DbiResourceId',
    'InstanceCreateTime',
    'AvailabilityZone',
  ]),
  ...of('how it stands just now', [
    'DBInstanceStatus',
    'StatusInfos',
    'PendingModifiedValues',
    'LatestRestorableTime',
    'PercentProgress',
    'AutomaticRestartTime',
    'StorageVolumeStatus',
    'StorageOperationStatus',
    'StorageOperationPercentProgress',
    'IsStorageConfigUpgradeAvailable',
  ]),
  ...of('its place among replicas, which the replication look compares', [
    'ReadReplicaSourceDBInstanceIdentifier',
    'ReadReplicaDBInstanceIdentifiers',
    'ReadReplicaDBClusterIdentifiers',
    'ReadReplicaSourceDBClusterIdentifier',
  ]),
  ...of('part of the data', [
    'DBName',
    'MasterUsername',
    'AllocatedStorage',
    'CharacterSetName',
    'NcharCharacterSetName',
    'Timezone',
  ]),
  ...of('of other engines, of Aurora, RDS Custom or Outposts', [
    'ReplicaMode',
    'TdeCredentialArn',
    'DBClusterIdentifier',
    'PromotionTier',
    'ListenerEndpoint',
    'AutomationMode',
    'ResumeFullAutomationModeTime',
    'CustomerOwnedIpEnabled',
    'BackupTarget',
    'CustomIamInstanceProfile',
    'DBSystemId',
    'MultiTenant',
    'AdditionalStorageVolumes',
  ]),
  ...of('follows from a backup plan, a policy of the organisation or a reservation', [
    'AwsBackupRecoveryPointArn',
    'UpgradeRolloutOrder',
    'DBCapacityReservationIdentifier',
  ]),
};

function of(why: string, fields: (keyof DBInstance)[]): Partial<Record<keyof DBInstance, string>> {
  return Object.fromEntries(fields.map((field) => [field, why]));
}
