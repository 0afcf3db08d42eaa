import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  GetHealthCheckCommand,
  GetHealthCheckStatusCommand,
  GetHostedZoneCommand,
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
  UpdateHealthCheckCommand,
} from '@aws-sdk/client-route-53';

export const Client = Route53Client;

export const reads = {
  GetChange: GetChangeCommand,
  GetHealthCheck: GetHealthCheckCommand,
  GetHealthCheckStatus: GetHealthCheckStatusCommand,
  GetHostedZone: GetHostedZoneCommand,
  ListHostedZones: ListHostedZonesCommand,
  ListResourceRecordSets: ListResourceRecordSetsCommand,
};

export const changes = {
  ChangeResourceRecordSets: ChangeResourceRecordSetsCommand,
  UpdateHealthCheck: UpdateHealthCheckCommand,
};
