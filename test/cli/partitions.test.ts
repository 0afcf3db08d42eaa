import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { drDrill, here, newFolder, runHere } from './command.ts';
import { liveAccount } from './live-account.ts';

interface Partition {
  /** As it is in ARNs. */
  name: string;
  /** Where Route 53 and IAM are called. */
  route53: string;
  iam: string;
  /** The control plane of Route 53 is lost with its region, which is not the first. Where there are fewer, names have their form. */
  regions: [primary: string, recovery: string, third: string];
  /** What belongs to another partition, and so may stand nowhere; RDS's own principal for monitoring is the same in all. */
  foreign: RegExp;
}

const partitions: Partition[] = [
  {
    name: 'aws',
    route53: 'us-east-1',
    iam: 'us-east-1',
    regions: ['eu-central-1', 'ca-west-1', 'mx-central-1'],
    foreign: /arn:aws-|amazonaws\.com\.cn|amazonaws\.eu/,
  },
  {
    name: 'aws-us-gov',
    route53: 'us-gov-west-1',
    iam: 'us-gov-west-1',
    regions: ['us-gov-east-1', 'us-gov-west-1', 'us-gov-south-1'],
    foreign: /arn:aws:|us-east-1|us-west-2/,
  },
  {
    name: 'aws-cn',
    route53: 'cn-northwest-1',
    iam: 'cn-north-1',
    regions: ['cn-north-1', 'cn-northwest-1', 'cn-south-1'],
    foreign: /arn:aws:|us-east-1|us-west-2|(?<!monitoring\.rds\.)amazonaws\.com(?!\.cn)/,
  },
  {
    name: 'aws-eusc',
    route53: 'eusc-de-east-1',
    iam: 'eusc-de-east-1',
    regions: ['eusc-de-west-1', 'eusc-de-east-1', 'eusc-de-north-1'],
    foreign: /arn:aws:|us-east-1|us-west-2|(?<!monitoring\.rds\.)amazonaws\.com/,
  },
];

const all = readdirSync('drills').filter((file) => file.endsWith('.yaml'));
/** All other tests are in the first partition already. */
const drillsOf = ({ name }: Partition): string[] => (name === 'aws' ? ['multi-region-failover.yaml'] : all);

/** The shipped drills on the shipped topology, moved to the regions of a partition. */
function drillsIn({ name, regions: [primary, recovery, third] }: Partition): string {
  const folder = newFolder();
  cpSync('drills', folder, { recursive: true });
  const path = join(folder, 'topologies/ecommerce-platform.yaml');
  const moved = readFileSync(path, 'utf8')
    .replaceAll('arn:aws:', `arn:${name}:`)
    .replaceAll('ap-east-2', primary)
    .replaceAll('ap-northeast-1', recovery)
    .replaceAll('ap-southeast-1', third);
  writeFileSync(path, moved);
  // Strong consistency is for regions of the first partition only.
  const tables = join(folder, 'topologies/global-tables.yaml');
  const { topology, account, data } = parse(readFileSync(tables, 'utf8'));
  const { catalogue } = data;
  writeFileSync(tables, stringify({ topology, account, regions: { primary, recovery }, data: { catalogue } }));
  return folder;
}

const mustNotSpeakOf = (foreign: RegExp, what: string, text: string): void => {
  const line = text.split('\n').find((one) => foreign.test(one));
  const at = line?.search(foreign) ?? 0;
  expect(line?.slice(Math.max(0, at - 100), at + 100), `${what} speaks of another partition`).toBeUndefined();
};

/** Every command that a person may type for Route 53 or IAM finds them: the CLI looks for them in the partition `aws`, unless told. */
const mustFindGlobalServices = ({ name, route53, iam }: Partition, what: string, text: string): void => {
  for (const [command = '', service] of text.matchAll(/aws (route53|iam) [a-z-]+( --region [\w-]+)?/g)) {
    const wanted = name === 'aws' ? '' : ` --region ${service === 'iam' ? iam : route53}`;
    expect(command.replace(/^aws \w+ [a-z-]+/, ''), `${what}: ${command}`).toBe(wanted);
  }
};

describe.each(partitions)('on a topology in the partition $name', (partition) => {
  const folder = drillsIn(partition);
  const { name, foreign, route53, iam } = partition;

  test.each(drillsOf(partition))('%s is planned, allowed and rehearsed in its own words', async (file) => {
    const drill = join(folder, file);
    const policies = ['live', 'read-only', 'preflight'].map((purpose) => ['iam-policy', drill, '--for', purpose]);
    for (const words of [['validate', drill], ['plan', drill], ['preflight', drill, '--json'], ...policies]) {
      const { exitCode, out, err } = await here(words);
      // A policy that is longer than IAM takes as one is printed whole, and that is said.
      const said = words[0] === 'iam-policy' ? err.replace(/^This policy has .*\n/, '') : err;
      expect([words[0], exitCode, said]).toEqual([words[0], 0, '']);
      mustNotSpeakOf(foreign, words[0] ?? '', out);
      mustFindGlobalServices(partition, words[0] ?? '', out);
    }
    const { exitCode, folder: run } = await runHere([drill, '--format', 'html,md,json,junit,oscal,csv']);
    expect(exitCode).toBe(0);
    const written = readdirSync(run, { recursive: true, encoding: 'utf8' }).filter((one) => /\.\w+$/.test(one));
    expect(written).toContain('journal.jsonl');
    for (const one of written) {
      const text = readFileSync(join(run, one), 'utf8');
      mustNotSpeakOf(foreign, one, text);
      mustFindGlobalServices(partition, one, text);
    }
  });

  test('a live preflight asks Route 53 and IAM where that partition has them', async () => {
    const { env, calls } = await liveAccount([`topology=${join(folder, 'topologies/ecommerce-platform.yaml')}`]);
    const { out } = await drDrill(['preflight', join(folder, 'multi-region-failover.yaml'), '--live', '--json'], {
      env,
    });
    const placesOf = (service: string) => [
      ...new Set(calls.filter((one) => one.service === service).map(({ region }) => region)),
    ];
    expect([placesOf('route53'), placesOf('iam')]).toEqual([[route53], [iam]]);
    mustNotSpeakOf(foreign, 'preflight', out);
  });

  test('a failover calls Route 53 and IAM where that partition has them, and a policy names its ARNs', async () => {
    const drill = join(folder, 'multi-region-failover.yaml');
    const { read } = await runHere([drill]);
    const entries = read('journal.jsonl')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const placesOf = (service: string) => [
      ...new Set(entries.filter((one) => one.type === 'call' && one.service === service).map(({ region }) => region)),
    ];
    expect([placesOf('route53'), placesOf('iam')]).toEqual([[route53], [iam]]);
    const { out } = await here(['iam-policy', drill]);
    expect(out).toContain(`"arn:${name}:route53:::healthcheck/`);
    expect(out).toContain(`"arn:${name}:iam::111122223333:role/*"`);
  });
});
