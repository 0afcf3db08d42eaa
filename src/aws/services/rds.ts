import {
  CopyDBSnapshotCommand,
  CreateDBInstanceReadReplicaCommand,
  DeleteDBInstanceCommand,
  DeleteDBSnapshotCommand,
  DescribeDBClustersCommand,
  DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  DescribeEventsCommand,
  DescribeGlobalClustersCommand,
  FailoverGlobalClusterCommand,
  ModifyDBInstanceCommand,
  PromoteReadReplicaCommand,
  RDSClient,
  RebootDBInstanceCommand,
  RestoreDBInstanceFromDBSnapshotCommand,
  RestoreDBInstanceToPointInTimeCommand,
  SwitchoverGlobalClusterCommand,
} from '@aws-sdk/client-rds';

export const Client = RDSClient;

export const reads = {
  DescribeDBClusters: DescribeDBClustersCommand,
  DescribeDBInstances: DescribeDBInstancesCommand,
  DescribeDBInstanceAutomatedBackups: DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBSnapshots: DescribeDBSnapshotsCommand,
  DescribeEvents: DescribeEventsCommand,
  DescribeGlobalClusters: DescribeGlobalClustersCommand,
};

export const changes = {
  CopyDBSnapshot: CopyDBSnapshotCommand,
  CreateDBInstanceReadReplica: CreateDBInstanceReadReplicaCommand,
  DeleteDBInstance: DeleteDBInstanceCommand,
  DeleteDBSnapshot: DeleteDBSnapshotCommand,
  FailoverGlobalCluster: FailoverGlobalClusterCommand,
  ModifyDBInstance: ModifyDBInstanceCommand,
  PromoteReadReplica: PromoteReadReplicaCommand,
  RebootDBInstance: RebootDBInstanceCommand,
  RestoreDBInstanceFromDBSnapshot: RestoreDBInstanceFromDBSnapshotCommand,
  RestoreDBInstanceToPointInTime: RestoreDBInstanceToPointInTimeCommand,
  SwitchoverGlobalCluster: SwitchoverGlobalClusterCommand,
};
