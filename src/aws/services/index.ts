import * as applicationautoscaling from './application-auto-scaling.ts';
import * as cloudwatch from './cloudwatch.ts';
import * as dynamodb from './dynamodb.ts';
import * as ec2 from './ec2.ts';
import * as ecs from './ecs.ts';
import * as eks from './eks.ts';
import * as elasticloadbalancing from './elastic-load-balancing-v2.ts';
import * as elasticache from './elasticache.ts';
import * as fis from './fis.ts';
import * as globalaccelerator from './global-accelerator.ts';
import * as iam from './iam.ts';
import * as kafka from './kafka.ts';
import * as kms from './kms.ts';
import * as lambda from './lambda.ts';
import * as rds from './rds.ts';
import * as route53 from './route-53.ts';
import * as route53recoverycluster from './route53-recovery-cluster.ts';
import * as s3 from './s3.ts';
import * as secretsmanager from './secrets-manager.ts';
import * as servicequotas from './service-quotas.ts';
import * as sns from './sns.ts';
import * as ssm from './ssm.ts';
import * as sts from './sts.ts';

/**
 * Every AWS operation that a drill may use, reads apart from changes. What is not here cannot be called.
 * Imported lazily: the clients take longer to load than the rest of the tool.
 */
export const services = {
  applicationautoscaling,
  cloudwatch,
  dynamodb,
  ec2,
  ecs,
  eks,
  elasticache,
  elasticloadbalancing,
  fis,
  globalaccelerator,
  iam,
  kafka,
  kms,
  lambda,
  rds,
  route53,
  route53recoverycluster,
  s3,
  secretsmanager,
  servicequotas,
  sns,
  ssm,
  sts,
};
