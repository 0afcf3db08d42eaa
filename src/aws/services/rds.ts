import {
  CopyDBSnapshotCommand,
  CreateDBInstanceReadReplicaCommand,
  DeleteDBInstanceCommand,
  DeleteDBSnapshotCommand,
  DescribeDBClustersCommand,
  DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBInstancesCommand,
  DescribeDBParameterGroupsCommand,
  DescribeDBSnapshotsCommand,
  DescribeDBSubnetGroupsCommand,
  DescribeEventsCommand,
  DescribeGlobalClustersCommand,
  DescribeOptionGroupsCommand,
  DescribeOrderableDBInstanceOptionsCommand,
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
  DescribeDBParameterGroups: DescribeDBParameterGroupsCommand,
  DescribeDBSnapshots: DescribeDBSnapshotsCommand,
  DescribeDBSubnetGroups: DescribeDBSubnetGroupsCommand,
  DescribeEvents: DescribeEventsCommand,
  DescribeGlobalClusters: DescribeGlobalClustersCommand,
  DescribeOptionGroups: DescribeOptionGroupsCommand,
  DescribeOrderableDBInstanceOptions: DescribeOrderableDBInstanceOptionsCommand,
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
