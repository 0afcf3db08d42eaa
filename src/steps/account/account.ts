import { DrillError } from '../../errors.ts';
import type { StepContext } from '../step.ts';

/** The account that the credentials belong to must be the one that the topology names. Gives the caller's ARN. */
export async function mustBeAccount(
  account: string,
  region: string,
  { aws }: Pick<StepContext, 'aws'>,
): Promise<string> {
  const { Account: actual, Arn: caller } = await aws.call('sts', region, 'GetCallerIdentity', {});
  if (actual === account) return caller ?? '';
  throw new DrillError(
    'wrong-account',
    `These credentials belong to account ${actual}; the topology allows ${account} only.`,
    {
      hint: 'Choose the right profile, or correct the topology.',
    },
  );
}
