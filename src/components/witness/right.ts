import * as z from 'zod';
import { globalArn } from '../../arn.ts';
import { type Aws, type CallOptions, isAwsError } from '../../aws/aws.ts';
import { isoTime } from '../../clock/clock.ts';
import type { Permission, StepContext } from '../../steps/step.ts';
import type { Witness } from './schema.ts';

export type Side = 'primary' | 'recovery';

/** The object in which it stands who may write. */
export const witnessParams = z.object({ region: z.string(), bucket: z.string(), key: z.string(), leaseMs: z.number() });
export type WitnessObject = z.output<typeof witnessParams>;

export const witnessObject = ({ region, bucket, key, lease }: Witness): WitnessObject => ({
  region,
  bucket,
  key,
  leaseMs: lease,
});

/** A right counts as run out when it has not been renewed for so much longer than it lasts: its holder's clock may be slow. */
export const PATIENCE = 1.1;

/** Who holds the right to write; each renewal makes another version. */
export interface Right {
  holder: Side | null;
  version: string;
}

const written = z.object({ holder: z.enum(['primary', 'recovery']), renewedAt: z.string() });

/** `undefined` where there is no such object. Who looks again and again asks `once`: that rejects where the witness does not answer. */
export async function readRight(
  { region, bucket, key }: WitnessObject,
  { aws }: { aws: Aws },
  options: CallOptions = {},
): Promise<Right | undefined> {
  try {
    const { Body, ETag = '' } = await aws.call('s3', region, 'GetObject', { Bucket: bucket, Key: key }, options);
    return { holder: holderIn((await Body?.transformToString()) ?? ''), version: ETag };
  } catch (error) {
    if (isAwsError(error, 'NoSuchKey')) return undefined;
    throw error;
  }
}

function holderIn(text: string): Side | null {
  try {
    return written.parse(JSON.parse(text)).holder;
  } catch {
    return null;
  }
}

/** Writes upon the version that was seen, and upon no other; gives whether that came through. S3 lets one of several do so. */
export async function writeRight(
  { region, bucket, key }: WitnessObject,
  { holder, version }: { holder: Side; version: string },
  { aws, clock }: Pick<StepContext, 'aws' | 'clock'>,
): Promise<boolean> {
  try {
    await aws.call('s3', region, 'PutObject', {
      Bucket: bucket,
      Key: key,
      IfMatch: version,
      ContentType: 'application/json',
      Body: JSON.stringify({ holder, renewedAt: isoTime(clock.nowMs()) } satisfies z.input<typeof written>),
    });
    return true;
  } catch (error) {
    if (isAwsError(error, 'PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey')) return false;
    throw error;
  }
}

export const READING = ['s3:GetObject'];
export const CLAIMING = ['s3:PutObject'];

/** Without leave to list, S3 does not tell an object that is missing from one that is forbidden. */
export const rightPermissions = ({ region, bucket, key }: WitnessObject): Permission[] => [
  { action: 's3:GetObject', resource: globalArn({ service: 's3', region, resource: `${bucket}/${key}` }) },
  { action: 's3:ListBucket', resource: globalArn({ service: 's3', region, resource: bucket }) },
];

export const claimPermissions = ({ region, bucket, key }: WitnessObject): Permission[] => [
  { action: 's3:PutObject', resource: globalArn({ service: 's3', region, resource: `${bucket}/${key}` }) },
];

export const readCommand = ({ region, bucket, key }: WitnessObject): string =>
  `aws s3api get-object --region ${region} --bucket ${bucket} --key ${key} /dev/stdout`;

/** The version is taken before the wait, if there is one: who renews the right meanwhile comes through, and this does not. */
export function writeCommand({ region, bucket, key }: WitnessObject, holder: Side, afterMs = 0): string {
  const object = `--region ${region} --bucket ${bucket} --key ${key}`;
  return [
    `seen="$(aws s3api head-object ${object} --query ETag --output text)"`,
    ...(afterMs === 0 ? [] : [`sleep ${Math.ceil(afterMs / 1_000)}`]),
    'body="$(mktemp)"',
    `echo '{"holder":"${holder}","renewedAt":"'"$(date -u +%FT%TZ)"'"}' > "$body"`,
    `aws s3api put-object ${object} --if-match "$seen" --content-type application/json --body "$body"`,
  ].join(' && ');
}
