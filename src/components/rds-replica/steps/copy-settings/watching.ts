import { type CopySetting, list, modify, onEvery, SERVING, WORTH_KNOWING } from './setting.ts';

/** How an instance is watched. */
export const watching: readonly CopySetting[] = [
  {
    name: 'CloudWatch log exports',
    fields: ['EnabledCloudwatchLogsExports'],
    of: (one) => list(one.EnabledCloudwatchLogsExports),
    asked: onEvery((one) => ({ EnableCloudwatchLogsExports: one.EnabledCloudwatchLogsExports ?? [] })),
    // They would leave log groups of its name behind.
    testGoesWithout: true,
    change: modify(
      (one) =>
        `--cloudwatch-logs-export-configuration '{"EnableLogTypes":${JSON.stringify(one.EnabledCloudwatchLogsExports ?? [])}}'`,
    ),
    why: 'Its logs are missing where alarms and auditors look for them.',
    matters: SERVING,
  },
  {
    name: 'Performance Insights',
    fields: ['PerformanceInsightsEnabled', 'PerformanceInsightsRetentionPeriod'],
    of: (one) =>
      one.PerformanceInsightsEnabled ? `on, kept for ${one.PerformanceInsightsRetentionPeriod ?? 7} days` : 'off',
    // A restore has no input for it.
    asked: {
      replica: (one) =>
        one.PerformanceInsightsEnabled
          ? {
              EnablePerformanceInsights: true,
              PerformanceInsightsRetentionPeriod: one.PerformanceInsightsRetentionPeriod ?? 7,
            }
          : {},
    },
    testGoesWithout: true,
    change: modify((one) =>
      one.PerformanceInsightsEnabled
        ? `--enable-performance-insights --performance-insights-retention-period ${one.PerformanceInsightsRetentionPeriod ?? 7}`
        : '--no-enable-performance-insights',
    ),
    why: 'Nobody sees which statements load it when it carries the load.',
    matters: WORTH_KNOWING,
  },
  {
    name: 'Performance Insights key',
    fields: ['PerformanceInsightsKMSKeyId'],
    of: (one) => one.PerformanceInsightsKMSKeyId,
    regional: true,
    asked: {
      replica: (one) =>
        one.PerformanceInsightsEnabled ? { PerformanceInsightsKMSKeyId: one.PerformanceInsightsKMSKeyId } : {},
    },
    testGoesWithout: true,
    change: modify(
      (one) => `--enable-performance-insights --performance-insights-kms-key-id ${one.PerformanceInsightsKMSKeyId}`,
    ),
    why: 'Statements of customers are encrypted with another key than decided.',
    matters: WORTH_KNOWING,
  },
  {
    name: 'Database Insights mode',
    fields: ['DatabaseInsightsMode'],
    of: (one) => one.DatabaseInsightsMode,
    // CreateDBInstanceReadReplica has an input for it that RDS does not support.
    change: modify((one) => `--database-insights-mode ${one.DatabaseInsightsMode}`),
    why: 'What Database Insights shows of the original it does not show of the copy.',
    matters: WORTH_KNOWING,
  },
  {
    name: 'enhanced monitoring',
    fields: ['MonitoringInterval', 'MonitoringRoleArn', 'EnhancedMonitoringResourceArn'],
    of: (one) => (one.MonitoringInterval ? `every ${one.MonitoringInterval} s as ${one.MonitoringRoleArn}` : 'off'),
    // A restore has no input for it. Both or none: RDS refuses an interval without a role.
    asked: {
      replica: (one) =>
        one.MonitoringInterval && one.MonitoringRoleArn
          ? { MonitoringInterval: one.MonitoringInterval, MonitoringRoleArn: one.MonitoringRoleArn }
          : {},
    },
    testGoesWithout: true,
    change: modify((one) =>
      one.MonitoringInterval
        ? `--monitoring-interval ${one.MonitoringInterval} --monitoring-role-arn ${one.MonitoringRoleArn}`
        : '--monitoring-interval 0',
    ),
    why: 'Dashboards and alarms on memory, disks and processes stay empty.',
    matters: WORTH_KNOWING,
  },
  {
    name: 'database activity stream',
    fields: [
      'ActivityStreamStatus',
      'ActivityStreamKmsKeyId',
      'ActivityStreamKinesisStreamName',
      'ActivityStreamMode',
      'ActivityStreamEngineNativeAuditFieldsIncluded',
      'ActivityStreamPolicyStatus',
    ],
    of: (one) => (['started', 'starting'].includes(one.ActivityStreamStatus ?? '') ? 'on' : 'off'),
    change: (_, { region, identifier }) =>
      `aws rds start-activity-stream --region ${region} --resource-arn <ARN of ${identifier}> --mode async --kms-key-id <key> --apply-immediately`,
    why: 'What is done in it is not audited.',
    matters: SERVING,
  },
];
