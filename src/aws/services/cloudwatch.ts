import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';

export const Client = CloudWatchClient;
export const reads = { DescribeAlarms: DescribeAlarmsCommand, GetMetricData: GetMetricDataCommand };
export const changes = { PutMetricData: PutMetricDataCommand };
