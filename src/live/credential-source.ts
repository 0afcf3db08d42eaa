import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';
import { getHomeDir, getSSOTokenFromFile, parseKnownFiles } from '@smithy/core/config';
import { NoSession } from '../errors.ts';

type Settings = Record<string, string | undefined>;

/** Where the SDK takes credentials from. */
export interface CredentialSource {
  kind: 'environment' | 'profile' | 'web-identity' | 'container' | 'instance' | 'nowhere';
  /** The profile in use, whether or not it exists. */
  profile: string;
  /** AWS_PROFILE names it. */
  named: boolean;
  /** From the profile in use to the one that holds the first credentials, along `source_profile`. */
  chain: { name: string; settings: Settings | undefined }[];
  /** All profiles in the files. */
  profiles: string[];
}

/** Any of these makes a profile hold credentials. */
const GIVES = [
  'aws_access_key_id',
  'role_arn',
  'credential_process',
  'credential_source',
  'sso_session',
  'sso_start_url',
  'sso_account_id',
  'login_session',
  'web_identity_token_file',
];

/** Reads the environment and the AWS files again, in the SDK's order. */
export async function credentialSource(): Promise<CredentialSource> {
  const { env } = process;
  mustBeReadable('AWS_CONFIG_FILE', 'config');
  mustBeReadable('AWS_SHARED_CREDENTIALS_FILE', 'credentials');
  const files: Record<string, Settings> = await parseKnownFiles({ ignoreCache: true });
  const profiles = Object.keys(files).filter((name) => !/^(sso-session|services)\./.test(name));
  const profile = env.AWS_PROFILE || 'default';
  const named = Boolean(env.AWS_PROFILE);
  const chain: CredentialSource['chain'] = [];
  for (let name: string | undefined = profile; name !== undefined; ) {
    const own: Settings | undefined = files[name];
    const settings: Settings | undefined = own && { ...files[`sso-session.${own.sso_session}`], ...own };
    chain.push({ name, settings });
    const next: string | undefined = settings?.source_profile;
    name = chain.some((one) => one.name === next) ? undefined : next;
  }
  const own = chain[0]?.settings;
  const kind = (): CredentialSource['kind'] => {
    if (!named && env.AWS_ACCESS_KEY_ID && env.AWS_SECRET_ACCESS_KEY) return 'environment';
    // A profile that is asked for by name and does not exist is a mistake: no other identity stands in for it.
    if (named && !own) return 'profile';
    if (own && GIVES.some((key) => own[key] !== undefined)) return 'profile';
    if (env.AWS_WEB_IDENTITY_TOKEN_FILE && env.AWS_ROLE_ARN) return 'web-identity';
    if (env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI || env.AWS_CONTAINER_CREDENTIALS_FULL_URI) return 'container';
    if (env.AWS_EC2_METADATA_DISABLED && env.AWS_EC2_METADATA_DISABLED !== 'false') return 'nowhere';
    return 'instance';
  };
  return { kind: kind(), profile, named, chain, profiles };
}

/** The SDK takes a file that it cannot read for one that is not there. One in its usual place counts only where a profile is asked for. */
function mustBeReadable(variable: string, usual: string): void {
  const given = process.env[variable];
  if (!given && !process.env.AWS_PROFILE) return;
  const file = given || join(getHomeDir(), '.aws', usual);
  const why = unreadable(file);
  if (!why) return;
  throw new NoSession('aws-file-unreadable', `The AWS file ${file} cannot be read: ${why}.`, {
    hint: given ? `Correct ${variable}, which names it, or its permissions.` : 'Correct its permissions.',
  });
}

function unreadable(file: string): string | undefined {
  try {
    // A file that is not there is none: there may be the other of the two.
    const found = statSync(file, { throwIfNoEntry: false });
    if (found?.isDirectory()) return 'it is a folder';
    if (found) accessSync(file, constants.R_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

/** The profile that holds the first credentials: the one that a person logs in to. */
export const rootOf = ({ chain, profile }: CredentialSource): { name: string; settings: Settings } => {
  const { name = profile, settings = {} } = chain.at(-1) ?? {};
  return { name, settings };
};

/** A person has to type a code for each session. */
export const needsMfa = ({ kind, chain }: CredentialSource): boolean =>
  kind === 'profile' && chain.some(({ settings }) => settings?.mfa_serial !== undefined);

export const usesSso = (source: CredentialSource): boolean =>
  source.kind === 'profile' && Object.keys(rootOf(source).settings).some((key) => key.startsWith('sso_'));

/** When a session of IAM Identity Center ends, and whether the SDK can prolong it. */
export async function ssoToken(
  source: CredentialSource,
): Promise<{ expiresAtMs: number; renewsItself: boolean } | undefined> {
  const { sso_session: session, sso_start_url: url = '' } = rootOf(source).settings;
  try {
    const { expiresAt, refreshToken } = await getSSOTokenFromFile(session ?? url);
    const expiresAtMs = Date.parse(expiresAt);
    return Number.isNaN(expiresAtMs) ? undefined : { expiresAtMs, renewsItself: Boolean(session && refreshToken) };
  } catch {
    return undefined;
  }
}

/** The source as a person calls it. */
export function sourceInWords(source: CredentialSource): string {
  switch (source.kind) {
    case 'environment':
      return 'the environment variable AWS_ACCESS_KEY_ID';
    case 'profile':
      return `profile ${source.profile}`;
    case 'web-identity':
      return 'the web identity token in AWS_WEB_IDENTITY_TOKEN_FILE';
    case 'container':
      return 'the role of the container';
    case 'instance':
      return 'the role of the EC2 instance';
    case 'nowhere':
      return 'nowhere';
  }
}
