import * as z from 'zod';
import { defineStep } from '../step.ts';
import { mustBeAccount } from './account.ts';
import { judgeFindings } from './findings.ts';
import type { Look, LookContext } from './look.ts';
import { narrowedTo, neededPermissions, permissionsLook, simulationPermissions } from './permissions.ts';

const params = z.object({ account: z.string(), region: z.string(), needed: neededPermissions });
type Params = z.output<typeof params>;

/** Checks that the account is the topology's, and that the caller may do what the drill's own steps will do. */
export const preflightCustom = defineStep<Params, { findings: number }>({
  kind: 'account.preflight-custom',
  params,
  plane: 'control',
  title: ({ account }) => `Check account ${account} and what may be done there`,
  region: ({ region }) => region,
  calls: ['sts:GetCallerIdentity', 'iam:GetRole', 'iam:SimulatePrincipalPolicy'],
  permissions: ({ account }) => [{ action: 'sts:GetCallerIdentity', resource: '*' }, ...simulationPermissions(account)],
  command: ({ region }) => `aws sts get-caller-identity --region ${region}`,
  usuallyMs: () => 1_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  settle: async (wanted, context) =>
    judgeFindings((await lookForCustom(narrowedTo(wanted, context), context)).findings, context),
});

/** What the drill needs of the account, as far as only its steps say it. Rejects where the account is another one. */
export async function lookForCustom({ account, region, needed }: Params, context: LookContext): Promise<Look> {
  const caller = await mustBeAccount(account, region, context);
  return permissionsLook(caller, needed, [], context);
}
