import { GetRoleCommand, IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';

export const Client = IAMClient;
export const reads = { GetRole: GetRoleCommand, SimulatePrincipalPolicy: SimulatePrincipalPolicyCommand };
export const changes = {};
