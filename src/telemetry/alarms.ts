import { NAMESPACE } from './cloudwatch.ts';
import { METRICS } from './metrics.ts';

const HOUR_S = 3_600;
const DAY_S = 86_400;

/**
 * Alarms on the drills of a schedule, as a CloudFormation template: a target missed, a drill failed, a drill overdue. They read what
 * `--metrics cloudwatch` sends of live runs as filed, and of the schedule.
 */
export function alarmTemplate(schedule: string, drills: readonly string[]): object {
  const resources = [...new Set(drills)].flatMap((drill, index) =>
    (['missed', 'failed', 'overdue'] as const).map((kind): [string, object] => [
      `${pascal(drill)}${index + 1}${pascal(kind)}`,
      { Type: 'AWS::CloudWatch::Alarm', Properties: alarmOf(schedule, drill, kind) },
    ]),
  );
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `Alarms on the disaster-recovery drills of ${schedule}`,
    Parameters: {
      TopicArn: { Type: 'String', Default: '', Description: 'ARN of an SNS topic that is told; none if empty' },
    },
    Conditions: { HasTopic: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'TopicArn' }, ''] }] } },
    Resources: Object.fromEntries(resources),
  };
}

function alarmOf(schedule: string, drill: string, kind: 'missed' | 'failed' | 'overdue'): object {
  const isOverdue = kind === 'overdue';
  const dimensions = isOverdue ? { drill, schedule } : { drill, mark: 'live', as_filed: 'true' };
  return {
    AlarmName: `dr-drill ${schedule} ${drill} ${kind}`,
    AlarmDescription: isOverdue
      ? `${drill} is overdue, or was not checked for a day: dr-drill due --metrics cloudwatch.`
      : `${METRICS[kind].about}: ${drill}, live. See the report of the run.`,
    Namespace: NAMESPACE,
    MetricName: METRICS[kind].name,
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    Statistic: 'Maximum',
    Period: isOverdue ? DAY_S : HOUR_S,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    // Between runs there is nothing to alarm of; where nobody says what is overdue, there is.
    TreatMissingData: isOverdue ? 'breaching' : 'notBreaching',
    AlarmActions: { 'Fn::If': ['HasTopic', [{ Ref: 'TopicArn' }], { Ref: 'AWS::NoValue' }] },
  };
}

/** A logical ID has letters and digits alone. */
const pascal = (name: string): string =>
  name
    .split(/[^A-Za-z0-9]+/)
    .map((part) => `${part.charAt(0).toUpperCase()}${part.slice(1)}`)
    .join('');
