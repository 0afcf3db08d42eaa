import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { drDrill, newFolder } from './command.ts';
import { awsHosts, corporateProxy } from './corporate-proxy.ts';
import { liveAccount } from './live-account.ts';

const PREFLIGHT = ['preflight', 'drills/multi-region-failover.yaml', '--live'];
/** The machine that runs the tests may have settings of its own. */
const NOTHING_SET = Object.fromEntries(
  ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY']
    .flatMap((name) => [name, name.toLowerCase()])
    .concat('AWS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS', 'AWS_CONFIG_FILE')
    .map((name) => [name, '']),
);
const STS = 'sts.ap-northeast-1.amazonaws.com:443';

/** A live preflight of AWS's own host names, which exist behind a proxy only. */
async function behindProxy(
  environment: (given: { proxy: string; ca: string }) => Record<string, string>,
  options: Parameters<typeof corporateProxy>[1] = {},
) {
  const { env: keys } = await liveAccount();
  const { port, ca } = await awsHosts(keys.AWS_ENDPOINT_URL);
  const { url, asked } = await corporateProxy(port, options);
  const { AWS_ENDPOINT_URL: _, ...env } = keys;
  const answer = await drDrill(PREFLIGHT, {
    env: { HOME: newFolder(), ...NOTHING_SET, ...env, ...environment({ proxy: url, ca }) },
  });
  return { ...answer, asked, all: `${answer.out}${answer.err}` };
}

describe.concurrent('a proxy and a bundle of certificate authorities', () => {
  test.each<[string, (given: { proxy: string; ca: string }) => Record<string, string>]>([
    ['HTTPS_PROXY and AWS_CA_BUNDLE', ({ proxy, ca }) => ({ HTTPS_PROXY: proxy, AWS_CA_BUNDLE: ca })],
    ['https_proxy and NODE_EXTRA_CA_CERTS', ({ proxy, ca }) => ({ https_proxy: proxy, NODE_EXTRA_CA_CERTS: ca })],
    ['a proxy without a scheme', ({ proxy, ca }) => ({ HTTPS_PROXY: proxy.replace('http://', ''), AWS_CA_BUNDLE: ca })],
    ['ALL_PROXY', ({ proxy, ca }) => ({ ALL_PROXY: proxy, AWS_CA_BUNDLE: ca })],
  ])('are used for AWS and Kubernetes: %s', async (_, environment) => {
    const { asked, out } = await behindProxy(environment);
    expect(out).toContain('ecommerce-db-primary status');
    expect(asked).toEqual(
      expect.arrayContaining([STS, 'rds.ap-east-2.amazonaws.com:443', 'route53.amazonaws.com:443']),
    );
    expect(asked.some((host) => host.endsWith('.gr7.ap-northeast-1.eks.amazonaws.com:443'))).toBe(true);
  });

  test('the bundle may stand in the profile', async () => {
    const file = join(newFolder(), 'config');
    const { out, err } = await behindProxy(({ proxy, ca }) => {
      writeFileSync(file, `[default]\nca_bundle = ${ca}\n`);
      return { HTTPS_PROXY: proxy, AWS_CONFIG_FILE: file };
    });
    expect(err).toBe('');
    expect(out).toContain('ecommerce-db-primary status');
  });

  test('a proxy that wants a login gets the one in its URL', async () => {
    const environment = ({ proxy, ca }: { proxy: string; ca: string }) => ({
      HTTPS_PROXY: proxy.replace('http://', 'http://ada:s%40crate@'),
      AWS_CA_BUNDLE: ca,
    });
    expect((await behindProxy(environment, { login: 'ada:s@crate' })).out).toContain('ecommerce-db-primary status');
  });
});

describe.concurrent('endpoints of AWS’s own kinds', () => {
  const inProfile = (setting: string) => {
    const file = join(newFolder(), 'config');
    writeFileSync(file, `[default]\n${setting}\n`);
    return { AWS_CONFIG_FILE: file };
  };

  test.each<[string, Record<string, string>, string[]]>([
    [
      'FIPS',
      { AWS_USE_FIPS_ENDPOINT: 'true' },
      ['sts-fips.ap-northeast-1.amazonaws.com', 'rds-fips.ap-east-2.amazonaws.com'],
    ],
    ['dual-stack, in the profile', inProfile('use_dualstack_endpoint = true'), ['rds.ap-east-2.api.aws']],
  ])('are asked, and are AWS: %s', async (_, settings, hosts) => {
    const { asked, out } = await behindProxy(({ proxy, ca }) => ({
      HTTPS_PROXY: proxy,
      AWS_CA_BUNDLE: ca,
      ...settings,
    }));
    expect(asked).toEqual(expect.arrayContaining(hosts.map((host) => `${host}:443`)));
    expect(out).toContain('ecommerce-db-primary status');
  });
});

describe.concurrent('what goes wrong with it is told, with exit code 2', () => {
  test('a proxy that wants a login', async () => {
    const { exitCode, err } = await behindProxy(({ proxy, ca }) => ({ HTTPS_PROXY: proxy, AWS_CA_BUNDLE: ca }), {
      login: 'a:b',
    });
    expect([exitCode, err]).toEqual([
      2,
      expect.stringMatching(
        /proxy 127\.0\.0\.1:\d+ did not connect to sts\.ap-northeast-1\.amazonaws\.com:443: status 407/,
      ),
    ]);
  });

  test('a proxy where nobody is', async () => {
    const { exitCode, err } = await behindProxy(() => ({ HTTPS_PROXY: 'http://127.0.0.1:9' }));
    expect([exitCode, err]).toEqual([
      2,
      expect.stringContaining('The proxy 127.0.0.1:9 cannot be reached: ECONNREFUSED'),
    ]);
  });

  test('a kind of proxy that is not supported', async () => {
    const { exitCode, err } = await behindProxy(() => ({ ALL_PROXY: 'socks5://127.0.0.1:9' }));
    expect([exitCode, err]).toEqual([2, expect.stringContaining('socks5:')]);
  });

  test('a certificate that nobody vouches for', async () => {
    const { exitCode, err } = await behindProxy(({ proxy }) => ({ HTTPS_PROXY: proxy }));
    expect([exitCode, err]).toEqual([
      2,
      expect.stringMatching(/sts GetCallerIdentity in ap-northeast-1 .*certificate[\s\S]*AWS_CA_BUNDLE/),
    ]);
  });

  test('a bundle that is not there, or is none', async () => {
    const missing = await behindProxy(() => ({ AWS_CA_BUNDLE: '/nowhere/ca.pem' }));
    expect([missing.exitCode, missing.err]).toEqual([
      2,
      expect.stringContaining('AWS_CA_BUNDLE names /nowhere/ca.pem, which cannot be read'),
    ]);
    const strange = await behindProxy(() => ({ AWS_CA_BUNDLE: 'package.json' }));
    expect([strange.exitCode, strange.err]).toEqual([2, expect.stringContaining('contains no certificate')]);
  });
});

describe.concurrent('no proxy is used', () => {
  test.each([
    'amazonaws.com',
    '.amazonaws.com',
    '*',
    'sts.ap-northeast-1.amazonaws.com:443',
    '10.0.0.0/8 *.amazonaws.com',
  ])('for hosts in NO_PROXY: %s', async (none) => {
    const { asked } = await behindProxy(({ proxy, ca }) => ({ HTTPS_PROXY: proxy, NO_PROXY: none, AWS_CA_BUNDLE: ca }));
    expect(asked).not.toContain(STS);
  });

  test('for this machine', async () => {
    const { env } = await liveAccount();
    const { url, asked } = await corporateProxy(9);
    const { out } = await drDrill(PREFLIGHT, { env: { ...env, HTTP_PROXY: url, NO_PROXY: '' } });
    expect([out, asked.filter((host) => !host.includes('.eks.'))]).toEqual([
      expect.stringContaining('ecommerce-db-primary status'),
      [],
    ]);
  });
});
