import { createHash, createHmac } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';
import { VirtualClock } from '../../src/clock/virtual-clock.ts';
import { eksTokens } from '../../src/live/eks-token.ts';
import { passwordSource } from '../../src/live/password.ts';

const NOW_MS = Date.parse('2026-01-05T01:00:00Z');
const credentials = async () => ({
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'a+session/token=',
});
const endpoint = { host: 'db.example.com', port: 5432, region: 'ap-northeast-1' };
const options = (clock = new VirtualClock(NOW_MS)) => ({ credentials, clock, region: 'ap-northeast-1' });

afterEach(() => vi.unstubAllEnvs());

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

test('a token for EKS is a signed request to the region’s own STS, right to the last bit', async () => {
  const token = await eksTokens(
    credentials,
    new VirtualClock(NOW_MS),
  )({ region: 'ap-northeast-1', cluster: 'shop', namespace: '' });
  expect(token).toMatch(/^k8s-aws-v1\.[\w-]+$/);
  const url = new URL(Buffer.from(token.slice('k8s-aws-v1.'.length), 'base64url').toString());
  expect(url.origin + url.pathname).toBe('https://sts.ap-northeast-1.amazonaws.com/');
  const query = Object.fromEntries(url.searchParams);
  expect(query).toMatchObject({
    Action: 'GetCallerIdentity',
    'X-Amz-Date': '20260105T010000Z',
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
  const toSign = ['AWS4-HMAC-SHA256', '20260105T010000Z', scope, sha256(canonical)].join('\n');
  const { secretAccessKey } = await credentials();
  const key = ['20260105', 'ap-northeast-1', 'sts', 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${secretAccessKey}`,
  );
  expect(signature).toBe(createHmac('sha256', key).update(toSign).digest('hex'));
});

test('a token is kept, and made anew before it runs out', async () => {
  const clock = new VirtualClock(NOW_MS);
  const token = eksTokens(credentials, clock);
  const cluster = { region: 'ap-northeast-1', cluster: 'shop', namespace: '' };
  const first = await token(cluster);
  await clock.run(clock.sleep(9 * 60_000));
  expect(await token(cluster)).toBe(first);
  await clock.run(clock.sleep(2 * 60_000));
  expect(await token(cluster)).not.toBe(first);
});

test('a token of IAM for a database names its endpoint, and is made anew in time', async () => {
  const clock = new VirtualClock(NOW_MS);
  const password = passwordSource({ user: 'drill', password: { from: 'iam' }, tls: 'verify-full' }, options(clock));
  const first = await password(endpoint);
  expect(first).toMatch(/^db\.example\.com:5432\/\?Action=connect&DBUser=drill&/);
  expect(await password(endpoint)).toBe(first);
  await clock.run(clock.sleep(11 * 60_000));
  vi.setSystemTime(new Date(NOW_MS + 11 * 60_000));
  expect(await password(endpoint)).not.toBe(first);
  vi.useRealTimers();
});

test('a password is taken from the environment, and its absence is told by the variable’s name', async () => {
  const password = passwordSource(
    { user: 'drill', password: { from: 'environment', variable: 'SHOP_PASSWORD' }, tls: 'off' },
    options(),
  );
  await expect(password(endpoint)).rejects.toMatchObject({
    code: 'password-missing',
    message: 'The environment variable SHOP_PASSWORD is empty.',
  });
  vi.stubEnv('SHOP_PASSWORD', 'open sesame');
  expect(await password(endpoint)).toBe('open sesame');
});
