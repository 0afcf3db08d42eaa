import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

export const Client = STSClient;
export const reads = { GetCallerIdentity: GetCallerIdentityCommand };
export const changes = {};
