import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';

export const Client = ApplicationAutoScalingClient;

export const reads = { DescribeScalableTargets: DescribeScalableTargetsCommand };

export const changes = { RegisterScalableTarget: RegisterScalableTargetCommand };
