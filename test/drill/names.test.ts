import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { componentOf } from '../../src/drill/components.ts';
import { loadTopology } from '../../src/drill/load.ts';
import { validateFile } from '../../src/drill/validate.ts';
import { scratch, shippedTopology } from './files.ts';

const { write } = scratch();
const SHIPPED = readFileSync(shippedTopology, 'utf8');
const OURS = '111122223333';

/** The shipped topology with some of its text replaced, each where it stands. */
function topologyWith(...changes: [from: string, to: string][]): string {
  const text = changes.reduce((all, [from, to]) => {
    expect(all).toContain(from);
    return all.replaceAll(from, to);
  }, SHIPPED);
  return write('topology.yaml', text);
}

const mistakesIn = (...changes: [from: string, to: string][]) =>
  validateFile(topologyWith(...changes)).mistakes.map(({ message }) => message);

test.each<[what: string, from: string, to: string]>([
  ['an instance in capitals', 'identifier: ecommerce-db-primary', 'identifier: Ecommerce-DB-Primary'],
  [
    'an instance by its ARN',
    'identifier: ecommerce-db-primary',
    `identifier: "arn:aws:rds:ap-east-2:${OURS}:db:ecommerce-db-primary"`,
  ],
  [
    'a Kubernetes cluster by its ARN',
    'cluster: ecommerce-primary\n',
    `cluster: "arn:aws:eks:ap-east-2:${OURS}:cluster/ecommerce-primary"\n`,
  ],
  [
    'a topic by its ARN',
    'topic: ecommerce-incident-commander',
    `topic: "arn:aws:sns:ap-northeast-1:${OURS}:ecommerce-incident-commander"`,
  ],
  [
    'a replication group in capitals',
    'replicationGroup: ecommerce-cache-primary',
    'replicationGroup: ECOMMERCE-cache-primary',
  ],
  ['a bucket by its ARN', 'bucket: ecommerce-witness', 'bucket: "arn:aws:s3:::ecommerce-witness"'],
  [
    'a secret by its ARN',
    'names: [ecommerce/database,',
    `names: ["arn:aws:secretsmanager:ap-east-2:${OURS}:secret:ecommerce/database-a1B2c3",`,
  ],
  ['the public name with its last dot, in capitals', 'name: shop.example.com', 'name: Shop.Example.com.'],
  ['the zone with its path', 'zone: Z', 'zone: /hostedzone/Z'],
])('%s is the one that its name says', (_what, from, to) => {
  expect(loadTopology(topologyWith([from, to]))).toEqual(loadTopology(shippedTopology));
});

test.each<[form: string, named: string]>([
  ['id', '00000000-dddd-4eee-8fff-000000000001'],
  ['id of a multi-Region key', 'mrk-0123456789abcdef0123456789abcdef'],
  ['alias', 'alias/shop'],
  ['ARN of an alias', `arn:aws:kms:ap-northeast-1:${OURS}:alias/shop`],
  ['ARN in another account', 'arn:aws:kms:ap-northeast-1:999988887777:key/00000000-dddd-4eee-8fff-000000000001'],
])('a key of KMS is named by its %s', (_form, named) => {
  const [, key = ''] = /kmsKey: (\S+)/.exec(SHIPPED) ?? [];
  expect(componentOf(loadTopology(topologyWith([key, named])), 'rds-replica').replica.kmsKey).toBe(named);
});

test('what is no key of KMS is refused', () => {
  const [, key = ''] = /kmsKey: (\S+)/.exec(SHIPPED) ?? [];
  expect(mistakesIn([key, 'shop'])).toEqual(["data.orders.replica.kmsKey cannot be 'shop'"]);
});

test.each<[what: string, arn: string, message: string]>([
  ['another account', 'arn:aws:rds:ap-east-2:999988887777:db:ecommerce-db-primary', 'is of account 999988887777'],
  ['another region', `arn:aws:rds:ap-northeast-1:${OURS}:db:ecommerce-db-primary`, 'is of ap-northeast-1'],
  ['another partition', `arn:aws-cn:rds:cn-north-1:${OURS}:db:ecommerce-db-primary`, 'is of the partition aws-cn'],
])('an ARN of %s names nothing that a drill on this topology touches', (_what, arn, message) => {
  expect(mistakesIn(['identifier: ecommerce-db-primary', `identifier: "${arn}"`])).toEqual([`${arn} ${message}`]);
});

test('a key of another region than its database is refused', () => {
  expect(mistakesIn(['arn:aws:kms:ap-northeast-1', 'arn:aws:kms:ap-east-2'])).toEqual([
    expect.stringContaining('is of ap-east-2'),
  ]);
});

test('regions of two partitions are refused, as nothing replicates between them', () => {
  expect(mistakesIn(['recovery: ap-northeast-1', 'recovery: us-gov-west-1'])).toContain(
    'us-gov-west-1 is in the partition aws-us-gov, and ap-east-2 in aws',
  );
});

test('Global Accelerator is refused where its partition has none', () => {
  const group = (name: string) =>
    `arn:aws-us-gov:globalaccelerator::${OURS}:accelerator/a/listener/l/endpoint-group/${name}`;
  const mistakes = mistakesIn(
    ['ap-east-2', 'us-gov-east-1'],
    ['ap-northeast-1', 'us-gov-west-1'],
    ['ap-southeast-1', 'us-gov-south-1'],
    ['arn:aws:', 'arn:aws-us-gov:'],
    [
      'lever: health-check-inversion',
      `lever: global-accelerator-dials\n    accelerator: { primary: "${group('one')}", recovery: "${group('two')}" }`,
    ],
  );
  expect(mistakes).toEqual(['there is no Global Accelerator in the partition aws-us-gov, which us-gov-east-1 is in']);
});

test.each(['eusc-de-east-1', 'us-isob-east-1', 'us-gov-west-1', 'mx-central-1', 'cn-northwest-1'])(
  '%s is a region',
  (region) => {
    expect(mistakesIn(['primary: ap-east-2', `primary: ${region}`]).join()).not.toContain('regions.primary');
  },
);
