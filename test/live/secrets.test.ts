import { createHash, createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Transport } from '../../src/aws/aws.ts';
import { gateway } from '../../src/aws/gateway.ts';
import { RunSession } from '../../src/aws/session.ts';
import { VirtualClock } from '../../src/clock/virtual-clock.ts';
import { NoSession } from '../../src/errors.ts';
import type { RunEvent } from '../../src/journal/events.ts';
import { eksTokens } from '../../src/live/eks-token.ts';
import { passwordSource } from '../../src/live/password.ts';
import { waitingForSession } from '../../src/live/presigned.ts';
import { awsError } from '../../src/simulator/faults.ts';

const NOW_MS = Date.parse('2026-01-05T01:00:00Z');
const credentials = async () => ({
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'a+session/token=',
});
const endpoint = { host: 'db.example.com', port: 5432, region: 'ap-northeast-1' };
/** AWS's clock is three seconds ahead of this machine's. */
const signingBy = (clock: VirtualClock) => ({ credentials, awsNowMs: () => clock.nowMs() + 3_000 });

/** What AWS answers, and what it was asked. */
let answer: () => object;
let asked: string[];
let recorded: RunEvent[];
beforeEach(() => {
  [asked, recorded] = [[], []];
});
afterEach(() => vi.unstubAllEnvs());

/** AWS as a run asks it: it waits for a new session when its own has ended. */
function awsBy(clock: VirtualClock, renew = async () => {}) {
  const record = (event: RunEvent) => recorded.push(event);
  const send: Transport['send'] = async (service, region, operation, input) => {
    asked.push(`${service} ${operation} in ${region} ${JSON.stringify(input)}`);
    return answer();
  };
  return gateway({
    ...{ transport: { send }, clock, regions: ['ap-northeast-1'], record, isChange: () => false, jitter: () => 0 },
    session: new RunSession({ clock, record, renew, withinMs: 30 * 60_000 }),
  })({ step: 'log-in', signal: new AbortController().signal });
}

const options = (clock = new VirtualClock(NOW_MS), renew?: () => Promise<void>) => ({
  signing: signingBy(clock),
  clock,
  aws: awsBy(clock, renew),
  region: 'ap-northeast-1',
});
const expired = (): never => {
  throw awsError('ExpiredTokenException', 'The security token included in the request is expired', 400);
};
const sessionEvents = () => recorded.map(({ type }) => type).filter((type) => type.startsWith('session'));

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

test('a token for EKS is a signed request to the region’s own STS, right to the last bit', async () => {
  const clock = new VirtualClock(NOW_MS);
  const token = await eksTokens(signingBy(clock), clock)({ region: 'ap-northeast-1', cluster: 'shop', namespace: '' });
  expect(token).toMatch(/^k8s-aws-v1\.[\w-]+$/);
  const url = new URL(Buffer.from(token.slice('k8s-aws-v1.'.length), 'base64url').toString());
  expect(url.origin + url.pathname).toBe('https://sts.ap-northeast-1.amazonaws.com/');
  const query = Object.fromEntries(url.searchParams);
  expect(query).toMatchObject({
    Action: 'GetCallerIdentity',
    'X-Amz-Date': '20260105T010003Z',
    'X-Amz-Expires': '60',
    'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
    'X-Amz-Security-Token': 'a+session/token=',
  });

  // The signature, worked out as AWS's documentation describes it.
  const { 'X-Amz-Signature': signature, ...signed } = query;
  const encoded = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const canonicalQuery = Object.keys(signed)
    .sort()
    .map((name) => `${encoded(name)}=${encoded(signed[name] ?? '')}`)
    .join('&');
  const headers = 'host:sts.ap-northeast-1.amazonaws.com\nx-k8s-aws-id:shop\n';
  const canonical = ['GET', '/', canonicalQuery, headers, 'host;x-k8s-aws-id', sha256('')].join('\n');
  const scope = '20260105/ap-northeast-1/sts/aws4_request';
  const toSign = ['AWS4-HMAC-SHA256', '20260105T010003Z', scope, sha256(canonical)].join('\n');
  const { secretAccessKey } = await credentials();
  const key = ['20260105', 'ap-northeast-1', 'sts', 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${secretAccessKey}`,
  );
  expect(signature).toBe(createHmac('sha256', key).update(toSign).digest('hex'));
});

test('a token is kept, and made anew before it runs out', async () => {
  const clock = new VirtualClock(NOW_MS);
  const token = eksTokens(signingBy(clock), clock);
  const cluster = { region: 'ap-northeast-1', cluster: 'shop', namespace: '' };
  const first = await token(cluster);
  await clock.run(clock.sleep(9 * 60_000));
  expect(await token(cluster)).toBe(first);
  await clock.run(clock.sleep(2 * 60_000));
  expect(await token(cluster)).not.toBe(first);
});

test('a token of IAM for a database names its endpoint, and is made anew in time', async () => {
  const clock = new VirtualClock(NOW_MS);
  const password = passwordSource({ user: 'drill', password: { from: 'iam' } }, options(clock));
  const first = await password(endpoint);
  expect(first).toMatch(/^db\.example\.com:5432\/\?Action=connect&DBUser=drill&/);
  expect(first).toContain('X-Amz-Date=20260105T010003Z');
  expect(await password(endpoint)).toBe(first);
  await clock.run(clock.sleep(11 * 60_000));
  expect(await password(endpoint)).not.toBe(first);
});

test('a password is taken from the environment, and its absence is told by the variable’s name', async () => {
  const password = passwordSource(
    { user: 'drill', password: { from: 'environment', variable: 'SHOP_PASSWORD' } },
    options(),
  );
  await expect(password(endpoint)).rejects.toMatchObject({
    code: 'password-missing',
    message: 'The environment variable SHOP_PASSWORD is empty.',
  });
  vi.stubEnv('SHOP_PASSWORD', 'open sesame');
  expect(await password(endpoint)).toBe('open sesame');
});

describe('a password in Secrets Manager', () => {
  const inSecrets = { user: 'drill', password: { from: 'secrets-manager', secret: 'shop/db' } } as const;
  const source = (clock?: VirtualClock, renew?: () => Promise<void>) =>
    passwordSource(inSecrets, options(clock, renew));
  const holds = (SecretString: string) => {
    answer = () => ({ Name: 'shop/db', SecretString });
  };

  test('is read as it was before the last rotation', async () => {
    holds('open sesame');
    expect(await source()(endpoint, { previous: true })).toBe('open sesame');
    expect(asked).toEqual([
      'secretsmanager GetSecretValue in ap-northeast-1 {"SecretId":"shop/db","VersionStage":"AWSPREVIOUS"}',
    ]);
  });

  test.each([
    ['alone', 'open sesame'],
    ['as RDS writes it', '{"username":"drill","password":"open sesame"}'],
  ])('is read %s', async (_, secret) => {
    holds(secret);
    expect(await source()(endpoint)).toBe('open sesame');
    expect(asked).toEqual(['secretsmanager GetSecretValue in ap-northeast-1 {"SecretId":"shop/db"}']);
  });

  test('is kept for five minutes, so that one that was rotated is found', async () => {
    const clock = new VirtualClock(NOW_MS);
    const password = source(clock);
    holds('old');
    expect(await password(endpoint)).toBe('old');
    holds('new');
    await clock.run(clock.sleep(4 * 60_000));
    expect(await password(endpoint)).toBe('old');
    await clock.run(clock.sleep(2 * 60_000));
    expect(await password(endpoint)).toBe('new');
  });

  test.each([
    ['no text, as a binary secret has none', ''],
    ['no key for it', '{"username":"drill","secret":"open sesame"}'],
    ['an empty one', '{"password":""}'],
    ['JSON that was cut off', '{"password":"open sesame'],
  ])('is missed by name where there is %s, and what is there is not told', async (_, secret) => {
    holds(secret);
    const failure = await source()(endpoint).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'password-missing', message: 'The secret shop/db has no password.' });
    expect(inspect(failure, { depth: 10 })).not.toContain('sesame');
  });

  test('that may not be read says so, and is asked for again', async () => {
    const password = source();
    answer = () => {
      throw awsError('AccessDeniedException', 'not authorized');
    };
    await expect(password(endpoint)).rejects.toMatchObject({
      code: 'password-unavailable',
      message: 'Could not get the password of drill: AccessDeniedException: not authorized',
    });
    holds('open sesame');
    expect(await password(endpoint)).toBe('open sesame');
  });
});

describe('when the AWS session has ended', () => {
  test('a secret waits for a new one, with every other call of the run', async () => {
    const clock = new VirtualClock(NOW_MS);
    answer = expired;
    const renew = async () => {
      if (clock.nowMs() - NOW_MS > 60_000) answer = () => ({ SecretString: 'open sesame' });
    };
    const login = { user: 'drill', password: { from: 'secrets-manager', secret: 'shop/db' } } as const;
    const password = passwordSource(login, options(clock, renew));
    // Two that want it wait for one answer.
    const both = Promise.all([password(endpoint), password(endpoint)]);
    expect(await clock.run(both)).toEqual(['open sesame', 'open sesame']);
    expect(sessionEvents()).toEqual(['session-ended', 'session-renewed']);
  });

  test('a token that was refused is signed with the new one', async () => {
    const clock = new VirtualClock(NOW_MS);
    const password = passwordSource(
      { user: 'drill', password: { from: 'iam' } },
      options(clock, async () => {
        answer = () => ({});
      }),
    );
    answer = expired;
    const first = await password(endpoint);
    expect(asked).toEqual([]);
    const second = await clock.run(password(endpoint, { anew: true }));
    expect([second === first, sessionEvents()]).toEqual([false, ['session-ended', 'session-renewed']]);
  });

  test('and there are no credentials, a token waits for them', async () => {
    const clock = new VirtualClock(NOW_MS);
    let isThere = false;
    const signing = {
      ...signingBy(clock),
      async credentials() {
        if (isThere) return credentials();
        throw new NoSession('sso-expired', 'The SSO session has ended.', { hint: 'aws sso login' });
      },
    };
    answer = () => (isThere ? {} : expired());
    const aws = awsBy(clock, async () => {
      isThere = clock.nowMs() - NOW_MS > 60_000;
    });
    const token = eksTokens(waitingForSession(signing, aws, 'ap-northeast-1'), clock);
    expect(await clock.run(token({ region: 'ap-northeast-1', cluster: 'shop', namespace: '' }))).toMatch(/^k8s-aws-v1/);
    expect(sessionEvents()).toEqual(['session-ended', 'session-renewed']);
  });
});

test('a token is of one region, even where names and ports are the same', async () => {
  const login = { user: 'drill', password: { from: 'iam' } } as const;
  const password = passwordSource(login, options());
  expect(await password(endpoint)).toContain('ap-northeast-1');
  expect(await password({ ...endpoint, region: 'ap-east-2' })).toContain('ap-east-2');
});
