import { parseArn, regionalArn } from '../../../arn.ts';
import type { Need } from '../../../steps/needs.ts';
import type { Permission, StepContext } from '../../../steps/step.ts';
import { instanceOf } from '../../rds/instance.ts';

/** The key of a region with which what is copied there is encrypted. */
export interface RegionKey {
  region: string;
  /** As the topology names it: by id, ARN or alias. */
  named: string | null;
  /** The topology's instance in that region, whose key it is. */
  instance: string;
}

/** What looking a key up calls. */
export const keyCalls = ({ named }: RegionKey): readonly string[] =>
  named !== null && isAlias(named) ? ['kms:DescribeKey'] : [];

/** What RDS is given: the topology's name for it, or the key that the instance there is encrypted with. */
export async function keyOf({ region, named, instance }: RegionKey, context: Pick<StepContext, 'aws'>) {
  return named ?? (await instanceOf(context, region, instance)).KmsKeyId;
}

/** Whether the right key was used. RDS returns the ARN of a key, even if it was given by ID or alias. */
export async function isKey(used: string, key: RegionKey, context: Pick<StepContext, 'aws'>): Promise<boolean> {
  const { region } = key;
  const wanted = (await keyOf(key, context)) ?? '';
  if (!isAlias(wanted)) return parseArn(wanted) ? used === wanted : parseArn(used)?.resource === `key/${wanted}`;
  const { KeyMetadata } = await context.aws.call('kms', region, 'DescribeKey', { KeyId: wanted });
  return used === KeyMetadata?.Arn;
}

const isAlias = (named: string): boolean => (parseArn(named)?.resource ?? named).startsWith('alias/');

/** RDS uses a key in the caller's name; which one it is cannot be said before it has been looked up. */
export function keyPermissions({ region, named }: Pick<RegionKey, 'region' | 'named'>, account: string): Permission[] {
  if (named === null) return [];
  const ofKey = (id: string) => regionalArn({ service: 'kms', region, account, resource: `key/${id}` });
  // A policy takes in keys, and their aliases only by the keys behind them.
  const resource = isAlias(named) ? ofKey('*') : parseArn(named) ? named : ofKey(named);
  return ['kms:CreateGrant', 'kms:DescribeKey'].map((action) => ({ action, resource }));
}

/** The key must be usable; where nobody names one, the instance there must be found, whose key is taken. */
export const keyNeeds = ({ region, named, instance }: RegionKey): Need[] =>
  named === null
    ? [{ need: 'rds-instance', region, instance, state: 'serving' }]
    : [{ need: 'kms-key', region, key: named }];

/** The key in a command: by its name, or as it is read off the instance. */
export const keyWords = ({ region, named, instance }: RegionKey): string =>
  named ??
  `"$(aws rds describe-db-instances --region ${region} --db-instance-identifier ${instance} --query 'DBInstances[0].KmsKeyId' --output text)"`;
