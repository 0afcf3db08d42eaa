import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas';

export const Client = ServiceQuotasClient;

export const reads = {
  GetAWSDefaultServiceQuota: GetAWSDefaultServiceQuotaCommand,
  GetServiceQuota: GetServiceQuotaCommand,
};

export const changes = {};
