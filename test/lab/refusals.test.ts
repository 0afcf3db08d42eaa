import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { drDrill } from './command.ts';
import type { KubernetesTrouble } from './kubernetes-api.ts';
import { type Lab, startLab } from './lab.ts';

let lab: Lab;
/** What is wrong with the clusters' APIs now. */
let kubernetesTrouble: KubernetesTrouble | undefined;
beforeAll(async () => {
  lab = await startLab({ kubernetesTrouble: (asked) => kubernetesTrouble?.(asked) });
});
afterEach(() => {
  kubernetesTrouble = undefined;
  lab.server.chaos({ account: '111122223333', denied: [], expiredCredentials: false, silentRegions: [] });
});
afterAll(() => lab.close());

/** What can be changed in the account: calls and draws aside. */
const account = () => {
  const { instances, nodeGroups, deployments, zones } = lab.world.state();
  return { instances, nodeGroups, deployments, zones };
};

interface Case {
  env?: Record<string, string | undefined>;
  args?: string[];
  drill?: string;
  node?: string[];
}

/** A live run that must not begin: exit code 2, one clear message, no run folder, and the account as it was. */
async function refused({
  drill = lab.drills.failover,
  args = ['--confirm', 'lab-failover'],
  env,
  node,
}: Case): Promise<string> {
  const before = account();
  const runs = join(lab.folder, 'refused');
  const call = { ...(env && { env }), ...(node && { node }) };
  const { code, out, err } = await drDrill(lab, ['run', drill, '--live', '--runs', runs, ...args], call);
  expect([code, out]).toEqual([2, '']);
  expect(err).not.toMatch(/^\s+at /m);
  expect(account()).toEqual(before);
  expect(() => readdirSync(runs)).toThrow('ENOENT');
  return err;
}

/** The lab's drill on a topology that differs in one respect. */
function onOtherTopology(name: string, change: (topology: Record<string, never>) => void): string {
  const topology = parse(readFileSync(join(lab.folder, 'topology.yaml'), 'utf8'));
  change(topology);
  writeFileSync(join(lab.folder, `${name}-topology.yaml`), stringify(topology));
  const drill = parse(readFileSync(lab.drills.failover, 'utf8'));
  const path = join(lab.folder, `${name}.yaml`);
  writeFileSync(path, stringify({ ...drill, topology: `${name}-topology.yaml` }));
  return path;
}

test('another account', async () => {
  lab.server.chaos({ account: '999988887777' });
  const err = await refused({});
  expect(err).toContain('These credentials belong to account 999988887777; the topology allows 111122223333 only.');
  expect(err).toContain('Choose the right profile');
});

test('no confirmation, or a wrong one', async () => {
  expect(await refused({ args: [] })).toContain('--confirm lab-failover');
  expect(await refused({ args: ['--confirm', 'yes'] })).toContain("'yes' is not the drill's name: nothing was done.");
});

test('no consent to what cannot be undone', async () => {
  const { consent: _, ...drill } = parse(readFileSync(lab.drills.failover, 'utf8'));
  const path = join(lab.folder, 'no-consent.yaml');
  writeFileSync(path, stringify(drill));
  const err = await refused({ drill: path });
  expect(err).toContain('take-over');
  expect(err).toContain('consent: [take-over');
});

test('no credentials', async () => {
  const err = await refused({ env: { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined } });
  expect(err).toContain('There are no AWS credentials: AWS_ACCESS_KEY_ID is not set');
});

test('expired credentials', async () => {
  lab.server.chaos({ expiredCredentials: true });
  expect(await refused({})).toMatch(/The AWS credentials from .*AWS_ACCESS_KEY_ID have expired/);
});

test('a missing permission', async () => {
  lab.server.chaos({ denied: ['sts:GetCallerIdentity'] });
  const err = await refused({});
  expect(err).toContain('sts:GetCallerIdentity is not allowed');
  expect(err).toContain('dr-drill iam-policy');
  lab.server.chaos({ denied: ['rds:DescribeDBInstances'] });
  expect(await refused({})).toContain('rds:DescribeDBInstances is not allowed');
});

test('an endpoint where nobody is, and one that does not answer', async () => {
  expect(await refused({ env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' } })).toContain(
    'sts GetCallerIdentity in ap-northeast-1 cannot be reached',
  );
  lab.server.chaos({ silentRegions: ['ap-northeast-1'] });
  expect(await refused({})).toContain('sts GetCallerIdentity in ap-northeast-1 cannot be reached');
}, 60_000);

test('a clock that is wrong', async () => {
  const late = join(lab.folder, 'late.mjs');
  writeFileSync(late, 'const now = Date.now; Date.now = () => now() - 90_000;\n');
  expect(await refused({ node: ['--import', late] })).toMatch(/clock is (89|90) s behind AWS/);
  writeFileSync(
    late,
    'const now = Date.now; const D = Date; globalThis.Date = class extends D { constructor(...a) { super(...(a.length ? a : [now() - 3_600_000])); } static now() { return now() - 3_600_000; } };\n',
  );
  expect(await refused({ node: ['--import', late] })).toMatch(/refused a request because of its time|clock is/);
});

test('an instance that is in another region', async () => {
  const drill = onOtherTopology('elsewhere', (topology: Record<string, Record<string, string>>) => {
    (topology.regions as Record<string, string>).recovery = 'eu-west-1';
  });
  expect(await refused({ drill })).toMatch(/eu-west-1.*lab-recovery|lab-replica.*is not there/s);
});

test('an instance that is not what the topology describes', async () => {
  const drill = onOtherTopology('other-kind', (topology) => {
    const { orders } = (topology as Record<string, object>).data as Record<
      string,
      Record<'writer' | 'replica', { identifier: string }>
    >;
    if (!orders) throw new Error('the lab has no orders');
    orders.replica.identifier = 'lab-primary';
    orders.writer.identifier = 'lab-replica';
  });
  expect(await refused({ drill })).toMatch(/lab-(primary|replica)/);
});

test('a preflight of the real thing finds nothing that would stop the drill, and what would once it is there', async () => {
  const healthy = await drDrill(lab, ['preflight', lab.drills.failover, '--live', '--json']);
  expect([healthy.code, healthy.err]).toEqual([0, '']);
  const { findings, rows, mode } = JSON.parse(healthy.out);
  expect(mode).toBe('live');
  expect(rows).toContainEqual({
    what: 'shop/order-service in lab-recovery ready pods',
    topology: 'at least 1',
    account: '1',
    status: 'ok',
    findings: [],
  });
  expect(findings.filter(({ severity }: { severity: string }) => severity === 'blocker')).toEqual([]);
  lab.server.chaos({ denied: ['eks:DescribeNodegroup'] });
  const before = account();
  const denied = await drDrill(lab, ['preflight', lab.drills.failover, '--live']);
  expect([denied.code, denied.out]).toEqual([1, expect.stringContaining('eks:DescribeNodegroup is not allowed')]);
  expect(account()).toEqual(before);
});

/** What databases and clusters themselves say, which an account alone cannot. */
const beyondTheAccount: [string, () => Case, RegExp][] = [
  [
    'the password of the database is wrong',
    () => ({ env: { DR_DRILL_LAB_PASSWORD: 'another one' } }),
    /password|authenticat/i,
  ],
  ['there is no password', () => ({ env: { DR_DRILL_LAB_PASSWORD: undefined } }), /DR_DRILL_LAB_PASSWORD/],
  [
    'the database has no such role',
    () => ({
      drill: onOtherTopology('no-role', ({ data }) => {
        const { orders } = data as unknown as Record<string, { login: { user: string } }>;
        if (orders) orders.login.user = 'nobody_here';
      }),
    }),
    /nobody_here|password|authenticat/i,
  ],
  [
    'a deployment is not there',
    () => ({
      drill: onOtherTopology('no-deployment', ({ compute }) => {
        const { shop } = compute as unknown as Record<string, { deployments: { name: string }[] }>;
        if (shop?.deployments[0]) shop.deployments[0].name = 'no-such-service';
      }),
    }),
    /no-such-service/,
  ],
  [
    'the cluster lets nobody in',
    () => {
      kubernetesTrouble = () => ({ code: 403, reason: 'Forbidden', message: 'User cannot do that' });
      return {};
    },
    /lab-(primary|recovery)/,
  ],
  [
    'the cluster’s API answers nothing but errors',
    () => {
      kubernetesTrouble = () => ({ code: 503, reason: 'ServiceUnavailable', message: 'not now' });
      return {};
    },
    /lab-(primary|recovery)/,
  ],
];

test.each(beyondTheAccount)('preflight and the beginning of a run say the same where %s', async (_, broken, said) => {
  const { drill = lab.drills.failover, env } = broken();
  const preflight = await drDrill(lab, ['preflight', drill, '--live', '--json'], { ...(env && { env }) });
  const blockers = whatIn(preflight.out);
  expect([preflight.code, blockers.join('\n')]).toEqual([1, expect.stringMatching(said)]);
  const err = await refused({ drill, ...(env && { env }) });
  for (const what of blockers) expect(err).toContain(what);
});

const whatIn = (out: string): string[] =>
  (JSON.parse(out) as { findings: { severity: string; what: string }[] }).findings.flatMap(({ severity, what }) =>
    severity === 'blocker' ? [what] : [],
  );
