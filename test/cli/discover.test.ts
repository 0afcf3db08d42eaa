import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import type { Kind } from '../../src/components/schemas.ts';
import { allComponents, GROUPS } from '../../src/drill/components.ts';
import { loadTopology } from '../../src/drill/load.ts';
import { shippedTopology } from '../drill/files.ts';
import { GROUPS as ENDPOINT_GROUPS } from '../simulator/world.ts';
import { drDrill, here, newFolder } from './command.ts';
import { filledIn, isTree, type Tree } from './filled-in.ts';
import { liveAccount } from './live-account.ts';

const REGIONS = ['--primary', 'ap-east-2', '--recovery', 'ap-northeast-1'];
const WEST_TO_EAST = ['--primary', 'us-west-2', '--recovery', 'us-east-1'];
const PLATFORMS = 'test/platforms';

type File = Record<(typeof GROUPS)[number], Record<string, Tree>> & Tree;

/** What no account tells of a kind of component: the file has it empty, and says why. */
const EMPTY: Record<Kind, string[]> = {
  'rds-replica': [],
  'aurora-global': ['primary.quarantineSecurityGroup', 'recovery.quarantineSecurityGroup'],
  'elasticache-global': [],
  'dynamodb-global-table': [],
  kafka: ['mirror.alias', 'markers', 'consumers', 'producers'],
  's3-replication': [],
  secrets: [],
  'configuration-archive': [],
  ecs: ['uses'],
  eks: ['uses', 'namespace', 'deployments'],
  route53: ['service.path'],
};
/** What a file may say beside, and does not have to: an order, a preference, what else is looked at. */
const BESIDE = ['after', 'essential', 'login', 'lever', 'checks', 'alarms', 'metrics', 'runsIn', 'readerSecurityGroup'];

/** What a component is in AWS, whatever a topology calls it. */
const identityOf = (one: Tree): string => {
  const { kind, writer, primary, globalCluster, bucket, name, tables } = one as Record<string, never>;
  const { identifier } = (writer ?? {}) as Record<string, string>;
  const { cluster, replicationGroup } = (primary ?? {}) as Record<string, string>;
  return [kind, name ?? tables ?? bucket ?? globalCluster ?? identifier ?? cluster ?? replicationGroup].join(' ');
};

/** Where a tree has no value, though it has the key. */
const emptyIn = (tree: Tree, at: string[] = []): string[] =>
  Object.entries(tree).flatMap(([key, value]) =>
    value === null ? [[...at, key].join('.')] : isTree(value) ? emptyIn(value, [...at, key]) : [],
  );

const without = (tree: Tree, paths: readonly string[], at: string[] = []): Tree =>
  Object.fromEntries(
    Object.entries(tree)
      .filter(([key]) => !BESIDE.includes(key) && !paths.includes([...at, key].join('.')))
      .map(([key, value]) => [key, isTree(value) ? without(value, paths, [...at, key]) : value]),
  );

const componentsIn = (file: File): Tree[] => GROUPS.flatMap((group) => Object.values(file[group] ?? {}));

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Asks the account of an environment, in this process. */
function asked(words: string[], env: Record<string, string>) {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  return here(words);
}

async function discovered(platform: string | undefined, overrides: string[] = [], regions = REGIONS) {
  const { env } = await liveAccount(overrides, platform === undefined ? {} : { platform });
  const output = join(newFolder(), 'found.yaml');
  const { exitCode, out, err } = await asked(['discover', ...regions, '-o', output], env);
  expect([exitCode, err]).toEqual([0, '']);
  const text = readFileSync(output, 'utf8');
  return { output, out, text, file: parse(text) as File };
}

test.each([
  shippedTopology,
  `${PLATFORMS}/two-databases-two-names.yaml`,
  `${PLATFORMS}/aurora-behind-one-name.yaml`,
  `${PLATFORMS}/database-and-name.yaml`,
  `${PLATFORMS}/names-of-every-form.yaml`,
  `${PLATFORMS}/load-balancers.yaml`,
  'drills/topologies/global-tables.yaml',
  `${PLATFORMS}/ecs-two-apps.yaml`,
])(
  'discover writes of %s all that its account tells, leaves empty what only people know, and no more',
  async (path) => {
    const real = parse(readFileSync(path, 'utf8')) as File & { regions: Record<'primary' | 'recovery', string> };
    const { primary, recovery } = real.regions;
    const { file, out, output } = await discovered(path, [], ['--primary', primary, '--recovery', recovery]);
    expect(file).toMatchObject({ topology: 'found', account: real.account, regions: real.regions });

    const wanted = componentsIn(real).filter(({ kind }) => kind !== 'configuration-archive');
    const found = componentsIn(file);
    expect(found.map(identityOf).toSorted()).toEqual(wanted.map(identityOf).toSorted());
    for (const one of found) {
      const as = wanted.find((each) => identityOf(each) === identityOf(one)) ?? {};
      const controls = as.routingControls ? ['routingControls.endpoints'] : [];
      // Where one record for both regions leads in the other region is written down nowhere.
      const elsewhere = as.lever === 'simple-record' ? ['recovery.target', 'recovery.targetZone'] : [];
      const empty = [...EMPTY[one.kind as Kind], ...controls, ...elsewhere];
      expect(emptyIn(one).toSorted(), identityOf(one)).toEqual(empty.toSorted());
      expect(one).toMatchObject(without(as, empty));
    }

    // What is empty is refused, and the file is whole once a person has filled that in.
    const count = emptyIn(file).length;
    const { exitCode, err } = await here(['validate', output]);
    expect([exitCode, err.match(/has no value/g)?.length]).toEqual([2, count]);
    expect(Number(/; (\d+) values are not known/.exec(out)?.[1])).toBeGreaterThanOrEqual(count);
    const group = (name: (typeof GROUPS)[number]) =>
      Object.fromEntries(
        Object.entries(file[name] ?? {}).map(([id, one]) => {
          const { uses: _, ...as } = wanted.find((each) => identityOf(each) === identityOf(one)) ?? {};
          return [id, filledIn(one, { ...as, uses: {} })];
        }),
      );
    const whole = { ...file, data: group('data'), compute: group('compute'), traffic: group('traffic') };
    writeFileSync(output, JSON.stringify(whole));
    expect(allComponents(loadTopology(output))).toHaveLength(wanted.length);
  },
);

test('discover changes nothing, makes each name from those of both sides, and overwrites no file', async () => {
  const { env, world } = await liveAccount();
  const before = world.state();
  const output = join(newFolder(), 'found.yaml');
  const { exitCode } = await drDrill(['discover', ...REGIONS, '-o', output], { env });
  expect(exitCode).toBe(0);
  const { instances, zones, nodeGroups, cache, buckets, secrets } = world.state();
  expect({ instances, zones, nodeGroups, cache, secrets }).toEqual({
    instances: before.instances,
    zones: before.zones,
    nodeGroups: before.nodeGroups,
    cache: before.cache,
    secrets: before.secrets,
  });
  expect(buckets.map(({ name }) => name)).toEqual(before.buckets.map(({ name }) => name));
  const text = readFileSync(output, 'utf8');
  const { data, compute, traffic } = parse(text) as File;
  expect([data, compute, traffic].flatMap((group) => Object.keys(group))).toEqual([
    'ecommerce-db',
    'ecommerce-global',
    'ecommerce-cache',
    'ecommerce-messages',
    'ecommerce-media',
    'secrets',
    'ecommerce',
    'shop-example-com',
  ]);
  expect(text).toContain('quarantineSecurityGroup: sg-0a1b2c3d4e5f6000f # not known: whether this one is meant');
  expect(text).toContain('failoverNodes: { min: 9, desired: 9, max: 30 } # not known:');
  for (const part of ['archives of Kubernetes objects', 'the bucket for evidence', 'the witness'])
    expect(/^# Not looked for: .*$/m.exec(text)?.[0]).toContain(part);
  const again = await drDrill(['discover', ...REGIONS, '-o', output], { env });
  expect([again.exitCode, again.err]).toEqual([2, expect.stringContaining('nothing is overwritten')]);
});

test('regions the wrong way round are noticed', async () => {
  const { text } = await discovered(undefined, [], ['--primary', 'ap-northeast-1', '--recovery', 'ap-east-2']);
  expect(text).toContain(
    '# Found, and not described here: RDS instances of ap-northeast-1 without a replica in ap-east-2: ecommerce-db-dr-replica',
  );
  expect(text).toContain('globalCluster: ecommerce-global # not known: whether the regions are the right way round');
  expect(text).toContain('globalDatastore: xhcbd-ecommerce-cache # not known: whether the regions are the right way');
});

test('what the account does not have is left out', async () => {
  const { env } = await liveAccount([], { without: ['aurora-global', 'elasticache-global', 'kafka', 'eks'] });
  const output = join(newFolder(), 'found.yaml');
  expect((await asked(['discover', ...REGIONS, '-o', output], env)).exitCode).toBe(0);
  const { data, compute } = parse(readFileSync(output, 'utf8')) as File;
  expect(Object.values(data).map(({ kind }) => kind)).toEqual(['rds-replica', 's3-replication', 'secrets']);
  expect(compute).toBeUndefined();
});

test('an account with nothing to describe fails, says what was seen, and no file is written', async () => {
  const { env } = await liveAccount([], { without: ['route53', 'elasticache-global'] });
  const output = join(newFolder(), 'found.yaml');
  const regions = ['--primary', 'ap-east-2', '--recovery', 'eu-west-1'];
  const { exitCode, out, err } = await asked(['discover', ...regions, '-o', output], env);
  expect([exitCode, out, existsSync(output)]).toEqual([2, '', false]);
  expect(err).toContain('has nothing in ap-east-2 and eu-west-1 that a topology describes');
  expect(err).toContain('- RDS instances of ap-east-2 without a replica in eu-west-1: ecommerce-db-primary');
});

const names = (file: File) => Object.values(file.traffic) as Record<string, Tree>[];

test('a name that leads to an accelerator is found with its endpoint groups', async () => {
  const { file, text } = await discovered(undefined, [
    'topology.traffic.public.lever=global-accelerator-dials',
    `topology.traffic.public.accelerator={ primary: ${ENDPOINT_GROUPS.primary}, recovery: ${ENDPOINT_GROUPS.recovery} }`,
  ]);
  expect(names(file)).toEqual([
    {
      kind: 'route53',
      zone: 'Z0EXAMPLE1SHOP',
      name: 'shop.example.com',
      ttl: null,
      lever: 'global-accelerator-dials',
      accelerator: ENDPOINT_GROUPS,
      primary: { address: null },
      recovery: { address: null },
      service: { path: null },
    },
  ]);
  expect(text).toContain("not known: the address of the region's own load balancer");
});

test.each([
  [
    '{ type: A, setIdentifier: osaka, weight: 1, values: [192.0.2.7] }',
    'shop.example.com has 3 record sets (osaka, taipei, tokyo), and two are handled',
  ],
  [
    '{ type: AAAA, values: ["2001:db8::1"] }',
    'shop.example.com has a simple AAAA record beside the two, which no lever would move',
  ],
])('a name that cannot be described is named: %s', async (record, why) => {
  const { file, text } = await discovered(undefined, [`simulation.traffic.records=[${record}]`]);
  expect(file.traffic).toBeUndefined();
  expect(text).toContain(`# Found, and not described here: ${why}`);
});

test('load balancers say which record is whose, and that one leads elsewhere', async () => {
  const target = (side: string, region: string) =>
    `topology.traffic.public.${side}.target=shop.${region}.elb.amazonaws.com`;
  const turned = await discovered(undefined, [target('primary', 'ap-northeast-1'), target('recovery', 'ap-east-2')]);
  expect(names(turned.file)[0]).toMatchObject({
    primary: { setIdentifier: 'tokyo', target: 'shop.ap-east-2.elb.amazonaws.com' },
    recovery: { setIdentifier: 'taipei', target: 'shop.ap-northeast-1.elb.amazonaws.com' },
  });
  const away = await discovered(undefined, [target('primary', 'ap-east-2'), target('recovery', 'us-east-1')]);
  expect(away.text).toContain('shop.example.com leads to us-east-1, which is neither of the two regions');
});

test('metrics are those of the load balancers, where both records lead to one that counts requests', async () => {
  const { file } = await discovered(`${PLATFORMS}/load-balancers.yaml`, [], WEST_TO_EAST);
  expect(names(file)[0]).toMatchObject({
    primary: { loadBalancer: 'app/store/50dc6c495c0c9188' },
    recovery: { loadBalancer: 'app/store/11dc6c495c0c9199' },
    service: { metrics: { from: 'load-balancer' } },
  });
  // A Network Load Balancer counts connections.
  const target = 'topology.traffic.public.primary.target=shop-1.elb.ap-east-2.amazonaws.com';
  const there = 'topology.traffic.public.recovery.target=shop-1.ap-northeast-1.elb.amazonaws.com';
  const [mixed] = names((await discovered(undefined, [target, there])).file);
  expect([mixed?.service, mixed?.primary]).toEqual([
    { path: null },
    expect.not.objectContaining({ loadBalancer: expect.anything() }),
  ]);
});

test('only the public name that is asked for is described', async () => {
  const path = `${PLATFORMS}/two-databases-two-names.yaml`;
  const { file } = await discovered(path, [], [...WEST_TO_EAST, '--domain', 'api.example.org']);
  expect(names(file).map(({ name }) => name)).toEqual(['api.example.org']);
  const { text } = await discovered(path, [], [...WEST_TO_EAST, '--domain', 'no.example.org']);
  expect(text).toContain('no record of no.example.org in any hosted zone');
});

test('what stands on the second page of its list is found', async () => {
  const { env } = await liveAccount([], { neighbours: 320 });
  const output = join(newFolder(), 'found.yaml');
  const domain = ['--domain', 'shop.example.com'];
  const { exitCode, err } = await asked(['discover', ...REGIONS, ...domain, '-o', output], env);
  expect([exitCode, err]).toEqual([0, '']);
  const text = readFileSync(output, 'utf8');
  const file = parse(text) as File;
  const real = parse(readFileSync(shippedTopology, 'utf8')) as File;
  const wanted = componentsIn(real).filter(({ kind }) => kind !== 'configuration-archive');
  expect(componentsIn(file).map(identityOf).toSorted()).toEqual(wanted.map(identityOf).toSorted());
  expect(text).toMatch(
    /EKS clusters of ap-east-2 without a counterpart in ap-northeast-1: other-0001, .* and 310 more/,
  );
});
