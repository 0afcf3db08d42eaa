import type { Clock } from '../clock/clock.ts';
import { NoSession } from '../errors.ts';
import { keepSecret } from '../secrets.ts';
import { bounded } from './bounded-answers.ts';
import { limitCredentialProcess } from './credential-process.ts';
import {
  type CredentialSource,
  credentialSource,
  needsMfa,
  sourceInWords,
  ssoToken,
  usesSso,
} from './credential-source.ts';
import { credentialFailure, renewalOf } from './credential-words.ts';

export interface Identity {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  expiration?: Date;
}

/** What is known of the session that calls are signed with. */
export interface Session {
  /** When it ends; `undefined` where nobody can tell, or it does not end. */
  expiresAtMs?: number;
  /** The SDK gets a new one without a person, or it never ends. */
  renewsItself: boolean;
  /** Where it comes from, such as `profile prod`. */
  source: string;
  /** What a person does to get a new one. */
  renewal: string;
}

export interface Credentials {
  /** Rejects with `NoSession`, or with an error named `Unreachable` where asking again may help. */
  get(): Promise<Identity>;
  /** Forgets everything and reads files, SSO cache and processes again. */
  renew(): Promise<void>;
  session(): Promise<Session>;
}

export interface CredentialOptions {
  clock: Clock;
  /** Roles are assumed there, whatever the profile says: its region may be lost. */
  region: string;
  /** What the SDK's inner clients for STS, SSO and sign-in are made with. */
  clients: object;
  /** Asks a person for the code of an MFA device; missing where there is no terminal. */
  askMfaCode?: ((device: string) => Promise<string>) | undefined;
}

/** New credentials are asked for so long before the old ones end. */
const EARLY_MS = 5 * 60_000;
/** A source that gives nothing in this time gives nothing, unless it waits for a person. */
const GIVEN_WITHIN_MS = 60_000;
/** So much sooner a process is ended, which then is the reason. */
const PROCESS_ENDS_EARLIER_MS = 5_000;

/** More than any credentials take. */
const ANSWER_AT_MOST = 1_000_000;
const tooLarge = () => new Error('it says more than any credentials.');

/** The SDK's own chain of credentials, which can be read again. */
export function chainOfCredentials(options: CredentialOptions): Credentials {
  const { clock } = options;
  limitCredentialProcess(clock, GIVEN_WITHIN_MS - PROCESS_ENDS_EARLIER_MS);
  let opened = open(options);
  opened.catch(() => {});

  const get = async (): Promise<Identity> => {
    const { source, provide } = await opened;
    try {
      return await provide();
    } catch (error) {
      throw credentialFailure(error, source, options.region);
    }
  };
  return {
    get,
    async renew() {
      opened = open(options);
      opened.catch(() => {});
      await get();
    },
    async session() {
      const { source } = await opened;
      const { expiration, sessionToken } = await get();
      const sso = usesSso(source) ? await ssoToken(source) : undefined;
      const ends = [expiration?.getTime(), sso?.expiresAtMs].filter((one) => one !== undefined);
      return {
        ...(ends.length > 0 && { expiresAtMs: Math.max(...ends) }),
        renewsItself: renewsItself(source, sessionToken) && (sso?.renewsItself ?? true),
        source: sourceInWords(source),
        renewal: renewalOf(source),
      };
    },
  };

  async function open(asked: CredentialOptions) {
    const source = await credentialSource();
    const provider = await providerFor(source, asked);
    const byPerson = needsMfa(source);
    // The SDK reads what an endpoint of a machine or a container says to its end.
    const given = () => bounded({ mostBytes: ANSWER_AT_MOST, tooLarge }, provider);
    const inTime = () => within(GIVEN_WITHIN_MS, given, source, clock);
    return { source, provide: byPerson ? onceFrom(given, source, clock) : kept(inTime, clock) };
  }
}

/** Long-term keys never end; a session that is in the environment or in a file stays as it is. */
function renewsItself(source: CredentialSource, sessionToken: string | undefined): boolean {
  if (sessionToken === undefined) return true;
  if (source.kind === 'environment' || needsMfa(source)) return false;
  const root = source.kind === 'profile' ? source.chain.at(-1)?.settings : undefined;
  if (root?.credential_source === 'Environment') return !process.env.AWS_SESSION_TOKEN;
  return root?.aws_session_token === undefined;
}

async function providerFor(source: CredentialSource, { region, clients, askMfaCode }: CredentialOptions) {
  const { getDefaultRoleAssumer, getDefaultRoleAssumerWithWebIdentity } = await import('@aws-sdk/client-sts');
  const sts = { ...clients, region };
  const settings = {
    ignoreCache: true,
    clientConfig: clients,
    // One client for each role of a chain: a client keeps the first credentials that it signed with.
    roleAssumer: (...given: Parameters<ReturnType<typeof getDefaultRoleAssumer>>) =>
      getDefaultRoleAssumer(sts)(...given),
    roleAssumerWithWebIdentity: getDefaultRoleAssumerWithWebIdentity(sts),
    ...(askMfaCode && { mfaCodeProvider: askMfaCode }),
    // It warns on the console.
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  };
  // Where a profile gives credentials, nothing else does: its own failure is the reason, and no other identity is used.
  if (source.kind === 'profile') {
    const { fromIni } = await import('@aws-sdk/credential-provider-ini');
    return fromIni({ ...settings, profile: source.profile }) as () => Promise<Identity>;
  }
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  return defaultProvider(settings) as () => Promise<Identity>;
}

/** Gives what it has while that is good, and asks for new ones early and in the background. */
function kept(ask: () => Promise<Identity>, clock: Clock): () => Promise<Identity> {
  let had: Identity | undefined;
  let asking: Promise<Identity> | undefined;
  return async () => {
    const leftMs = had ? leftOf(had, clock) : 0;
    if (had && leftMs > EARLY_MS) return had;
    asking ??= ask()
      .then((given) => {
        had = keptSecret(given);
        return given;
      })
      .finally(() => {
        asking = undefined;
      });
    if (!had || leftMs <= 0) return asking;
    asking.catch(() => {});
    return had;
  };
}

/** Asks a person once. When what was given then has ended, the run is paused before anyone is asked again. */
function onceFrom(ask: () => Promise<Identity>, source: CredentialSource, clock: Clock): () => Promise<Identity> {
  let given: Promise<Identity> | undefined;
  return async () => {
    given ??= ask().then(keptSecret);
    const had = await given.catch((error) => {
      given = undefined;
      throw error;
    });
    if (leftOf(had, clock) > 0) return had;
    throw new NoSession('session-ended', `The MFA session of ${sourceInWords(source)} has ended.`, {
      hint: renewalOf(source),
    });
  };
}

const leftOf = ({ expiration }: Identity, clock: Clock): number =>
  (expiration?.getTime() ?? Number.POSITIVE_INFINITY) - clock.nowMs();

function keptSecret(given: Identity): Identity {
  keepSecret(given.secretAccessKey);
  keepSecret(given.sessionToken);
  return given;
}

async function within(
  ms: number,
  ask: () => Promise<Identity>,
  source: CredentialSource,
  clock: Clock,
): Promise<Identity> {
  const over = new AbortController();
  const limit = clock.sleep(ms, over.signal).then(() => {
    const message = `${sourceInWords(source)} gave no credentials within ${ms / 1000} s.`;
    throw new NoSession('no-credentials', message, { hint: renewalOf(source) });
  });
  try {
    return await Promise.race([ask(), limit]);
  } finally {
    over.abort();
    limit.catch(() => {});
  }
}
