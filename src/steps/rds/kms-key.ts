import type { Permission, StepContext } from '../step.ts';
import { instanceOf } from './instance.ts';

/** The key of a region with which what is copied there is encrypted. */
export interface RegionKey {
  region: string;
  /** As the topology names it. */
  named: string | null;
  /** The topology's instance in that region, whose key it is. */
  instance: string;
}

/** The key by ARN: the topology's, or the one that the instance there is encrypted with. */
export async function keyOf({ region, named, instance }: RegionKey, context: Pick<StepContext, 'aws'>) {
  return named ?? (await instanceOf(context, region, instance)).KmsKeyId;
}

/** RDS uses a key in the caller's name; which one it is cannot be said before it has been looked up. */
export const keyPermissions = ({ named }: RegionKey): Permission[] =>
  named === null ? [] : ['kms:CreateGrant', 'kms:DescribeKey'].map((action) => ({ action, resource: named }));
