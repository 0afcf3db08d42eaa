import {
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
  QueryCommand,
  RestoreTableToPointInTimeCommand,
  ScanCommand,
  TagResourceCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';

export const Client = DynamoDBClient;

export const reads = {
  DescribeContinuousBackups: DescribeContinuousBackupsCommand,
  DescribeTable: DescribeTableCommand,
  GetItem: GetItemCommand,
  ListTables: ListTablesCommand,
  ListTagsOfResource: ListTagsOfResourceCommand,
  Query: QueryCommand,
  Scan: ScanCommand,
};

export const changes = {
  DeleteTable: DeleteTableCommand,
  PutItem: PutItemCommand,
  RestoreTableToPointInTime: RestoreTableToPointInTimeCommand,
  TagResource: TagResourceCommand,
  UpdateTable: UpdateTableCommand,
};
