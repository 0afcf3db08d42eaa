import { isAwsError } from '../aws/aws.ts';
import { nearest } from '../drill/near.ts';
import { DrillError, NoSession } from '../errors.ts';
import { withoutSecrets } from '../secrets.ts';
import { type CredentialSource, needsMfa, rootOf, sourceInWords, usesSso } from './credential-source.ts';
import { networkTrouble } from './network-trouble.ts';
import { enabling } from './refusals.ts';

/** What a person does to get a new session. */
export function renewalOf(source: CredentialSource): string {
  const { name, settings } = rootOf(source);
  const profile = `--profile ${name}`;
  switch (source.kind) {
    case 'environment':
      return 'A process cannot reread its environment: set new credentials in the environment and start again. `dr-drill resume <run folder>` resumes a live run.';
    case 'profile':
      if (usesSso(source)) return `Log in again: aws sso login ${profile}`;
      if (settings.login_session) return `Log in again: aws login ${profile}`;
      if (needsMfa(source)) return `Enter a new MFA code when asked.`;
      if (settings.credential_process)
        return `Run its credential_process by itself: ${withoutSecrets(settings.credential_process)}`;
      return `Put new credentials into profile ${name}.`;
    case 'web-identity':
      return 'Check that the platform renews the token file that AWS_WEB_IDENTITY_TOKEN_FILE names.';
    case 'container':
    case 'instance':
      return 'Check the role of the machine.';
    case 'nowhere':
      return NOWHERE;
  }
}

const NOWHERE = 'Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the machine a role.';

/**
 * Why there are no credentials, in words with the profile and what fixes it. Where the network or AWS itself failed, the error is named
 * `Unreachable`: asked again, it may work.
 * @param region where roles are assumed
 */
export function credentialFailure(error: unknown, source: CredentialSource, region: string): Error {
  if (error instanceof DrillError) return error;
  const said = withoutSecrets(error instanceof Error ? error.message : String(error)).trim();
  const say = (code: string, what: string, hint: string) => new NoSession(code, what, { hint, cause: error });
  const status = statusOf(error);
  const isOutage =
    status !== undefined && (status >= 500 || status === 429 || /throttl|TooManyRequests/i.test(nameOf(error)));
  const trouble = source.kind === 'instance' || source.kind === 'container' ? undefined : networkTrouble(error);
  if (trouble || isOutage) {
    const who = askedOf(error, source, region);
    const why = trouble?.what ?? `status ${status}, ${said}`;
    return Object.assign(new Error(`${who} gave no credentials for ${sourceInWords(source)}: ${why}.`), {
      name: 'Unreachable',
    });
  }
  if (source.kind === 'profile') return ofProfile(error, said, source, region, say);
  if (source.kind === 'web-identity') {
    const file = process.env.AWS_WEB_IDENTITY_TOKEN_FILE;
    const role = process.env.AWS_ROLE_ARN;
    return (error as NodeJS.ErrnoException).code === undefined
      ? say(
          'role-not-assumed',
          `${role} cannot be assumed with the web identity token (STS in ${region}): ${said}`,
          'Check AWS_ROLE_ARN, its trust policy, and that the token file is renewed.',
        )
      : say(
          'no-credentials',
          `The web identity token cannot be read: ${said}`,
          `AWS_WEB_IDENTITY_TOKEN_FILE names ${file}.`,
        );
  }
  if (source.kind === 'container') {
    const { AWS_CONTAINER_CREDENTIALS_FULL_URI: full, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: relative } = process.env;
    const where = relative ? `http://169.254.170.2${relative}` : full;
    return say(
      'no-credentials',
      `The container's credentials at ${where} cannot be read: ${said}`,
      'Check the role of the task or pod and its agent.',
    );
  }
  return nowhere(source, said, error);
}

type Say = (code: string, what: string, hint: string) => NoSession;

function ofProfile(error: unknown, said: string, source: CredentialSource, region: string, say: Say): NoSession {
  const { profile, profiles, chain } = source;
  const { name: root, settings } = rootOf(source);
  const missing = chain.find((one) => one.settings === undefined);
  if (missing) {
    const near = nearest(missing.name, profiles);
    const known = profiles.length === 0 ? 'There are no profiles' : `There are: ${profiles.join(', ')}`;
    const who = missing.name === profile ? 'AWS_PROFILE names it' : `source_profile of ${chain.at(-2)?.name} names it`;
    return say(
      'profile-unknown',
      `There is no AWS profile ${missing.name}${near ? `; did you mean ${near}?` : '.'}`,
      `${who}. ${known}, in ${FILES()}.`,
    );
  }
  if (/requires multi-factor authentication/.test(said))
    return say(
      'mfa-needed',
      `Profile ${profile} needs an MFA code (${serialOf(source)}), and there is no terminal to ask for it.`,
      `Start dr-drill on a terminal, or get a session first: eval "$(aws configure export-credentials --profile ${profile} --format env)"; unset AWS_PROFILE`,
    );
  if (/MultiFactorAuthentication/.test(said))
    return say(
      'mfa-refused',
      `AWS refused the MFA code for profile ${profile}: ${said}`,
      'Repeat the command with the next code of the device.',
    );
  const lacking = chain.find(({ settings: own }) => own?.sso_session && !own.sso_start_url && !own.sso_region);
  if (lacking)
    return say(
      'no-credentials',
      `Profile ${lacking.name} names the sso-session ${lacking.settings?.sso_session}, which is not in the AWS config.`,
      `Write it: aws configure sso-session; or correct sso_session of profile ${lacking.name}.`,
    );
  const token = chain.find((one) => one.settings?.web_identity_token_file)?.settings?.web_identity_token_file;
  if (token !== undefined && (error as NodeJS.ErrnoException).code !== undefined)
    return say(
      'no-credentials',
      `The web identity token of profile ${profile} cannot be read: ${said}`,
      `web_identity_token_file names ${token}: check that it is there and renewed.`,
    );
  if (isExpired(error, said)) {
    const what = usesSso(source)
      ? `The SSO session of profile ${root} has ended`
      : `The credentials of profile ${root} have expired`;
    return say('session-ended', `${what}: ${said}`, renewalOf(source));
  }
  if (usesSso(source) && /sso|token|unauthorized/i.test(said) && !/forbidden/i.test(said))
    return say(
      'session-ended',
      `There is no SSO session for profile ${root}: ${said}`,
      /Required parameters|missing required|could not be found|Conflicting/i.test(said)
        ? `Correct the profile: aws configure sso --profile ${root}`
        : renewalOf(source),
    );
  if (usesSso(source) && /forbidden|no access/i.test(said))
    return say(
      'no-credentials',
      `IAM Identity Center does not let you use role ${settings.sso_role_name} in account ${settings.sso_account_id} (profile ${root}): ${said}`,
      'Correct sso_role_name and sso_account_id of the profile, or ask for the permission set.',
    );
  if (settings.login_session && /login|token|authenticate|expired/i.test(said))
    return say('session-ended', `The login of profile ${root} has ended: ${said}`, renewalOf(source));
  if (settings.credential_process)
    return say(
      'no-credentials',
      `The credential_process of profile ${root} failed: ${processSaid(said)}`,
      renewalOf(source),
    );
  const role = chain.map((one) => one.settings?.role_arn).find(Boolean);
  if (isAwsError(error, 'RegionDisabledException'))
    return say(
      'region-disabled',
      `STS is not activated in ${region}, where profile ${profile} assumes ${role}: ${said}`,
      enabling(region),
    );
  if (role && nameOf(error) !== 'CredentialsProviderError') {
    const isKey = isAwsError(error, 'InvalidClientTokenId', 'UnrecognizedClient', 'SignatureDoesNotMatch');
    return say(
      'role-not-assumed',
      `Profile ${profile} cannot assume ${role} (STS in ${region}): ${said}`,
      isKey
        ? `AWS does not know the access key of profile ${root} in ${region}: check the key, and that the region is enabled for its account.`
        : 'Check role_arn, the trust policy of the role, external_id and mfa_serial.',
    );
  }
  return say(
    'no-credentials',
    `Profile ${profile} gives no credentials: ${said}`,
    `Correct it in ${FILES()}, or choose another with AWS_PROFILE${profiles.length > 0 ? `: ${profiles.join(', ')}` : ''}.`,
  );
}

const FILES = (): string =>
  `${process.env.AWS_CONFIG_FILE ?? '~/.aws/config'} and ${process.env.AWS_SHARED_CREDENTIALS_FILE ?? '~/.aws/credentials'}`;

const serialOf = ({ chain }: CredentialSource): string =>
  chain.map(({ settings }) => settings?.mfa_serial).find(Boolean) ?? '';

const isExpired = (error: unknown, said: string): boolean =>
  isAwsError(error, 'ExpiredToken', 'ExpiredTokenException') ||
  /\bexpired\b|UnauthorizedException|Cannot refresh/i.test(said);

/** Without the command itself, which the first line repeats: it may hold a secret. */
function processSaid(said: string): string {
  const [first = '', ...rest] = said.split('\n').filter((line) => line.trim() !== '');
  if (!first.startsWith('Command failed:')) return said;
  return rest.length === 0 ? 'it ended with an error and said nothing.' : rest.slice(-5).join(' ');
}

function nowhere({ kind, profiles, profile, named }: CredentialSource, said: string, cause: unknown): NoSession {
  const { AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: secret } = process.env;
  const half = key && !secret ? 'AWS_SECRET_ACCESS_KEY' : secret && !key ? 'AWS_ACCESS_KEY_ID' : undefined;
  const looked = [
    named ? `profile ${profile} has no credentials` : half ? `${half} is not set` : 'AWS_ACCESS_KEY_ID is not set',
    named
      ? undefined
      : profiles.includes('default')
        ? 'profile default has no credentials'
        : 'there is no profile default',
    kind === 'instance'
      ? `the metadata service of EC2 gave none (${said})`
      : 'the metadata service of EC2 is turned off',
  ].filter(Boolean);
  const hint = profiles.length > 0 ? `Choose a profile with AWS_PROFILE: ${profiles.join(', ')}.` : NOWHERE;
  return new NoSession('no-credentials', `There are no AWS credentials: ${looked.join('; ')}.`, { hint, cause });
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');

const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;

/** Whom the SDK asked in vain. */
function askedOf(error: unknown, source: CredentialSource, region: string): string {
  const { settings } = rootOf(source);
  const isSso = usesSso(source) && nameOf(error) === 'CredentialsProviderError';
  return isSso ? `IAM Identity Center${settings.sso_region ? ` in ${settings.sso_region}` : ''}` : `STS in ${region}`;
}
