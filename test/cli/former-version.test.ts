import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filesIn } from '../../src/evidence/bundle.ts';
import { JOURNAL } from '../../src/evidence/manifest.ts';
import { here, newFolder } from './command.ts';

/** A topology with each key that has changed since version 0.1.0. */
const formerTopology = `topology: shop
account: "111122223333"
regions: { primary: ap-east-2, recovery: ap-northeast-1 }
database:
  name: shop
  writer: { identifier: shop-db }
aurora: { globalCluster: shop-global }
kubernetes:
  namespace: shop
  writerVariable: DATABASE_WRITER_HOST
  archive: { bucket: shop-configuration, of: primary }
cache: { globalDatastore: xhcbd-shop }
messaging: { markers: dr-drill }
objects: { buckets: [{ name: shop-media, replica: shop-media-tokyo }] }
secrets: { names: [shop/database] }
traffic: { zone: Z0EXAMPLE1SHOP, name: shop.example.com, lever: failover-records }
service: { path: /probe }
`;

const written = (name: string, text: string): string => {
  const file = join(newFolder(), name);
  writeFileSync(file, text);
  return file;
};

test('a topology of the form before 0.2.0 gets one message that says what each key became', async () => {
  const file = written('shop.yaml', formerTopology);
  const { exitCode, err } = await here(['validate', file]);
  expect(exitCode).toBe(2);
  expect(err).toContain(`${file}:4:1  this topology is written in the form before 0.2.0`);
  expect(err).toContain('1 mistake in 1 file.');
  for (const [key, now] of [
    ['database', 'data.<name>, kind: rds-replica'],
    ['database.name', 'data.<name>.database'],
    ['aurora', 'data.<name>, kind: aurora-global, with its own database and login'],
    ['kubernetes', 'compute.<name>, kind: eks'],
    ['kubernetes.writerVariable', 'compute.<name>.uses, as { <data store>: { variable } }'],
    ['kubernetes.archive', 'data.<name>, kind: configuration-archive'],
    ['kubernetes.archive.of', 'data.<name>.from'],
    ['cache', 'data.<name>, kind: elasticache-global'],
    ['messaging', 'data.<name>, kind: kafka'],
    ['objects', 'data.<name>, kind: s3-replication, one for each bucket that has a replica'],
    ['secrets', 'data.<name>, kind: secrets'],
    ['traffic', 'traffic.<name>, kind: route53'],
    ['service', 'traffic.<name>.service, without metrics.replicaLag'],
  ])
    expect(err.replaceAll(/ +/g, ' ')).toContain(` ${key} -> ${now}`);
});

test('only keys that the file has are named, and a run says the same', async () => {
  const drill = written('failover.yaml', readFileSync('drills/multi-region-failover.yaml', 'utf8'));
  const topology = formerTopology.replace(/^(aurora|cache|messaging|objects|secrets|service).*\n/gm, '');
  const set = `topology=${written('shop.yaml', topology)}`;
  for (const words of [
    ['run', drill, '--set', set],
    ['validate', written('shop.yaml', topology)],
  ]) {
    const { exitCode, err } = await here(words);
    expect(exitCode).toBe(2);
    expect(err.match(/shop\.yaml:\d+:\d+ {2}this topology is written in the form before 0\.2\.0/g)).toHaveLength(1);
    expect(err).toContain('kind: eks');
    expect(err).not.toMatch(/kafka|aurora|elasticache|secrets|service/);
  }
});

test.each([
  ['traffic.lever=weighted-records', 'traffic.public.lever'],
  ['traffic.primary.address=192.0.2.1', 'traffic.public.primary.address'],
  ['service.path=/other', 'traffic.public.service.path'],
  ['database.name=other', 'data.orders.database'],
  ['database.writer.multiAz=false', 'data.orders.writer.multiAz'],
  ['database.login.user=someone', 'data.orders.login.user'],
  ['aurora.globalCluster=other', 'data.baskets.globalCluster'],
  ['cache.recovery.nodes=3', 'data.sessions.recovery.nodes'],
  ['messaging.markers=other', 'data.messages.markers'],
  ['kubernetes.namespace=other', 'compute.shop.namespace'],
  ['kubernetes.archive.prefix=other/', 'data.configuration.prefix'],
  ['kubernetes.archive.of=recovery', 'data.configuration.from'],
  ['secrets.names=[other]', 'data.credentials.names'],
  ['objects.buckets.0.replica=other', 'data.media'],
])('--set topology.%s names the path of today', async (override, now) => {
  const { exitCode, err } = await here(['run', 'drills/multi-region-failover.yaml', '--set', `topology.${override}`]);
  expect(exitCode).toBe(2);
  expect(err).toContain(`topology.${override.split('=')[0]} is a path of the form before 0.2.0`);
  expect(err).toContain(`did you mean topology.${now}?`);
});

test('a name of a component is no path of the form before, whatever it is called', async () => {
  const text = readFileSync('drills/topologies/ecommerce-platform.yaml', 'utf8').replace('  public:', '  service:');
  const topology = written('shop.yaml', text);
  const set = [`topology=${topology}`, 'topology.traffic.service.lever=weighted-records'].flatMap((one) => [
    '--set',
    one,
  ]);
  const { exitCode, err } = await here(['run', 'drills/multi-region-failover.yaml', '--runs', newFolder(), ...set]);
  expect([exitCode, err]).toEqual([0, expect.not.stringContaining('before 0.2.0')]);
});

test.each([
  ['fence-writer', 'fence'],
  ['promote-replica', 'take-over'],
  ['scale-nodes', 'scale'],
  ['point-applications', 'point'],
  ['shift-traffic', 'shift'],
])('the step %s of before is %s now, where a drill limits it or consents to it', async (step, now) => {
  const text = readFileSync('drills/multi-region-failover.yaml', 'utf8')
    .replace('topologies/ecommerce-platform.yaml', join(process.cwd(), 'drills/topologies/ecommerce-platform.yaml'))
    .replace('  take-over: 10 min', `  ${step}: 10 min`);
  const { exitCode, err } = await here(['validate', written('failover.yaml', `${text}\nconsent: [${step}]\n`)]);
  expect(exitCode).toBe(2);
  expect(err.match(new RegExp(`no step '${step}'`, 'g'))).toHaveLength(2);
  expect(err.match(new RegExp(`did you mean ${now}\\?`, 'g'))).toHaveLength(2);
});

test('a drill of its own course that refers to a path of before is told the path of today', async () => {
  const text = readFileSync('drills/planned-switchover.yaml', 'utf8')
    .replace('topologies/ecommerce-platform.yaml', join(process.cwd(), 'drills/topologies/ecommerce-platform.yaml'))
    .replace('topology.regions.primary}', 'topology.database.writer.identifier}');
  const { exitCode, err } = await here(['validate', written('switchover.yaml', text)]);
  expect(exitCode).toBe(2);
  expect(err).toContain(`did you mean \${topology.data.orders.writer.identifier}?`);
});

/** A dry run that version 0.1.0 made and sealed, as its `bundle` packed it. */
const FORMER_RUN = 'test/cli/made-by-0.1.0.zip';

test('chain and seal of a run by version 0.1.0 are verified, and its reports are left to that version', async () => {
  const { exitCode, out } = await here(['verify', FORMER_RUN]);
  expect(exitCode).toBe(3);
  expect(out).toContain('is as it was sealed: chain and seal were checked');
  expect(out).toMatch(
    /reports are not vouched for: the run was made with dr-drill 0\.1\.0, and this is dr-drill \S+\. Verify them with that version\./,
  );
  const { intact, reports, tool } = JSON.parse((await here(['verify', FORMER_RUN, '--json'])).out);
  expect({ intact, reports, tool }).toEqual({ intact: true, reports: 'not-vouched-for', tool: 'dr-drill 0.1.0' });
});

/** The run folder that was packed. */
function formerRun(): string {
  const folder = newFolder();
  for (const [name, bytes] of filesIn([readFileSync(FORMER_RUN)], FORMER_RUN)) writeFileSync(join(folder, name), bytes);
  return folder;
}

test.each([JOURNAL, 'manifest.json', 'report.md', 'signer.pem'])(
  'an alteration of its %s is found all the same',
  async (file) => {
    const folder = formerRun();
    const bytes = readFileSync(join(folder, file));
    const middle = bytes.length >> 1;
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    writeFileSync(join(folder, file), bytes);
    const { exitCode, out } = await here(['verify', folder]);
    expect(exitCode).toBe(1);
    expect(out).toContain(`✘ ${file}`);
  },
);

test('the one who asks for its reports is told which version makes them', async () => {
  const { exitCode, err } = await here(['report', formerRun()]);
  expect(exitCode).toBe(2);
  expect(err).toContain('This journal was written by dr-drill 0.1.0, before topologies were made of named components.');
  expect(err).toContain('That version makes its reports, and resumes the run.');
});
