import { strictObject } from 'zod';
import { given } from '../../../steps/given.ts';
import { until } from '../../../steps/poll.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { unlessDone } from '../../../steps/unless-done.ts';
import {
  isSame,
  namesGiven,
  note,
  type ScratchSecrets,
  scratchName,
  scratchOf,
  scratchSecrets,
  secretOf,
  secretPermissions,
  valueIn,
  versionAt,
  versionId,
} from './secret.ts';

/** Puts the previous version back in force, on the drill's own secrets: what is done after a rotation that went wrong. */
export const restoreVersions = defineStep<ScratchSecrets>({
  kind: 'secretsmanager.restore-versions',
  params: scratchSecrets,
  given: given(strictObject(namesGiven), scratchOf),
  needs: ({ names, recovery }) =>
    names.map((name) => ({ need: 'secret' as const, region: recovery, name, state: 'there' as const, read: true })),
  plane: 'control',
  title: () => 'Make the previous version current in the restored secrets',
  region: ({ recovery }) => recovery,
  calls: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue', 'secretsmanager:UpdateSecretVersionStage'],
  permissions: (target, account) => {
    const { names, recovery: region } = target;
    const reads = ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'];
    const copies = names.map((name) => scratchName(target, name));
    return [
      ...secretPermissions(reads, { region, names }, account),
      ...secretPermissions([...reads, 'secretsmanager:UpdateSecretVersionStage'], { region, names: copies }, account),
    ];
  },
  command: (target) =>
    target.names
      .map((name) => {
        const own = scratchName(target, name);
        const version = (stage: string) =>
          `"$(aws secretsmanager get-secret-value --region ${target.recovery} --secret-id ${own} --version-stage ${stage} --query VersionId --output text)"`;
        return `aws secretsmanager update-secret-version-stage --region ${target.recovery} --secret-id ${own} --version-stage AWSCURRENT --move-to-version-id ${version('AWSPREVIOUS')} --remove-from-version-id ${version('AWSCURRENT')}`;
      })
      .join(' && '),
  doneWhen: () => 'Each secret has its previous version as current.',
  usuallyMs: () => 1_000,
  async observe(target, context) {
    const names = await rotated(target, context);
    const done = await Promise.all(names.map((name) => isBack(name, target, context)));
    return { done: done.every(Boolean), state: null };
  },
  repeatable: true,
  async apply(target, context) {
    for (const name of await rotated(target, context)) {
      if (await isBack(name, target, context)) continue;
      const input = {
        SecretId: scratchName(target, name),
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: versionId(target, name, 'AWSPREVIOUS'),
        RemoveFromVersionId: versionId(target, name, 'AWSCURRENT'),
      };
      await unlessDone(
        context,
        () => context.aws.call('secretsmanager', target.recovery, 'UpdateSecretVersionStage', input),
        () => isBack(name, target, context),
      );
    }
    return undefined;
  },
  async settle(target, context) {
    const { names: all, recovery: region } = target;
    const names = await rotated(target, context);
    for (const name of all.filter((one) => !names.includes(one))) {
      context.record({
        type: 'finding',
        severity: 'note',
        subject: name,
        what: 'it has no version before the current one',
        why: 'After a change that went wrong, nothing is there to go back to.',
        fix: 'Rotate it, or keep the previous version where it is available.',
      });
    }
    if (names.length === 0) return null;
    const wrong: string[] = [];
    for (const name of names) {
      const [restored, before] = await Promise.all([
        valueIn(region, scratchName(target, name), 'AWSCURRENT', context),
        valueIn(region, name, 'AWSPREVIOUS', context),
      ]);
      if (!isSame(restored, before)) wrong.push(name);
    }
    const title = 'Each secret that was set to its previous version has the value of that version';
    note({ check: 'secret-versions-restored', title, region, wrong, of: names.length }, context);
    return null;
  },
});

/** An earlier step has seen each of them, so one response without it may be stale. */
const secretThere = (region: string, name: string, context: StepContext) =>
  until(context, () => secretOf(region, name, context));

/** Those that have a version to go back to. */
async function rotated({ names, recovery }: ScratchSecrets, context: StepContext): Promise<string[]> {
  const found = await Promise.all(names.map((name) => secretThere(recovery, name, context)));
  return names.filter((_, index) => versionAt(found[index] ?? {}, 'AWSPREVIOUS') !== undefined);
}

async function isBack(name: string, target: ScratchSecrets, context: StepContext): Promise<boolean> {
  const found = await secretThere(target.recovery, scratchName(target, name), context);
  return versionAt(found, 'AWSCURRENT') === versionId(target, name, 'AWSPREVIOUS');
}
