import * as z from 'zod';
import type { Aws } from '../aws/aws.ts';
import { needSchema } from '../components/schemas.ts';
import { mustBeAccount } from '../steps/account/account.ts';
import { judgeFindings } from '../steps/account/findings.ts';
import { type Look, type LookContext, PATIENCE_MS, together } from '../steps/account/look.ts';
import { neededPermissions, permissionsLook, simulationPermissions } from '../steps/account/permissions.ts';
import { defineStep } from '../steps/step.ts';
import { callsFor, lookAt, permissionsFor } from './looks.ts';

const params = z.object({
  account: z.string(),
  /** Where the account is asked who calls. */
  region: z.string(),
  needs: z.array(needSchema),
  needed: neededPermissions,
  /** What telling people needs: without it the drill continues. */
  telling: neededPermissions.optional(),
});
export type PreflightParams = z.output<typeof params>;

const ITS_OWN = ['sts:GetCallerIdentity', 'iam:GetRole', 'iam:SimulatePrincipalPolicy'];

/** Looks at everything that the drill's steps and watches need, before anything is touched. */
export const preflight = defineStep<PreflightParams, { findings: number }>({
  kind: 'account.preflight',
  patienceMs: PATIENCE_MS,
  params,
  plane: 'control',
  title: ({ account }) => `Check account ${account} against the topology`,
  needs: () => [],
  calls: ({ needs }) => [...new Set([...ITS_OWN, ...needs.flatMap(callsFor)])],
  permissions: ({ needs, region }, account) => [
    { action: 'sts:GetCallerIdentity', resource: '*' },
    ...needs.flatMap((need) => permissionsFor(need, account)),
    ...simulationPermissions(account, region),
  ],
  command: ({ region }) => `aws sts get-caller-identity --region ${region}`,
  doneWhen: () => 'Every precondition of this runbook is ticked.',
  usuallyMs: () => 2_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  settle: async (wanted, context) => {
    const readsOnly = context.sql.readsOnly ?? false;
    const look = await lookAround(wanted, { ...context, account: wanted.account, readsOnly });
    return judgeFindings(look.findings, context);
  },
});

/** Everything that the drill needs, each look once. Rejects where the account is another one. */
export async function lookAround(
  { account, region, needs, needed, telling }: PreflightParams,
  context: LookContext,
): Promise<Look> {
  const caller = await mustBeAccount(account, region, context);
  const once = { ...context, aws: askedOnce(context.aws) };
  const found = together(await Promise.all(needs.map((need) => lookAt(need, once))));
  return together([
    found,
    await permissionsLook({ caller, region }, { needed, telling, arns: found.arns ?? [] }, once),
  ]);
}

/** Several looks ask the same of AWS: it is asked once. */
function askedOnce(aws: Aws): Aws {
  const known = new Map<string, Promise<unknown>>();
  return {
    call(service, region, operation, input, options) {
      // What is read from a stream can be read once.
      if (operation === 'GetObject') return aws.call(service, region, operation, input, options);
      const key = JSON.stringify([service, region, operation, input]);
      const old = known.get(key) ?? aws.call(service, region, operation, input, options);
      known.set(key, old);
      // What nobody answered is asked again.
      old.catch(() => known.delete(key));
      return old as ReturnType<typeof aws.call<typeof service, typeof operation>>;
    },
  };
}
