import type { Aws, Input } from '../aws/aws.ts';
import type { SecretReference } from '../drill/secret-reference.ts';
import { DrillError } from '../errors.ts';
import { mostBytes, readText } from '../read-file.ts';
import { keepSecret } from '../secrets.ts';

interface Means {
  aws: () => Promise<Aws>;
  /** Where a secret is looked for, unless its reference says. */
  region: string;
}

/** How long Secrets Manager is asked again before the look counts as failed. */
const ASKED_FOR_MS = 10_000;

/** Reads a secret from where it is kept. Fails with `secret-missing`, in words that never hold it, and as AWS is named where that refused. */
export async function readSecret(reference: SecretReference, { aws, region: home }: Means): Promise<string> {
  const value = (await found()).trim();
  keepSecret(value);
  return value;

  async function found(): Promise<string> {
    switch (reference.from) {
      case 'environment':
        return environmentVariable(reference.variable, {
          code: 'secret-missing',
          hint: 'A channel under notices in the topology refers to it.',
        });
      case 'file':
        return secretFile(reference.path);
      case 'secrets-manager': {
        const { secret, key, region = home } = reference;
        const text = await secretString({ SecretId: secret }, region, { aws: await aws(), withinMs: ASKED_FOR_MS });
        return key === undefined ? text : keyOf(text, key, secret);
      }
    }
  }
}

/** The value of a variable of the environment. */
export function environmentVariable(name: string, { code, hint }: { code: string; hint: string }): string {
  const value = process.env[name];
  if (value) return value;
  throw new DrillError(code, `The environment variable ${name} is empty.`, { hint });
}

/** What Secrets Manager holds as text; nothing of a binary secret. */
export async function secretString(
  asked: Input<'secretsmanager', 'GetSecretValue'>,
  region: string,
  { aws, withinMs }: { aws: Aws; withinMs: number },
): Promise<string> {
  const { SecretString } = await aws.call('secretsmanager', region, 'GetSecretValue', asked, { withinMs });
  return SecretString ?? '';
}

function secretFile(path: string): string {
  try {
    const text = readText(path, mostBytes.record).trim();
    if (text !== '') return text;
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message;
    throw new DrillError('secret-missing', `The secret in ${path} cannot be read (${why}).`, {
      hint: 'Correct the path in the topology, or the rights of the file.',
      cause,
    });
  }
  throw new DrillError('secret-missing', `${path} is empty: it must hold a secret.`);
}

function keyOf(text: string, key: string, secret: string): string {
  try {
    const value = (JSON.parse(text) as Record<string, unknown> | null)?.[key];
    if (typeof value === 'string' && value !== '') return value;
  } catch {
    // said below
  }
  throw new DrillError('secret-missing', `The secret ${secret} has no text under the key ${key}.`, {
    hint: 'Correct key in the topology, or leave it out where the whole secret is meant.',
  });
}
