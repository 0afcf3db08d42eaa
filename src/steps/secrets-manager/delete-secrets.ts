import { strictObject } from 'zod';
import { isAwsError } from '../../aws/aws.ts';
import { given } from '../given.ts';
import { until } from '../poll.ts';
import { defineStep, type StepContext } from '../step.ts';
import {
  findSecret,
  isOurs,
  namesGiven,
  type ScratchSecrets,
  scratchName,
  scratchOf,
  scratchSecrets,
  secretPermissions,
} from './secret.ts';

/** Deletes the drill's own secrets at once; those that bear another tag, or none, are left alone. */
export const deleteSecrets = defineStep<ScratchSecrets>({
  kind: 'secretsmanager.delete-secrets',
  params: scratchSecrets,
  given: given(strictObject(namesGiven), scratchOf),
  needs: () => [],
  plane: 'control',
  title: (target) => `Delete ${target.names.map((name) => scratchName(target, name)).join(', ')}`,
  region: ({ recovery }) => recovery,
  calls: ['secretsmanager:DescribeSecret', 'secretsmanager:DeleteSecret'],
  permissions: (target, account) => {
    const names = target.names.map((name) => scratchName(target, name));
    const actions = ['secretsmanager:DescribeSecret', 'secretsmanager:DeleteSecret'];
    return secretPermissions(actions, { region: target.recovery, names }, account);
  },
  command: (target) =>
    target.names
      .map(
        (name) =>
          `aws secretsmanager delete-secret --region ${target.recovery} --secret-id ${scratchName(target, name)} --force-delete-without-recovery`,
      )
      .join(' && '),
  usuallyMs: () => 5_000,
  async observe(target, context) {
    return { done: (await left(target, context)).length === 0, state: null };
  },
  repeatable: true,
  async apply(target, context) {
    for (const name of await left(target, context)) {
      const input = { SecretId: name, ForceDeleteWithoutRecovery: true };
      await context.aws.call('secretsmanager', target.recovery, 'DeleteSecret', input).catch((error) => {
        // Gone already, by an earlier delivery of this request or by somebody else.
        if (!isAwsError(error, 'ResourceNotFound')) throw error;
      });
    }
    return undefined;
  },
  async settle(target, context) {
    await until(context, async () => (await left(target, context)).length === 0 || undefined);
    return null;
  },
});

/** Ours that are still there, and not on their way out. */
async function left(target: ScratchSecrets, context: StepContext): Promise<string[]> {
  const names = target.names.map((name) => scratchName(target, name));
  const found = await Promise.all(names.map((name) => findSecret(target.recovery, name, context)));
  return names.filter((_, index) => {
    const one = found[index];
    return one !== undefined && one.DeletedDate === undefined && isOurs(one, target);
  });
}
