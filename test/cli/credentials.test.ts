import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { drDrill, newFolder } from './command.ts';
import { liveAccount } from './live-account.ts';
import { awsHome, signIn } from './sign-in.ts';

const PREFLIGHT = ['preflight', 'drills/snapshot-restore.yaml', '--live'];
const LOST = 'ap-east-2';
const RECOVERY = 'ap-northeast-1';
const KEYS = 'aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = secret\n';

/** A live preflight with these files of the AWS CLI, and nothing about credentials in the environment. */
async function preflightWith(
  config: string,
  profile: string | undefined,
  {
    sso = [],
    env = {},
    refuses,
  }: { sso?: { name: string; token: object }[]; env?: Record<string, string> } & Parameters<typeof signIn>[1] = {},
) {
  const account = await liveAccount();
  const home = awsHome(config, sso);
  const { asked, env: endpoints } = await signIn(account.env.AWS_ENDPOINT_URL, refuses ? { refuses } : {});
  const answer = await drDrill(PREFLIGHT, {
    env: {
      ...home.env,
      ...endpoints,
      ...(profile !== undefined && { AWS_PROFILE: profile }),
      ...env,
    },
  });
  return { ...answer, asked, all: `${answer.out}${answer.err}` };
}

const SSO = `[profile prod]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = drill
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-north-1
`;
const sso = (expiresAt: string) => [{ name: 'corp', token: { accessToken: 'token', expiresAt } }];
const inLostRegion = (settings: string) => `[profile base]\n${KEYS}[profile prod]\nregion = ${LOST}\n${settings}`;
const ROLE = 'role_arn = arn:aws:iam::111122223333:role/drill\n';

describe('what is wrong with the credentials is told with the profile and the command that fixes it', () => {
  test('an SSO session that has expired', async () => {
    const { exitCode, err } = await preflightWith(SSO, 'prod', { sso: sso('2020-01-01T00:00:00Z') });
    expect(exitCode).toBe(2);
    expect(err).toContain('The SSO session of profile prod has ended');
    expect(err).toContain('aws sso login --profile prod');
  });

  test('an SSO session that was never opened', async () => {
    const { exitCode, err } = await preflightWith(SSO, 'prod');
    expect([exitCode, err]).toEqual([
      2,
      expect.stringMatching(/SSO session.*profile prod[\s\S]*aws sso login --profile prod/),
    ]);
  });

  test('an SSO session that IAM Identity Center has closed', async () => {
    const { exitCode, err } = await preflightWith(SSO, 'prod', {
      sso: sso('2099-01-01T00:00:00Z'),
      refuses: (operation) =>
        operation === 'GetRoleCredentials'
          ? { status: 401, code: 'UnauthorizedException', message: 'Session token not found or invalid' }
          : undefined,
    });
    expect([exitCode, err]).toEqual([
      2,
      expect.stringMatching(/SSO session of profile prod has ended[\s\S]*aws sso login --profile prod/),
    ]);
  });

  test('a role whose source is an expired SSO session names the profile to log in to', async () => {
    const { exitCode, err } = await preflightWith(`${SSO}[profile role]\nsource_profile = prod\n${ROLE}`, 'role', {
      sso: sso('2020-01-01T00:00:00Z'),
    });
    expect([exitCode, err]).toEqual([2, expect.stringContaining('aws sso login --profile prod')]);
  });

  test('an SSO role that is not given to the person', async () => {
    const { exitCode, err } = await preflightWith(SSO, 'prod', {
      sso: sso('2099-01-01T00:00:00Z'),
      refuses: (operation) =>
        operation === 'GetRoleCredentials'
          ? { status: 403, code: 'ForbiddenException', message: 'No access' }
          : undefined,
    });
    expect([exitCode, err]).toEqual([2, expect.stringContaining('role drill in account 111122223333 (profile prod)')]);
  });

  test('a profile that needs an MFA code, without a terminal', async () => {
    const mfa = `[profile base]\n${KEYS}[profile prod]\nsource_profile = base\n${ROLE}mfa_serial = arn:aws:iam::111122223333:mfa/ada\n`;
    const { exitCode, err } = await preflightWith(mfa, 'prod');
    expect(exitCode).toBe(2);
    expect(err).toContain(
      'Profile prod needs an MFA code (arn:aws:iam::111122223333:mfa/ada), and there is no terminal',
    );
    expect(err).toContain('aws configure export-credentials --profile prod');
  });

  test('a credential_process that fails, in its own words and without its secrets', async () => {
    const failing = '[profile prod]\ncredential_process = sh -c "echo vault is sealed, token=hunter2 >&2; exit 3"\n';
    const { exitCode, err } = await preflightWith(failing, 'prod');
    expect(exitCode).toBe(2);
    expect(err).toContain('The credential_process of profile prod failed: vault is sealed');
    expect(err).not.toContain('hunter2');
  });

  test.each([
    ['does not exist', 'no-such-program --json', 'not found'],
    ['prints something else', 'echo hello', 'invalid JSON'],
    [
      'prints expired credentials',
      `echo '{"Version":1,"AccessKeyId":"a","SecretAccessKey":"b","Expiration":"2020-01-01T00:00:00Z"}'`,
      'expired',
    ],
  ])('a credential_process that %s', async (_, command, said) => {
    const { exitCode, err } = await preflightWith(`[profile prod]\ncredential_process = ${command}\n`, 'prod');
    expect([exitCode, err]).toEqual([2, expect.stringContaining('profile prod')]);
    expect(err).toContain(said);
  });

  test('a profile that does not exist, with those that do', async () => {
    const { exitCode, err } = await preflightWith(`[profile production]\n${KEYS}[profile test]\n${KEYS}`, 'prodution');
    expect(exitCode).toBe(2);
    expect(err).toContain('There is no AWS profile prodution; did you mean production?');
    expect(err).toContain('production, test');
  });

  test('a source_profile that does not exist', async () => {
    const { exitCode, err } = await preflightWith(
      `[profile prod]\nsource_profile = bass\n${ROLE}[profile base]\n${KEYS}`,
      'prod',
    );
    expect([exitCode, err]).toEqual([
      2,
      expect.stringMatching(/no AWS profile bass; did you mean base\?[\s\S]*source_profile of prod/),
    ]);
  });

  test('a role that may not be assumed, with the region that was asked', async () => {
    const { exitCode, err } = await preflightWith(inLostRegion(`source_profile = base\n${ROLE}`), 'prod', {
      refuses: (operation) =>
        operation === 'AssumeRole'
          ? { status: 403, code: 'AccessDenied', message: 'not authorized to perform: sts:AssumeRole' }
          : undefined,
    });
    expect(exitCode).toBe(2);
    expect(err).toContain(`Profile prod cannot assume arn:aws:iam::111122223333:role/drill (STS in ${RECOVERY})`);
  });

  test('STS that is off in the region', async () => {
    const { exitCode, err } = await preflightWith(inLostRegion(`source_profile = base\n${ROLE}`), 'prod', {
      refuses: (operation) =>
        operation === 'AssumeRole'
          ? { status: 403, code: 'RegionDisabledException', message: 'STS is not activated in this region' }
          : undefined,
    });
    expect([exitCode, err]).toEqual([
      2,
      expect.stringContaining(`aws account enable-region --region-name ${RECOVERY}`),
    ]);
  });

  test('a web identity token that is not there', async () => {
    const { exitCode, err } = await preflightWith('', undefined, {
      env: { AWS_WEB_IDENTITY_TOKEN_FILE: '/nowhere/token', AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/drill' },
    });
    expect([exitCode, err]).toEqual([2, expect.stringContaining('/nowhere/token')]);
  });

  test('a container agent that does not answer', async () => {
    const { exitCode, err } = await preflightWith('', undefined, {
      env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1/credentials' },
    });
    expect([exitCode, err]).toEqual([2, expect.stringContaining('http://127.0.0.1:1/credentials')]);
  });

  test('nothing at all: says where it looked, and which profiles there are', async () => {
    const { exitCode, err } = await preflightWith(`[profile prod]\n${KEYS}`, undefined);
    expect(exitCode).toBe(2);
    expect(err).toContain('AWS_ACCESS_KEY_ID is not set; there is no profile default');
    expect(err).toContain('Choose a profile with AWS_PROFILE: prod.');
  });

  test('an SSO profile whose session is not in the config', async () => {
    const config = '[profile prod]\nsso_session = gone\nsso_account_id = 111122223333\nsso_role_name = drill\n';
    const { exitCode, err } = await preflightWith(config, 'prod');
    expect([exitCode, err]).toEqual([
      2,
      expect.stringContaining('names the sso-session gone, which is not in the AWS'),
    ]);
  });

  test.each(['nonsense', 'localhost:4566'])('an endpoint that is no URL: %s', async (endpoint) => {
    const { exitCode, err } = await preflightWith(`[default]\n${KEYS}`, undefined, {
      env: { AWS_ENDPOINT_URL: endpoint },
    });
    expect([exitCode, err]).toEqual([
      2,
      expect.stringMatching(/AWS_ENDPOINT_URL \(.*\) is no URL[\s\S]*Correct AWS_ENDPOINT_URL/),
    ]);
  });

  test('an endpoint of the profile that is no URL', async () => {
    const { exitCode, err } = await preflightWith(`[default]\nendpoint_url = nonsense\n${KEYS}`, undefined, {
      env: { AWS_ENDPOINT_URL: '', AWS_ENDPOINT_URL_STS: '' },
    });
    expect([exitCode, err]).toEqual([2, expect.stringContaining('The endpoint of sts in ap-northeast-1 is no URL')]);
  });

  test.each(['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'])(
    'a file that cannot be read: %s names a folder',
    async (variable) => {
      const named = newFolder();
      for (const profile of ['prod', undefined]) {
        const { exitCode, err } = await preflightWith(`[profile prod]\n${KEYS}`, profile, {
          env: { [variable]: named },
        });
        expect([exitCode, err]).toEqual([
          2,
          expect.stringMatching(/The AWS file \S+ cannot be read: it is a folder\.[\s\S]*Correct AWS_/),
        ]);
      }
    },
  );

  test('a file in its usual place that cannot be read, where a profile is asked for', async () => {
    const home = newFolder();
    mkdirSync(join(home, '.aws', 'config'), { recursive: true });
    const env = { HOME: home, AWS_CONFIG_FILE: '', AWS_SHARED_CREDENTIALS_FILE: '' };
    const { exitCode, err } = await preflightWith('', 'prod', { env });
    expect([exitCode, err]).toEqual([2, expect.stringContaining(`${home}/.aws/config cannot be read: it is a folder`)]);
  });

  test('half of a key in the environment', async () => {
    const { exitCode, err } = await preflightWith('', undefined, {
      env: { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE' },
    });
    expect([exitCode, err]).toEqual([2, expect.stringContaining('AWS_SECRET_ACCESS_KEY is not set')]);
  });
});

describe('a role is assumed in the recovery region', () => {
  test.each([
    ['the profile is in the lost region', inLostRegion(`source_profile = base\n${ROLE}`), {}],
    [
      'the environment names the lost region',
      `[profile base]\n${KEYS}[profile prod]\nsource_profile = base\n${ROLE}`,
      { AWS_REGION: LOST, AWS_DEFAULT_REGION: LOST },
    ],
  ])('although %s', async (_, config, env) => {
    const { exitCode, asked, all } = await preflightWith(config, 'prod', { env });
    expect([exitCode, all]).toEqual([0, expect.stringContaining('Nothing stops the drill')]);
    expect(asked.filter(({ operation }) => operation === 'AssumeRole').map(({ region }) => region)).toEqual([RECOVERY]);
  });

  test('through two roles, each with the credentials of the one before', async () => {
    const config = `[profile base]\n${KEYS}[profile middle]\nsource_profile = base\nregion = ${LOST}\n${ROLE}[profile prod]\nsource_profile = middle\n${ROLE}`;
    const { exitCode, asked } = await preflightWith(config, 'prod');
    expect([exitCode, asked.filter(({ operation }) => operation === 'AssumeRole').map(({ region }) => region)]).toEqual(
      [0, [RECOVERY, RECOVERY]],
    );
  });

  test('with a web identity token', async () => {
    const token = join(newFolder(), 'token');
    writeFileSync(token, 'a.web.token');
    const { exitCode, asked } = await preflightWith('', undefined, {
      env: {
        AWS_WEB_IDENTITY_TOKEN_FILE: token,
        AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/drill',
        AWS_REGION: LOST,
      },
    });
    expect(exitCode).toBe(0);
    expect(asked.map(({ operation }) => operation)).toContain('AssumeRoleWithWebIdentity');
  });

  test('SSO keeps the region that its session names', async () => {
    const { exitCode, all } = await preflightWith(SSO, 'prod', {
      sso: sso('2099-01-01T00:00:00Z'),
      env: { AWS_REGION: LOST },
    });
    expect([exitCode, all]).toEqual([0, expect.stringContaining('Nothing stops the drill')]);
  });
});
