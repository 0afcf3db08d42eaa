import { createHash } from 'node:crypto';
import * as z from 'zod';
import { regionalArn } from '../../../arn.ts';
import { isAwsError, type Output } from '../../../aws/aws.ts';
import { secretName } from '../../../drill/names.ts';
import { DrillError } from '../../../errors.ts';
import { type Around, component } from '../../../steps/given.ts';
import type { Permission, StepContext } from '../../../steps/step.ts';

/** Secrets with a replica, by name. */
export const replicated = z.object({ names: z.array(z.string()), primary: z.string(), recovery: z.string() });
export type Replicated = z.output<typeof replicated>;

export const namesGiven = {
  secrets: z.array(secretName).min(1).optional().describe("Names of secrets; all of the component's by default."),
};

export const replicatedOf = ({ secrets }: { secrets?: string[] | undefined }, around: Around): Replicated => ({
  names: secrets ?? component('secrets', around).names,
  ...around.topology.regions,
});

/** Copies of secrets, made in the replicas' region out of what is there. */
export const scratchSecrets = replicated.extend({ drill: z.string(), startedAtMs: z.number() });
export type ScratchSecrets = z.output<typeof scratchSecrets>;

export const scratchOf = (asked: { secrets?: string[] | undefined }, around: Around): ScratchSecrets => ({
  ...replicatedOf(asked, around),
  drill: around.drill,
  startedAtMs: around.startedAtMs,
});

export const scratchName = ({ drill }: ScratchSecrets, name: string): string => `dr-drill/${drill}/${name}`;

export type Stage = 'AWSCURRENT' | 'AWSPREVIOUS';

/** Chosen by us, so that a version which was asked for twice is one all the same. */
export const versionId = ({ drill, startedAtMs }: ScratchSecrets, name: string, stage: Stage): string =>
  createHash('sha256').update(`${drill}/${startedAtMs}/${name}/${stage}`).digest('hex');

type Description = Output<'secretsmanager', 'DescribeSecret'>;

export async function findSecret(
  region: string,
  name: string,
  { aws }: Pick<StepContext, 'aws'>,
): Promise<Description | undefined> {
  try {
    return await aws.call('secretsmanager', region, 'DescribeSecret', { SecretId: name });
  } catch (error) {
    if (isAwsError(error, 'ResourceNotFoundException')) return undefined;
    throw error;
  }
}

export async function secretOf(region: string, name: string, context: Pick<StepContext, 'aws'>): Promise<Description> {
  const found = await findSecret(region, name, context);
  if (found) return found;
  throw new DrillError('secret-missing', `There is no secret ${name} in ${region}.`, {
    hint: 'Check the names of secrets in the topology, and that each is replicated to the recovery region.',
  });
}

export const versionAt = (
  { VersionIdsToStages = {} }: Pick<Description, 'VersionIdsToStages'>,
  stage: Stage,
): string | undefined => Object.entries(VersionIdsToStages).find(([, stages]) => stages.includes(stage))?.[0];

/** What a version of a secret holds: into no event, no result and no message does it go, nor does its hash. */
export async function valueIn(
  region: string,
  name: string,
  stage: Stage,
  { aws }: Pick<StepContext, 'aws'>,
): Promise<{ SecretString: string } | { SecretBinary: Uint8Array }> {
  const asked = { SecretId: name, VersionStage: stage };
  const { SecretString, SecretBinary } = await aws.call('secretsmanager', region, 'GetSecretValue', asked);
  return SecretBinary === undefined ? { SecretString: SecretString ?? '' } : { SecretBinary };
}

export const isSame = (one: Awaited<ReturnType<typeof valueIn>>, other: Awaited<ReturnType<typeof valueIn>>): boolean =>
  digestOf(one).equals(digestOf(other));

const digestOf = (value: Awaited<ReturnType<typeof valueIn>>): Buffer =>
  createHash('sha256')
    .update('SecretBinary' in value ? 'bytes' : 'text')
    .update('SecretBinary' in value ? value.SecretBinary : value.SecretString)
    .digest();

interface Noted {
  check: string;
  title: string;
  region: string;
  wrong: string[];
  of: number;
}

/** Says of secrets no more than their names. */
export function note({ check, title, region, wrong, of }: Noted, { record }: StepContext): void {
  const detail = `${of - wrong.length} of ${of} secrets`;
  record({ type: 'data-check', check, title, instance: region, ok: wrong.length === 0, detail, rows: wrong });
}

/** Secrets Manager ends the name in an ARN with six signs of its own. */
export const secretPermissions = (
  actions: string[],
  { region, names }: { region: string; names: readonly string[] },
  account: string,
): Permission[] =>
  actions.flatMap((action) =>
    names.map((name) => ({
      action,
      resource: regionalArn({ service: 'secretsmanager', region, account, resource: `secret:${name}-??????` }),
    })),
  );
