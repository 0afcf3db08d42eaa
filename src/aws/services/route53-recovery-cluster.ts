import {
  GetRoutingControlStateCommand,
  Route53RecoveryClusterClient,
  UpdateRoutingControlStatesCommand,
} from '@aws-sdk/client-route53-recovery-cluster';

export const Client = Route53RecoveryClusterClient;

export const reads = { GetRoutingControlState: GetRoutingControlStateCommand };

export const changes = { UpdateRoutingControlStates: UpdateRoutingControlStatesCommand };
