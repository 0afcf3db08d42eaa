import { DrillError } from '../../errors.ts';
import type { StepContext } from '../step.ts';

/** The account that the credentials belong to must be the one that the topology names. */
export async function mustBeAccount(account: string, region: string, { aws }: StepContext): Promise<void> {
  const { Account: actual } = await aws.call('sts', region, 'GetCallerIdentity', {});
  if (actual === account) return;
  throw new DrillError(
    'wrong-account',
    `These credentials belong to account ${actual}; the topology allows ${account} only.`,
    {
      hint: 'Choose the right profile, or correct the topology.',
    },
  );
}
