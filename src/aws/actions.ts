/** Operations whose actions policies know by another name. */
const otherNames: Record<string, string> = {
  'applicationautoscaling:DescribeScalableTargets': 'application-autoscaling:DescribeScalableTargets',
  'applicationautoscaling:RegisterScalableTarget': 'application-autoscaling:RegisterScalableTarget',
  'lambda:Invoke': 'lambda:InvokeFunction',
  'route53recoverycluster:GetRoutingControlState': 'route53-recovery-cluster:GetRoutingControlState',
  'route53recoverycluster:UpdateRoutingControlStates': 'route53-recovery-cluster:UpdateRoutingControlStates',
  's3:CopyObject': 's3:PutObject',
  's3:GetBucketReplication': 's3:GetReplicationConfiguration',
  's3:HeadObject': 's3:GetObject',
  's3:ListBuckets': 's3:ListAllMyBuckets',
  's3:ListObjectVersions': 's3:ListBucketVersions',
  's3:ListObjectsV2': 's3:ListBucket',
};

/** What policies call an operation such as `rds:PromoteReadReplica`. */
export const actionOf = (operation: string): string => otherNames[operation] ?? operation;
