import {
  DescribeClusterV2Command,
  GetBootstrapBrokersCommand,
  KafkaClient,
  ListClustersV2Command,
} from '@aws-sdk/client-kafka';

export const Client = KafkaClient;

export const reads = {
  DescribeClusterV2: DescribeClusterV2Command,
  GetBootstrapBrokers: GetBootstrapBrokersCommand,
  ListClustersV2: ListClustersV2Command,
};

export const changes = {};
