import { createHash } from 'node:crypto';
import * as z from 'zod';
import { globalArn } from '../../../arn.ts';
import { isAwsError, type Output } from '../../../aws/aws.ts';
import { DrillError } from '../../../errors.ts';
import { type Around, component } from '../../../steps/given.ts';
import type { NeedOf } from '../../../steps/needs.ts';
import type { Permission, StepContext } from '../../../steps/step.ts';

/** A bucket, and where everything written to it is replicated to. */
export const replicatedBucket = z.object({
  region: z.string(),
  bucket: z.string(),
  replica: z.object({ region: z.string(), bucket: z.string() }),
});
export type ReplicatedBucket = z.output<typeof replicatedBucket>;

export function bucketOf(around: Around): ReplicatedBucket {
  const { regions } = around.topology;
  const { bucket, region, replica } = component('s3-replication', around);
  const other = region === 'primary' ? regions.recovery : regions.primary;
  return { region: regions[region], bucket, replica: { region: other, bucket: replica } };
}

/** The one key that a drill writes to, and deletes again with all its versions. */
export const testObject = replicatedBucket.extend({ key: z.string() });
export type TestObject = z.output<typeof testObject>;

const PREFIX = 'dr-drill/';
export const isTestKey = (key: string): boolean => key.startsWith(PREFIX);

export const testObjectOf = (around: Around): TestObject => ({
  ...bucketOf(around),
  key: `${PREFIX}${around.drill}/${around.startedAtMs}`,
});

export const bodyOf = (key: string): string => `A drill wrote this object and deletes it again.\n${key}\n`;

export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

type Head = Output<'s3', 'HeadObject'>;

/** What S3 says of an object, or of one version of it; `undefined` where there is none. */
export async function headOf(
  { region, bucket }: { region: string; bucket: string },
  key: string,
  { aws }: Pick<StepContext, 'aws'>,
): Promise<Head | undefined> {
  try {
    return await aws.call('s3', region, 'HeadObject', { Bucket: bucket, Key: key });
  } catch (error) {
    if (isAwsError(error, 'NotFound', 'NoSuchKey')) return undefined;
    throw error;
  }
}

const LOOK_AGAIN_AFTER_MS = 1_000;

/** Whether the object is there. Where it seems as the step wants it, it is looked at a second time: one look may be stale. */
export async function isThere(target: TestObject, wanted: boolean, context: StepContext): Promise<boolean> {
  const look = async () => (await headOf(target, target.key, context)) !== undefined;
  if ((await look()) !== wanted) return !wanted;
  await context.clock.sleep(LOOK_AGAIN_AFTER_MS, context.signal);
  return look();
}

/** Reads an object and compares its bytes with those that were written. */
export async function compareBytes(
  { region, bucket, key }: { region: string; bucket: string; key: string },
  { check, title }: { check: string; title: string },
  { aws, record }: StepContext,
): Promise<void> {
  const { Body } = await aws.call('s3', region, 'GetObject', { Bucket: bucket, Key: key });
  const found = sha256((await Body?.transformToByteArray()) ?? new Uint8Array());
  const wanted = sha256(bodyOf(key));
  const detail = found === wanted ? `SHA-256 ${found}` : `SHA-256 ${found}, where ${wanted} was written`;
  record({ type: 'data-check', check, title, instance: bucket, ok: found === wanted, detail, rows: [] });
}

export const objectPermissions = (
  { region, bucket }: { region: string; bucket: string },
  actions: string[],
): Permission[] => [
  // Without it, what is missing cannot be told from what is forbidden.
  { action: 's3:ListBucket', resource: globalArn({ service: 's3', region, resource: bucket }) },
  ...actions.map((action) => ({
    action,
    resource: globalArn({ service: 's3', region, resource: `${bucket}/${PREFIX}*` }),
  })),
];

export const missing = ({ bucket }: { bucket: string }, key: string): DrillError =>
  new DrillError('object-missing', `There is no object ${key} in ${bucket}.`, {
    hint: 'Somebody else deleted it, or a lifecycle rule did: see the rules for the prefix dr-drill/.',
  });

/** Both buckets keep versions, and one is replicated to the other. */
export const bucketNeeds = ({ region, bucket, replica }: ReplicatedBucket): NeedOf<'bucket'>[] => [
  { need: 'bucket', region, bucket, versioned: true, replicatesTo: replica.bucket },
  { need: 'bucket', region: replica.region, bucket: replica.bucket, versioned: true },
];
