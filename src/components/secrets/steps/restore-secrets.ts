import { strictObject } from 'zod';
import { given } from '../../../steps/given.ts';
import { markedBy, markInTags, mustBeOfRun, tagOption, tagsFor } from '../../../steps/mark.ts';
import { until } from '../../../steps/poll.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { unlessDone } from '../../../steps/unless-done.ts';
import { things } from '../needs.ts';
import {
  findSecret,
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

/** Makes secrets of their own out of replicas, in the replicas' region, with the previous version as well. Makes no call to the other region. */
export const restoreSecrets = defineStep<ScratchSecrets>({
  kind: 'secretsmanager.restore-secrets',
  params: scratchSecrets,
  given: given(strictObject(namesGiven), scratchOf),
  needs: (target) =>
    target.names.flatMap((name) => [
      { need: 'secret' as const, region: target.recovery, name, state: 'there' as const, read: true },
      {
        need: 'secret' as const,
        region: target.recovery,
        name: scratchName(target, name),
        state: 'free' as const,
        drill: target.drill,
      },
    ]),
  alters: (target) => target.names.map((name) => things.secret(target.recovery, scratchName(target, name))),
  plane: 'control',
  title: ({ names, recovery }) => `Restore ${names.join(', ')} from the replicas in ${recovery}`,
  region: ({ recovery }) => recovery,
  calls: [
    'secretsmanager:DescribeSecret',
    'secretsmanager:GetSecretValue',
    'secretsmanager:CreateSecret',
    'secretsmanager:PutSecretValue',
  ],
  permissions: (target, account) => {
    const { names, recovery: region } = target;
    const reads = ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'];
    const changes = ['CreateSecret', 'TagResource', 'PutSecretValue'].map((one) => `secretsmanager:${one}`);
    const copies = names.map((name) => scratchName(target, name));
    return [
      ...secretPermissions(reads, { region, names }, account),
      ...secretPermissions([...reads, ...changes], { region, names: copies }, account),
    ];
  },
  command: (target) =>
    target.names
      .map((name) => {
        const value = (stage: string) =>
          `"$(aws secretsmanager get-secret-value --region ${target.recovery} --secret-id ${name} --version-stage ${stage} --query SecretString --output text)"`;
        const own = scratchName(target, name);
        return [
          `aws secretsmanager create-secret --region ${target.recovery} --name ${own} --tags ${tagOption(target.drill)} --secret-string ${value('AWSPREVIOUS')}`,
          `aws secretsmanager put-secret-value --region ${target.recovery} --secret-id ${own} --secret-string ${value('AWSCURRENT')}`,
        ].join(' && ');
      })
      .join(' && '),
  doneWhen: () => 'Each secret is there.',
  usuallyMs: () => 2_000,
  async observe(target, context) {
    const done = await Promise.all(target.names.map((name) => isRestored(name, target, context)));
    return { done: done.every(Boolean), state: null };
  },
  repeatable: true,
  async apply(target, context) {
    for (const name of target.names) await restore(name, target, context);
    return undefined;
  },
  async settle(target, context) {
    const { names, recovery: region } = target;
    const wrong: string[] = [];
    for (const name of names) {
      const copy = scratchName(target, name);
      // What has just been made may not be found at once.
      await until(context, async () => ((await findSecret(region, copy, context)) ? true : undefined));
      const [restored, replica] = await Promise.all([
        valueIn(region, copy, 'AWSCURRENT', context),
        valueIn(region, name, 'AWSCURRENT', context),
      ]);
      if (!isSame(restored, replica)) wrong.push(name);
    }
    const title = 'Each restored secret has the value of its replica';
    note({ check: 'secrets-restored', title, region, wrong, of: names.length }, context);
    return null;
  },
});

const isRestored = async (name: string, target: ScratchSecrets, context: StepContext): Promise<boolean> =>
  versionAt((await foundOurs(name, target, context)) ?? {}, 'AWSCURRENT') === versionId(target, name, 'AWSCURRENT');

/** The copy, where it is there; one that this run did not make is refused. */
async function foundOurs(name: string, target: ScratchSecrets, context: StepContext) {
  const { recovery: region } = target;
  const copy = scratchName(target, name);
  const found = await findSecret(region, copy, context);
  if (!found) return undefined;
  const what = `the secret ${copy} in ${region}`;
  mustBeOfRun(markInTags(found.Tags), { what, drill: target.drill, otherwise: 'Give the drill another name' }, context);
  return found;
}

/** The older version first: what comes later is the one in force. */
async function restore(name: string, target: ScratchSecrets, context: StepContext): Promise<void> {
  const { recovery: region, drill } = target;
  const { aws } = context;
  if (await isRestored(name, target, context)) return;
  const copy = scratchName(target, name);
  const replica = await secretOf(region, name, context);
  const stages = (['AWSPREVIOUS', 'AWSCURRENT'] as const).filter((stage) => versionAt(replica, stage) !== undefined);
  let isThere = (await foundOurs(name, target, context)) !== undefined;
  for (const stage of stages) {
    const value = await valueIn(region, name, stage, context);
    const version = { ...value, ClientRequestToken: versionId(target, name, stage) };
    if (isThere && stage === 'AWSPREVIOUS') continue;
    if (isThere) {
      await aws.call('secretsmanager', region, 'PutSecretValue', { SecretId: copy, ...version });
    } else {
      const secret = {
        Name: copy,
        Description: `Made by the drill ${drill} of dr-drill, and deleted by it`,
        Tags: tagsFor(markedBy(drill, context)),
        // The same key guards the copy.
        ...(replica.KmsKeyId && { KmsKeyId: replica.KmsKeyId }),
        ...version,
      };
      await unlessDone(
        context,
        () => aws.call('secretsmanager', region, 'CreateSecret', secret),
        async () => (await foundOurs(name, target, context)) !== undefined,
      );
    }
    isThere = true;
  }
}
