import type { DBInstance } from '@aws-sdk/client-rds';
import { nameIn, parseArn, regionalArn } from '../../arn.ts';
import { type CallOptions, isAwsError } from '../../aws/aws.ts';
import { listOf } from '../../aws/pages.ts';
import { DrillError } from '../../errors.ts';
import type { Read } from '../../steps/by-hand.ts';
import type { NeedOf } from '../../steps/needs.ts';
import type { Permission, StepContext } from '../../steps/step.ts';

/** An instance as RDS describes it; `undefined` when there is none of that name. */
export async function findInstance(
  { aws }: Pick<StepContext, 'aws'>,
  region: string,
  identifier: string,
  options: CallOptions = {},
): Promise<DBInstance | undefined> {
  try {
    const asked = { DBInstanceIdentifier: identifier };
    return (await listOf(aws, 'rds', region, 'DescribeDBInstances', 'DBInstances', asked, options))[0];
  } catch (error) {
    if (isAwsError(error, 'DBInstanceNotFound')) return undefined;
    throw error;
  }
}

/** As `findInstance`, where its absence is a failure. */
export async function instanceOf(
  context: Pick<StepContext, 'aws'>,
  region: string,
  identifier: string,
): Promise<DBInstance> {
  const instance = await findInstance(context, region, identifier);
  if (instance) return instance;
  throw new DrillError('instance-missing', `There is no RDS instance ${identifier} in ${region}.`, {
    hint: "Check the topology file's identifier and region.",
  });
}

/** RDS cannot use its key: for seven days a person can fix that, then it is given up. */
const KEY_LOST = 'inaccessible-encryption-credentials-recoverable';

/** Statuses from which RDS never comes back by itself. */
const lost = new Set([
  'failed',
  'restore-error',
  'incompatible-network',
  'incompatible-parameters',
  'incompatible-restore',
  'insufficient-capacity',
  'inaccessible-encryption-credentials',
  KEY_LOST,
  'storage-full',
]);

export const isLost = ({ DBInstanceStatus: status }: DBInstance): boolean => lost.has(status ?? 'unknown');

/** Statuses in which someone has ended an instance. */
const ENDED = ['deleting', 'stopped', 'stopping'];

/** What RDS says is wrong with an instance; nothing, where it will serve again by itself. */
export async function troubleWith(
  context: Pick<StepContext, 'aws'>,
  region: string,
  identifier: string,
  options: CallOptions,
): Promise<string | undefined> {
  const found = await findInstance(context, region, identifier, options);
  if (!found) return 'gone';
  const status = found.DBInstanceStatus ?? 'unknown';
  return isLost(found) || ENDED.includes(status) ? status : undefined;
}

/** Fails as soon as waiting has become pointless. */
export function mustNotBeLost(instance: DBInstance): void {
  const status = instance.DBInstanceStatus ?? 'unknown';
  if (!isLost(instance)) return;
  if (status === KEY_LOST) throw keyLost(instance);
  throw new DrillError(
    'instance-lost',
    `${instance.DBInstanceIdentifier} is ${status}, and will not become available.`,
    {
      hint: `See its events: ${eventsCommand('db-instance', instance.DBInstanceArn)}`,
    },
  );
}

function keyLost({ DBInstanceIdentifier, DBInstanceArn = '', KmsKeyId = '<key>' }: DBInstance): DrillError {
  const region = parseArn(DBInstanceArn)?.region ?? '<region>';
  return new DrillError(
    'key-lost',
    `${DBInstanceIdentifier} is ${KEY_LOST}: RDS cannot use its KMS key, and gives it up after 7 days.`,
    {
      hint: `Enable the key, then start the instance: aws kms enable-key --region ${region} --key-id ${KmsKeyId} && aws rds start-db-instance --region ${region} --db-instance-identifier ${DBInstanceIdentifier}`,
    },
  );
}

/** Lists what RDS says that happened to an instance or a cluster in the last hour. */
export function eventsCommand(kind: 'db-instance' | 'db-cluster', arn = ''): string {
  const region = parseArn(arn)?.region;
  return `aws rds describe-events${region ? ` --region ${region}` : ''} --source-type ${kind} --source-identifier ${nameIn(arn)}`;
}

export const arnOf = (region: string, account: string, identifier: string): string =>
  regionalArn({ service: 'rds', region, account, resource: `db:${identifier}` });

/** The call that looks at an instance. */
export const INSTANCE_LOOK = 'rds:DescribeDBInstances';

/** What IAM must allow to look at an instance, and to change it by these calls. */
export const instancePermissions = (
  region: string,
  account: string,
  identifier: string,
  ...changes: string[]
): Permission[] =>
  [INSTANCE_LOOK, ...changes].map((action) => ({ action, resource: arnOf(region, account, identifier) }));

/** The line that changes one thing about an instance, now. */
export const modifyCommand = ({ region, identifier }: { region: string; identifier: string }, change: string): string =>
  `aws rds modify-db-instance --region ${region} --db-instance-identifier ${identifier} ${change} --apply-immediately`;

/** A name under which the drill makes an instance, which must be free. */
export const freeInstance = (region: string, instance: string, drill: string): NeedOf<'rds-instance'> => ({
  need: 'rds-instance',
  region,
  instance,
  state: 'free',
  drill,
});

/** Where an instance answers, for a person who reads it. */
export const addressByHand = ({ region, instance }: { region: string; instance: string }, read: Read) => ({
  address: read.text(
    'address',
    `aws rds describe-db-instances --region ${region} --db-instance-identifier ${instance} --query 'DBInstances[0].Endpoint.Address' --output text`,
  ),
});
