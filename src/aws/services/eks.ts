import {
  DescribeClusterCommand,
  DescribeNodegroupCommand,
  DescribeUpdateCommand,
  EKSClient,
  UpdateNodegroupConfigCommand,
} from '@aws-sdk/client-eks';

export const Client = EKSClient;

export const reads = {
  DescribeCluster: DescribeClusterCommand,
  DescribeNodegroup: DescribeNodegroupCommand,
  DescribeUpdate: DescribeUpdateCommand,
};

export const changes = { UpdateNodegroupConfig: UpdateNodegroupConfigCommand };
