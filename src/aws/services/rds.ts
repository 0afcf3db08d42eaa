import {
  DeleteDBInstanceCommand,
  DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBInstanceCommand,
  PromoteReadReplicaCommand,
  RDSClient,
  RebootDBInstanceCommand,
  RestoreDBInstanceFromDBSnapshotCommand,
  RestoreDBInstanceToPointInTimeCommand,
} from '@aws-sdk/client-rds';

export const Client = RDSClient;

export const reads = {
  DescribeDBInstances: DescribeDBInstancesCommand,
  DescribeDBInstanceAutomatedBackups: DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBSnapshots: DescribeDBSnapshotsCommand,
};

export const changes = {
  DeleteDBInstance: DeleteDBInstanceCommand,
  ModifyDBInstance: ModifyDBInstanceCommand,
  PromoteReadReplica: PromoteReadReplicaCommand,
  RebootDBInstance: RebootDBInstanceCommand,
  RestoreDBInstanceFromDBSnapshot: RestoreDBInstanceFromDBSnapshotCommand,
  RestoreDBInstanceToPointInTime: RestoreDBInstanceToPointInTimeCommand,
};
