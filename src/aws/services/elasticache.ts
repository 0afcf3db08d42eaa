import {
  CreateReplicationGroupCommand,
  DeleteReplicationGroupCommand,
  DescribeCacheClustersCommand,
  DescribeCacheParameterGroupsCommand,
  DescribeCacheSubnetGroupsCommand,
  DescribeGlobalReplicationGroupsCommand,
  DescribeReplicationGroupsCommand,
  DescribeSnapshotsCommand,
  DisassociateGlobalReplicationGroupCommand,
  ElastiCacheClient,
  FailoverGlobalReplicationGroupCommand,
} from '@aws-sdk/client-elasticache';

export const Client = ElastiCacheClient;

export const reads = {
  DescribeCacheClusters: DescribeCacheClustersCommand,
  DescribeCacheParameterGroups: DescribeCacheParameterGroupsCommand,
  DescribeCacheSubnetGroups: DescribeCacheSubnetGroupsCommand,
  DescribeGlobalReplicationGroups: DescribeGlobalReplicationGroupsCommand,
  DescribeReplicationGroups: DescribeReplicationGroupsCommand,
  DescribeSnapshots: DescribeSnapshotsCommand,
};

export const changes = {
  CreateReplicationGroup: CreateReplicationGroupCommand,
  DeleteReplicationGroup: DeleteReplicationGroupCommand,
  DisassociateGlobalReplicationGroup: DisassociateGlobalReplicationGroupCommand,
  FailoverGlobalReplicationGroup: FailoverGlobalReplicationGroupCommand,
};
