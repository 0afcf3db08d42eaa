import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { refusal } from '../../src/live/refusals.ts';
import { drDrill, newFolder, runHere } from './command.ts';
import { abortedRun } from './live-account.ts';
import { refused, type Trouble, troubledAccount } from './troubled-account.ts';

const FAILOVER = 'drills/multi-region-failover.yaml';
const REGION = 'ap-northeast-1';
const discoverTo = (output: string) => ['discover', '--primary', 'ap-east-2', '--recovery', REGION, '-o', output];

const commands: [string, () => string[]][] = [
  ['preflight --live', () => ['preflight', FAILOVER, '--live']],
  ['run --live --read-only', () => ['run', FAILOVER, '--live', '--read-only', '--runs', newFolder()]],
  ['discover', () => discoverTo(join(newFolder(), 'found.yaml'))],
];

const sts = (status: number, code: string, message = 'Told so by AWS.') => refused('sts', status, code, message);
const page = { status: 502, body: '<html>Bad gateway</html>' };

/** What AWS answers to the first call of all, and how that is told. */
const troubles: [string, Trouble | 'reset', RegExp][] = [
  [
    'OptInRequired',
    sts(403, 'OptInRequired'),
    /ap-northeast-1 is not enabled for this account[\s\S]*aws account enable-region --region-name ap-northeast-1/,
  ],
  ['RegionDisabledException', sts(403, 'RegionDisabledException'), /ap-northeast-1 is not enabled/],
  [
    'a key that AWS does not know',
    sts(403, 'InvalidClientTokenId'),
    /does not know these credentials[\s\S]*may not be enabled/,
  ],
  [
    'Throttling',
    sts(400, 'Throttling', 'Rate exceeded'),
    /sts GetCallerIdentity in ap-northeast-1 was throttled \(Throttling, status 400\)/,
  ],
  ['a 500', sts(500, 'InternalFailure'), /sts GetCallerIdentity in ap-northeast-1 .*500/],
  ['a 503', sts(503, 'ServiceUnavailable'), /sts GetCallerIdentity in ap-northeast-1 .*503/],
  [
    'a refusal that dr-drill does not know',
    sts(400, 'SomethingNew'),
    /sts GetCallerIdentity in ap-northeast-1 was refused \(SomethingNew, status 400\): Told so by AWS\./,
  ],
  ['the page of a proxy', page, /sts GetCallerIdentity .*502/],
  [
    'a body that is not AWS’s',
    { status: 400, type: 'application/json', body: '{"no":"reason"}' },
    /sts GetCallerIdentity in ap-northeast-1.*400/,
  ],
  [
    'a connection that is reset',
    'reset',
    /sts GetCallerIdentity in ap-northeast-1 cannot be reached: the connection was (reset|closed)/,
  ],
];

describe.concurrent.each(commands)('%s ends with 2 and says what happened', (_, words) => {
  test.each(troubles)('at %s', async (__, trouble, said) => {
    const { env } = await troubledAccount(({ service }) => (service === 'sts' ? trouble : undefined));
    const { exitCode, err } = await drDrill(words(), { env });
    expect([exitCode, err]).toEqual([2, expect.stringMatching(said)]);
  });
});

test('an endpoint that is in no DNS says that the service may not be offered in the region', () => {
  const lookup = Object.assign(new Error('getaddrinfo ENOTFOUND kafka.mx-central-1.amazonaws.com'), {
    code: 'ENOTFOUND',
  });
  const told = refusal(Object.assign(new Error('cannot be reached', { cause: lookup }), { name: 'Unreachable' }), {
    service: 'kafka',
    region: 'mx-central-1',
    operation: 'ListClustersV2',
  });
  expect(told).toMatchObject({
    message:
      'kafka ListClustersV2 in mx-central-1 cannot be reached: its host name does not exist in DNS (ENOTFOUND). kafka may not be offered in mx-central-1.',
    hint: expect.stringContaining('AWS Regional Services List'),
  });
});

test('resume says so as well', async () => {
  let isDown = false;
  const { env } = await troubledAccount(({ service }) =>
    isDown && service === 'sts' ? sts(503, 'ServiceUnavailable') : undefined,
  );
  const { folder = '' } = await abortedRun(env, undefined, 'SIGKILL');
  isDown = true;
  const { exitCode, err } = await drDrill(['resume', folder], { env });
  expect([exitCode, err]).toEqual([2, expect.stringMatching(/sts GetCallerIdentity in ap-northeast-1 .*503/)]);
});

describe.concurrent('what only some commands ask', () => {
  test('the key of KMS', async () => {
    const { env } = await troubledAccount(({ service }) =>
      service === 'kms' ? refused('kms', 500, 'KMSInternalException', 'Try again') : undefined,
    );
    const DR_DRILL_KMS_KEY = `arn:aws:kms:${REGION}:111122223333:alias/drill-evidence`;
    const { exitCode, err } = await abortedRun({ ...env, DR_DRILL_KMS_KEY });
    expect([exitCode, err]).toEqual([2, expect.stringMatching(/kms GetPublicKey in ap-northeast-1 .*500/)]);
  });

  test('leases in S3', async () => {
    const { env } = await troubledAccount(({ service }) =>
      service === 's3' ? refused('s3', 503, 'ServiceUnavailable', 'Down') : undefined,
    );
    const { exitCode, err } = await abortedRun({ ...env, DR_DRILL_LEASES: 's3://ecommerce-drill-evidence/leases' });
    expect([exitCode, err]).toEqual([2, expect.stringMatching(/s3 \w+ in ap-northeast-1 .*503/)]);
  });

  test('the upload of a bundle', async () => {
    const { env } = await troubledAccount(({ service }) =>
      service === 's3' ? refused('s3', 400, 'InvalidStorageClass', 'No') : undefined,
    );
    const { folder } = await runHere(['drills/snapshot-restore.yaml', '--quiet']);
    const zip = join(newFolder(), 'evidence.zip');
    const { exitCode, err } = await drDrill(
      ['bundle', folder, '-o', zip, '--upload', 's3://ecommerce-drill-evidence/x'],
      { env },
    );
    expect([exitCode, err]).toEqual([
      2,
      expect.stringContaining('s3 PutObject in ap-northeast-1 was refused (InvalidStorageClass, status 400): No'),
    ]);
  });
});

describe.concurrent('one service that cannot be asked does not take a discovery with it', () => {
  test.each<[string, Trouble | 'reset', RegExp]>([
    [
      'denied',
      refused('kafka', 403, 'AccessDeniedException', 'not authorized'),
      /MSK clusters: kafka:ListClustersV2 is not allowed in ap-\S+: not authorized/,
    ],
    ['unreachable', 'reset', /MSK clusters: kafka ListClustersV2 in ap-\S+ cannot be reached/],
    [
      'not there in the region',
      refused('kafka', 400, 'UnknownOperationException', 'no such'),
      /MSK clusters: kafka ListClustersV2 in ap-\S+ was refused .*kafka, or this operation of it, is not offered in ap-/,
    ],
  ])('%s', async (_, trouble, said) => {
    const { env } = await troubledAccount(({ service }) => (service === 'kafka' ? trouble : undefined));
    const output = join(newFolder(), 'found.yaml');
    const { exitCode, err } = await drDrill(discoverTo(output), { env });
    expect([exitCode, err]).toEqual([1, expect.stringMatching(said)]);
    const text = readFileSync(output, 'utf8');
    expect(text).toMatch(new RegExp(`^# Could not be asked.*${said.source}`, 'm'));
    expect(text).toContain('identifier: ecommerce-db-primary');
    expect(text).not.toContain('ecommerce-messages');
  });

  test.each([
    ['rds', 'RDS instances with a cross-region replica: '],
    ['eks', 'EKS clusters: '],
    ['elasticache', 'caches of ElastiCache: '],
    ['s3', 'replicated buckets: '],
    ['secretsmanager', 'replicated secrets: '],
    ['route53', 'public names: '],
  ])('for every kind: %s', async (name, part) => {
    const { env } = await troubledAccount(({ service }) =>
      service === name ? refused(name, 403, 'AccessDenied', 'not authorized') : undefined,
    );
    const output = join(newFolder(), 'found.yaml');
    const { exitCode, err } = await drDrill(discoverTo(output), { env });
    expect([exitCode, err]).toEqual([1, expect.stringContaining(part)]);
    expect(readFileSync(output, 'utf8')).toContain(`Could not be asked, and is not described here: ${part}`);
  });

  test('where nothing can be asked, nothing is written', async () => {
    const { env } = await troubledAccount(({ service }) =>
      service === 'sts' ? undefined : refused(service, 403, 'AccessDenied', 'not authorized'),
    );
    const output = join(newFolder(), 'found.yaml');
    const { exitCode, err } = await drDrill(discoverTo(output), { env });
    expect([exitCode, err]).toEqual([
      2,
      expect.stringMatching(/has nothing in ap-east-2 and ap-northeast-1[\s\S]*replica: rds:Describe/),
    ]);
    expect(() => readFileSync(output)).toThrow(/ENOENT/);
  });
});

describe.concurrent('one service that cannot be asked does not take a preflight with it', () => {
  test.each<[string, string, Trouble, RegExp]>([
    [
      'a body that is not AWS’s',
      'servicequotas',
      { status: 400, type: 'application/json', body: '{"no":"reason"}' },
      /servicequotas GetServiceQuota in ap-northeast-1.*400/,
    ],
    [
      'a refusal that dr-drill does not know',
      'servicequotas',
      refused('servicequotas', 400, 'SomethingNew', 'Told so by AWS.'),
      /servicequotas GetServiceQuota in ap-northeast-1 was refused \(SomethingNew, status 400\)/,
    ],
    [
      'a region where it does not exist',
      'servicequotas',
      refused('servicequotas', 403, 'OptInRequired', 'Told so by AWS.'),
      /ap-northeast-1 is not enabled/,
    ],
    [
      'a refusal of IAM',
      'iam',
      refused('iam', 400, 'SomethingNew', 'Told so by AWS.'),
      /iam \w+ in us-east-1 was refused/,
    ],
  ])('that the drill can do without, with %s: a note', async (_, name, trouble, said) => {
    const { env } = await troubledAccount(({ service }) => (service === name ? trouble : undefined));
    const { exitCode, out, err } = await drDrill(['preflight', FAILOVER, '--live', '--json'], { env });
    expect([exitCode, err]).toEqual([1, '']);
    const { findings, rows } = JSON.parse(out);
    expect(findings).toContainEqual(expect.objectContaining({ severity: 'note', what: expect.stringMatching(said) }));
    expect(rows.map(({ what }: { what: string }) => what)).toContain('shop.example.com tokyo record');
  });
});
