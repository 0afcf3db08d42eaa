import { isAwsError } from '../../aws/aws.ts';
import { blocker, type Finding } from '../../steps/account/findings.ts';
import { type Look, type LookContext, type LookFor, type Row, rootOf } from '../../steps/account/look.ts';
import { madeBy, markInTags } from '../../steps/mark.ts';
import type { NeedOf } from '../../steps/needs.ts';
import { findSecret, secretPermissions, valueIn } from './steps/secret.ts';

type SecretNeed = NeedOf<'secret'>;

/** A secret: that it is there and replicated, and that its value can be read; or that its name is free. The value goes nowhere. */
export const secretLook: LookFor<'secret'> = {
  calls: ({ read }) => ['secretsmanager:DescribeSecret', ...(read ? ['secretsmanager:GetSecretValue'] : [])],
  permissions: ({ region, name, read }, account) =>
    secretPermissions(
      ['secretsmanager:DescribeSecret', ...(read ? ['secretsmanager:GetSecretValue'] : [])],
      { region, names: [name] },
      account,
    ),
  subject: ({ name }) => name,
  look: (need, context) => (need.state === 'free' ? freeNameLook(need, context) : thereLook(need, context)),
};

async function thereLook(need: SecretNeed, context: LookContext): Promise<Look> {
  const { region, name, replicatedTo } = need;
  const found = await findSecret(region, name, context);
  const isThere = found !== undefined && found.DeletedDate === undefined;
  const rows: Row[] = [
    { what: `secret ${name} in ${region}`, topology: 'there', account: isThere ? 'there' : 'not there' },
  ];
  if (!isThere) return { rows, findings: [missing(need, found !== undefined)] };
  const findings: Finding[] = [];
  if (replicatedTo !== undefined) {
    const replica = found.ReplicationStatus?.find(({ Region }) => Region === replicatedTo);
    rows.push({
      what: `secret ${name} replicated to ${replicatedTo}`,
      topology: 'InSync',
      account: replica?.Status ?? 'not replicated',
    });
    if (replica?.Status !== 'InSync') findings.push(outOfStep(need, replicatedTo, replica));
  }
  if (need.read) findings.push(...(await unreadable(need, context)));
  return { rows, findings };
}

function missing({ region, name }: SecretNeed, isDeleted: boolean): Finding {
  const what = isDeleted
    ? `the secret ${name} in ${region} is being deleted`
    : `there is no secret ${name} in ${region}`;
  const fix = `Correct 'names' of the secrets component in the topology, or restore it: aws secretsmanager list-secrets --region ${region} --query 'SecretList[].Name'`;
  return blocker(name, what, 'The drill reads it.', fix);
}

function outOfStep(
  { region, name }: SecretNeed,
  other: string,
  replica: { Status?: string | undefined; StatusMessage?: string | undefined } | undefined,
): Finding {
  const told = replica?.StatusMessage ? `: ${replica.StatusMessage}` : '';
  const what = replica
    ? `the replica of ${name} in ${other} is ${replica.Status}${told}`
    : `${name} is not replicated to ${other}`;
  const fix = replica
    ? `See why: aws secretsmanager describe-secret --region ${region} --secret-id ${name} --query ReplicationStatus`
    : `aws secretsmanager replicate-secret-to-regions --region ${region} --secret-id ${name} --add-replica-regions Region=${other}`;
  return blocker(name, what, `Without ${region}, its current value would be lost.`, fix);
}

async function unreadable({ region, name }: SecretNeed, context: LookContext): Promise<Finding[]> {
  try {
    await valueIn(region, name, 'AWSCURRENT', context);
    return [];
  } catch (error) {
    const root = rootOf(error);
    if (!isAwsError(root, 'DecryptionFailure', 'AccessDenied', 'ResourceNotFound', 'InvalidRequest')) throw error;
    const what = `the value of ${name} in ${region} cannot be read: ${(root as Error).message}`;
    const fix = `Allow secretsmanager:GetSecretValue, and kms:Decrypt with its key: aws secretsmanager describe-secret --region ${region} --secret-id ${name} --query KmsKeyId`;
    return [blocker(name, what, 'A secret that cannot be read is lost with the other region.', fix)];
  }
}

async function freeNameLook({ region, name, drill = '' }: SecretNeed, context: LookContext): Promise<Look> {
  const found = await findSecret(region, name, context);
  const row = { what: `secret ${name} in ${region}`, topology: 'not there', account: found ? 'there' : 'not there' };
  if (!found) return { rows: [row], findings: [] };
  const what = `there is a secret ${name} in ${region} already, and ${madeBy(markInTags(found.Tags), drill)}`;
  const fix = `Give the drill another name, or delete it by hand: aws secretsmanager delete-secret --region ${region} --secret-id ${name} --force-delete-without-recovery`;
  return { rows: [row], findings: [blocker(name, what, 'The drill makes a secret of that name.', fix)] };
}
