import type { Service } from './aws.ts';
import type { services } from './services/index.ts';

type Change = { [S in Service]: `${S}:${keyof (typeof services)[S]['changes'] & string}` }[Service];

/** Checked against `services` by its type, so that the clients, which take long to load, need not be. */
const changes: Record<Change, true> = {
  'cloudwatch:PutMetricData': true,
  'dynamodb:DeleteTable': true,
  'dynamodb:PutItem': true,
  'dynamodb:RestoreTableToPointInTime': true,
  'dynamodb:TagResource': true,
  'dynamodb:UpdateTable': true,
  'eks:UpdateNodegroupConfig': true,
  'elasticache:CreateReplicationGroup': true,
  'elasticache:DeleteReplicationGroup': true,
  'elasticache:DisassociateGlobalReplicationGroup': true,
  'elasticache:FailoverGlobalReplicationGroup': true,
  'fis:StartExperiment': true,
  'fis:StopExperiment': true,
  'globalaccelerator:UpdateEndpointGroup': true,
  'lambda:Invoke': true,
  'rds:CopyDBClusterSnapshot': true,
  'rds:CopyDBSnapshot': true,
  'rds:CreateDBInstance': true,
  'rds:CreateDBInstanceReadReplica': true,
  'rds:DeleteDBCluster': true,
  'rds:DeleteDBClusterSnapshot': true,
  'rds:DeleteDBInstance': true,
  'rds:DeleteDBSnapshot': true,
  'rds:FailoverDBCluster': true,
  'rds:FailoverGlobalCluster': true,
  'rds:ModifyDBCluster': true,
  'rds:ModifyDBInstance': true,
  'rds:PromoteReadReplica': true,
  'rds:RebootDBInstance': true,
  'rds:RestoreDBClusterFromSnapshot': true,
  'rds:RestoreDBClusterToPointInTime': true,
  'rds:RestoreDBInstanceFromDBSnapshot': true,
  'rds:RestoreDBInstanceToPointInTime': true,
  'rds:SwitchoverGlobalCluster': true,
  'route53:ChangeResourceRecordSets': true,
  'route53:UpdateHealthCheck': true,
  'route53recoverycluster:UpdateRoutingControlStates': true,
  's3:CopyObject': true,
  's3:DeleteObject': true,
  's3:PutObject': true,
  'secretsmanager:CreateSecret': true,
  'secretsmanager:DeleteSecret': true,
  'secretsmanager:PutSecretValue': true,
  'secretsmanager:UpdateSecretVersionStage': true,
  'sns:Publish': true,
  'ssm:StartAutomationExecution': true,
  'ssm:StopAutomationExecution': true,
};

/** Whether an operation, as `rds:PromoteReadReplica`, changes something; needs no AWS client. */
export const isChange = (operation: string): boolean => Object.hasOwn(changes, operation);
