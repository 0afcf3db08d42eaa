import type { DBInstance } from '@aws-sdk/client-rds';
import { vpcIn } from '../groups.ts';
import type { Instance } from '../state.ts';
import { at } from '../timeline.ts';
import type { World } from '../world.ts';
import { latestRestorableMs } from './backups.ts';
import { engines } from './engines.ts';
import { describedGroups } from './global-clusters.ts';
import { arnOf, sourceOf, storeOf } from './instance.ts';
import { told } from './settings.ts';
import { otherZone } from './zone-failover.ts';

/** An instance as RDS describes it. */
export function describe(world: World, instance: Instance): DBInstance {
  const nowMs = world.clock.nowMs();
  const status = at(instance.status, nowMs) ?? 'deleting';
  const replicas = world.instances.filter(
    (one) => at(one.source, nowMs) === instance.identifier && at(one.status, nowMs) !== null,
  );
  const hasStandby = instance.multiAz && instance.standbyMs <= nowMs;
  const latestMs = latestRestorableMs(world, instance);
  return {
    DBInstanceIdentifier: instance.identifier,
    DBInstanceArn: arnOf(world, instance),
    DBInstanceStatus: status,
    DBInstanceClass: instance.class,
    DBName: storeOf(world, instance).database,
    Engine: engines[instance.engine].name,
    EngineVersion: instance.engineVersion,
    AllocatedStorage: instance.storageGib,
    ...told(instance.settings),
    StorageEncrypted: instance.kmsKey !== null,
    ...(instance.kmsKey === null ? {} : { KmsKeyId: instance.kmsKey }),
    MultiAZ: hasStandby,
    AvailabilityZone: at(instance.zone.told, nowMs),
    ...(hasStandby && { SecondaryAvailabilityZone: otherZone(instance.region, at(instance.zone.told, nowMs)) }),
    InstanceCreateTime: new Date(instance.createdMs),
    // There is no endpoint before there is an instance behind it.
    ...(status === 'creating'
      ? {}
      : {
          Endpoint: {
            Address: instance.address,
            Port: world.endpoints.databasePort ?? instance.settings.Port ?? engines[instance.engine].port,
          },
        }),
    VpcSecurityGroups: describedGroups(instance, nowMs),
    DBSubnetGroup: {
      DBSubnetGroupName: instance.subnetGroup,
      SubnetGroupStatus: 'Complete',
      VpcId: vpcIn(instance.region),
    },
    DBParameterGroups: [{ DBParameterGroupName: instance.parameterGroup, ParameterApplyStatus: 'in-sync' }],
    BackupRetentionPeriod: instance.backupRetentionDays,
    PendingModifiedValues: {
      ...instance.pending,
      ...(instance.multiAz && !hasStandby && { MultiAZ: true }),
      ...(instance.renamed && { DBInstanceIdentifier: instance.renamed.to }),
    },
    DeletionProtection: instance.deletionProtection,
    TagList: instance.tags.map((tag) => ({ ...tag })),
    ReadReplicaDBInstanceIdentifiers: replicas.map((one) =>
      one.region === instance.region ? one.identifier : arnOf(world, one),
    ),
    ...(latestMs === undefined ? {} : { LatestRestorableTime: new Date(latestMs) }),
    ...replication(world, instance, nowMs),
  };
}

function replication(world: World, instance: Instance, nowMs: number): Partial<DBInstance> {
  const identifier = at(instance.source, nowMs);
  if (identifier === null) return {};
  const source = sourceOf(world, instance, nowMs);
  const arn = arnOf(world, source ?? { identifier, region: world.topology.regions.primary });
  const StatusType = 'read replication';
  const error = at(instance.replicationError, nowMs);
  const gone = source === undefined || at(source.status, nowMs) === null;
  return {
    ReadReplicaSourceDBInstanceIdentifier: source?.region === instance.region ? identifier : arn,
    StatusInfos: gone
      ? [{ StatusType, Normal: false, Status: 'terminated', Message: 'The source instance has been deleted.' }]
      : error === null
        ? [{ StatusType, Normal: true, Status: 'replicating' }]
        : [{ StatusType, Normal: false, Status: 'error', Message: error }],
  };
}
