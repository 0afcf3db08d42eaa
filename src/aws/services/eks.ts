import {
  DescribeClusterCommand,
  DescribeNodegroupCommand,
  DescribeUpdateCommand,
  EKSClient,
  ListClustersCommand,
  ListNodegroupsCommand,
  UpdateNodegroupConfigCommand,
} from '@aws-sdk/client-eks';

export const Client = EKSClient;

export const reads = {
  DescribeCluster: DescribeClusterCommand,
  DescribeNodegroup: DescribeNodegroupCommand,
  DescribeUpdate: DescribeUpdateCommand,
  ListClusters: ListClustersCommand,
  ListNodegroups: ListNodegroupsCommand,
};

export const changes = { UpdateNodegroupConfig: UpdateNodegroupConfigCommand };
