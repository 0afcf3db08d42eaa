import { strictObject } from 'zod';
import { given } from '../../../steps/given.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import {
  isSame,
  namesGiven,
  note,
  type Replicated,
  replicated,
  replicatedOf,
  secretOf,
  secretPermissions,
  valueIn,
  versionAt,
} from './secret.ts';

/** Looks whether each secret's replica is in step and holds the value that is in force. */
export const compareReplicas = defineStep<Replicated>({
  kind: 'secretsmanager.compare-replicas',
  params: replicated,
  given: given(strictObject(namesGiven), replicatedOf),
  needs: ({ names, primary, recovery }) =>
    names.flatMap((name) => [
      { need: 'secret' as const, region: primary, name, state: 'there' as const, replicatedTo: recovery, read: true },
      { need: 'secret' as const, region: recovery, name, state: 'there' as const, read: true },
    ]),
  plane: 'data',
  title: ({ names, recovery }) => `Compare ${names.join(', ')} with the replicas in ${recovery}`,
  region: ({ recovery }) => recovery,
  calls: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
  permissions: ({ names, primary, recovery }, account) =>
    [primary, recovery].flatMap((region) =>
      secretPermissions(['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'], { region, names }, account),
    ),
  command: ({ names, primary }) =>
    names
      .map(
        (name) =>
          `aws secretsmanager describe-secret --region ${primary} --secret-id ${name} --query ReplicationStatus`,
      )
      .join(' && '),
  doneWhen: () => 'Each replica is InSync.',
  usuallyMs: () => 1_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle(target, context) {
    const { names, recovery: region } = target;
    const standing = await Promise.all(names.map(async (name) => ({ name, ...(await lookAt(name, target, context)) })));
    const but = (key: 'inStep' | 'same') => standing.filter((one) => !one[key]).map(({ name }) => name);
    const of = names.length;
    const inStep = 'Each replica is in step with its secret';
    note({ check: 'secrets-in-step', title: inStep, region, wrong: but('inStep'), of }, context);
    const same = 'Each replica has the current value, in the same version';
    note({ check: 'secrets-replicated', title: same, region, wrong: but('same'), of }, context);
    return null;
  },
});

async function lookAt(name: string, { primary, recovery }: Replicated, context: StepContext) {
  const [secret, replica] = await Promise.all([secretOf(primary, name, context), secretOf(recovery, name, context)]);
  const status = secret.ReplicationStatus?.find(({ Region }) => Region === recovery)?.Status;
  const [value, copy] = await Promise.all([
    valueIn(primary, name, 'AWSCURRENT', context),
    valueIn(recovery, name, 'AWSCURRENT', context),
  ]);
  const sameVersion = versionAt(secret, 'AWSCURRENT') === versionAt(replica, 'AWSCURRENT');
  return { inStep: status === 'InSync', same: sameVersion && isSame(value, copy) };
}
