import type { Service } from '../aws.ts';

/** Loads the client of one service when it is first called: each takes tens of milliseconds, and few drills need them all. */
export const loadService = {
  applicationautoscaling: () => import('./application-auto-scaling.ts'),
  cloudwatch: () => import('./cloudwatch.ts'),
  dynamodb: () => import('./dynamodb.ts'),
  ec2: () => import('./ec2.ts'),
  ecs: () => import('./ecs.ts'),
  eks: () => import('./eks.ts'),
  elasticache: () => import('./elasticache.ts'),
  elasticloadbalancing: () => import('./elastic-load-balancing-v2.ts'),
  fis: () => import('./fis.ts'),
  globalaccelerator: () => import('./global-accelerator.ts'),
  iam: () => import('./iam.ts'),
  kafka: () => import('./kafka.ts'),
  kms: () => import('./kms.ts'),
  lambda: () => import('./lambda.ts'),
  rds: () => import('./rds.ts'),
  route53: () => import('./route-53.ts'),
  route53recoverycluster: () => import('./route53-recovery-cluster.ts'),
  s3: () => import('./s3.ts'),
  secretsmanager: () => import('./secrets-manager.ts'),
  servicequotas: () => import('./service-quotas.ts'),
  sns: () => import('./sns.ts'),
  ssm: () => import('./ssm.ts'),
  sts: () => import('./sts.ts'),
} satisfies Record<Service, () => Promise<unknown>>;
