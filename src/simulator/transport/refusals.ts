import { actionOf } from '../../aws/actions.ts';
import type { Service } from '../../aws/aws.ts';
import { type AwsFault, awsError } from '../faults.ts';
import { sts } from '../sts.ts';
import type { World } from '../world.ts';

/** AWS's published limits; Application Auto Scaling, EKS, ElastiCache, FIS, IAM, Service Quotas and STS publish none, and S3's are beyond any drill. */
const limits: Record<string, { perSecond: number; burst: number }> = {
  route53: { perSecond: 10, burst: 50 },
  'route53:GetHealthCheckStatus': { perSecond: 1, burst: 4 },
  rds: { perSecond: 12, burst: 300 },
  sns: { perSecond: 30, burst: 30 },
  'dynamodb:DescribeContinuousBackups': { perSecond: 10, burst: 10 },
  'dynamodb:ListTagsOfResource': { perSecond: 10, burst: 10 },
  'dynamodb:RestoreTableToPointInTime': { perSecond: 10, burst: 10 },
  'dynamodb:TagResource': { perSecond: 5, burst: 5 },
  ecs: { perSecond: 20, burst: 50 },
  'ecs:RegisterTaskDefinition': { perSecond: 1, burst: 20 },
  'ecs:UpdateService': { perSecond: 5, burst: 50 },
  'cloudwatch:GetMetricData': { perSecond: 50, burst: 50 },
  'cloudwatch:DescribeAlarms': { perSecond: 9, burst: 9 },
};

/** Why a call is refused before anyone looks at it: the simulation says so, or there are too many. */
export function refusal(world: World, service: Service, region: string, operation: string): AwsFault | undefined {
  const action = actionOf(`${service}:${operation}`);
  if (world.denied.includes(action)) return denied(world, service, action);
  for (const [index, rule] of world.simulation.throttling.entries()) {
    const meant = rule.service === service && (rule.operation === undefined || rule.operation === operation);
    if (meant && spend(world, `throttling/${index}`, rule.calls)) return throttled(service, operation);
  }
  const name = [`${service}:${operation}`, service].find((one) => one in limits);
  const limit = name === undefined ? undefined : limits[name];
  return limit && !take(world, `${name}@${region}`, limit) ? throttled(service, operation) : undefined;
}

/** Whether a call that has been carried out is never answered. */
export function answerIsLost(world: World, service: Service, operation: string): boolean {
  return world.simulation.lostAnswers.some(
    (rule, index) =>
      rule.service === service && rule.operation === operation && spend(world, `lost/${index}`, rule.calls),
  );
}

function spend(world: World, key: string, calls: number): boolean {
  const spent = world.spent[key] ?? 0;
  if (spent >= calls) return false;
  world.spent[key] = spent + 1;
  return true;
}

function take(world: World, key: string, { perSecond, burst }: { perSecond: number; burst: number }): boolean {
  const nowMs = world.clock.nowMs();
  const { tokens, atMs } = world.budgets[key] ?? { tokens: burst, atMs: nowMs };
  const left = Math.min(burst, tokens + ((nowMs - atMs) / 1000) * perSecond);
  const granted = left >= 1;
  world.budgets[key] = { tokens: granted ? left - 1 : left, atMs: nowMs };
  return granted;
}

/** Services that speak JSON have names of their own for what all have, and so has SNS. */
const jsonServices: readonly Service[] = [
  'dynamodb',
  'applicationautoscaling',
  'ecs',
  'eks',
  'fis',
  'kafka',
  'globalaccelerator',
  'kms',
  'lambda',
  'route53recoverycluster',
  'secretsmanager',
  'servicequotas',
  'ssm',
];

const denied = (world: World, service: Service, action: string): AwsFault =>
  awsError(
    service === 'sns'
      ? 'AuthorizationErrorException'
      : service === 'ec2'
        ? 'UnauthorizedOperation'
        : jsonServices.includes(service)
          ? 'AccessDeniedException'
          : 'AccessDenied',
    `User: ${sts.GetCallerIdentity(world).Arn} is not authorized to perform: ${action}`,
    403,
  );

/** What a table without capacity for another request says, instead of an API that is called too often. */
const ofItems = ['GetItem', 'PutItem', 'Query', 'Scan'];

function throttled(service: Service, operation: string): AwsFault {
  if (service === 'dynamodb' && ofItems.includes(operation)) {
    const message =
      'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.';
    return awsError('ProvisionedThroughputExceededException', message);
  }
  if (service === 'ec2') return awsError('RequestLimitExceeded', 'Request limit exceeded.', 503);
  if (service === 's3') return awsError('SlowDown', 'Please reduce your request rate.', 503);
  if (service === 'sns') return awsError('ThrottledException', 'Rate exceeded', 429);
  if (service === 'elasticloadbalancing') return awsError('ThrottlingException', 'Rate exceeded');
  if (service === 'kafka') return awsError('TooManyRequestsException', 'Rate exceeded', 429);
  return awsError(jsonServices.includes(service) ? 'ThrottlingException' : 'Throttling', 'Rate exceeded');
}
