import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadTopology } from '../../src/drill/load.ts';
import { shippedTopology } from '../drill/files.ts';
import { GROUPS } from '../simulator/world.ts';
import { drDrill, newFolder } from './command.ts';
import { liveAccount } from './live-account.ts';

const REGIONS = ['--primary', 'ap-east-2', '--recovery', 'ap-northeast-1'];

test('discover writes what the account says, comments on what it could not tell, and changes nothing', async () => {
  const { env, world } = await liveAccount();
  const before = world.state();
  const output = join(newFolder(), 'found.yaml');
  const { exitCode, err } = await drDrill(['discover', ...REGIONS, '-o', output], { env });
  expect([exitCode, err]).toEqual([0, '']);
  const found = loadTopology(output);
  const real = loadTopology(shippedTopology);
  const { kmsKey: _, ...writer } = found.database.writer;
  expect(writer).toEqual(real.database.writer);
  expect(found).toMatchObject({
    account: real.account,
    regions: real.regions,
    database: { name: real.database.name, replica: real.database.replica, backups: real.database.backups },
    kubernetes: { primary: real.kubernetes.primary, recovery: { cluster: real.kubernetes.recovery.cluster } },
    cache: real.cache,
    aurora: real.aurora,
    messaging: { primary: real.messaging?.primary, recovery: real.messaging?.recovery },
    notices: { topic: real.notices?.topic, region: real.notices?.region },
    traffic: real.traffic,
  });
  // Who reads a topic no account tells.
  expect(found.notices?.commander).toBeUndefined();
  expect([found.objects, found.witness]).toEqual([undefined, undefined]);
  const text = readFileSync(output, 'utf8');
  expect(text).toContain('quarantineSecurityGroup: sg-0a1b2c3d4e5f6000f # not known: a security group');
  expect(text).toContain('not known: only the cluster itself');
  expect(text).toContain('not known: only the applications know who consumes');
  expect(text).toContain('whether this is the one; there are ecommerce-incident-commander as well');
  const { instances, zone, nodeGroups, cache } = world.state();
  expect({ instances, zone, nodeGroups, cache }).toEqual({
    instances: before.instances,
    zone: before.zone,
    nodeGroups: before.nodeGroups,
    cache: before.cache,
  });
  const again = await drDrill(['discover', ...REGIONS, '-o', output], { env });
  expect([again.exitCode, again.err]).toEqual([2, expect.stringContaining('nothing is overwritten')]);
});

test('backups that AWS Backup makes are named so', async () => {
  const { env } = await liveAccount(['topology.data.orders.backups={by: aws-backup}']);
  const output = join(newFolder(), 'found.yaml');
  expect((await drDrill(['discover', ...REGIONS, '-o', output], { env })).exitCode).toBe(0);
  expect(readFileSync(output, 'utf8')).toMatch(/backups:\n(?: +.*\n)*? +by: aws-backup/);
});

test('what an account lacks is said, not made up', async () => {
  const { env } = await liveAccount();
  const output = join(newFolder(), 'found.yaml');
  const { out } = await drDrill(['discover', '--primary', 'ap-northeast-1', '--recovery', 'ap-east-2', '-o', output], {
    env,
  });
  expect(out).toContain('not known');
  expect(readFileSync(output, 'utf8')).toContain(
    'not known: no instance in ap-east-2 is a replica of one in ap-northeast-1',
  );
});

test('what the account does not have is left out, and no name of ours stays behind', async () => {
  const { env } = await liveAccount([], { without: ['aurora', 'cache', 'messaging'] });
  const output = join(newFolder(), 'found.yaml');
  expect((await drDrill(['discover', ...REGIONS, '-o', output], { env })).exitCode).toBe(0);
  const { aurora, messaging, cache } = loadTopology(output);
  expect([aurora, messaging, cache]).toEqual([undefined, undefined, undefined]);
});

test('a name that leads to an accelerator is found with its endpoint groups', async () => {
  const { env } = await liveAccount([
    'topology.traffic.public.lever=global-accelerator-dials',
    `topology.traffic.public.accelerator={ primary: ${GROUPS.primary}, recovery: ${GROUPS.recovery} }`,
  ]);
  const output = join(newFolder(), 'found.yaml');
  const { exitCode, err } = await drDrill(['discover', ...REGIONS, '-o', output], { env });
  expect([exitCode, err]).toEqual([0, '']);
  const { primary, recovery, ...traffic } = loadTopology(output).traffic;
  expect(traffic).toMatchObject({
    name: 'shop.example.com',
    lever: 'global-accelerator-dials',
    accelerator: GROUPS,
  });
  expect(Object.keys({ ...primary, ...recovery })).toEqual(['address']);
  expect(readFileSync(output, 'utf8')).toContain("not known: the address of the region's own load balancer");
});

const LB = { primary: 'shop-1.ap-east-2.elb.amazonaws.com', recovery: 'shop-2.ap-northeast-1.elb.amazonaws.com' };

async function discovered(...overrides: string[]) {
  const { env } = await liveAccount(overrides);
  const output = join(newFolder(), 'found.yaml');
  expect((await drDrill(['discover', ...REGIONS, '-o', output], { env })).exitCode).toBe(0);
  return output;
}

test('records that lead to load balancers are described by the names of these', async () => {
  const { traffic } = loadTopology(
    await discovered(
      `topology.traffic.public.primary.target=${LB.primary}`,
      `topology.traffic.public.recovery.target=${LB.recovery}`,
    ),
  );
  expect([traffic.ttl, traffic.primary.target, traffic.recovery.target]).toEqual([60_000, LB.primary, LB.recovery]);
  expect([traffic.primary.address, traffic.recovery.address]).toEqual([undefined, undefined]);
});

test('AAAA records beside the A records are described with them', async () => {
  const { traffic } = loadTopology(
    await discovered(
      'topology.traffic.public.primary.ipv6=2001:db8::10',
      'topology.traffic.public.recovery.ipv6=2001:db8::20',
    ),
  );
  expect([traffic.primary.address, traffic.primary.ipv6]).toEqual(['203.0.113.10', '2001:db8::10']);
});

test.each([
  [
    '{ type: A, setIdentifier: osaka, weight: 1, values: [192.0.2.7] }',
    'has 3 record sets (osaka, taipei, tokyo), and two are handled',
  ],
  ['{ type: AAAA, values: ["2001:db8::1"] }', 'has a simple AAAA record beside the two, which no lever would move'],
])('what cannot be described is said: %s', async (record, why) => {
  const output = await discovered(`simulation.traffic.records=[${record}]`);
  expect(readFileSync(output, 'utf8')).toContain(`not known: shop.example.com ${why}`);
});

test('what stands on the second page of its list is found', async () => {
  const { env } = await liveAccount([], { neighbours: 320 });
  const output = join(newFolder(), 'found.yaml');
  const domain = ['--domain', 'shop.example.com'];
  const { exitCode, err } = await drDrill(['discover', ...REGIONS, ...domain, '-o', output], { env });
  expect([exitCode, err]).toEqual([0, '']);
  const found = loadTopology(output);
  const real = loadTopology(shippedTopology);
  expect(found.database.writer.identifier).toBe(real.database.writer.identifier);
  expect(found).toMatchObject({ cache: real.cache, aurora: real.aurora, traffic: real.traffic });
  const text = readFileSync(output, 'utf8');
  // Of what nothing tells apart the first is taken, and the others are named.
  for (const name of ['ecommerce-drills', 'ecommerce-messages-primary', 'ecommerce-messages-recovery'])
    expect(text).toMatch(new RegExp(`there are other-0002, .*\\b${name}\\b.* as well`));
  for (const { cluster } of [real.kubernetes.primary, real.kubernetes.recovery]) expect(text).toContain(cluster);
});
