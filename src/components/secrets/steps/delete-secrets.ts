import { strictObject } from 'zod';
import { given } from '../../../steps/given.ts';
import { isOfDrill, type Mark, markInTags, tellLeftover } from '../../../steps/mark.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { unlessDone } from '../../../steps/unless-done.ts';
import { untilGone } from '../../../steps/until-gone.ts';
import { things } from '../needs.ts';
import {
  findSecret,
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
  alters: (target) => target.names.map((name) => things.secret(target.recovery, scratchName(target, name))),
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
  doneWhen: () => 'The secrets are gone.',
  usuallyMs: () => 5_000,
  async observe(target, context) {
    const names = await left(target, context, (name, mark) =>
      tellLeftover(mark, { what: name, drill: target.drill }, context),
    );
    return { done: names.length === 0, state: null };
  },
  repeatable: true,
  async apply(target, context) {
    for (const name of await left(target, context)) {
      const input = { SecretId: name, ForceDeleteWithoutRecovery: true };
      await unlessDone(
        context,
        () => context.aws.call('secretsmanager', target.recovery, 'DeleteSecret', input),
        async () => !(await left(target, context)).includes(name),
      );
    }
    return undefined;
  },
  async settle(target, context) {
    const what = target.names.map((name) => scratchName(target, name)).join(', ');
    await untilGone(context, what, async () => (await left(target, context)).length > 0);
    return null;
  },
});

/** Ours that are still there, and not on their way out. */
async function left(
  target: ScratchSecrets,
  context: StepContext,
  seen: (name: string, mark: Mark | undefined) => void = () => {},
): Promise<string[]> {
  const names = target.names.map((name) => scratchName(target, name));
  const found = await Promise.all(names.map((name) => findSecret(target.recovery, name, context)));
  return names.filter((name, index) => {
    const one = found[index];
    if (one === undefined || one.DeletedDate !== undefined) return false;
    const mark = markInTags(one.Tags);
    const isOurs = isOfDrill(mark, target.drill);
    if (!isOurs) context.notDone(`${name} was not made by this drill, and is left alone`);
    seen(name, mark);
    return isOurs;
  });
}
