import {
  CopyDBSnapshotCommand,
  CreateDBInstanceReadReplicaCommand,
  DeleteDBInstanceCommand,
  DeleteDBSnapshotCommand,
  DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  DescribeEventsCommand,
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
  DescribeEvents: DescribeEventsCommand,
};

export const changes = {
  CopyDBSnapshot: CopyDBSnapshotCommand,
  CreateDBInstanceReadReplica: CreateDBInstanceReadReplicaCommand,
  DeleteDBInstance: DeleteDBInstanceCommand,
  DeleteDBSnapshot: DeleteDBSnapshotCommand,
  ModifyDBInstance: ModifyDBInstanceCommand,
  PromoteReadReplica: PromoteReadReplicaCommand,
  RebootDBInstance: RebootDBInstanceCommand,
  RestoreDBInstanceFromDBSnapshot: RestoreDBInstanceFromDBSnapshotCommand,
  RestoreDBInstanceToPointInTime: RestoreDBInstanceToPointInTimeCommand,
};
