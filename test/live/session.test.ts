import { afterEach, expect, test, vi } from 'vitest';
import { realClock } from '../../src/clock/real-clock.ts';
import { simulationSchema } from '../../src/drill/simulation.ts';
import { NoSession } from '../../src/errors.ts';
import { liveTransport } from '../../src/live/transport.ts';
import { simulate } from '../../src/simulator/simulate.ts';
import { awsHome, signIn } from '../cli/sign-in.ts';
import { served } from '../server/server.ts';
import { RECOVERY, topology } from '../simulator/world.ts';

afterEach(() => vi.unstubAllEnvs());

const ACCOUNT = '111122223333';
const profile = (key: string) =>
  `[profile prod]\naws_access_key_id = ${key}\naws_secret_access_key = x\naws_session_token = y\n`;

/** A process with these files, on a served account whose front refuses the session of some keys. */
async function opened(config: string, sso: { name: string; token: object }[] = []) {
  const clock = realClock();
  const world = simulate({ topology: topology(), simulation: simulationSchema.parse({}), seed: 1, clock });
  const { url } = await served({ world, clock });
  const home = awsHome(config, sso);
  let expired = false;
  const front = await signIn(url, {
    refuses: (operation) =>
      expired && operation === 'GetCallerIdentity'
        ? { status: 403, code: 'ExpiredToken', message: 'The security token included in the request is expired' }
        : undefined,
  });
  const env = { ...home.env, ...front.env, AWS_PROFILE: 'prod', AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const transport = await liveTransport(clock, { region: RECOVERY, account: ACCOUNT });
  return { transport, home, front, expire: (is: boolean) => (expired = is) };
}

const keyIn = async ({ credentials }: Awaited<ReturnType<typeof liveTransport>>) => (await credentials()).accessKeyId;

test('credentials are read anew from the files, and every client signs with them', async () => {
  const { transport, home, expire } = await opened(profile('ASIAOLD'));
  expect(await keyIn(transport)).toBe('ASIAOLD');
  expire(true);
  const refused = await transport.renew().catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(NoSession);
  expect(refused).toMatchObject({
    code: 'credentials-expired',
    message: expect.stringContaining('from profile prod have expired'),
    hint: 'Put new credentials into profile prod.',
  });
  home.write(profile('ASIANEW'));
  expire(false);
  await transport.renew();
  expect(await keyIn(transport)).toBe('ASIANEW');
});

test('an SSO session that is opened again is found', async () => {
  const config = `[profile prod]\nsso_session = corp\nsso_account_id = ${ACCOUNT}\nsso_role_name = drill\n[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-north-1\n`;
  const { transport, home } = await opened(config, [
    { name: 'corp', token: { accessToken: 'a', expiresAt: '2020-01-01T00:00:00Z' } },
  ]);
  await expect(transport.renew()).rejects.toMatchObject({
    code: 'session-ended',
    hint: 'Log in again: aws sso login --profile prod',
  });
  home.login('corp', { accessToken: 'a', expiresAt: '2098-01-01T00:00:00Z' });
  await transport.renew();
  expect(await keyIn(transport)).toBe('ASIASSO');
  expect(await transport.session()).toEqual({
    expiresAtMs: Date.parse('2099-01-01'),
    renewsItself: false,
    source: 'profile prod',
    renewal: 'Log in again: aws sso login --profile prod',
  });
});

test('a new session in another account is refused', async () => {
  const clock = realClock();
  const world = simulate({ topology: topology(), simulation: simulationSchema.parse({}), seed: 1, clock });
  const { url } = await served({ world, clock, chaos: { account: '999988887777' } });
  for (const [name, value] of Object.entries({
    ...awsHome(profile('ASIAOTHER')).env,
    AWS_ENDPOINT_URL: url,
    AWS_PROFILE: 'prod',
  }))
    vi.stubEnv(name, value);
  const transport = await liveTransport(clock, { region: RECOVERY, account: ACCOUNT });
  await expect(transport.renew()).rejects.toMatchObject({ code: 'wrong-account', name: 'NoSession' });
});

test.each([
  [
    'long-term keys do not end',
    '[profile prod]\naws_access_key_id = AKIA\naws_secret_access_key = x\n',
    { renewsItself: true },
  ],
  ['a session in a file is renewed by nobody, and its end is not known', profile('ASIA'), { renewsItself: false }],
  [
    'a role is assumed again by the SDK',
    `[profile base]\naws_access_key_id = AKIA\naws_secret_access_key = x\n[profile prod]\nsource_profile = base\nrole_arn = arn:aws:iam::${ACCOUNT}:role/drill\n`,
    { renewsItself: true, expiresAtMs: Date.parse('2099-01-01') },
  ],
])('%s', async (_, config, known) => {
  const { transport } = await opened(config);
  expect(await transport.session()).toEqual({ source: 'profile prod', renewal: expect.any(String), ...known });
});
