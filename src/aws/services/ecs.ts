import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListClustersCommand,
  ListServicesCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';

export const Client = ECSClient;

export const reads = {
  DescribeServices: DescribeServicesCommand,
  DescribeTaskDefinition: DescribeTaskDefinitionCommand,
  ListClusters: ListClustersCommand,
  ListServices: ListServicesCommand,
};

export const changes = {
  RegisterTaskDefinition: RegisterTaskDefinitionCommand,
  UpdateService: UpdateServiceCommand,
};
