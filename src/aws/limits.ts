import type { Clock } from '../clock/clock.ts';

interface Limit {
  perSecond: number;
  burst: number;
}

/** AWS's published request limits; Application Auto Scaling, EKS, ElastiCache, FIS, Global Accelerator, IAM, MSK, Service Quotas and Systems Manager publish none: cautious guesses. Those of S3 are for one prefix. DynamoDB takes 2,500 looks at tables a second, and as many items as a table has capacity for. */
const limits: Record<string, Limit> = {
  applicationautoscaling: { perSecond: 5, burst: 10 },
  route53: { perSecond: 10, burst: 50 },
  'route53:GetHealthCheckStatus': { perSecond: 1, burst: 4 },
  rds: { perSecond: 12, burst: 300 },
  dynamodb: { perSecond: 1_000, burst: 1_000 },
  'dynamodb:DescribeContinuousBackups': { perSecond: 10, burst: 10 },
  'dynamodb:ListTagsOfResource': { perSecond: 10, burst: 10 },
  'dynamodb:RestoreTableToPointInTime': { perSecond: 10, burst: 10 },
  'dynamodb:TagResource': { perSecond: 5, burst: 5 },
  ec2: { perSecond: 20, burst: 100 },
  ecs: { perSecond: 20, burst: 50 },
  'ecs:RegisterTaskDefinition': { perSecond: 1, burst: 20 },
  'ecs:UpdateService': { perSecond: 5, burst: 50 },
  eks: { perSecond: 5, burst: 20 },
  elasticache: { perSecond: 5, burst: 20 },
  elasticloadbalancing: { perSecond: 10, burst: 40 },
  fis: { perSecond: 5, burst: 10 },
  globalaccelerator: { perSecond: 5, burst: 10 },
  iam: { perSecond: 5, burst: 10 },
  kafka: { perSecond: 5, burst: 10 },
  kms: { perSecond: 300, burst: 300 },
  lambda: { perSecond: 100, burst: 100 },
  route53recoverycluster: { perSecond: 5, burst: 10 },
  servicequotas: { perSecond: 5, burst: 10 },
  s3: { perSecond: 5_500, burst: 5_500 },
  's3:CopyObject': { perSecond: 3_500, burst: 3_500 },
  's3:DeleteObject': { perSecond: 3_500, burst: 3_500 },
  's3:PutObject': { perSecond: 3_500, burst: 3_500 },
  secretsmanager: { perSecond: 40, burst: 40 },
  'secretsmanager:GetSecretValue': { perSecond: 10_000, burst: 10_000 },
  sns: { perSecond: 30, burst: 30 },
  ssm: { perSecond: 5, burst: 10 },
  sts: { perSecond: 100, burst: 200 },
  cloudwatch: { perSecond: 50, burst: 50 },
  'cloudwatch:PutMetricData': { perSecond: 150, burst: 150 },
  'cloudwatch:DescribeAlarms': { perSecond: 9, burst: 9 },
};

/** One budget per service and region: waits until a call may leave. */
export class CallBudget {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async take(service: string, region: string, operation: string, signal?: AbortSignal): Promise<void> {
    const own = `${service}:${operation}`;
    const name = own in limits ? own : service;
    const limit = limits[name] ?? { perSecond: 5, burst: 5 };
    const waitMs = this.#reserve(`${name}@${region}`, limit);
    if (waitMs > 0) await this.#clock.sleep(waitMs, signal);
  }

  /** Takes a token, on credit if need be, and gives how long that credit takes to earn. */
  #reserve(key: string, limit: Limit): number {
    const nowMs = this.#clock.nowMs();
    const bucket = this.#buckets.get(key) ?? { tokens: limit.burst, atMs: nowMs };
    const earned = ((nowMs - bucket.atMs) / 1000) * limit.perSecond;
    bucket.tokens = Math.min(limit.burst, bucket.tokens + earned) - 1;
    bucket.atMs = nowMs;
    this.#buckets.set(key, bucket);
    return bucket.tokens >= 0 ? 0 : (-bucket.tokens / limit.perSecond) * 1000;
  }
}
