import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { here, newFolder } from './command.ts';

type Change = [from: string, to: string];

const changed = (text: string, changes: readonly Change[]): string =>
  changes.reduce((all, [from, to]) => {
    expect(all).toContain(from);
    return all.replace(from, to);
  }, text);

/** A shipped file in a copy of the shipped folder, with some of its text replaced. */
function withChanges(file: string, ...changes: Change[]): string {
  const folder = newFolder();
  cpSync('drills', folder, { recursive: true });
  const path = join(folder, file);
  writeFileSync(path, changed(readFileSync(path, 'utf8'), changes));
  return path;
}

const OWN = 'test/drill/fixtures/own-steps.yaml';
/** A drill with steps of its own, with some of its text replaced. */
function ownWith(...changes: Change[]): string {
  const folder = newFolder();
  const path = join(folder, 'own.yaml');
  cpSync('test/drill/fixtures/own-sql', join(folder, 'own-sql'), { recursive: true });
  const text = readFileSync(OWN, 'utf8').replace(/^topology: .*$/m, `topology: ${process.cwd()}/drills/${TOPOLOGY}`);
  writeFileSync(path, changed(text, changes));
  return path;
}

const TOPOLOGY = 'topologies/ecommerce-platform.yaml';
const onTopology = (from: string, to: string) => here(['validate', withChanges(TOPOLOGY, [from, to])]);

describe('in a topology', () => {
  test.each([
    ['primary: ap-east-2', 'primary: eu-centrl-1', 'eu-central-1'],
    ['recovery: ap-northeast-1', 'recovery: ap-northeast-11', 'ap-northeast-1'],
    ['region: ap-southeast-1', 'region: ap-southeast-9', 'ap-southeast-1'],
    ['recovery: ap-northeast-1', 'recovery: us-gov-wst-1', 'us-gov-west-1'],
    ['class: db.r6g.xlarge', 'class: r6g.xlarge', 'db.r6g.xlarge'],
    ['nodeType: cache.r7g.large', 'nodeType: r7g.large', 'cache.r7g.large'],
    ['sg-0a1b2c3d4e5f60001', 'sg_0a1b2c3d4e5f60001', 'sg-0a1b2c3d4e5f60001'],
    ['sg-0a1b2c3d4e5f60001', 'SG-0A1B2C3D4E5F60001', 'sg-0a1b2c3d4e5f60001'],
    ['ttl: 30 s', 'ttl: 30', '30 s'],
  ])('%s ↛ %s', async (from, to, meant) => {
    const { exitCode, err } = await onTopology(from, to);
    expect(exitCode).toBe(2);
    expect(err).toContain(`did you mean ${meant}?`);
  });

  test.each([
    ['sg-0a1b2c3d4e5f60001', 'sg_0a1b', 'the ID of a security group'],
    ['sg-0a1b2c3d4e5f60001', 'sg-0a1b2c3d4', 'the ID of a security group'],
    ['class: db.r6g.xlarge', 'class: cache.r6g.xlarge', 'an instance class of RDS'],
    ['class: db.r6g.xlarge', 'class: large', 'an instance class of RDS'],
    ['nodeType: cache.r7g.large', 'nodeType: db.r7g.large', 'a node type of ElastiCache'],
    ['primary: ap-east-2', 'primary: moon-base-1', 'an AWS region'],
    ['retention: 7 d', 'retention: 7', 'a duration'],
  ])('%s ↛ %s, and nothing is guessed', async (from, to, expected) => {
    const { exitCode, err } = await onTopology(from, to);
    expect(exitCode).toBe(2);
    expect(err).toContain(`expected ${expected}`);
    expect(err).not.toContain('did you mean');
  });

  test.each([
    ['class: db.r6g.xlarge', 'class: db.x2iedn.32xlarge'],
    ['class: db.r6g.xlarge', 'class: db.r5b.4xlarge.tpc2.mem4x'],
    ['class: db.r6g.xlarge', 'class: db.serverless'],
    ['sg-0a1b2c3d4e5f60001', 'sg-0a1b2c3d'],
    ['sg-0a1b2c3d4e5f60001', '"arn:aws:ec2:ap-east-2:111122223333:security-group/sg-0a1b2c3d"'],
  ])('%s → %s', async (from, to) => {
    expect(await onTopology(from, to)).toMatchObject({ exitCode: 0, err: '' });
  });

  test.each([
    ['arn:aws:rds', 'is not an ARN'],
    ['arn:aws:rds:ap-east-2:111122223333', 'is not an ARN'],
    ['arn:aws:rds:ap-east-2:1111:db:one', 'is not an ARN'],
    ['arn:aws:rds:ap-eest-2:111122223333:db:one', 'is not an ARN'],
    ['arn:aws:rds:ap-east-2:111122223333:', 'is not an ARN'],
    ['ARN:aws:rds:ap-east-2:111122223333:db:one', 'is not an ARN'],
    ['arn:aws:rds:ap-northeast-1:111122223333:db:one', 'is of ap-northeast-1'],
    ['arn:aws:rds:ap-east-2:444455556666:db:one', 'is of account 444455556666'],
  ])('%s is no instance of the primary region', async (arn, why) => {
    const { exitCode, err } = await onTopology('identifier: ecommerce-db-primary', `identifier: "${arn}"`);
    expect(exitCode).toBe(2);
    expect(err).toContain(`${arn} ${why}`);
  });
});

describe('an ARN of something else, in a topology', () => {
  test.each([
    ['identifier: ecommerce-db-primary', 'rds:ap-east-2:111122223333:cluster:one', 'an RDS instance'],
    ['identifier: ecommerce-db-primary', 's3:::ecommerce-db-primary', 'an RDS instance'],
    ['parameterGroup: ecommerce-postgres17', 'rds:ap-east-2:111122223333:subgrp:one', 'a parameter group of RDS'],
    ['subnetGroup: ecommerce-private', 'rds:ap-east-2:111122223333:pg:one', 'a subnet group of RDS'],
    [
      'quarantineSecurityGroup: sg-0a1b2c3d4e5f6000f',
      'ec2:ap-east-2:111122223333:vpc/vpc-0a1b2c3d',
      'a security group',
    ],
    ['globalCluster: ecommerce-global', 'rds:ap-east-2:111122223333:cluster:one', 'an Aurora global database'],
    ['cluster: ecommerce-aurora-primary', 'rds:ap-east-2:111122223333:db:one', 'an Aurora cluster'],
    [
      'replicationGroup: ecommerce-cache-primary',
      'elasticache:ap-east-2:111122223333:cluster:one',
      'a replication group of ElastiCache',
    ],
    ['cluster: ecommerce-messages-primary', 'eks:ap-east-2:111122223333:cluster/one', 'an MSK cluster'],
    ['cluster: ecommerce-primary', 'kafka:ap-east-2:111122223333:cluster/one/two', 'an EKS cluster'],
    ['nodegroup: ecommerce-recovery-workers', 'eks:ap-northeast-1:111122223333:cluster/one', 'a node group of EKS'],
    ['bucket: ecommerce-media-taipei', 'sns:ap-east-2:111122223333:ecommerce-media-taipei', 'a bucket'],
  ])('%s ↛ arn:aws:%s', async (from, arn, of) => {
    const { exitCode, err } = await onTopology(from, `${from.split(':')[0]}: "arn:aws:${arn}"`);
    expect(exitCode).toBe(2);
    expect(err).toContain(`expected the name or the ARN of ${of} (`);
  });
});

describe('an ARN in the with of a step', () => {
  const called = (arn: string, side: string) =>
    here([
      'validate',
      ownWith([
        'function: warm-up',
        `function: "${arn}"
          in: ${side}`,
      ]),
    ]);
  test.each([
    ['arn:aws:lambda:ap-east-2:111122223333:function:warm-up', 'primary', undefined],
    ['warm-up', 'primary', undefined],
    ['arn:aws:sqs:ap-east-2:111122223333:warm', 'primary', 'expected the name or the ARN of a Lambda function'],
    [
      'arn:aws:lambda:ap-east-2:111122223333:layer:warm',
      'primary',
      'expected the name or the ARN of a Lambda function',
    ],
    ['arn:aws:lambda:ap-east-2:444455556666:function:warm-up', 'primary', 'is of account 444455556666'],
    ['arn:aws:lambda:ap-east-2:111122223333:function:warm-up', 'recovery', 'is of ap-east-2'],
    ['arn:aws:lambda:eu-west-1:111122223333:function:warm-up', 'primary', 'is of eu-west-1'],
    ['arn:aws:lambda:ap-east-2:function:warm-up', 'primary', 'is not an ARN'],
  ])('%s in %s', async (arn, side, why) => {
    const { exitCode, err } = await called(arn, side);
    if (why === undefined) expect([exitCode, err]).toEqual([0, '']);
    else {
      expect(exitCode).toBe(2);
      expect(err).toContain(why);
    }
  });
});

describe('in a drill', () => {
  test.each([
    ['targets.rto=5', undefined],
    ['probe.every=1', '1 s'],
    ['detection.timeout=5', '5 s'],
  ])('a number without a unit has a meaning only where seconds are usual: %s', async (option, meant) => {
    const { exitCode, err } = await here(['plan', 'drills/multi-region-failover.yaml', '--set', option]);
    expect(exitCode).toBe(2);
    expect(err).toContain('expected a duration');
    if (meant === undefined) expect(err).not.toContain('did you mean');
    else expect(err).toContain(`did you mean ${meant}?`);
  });

  test.each([
    ['rds.restore-snapshot', 'rds.restore-from-snapshot'],
    ['rds.delete-snapshott', 'rds.delete-snapshot'],
    ['rds.promote.replica', 'rds.promote-replica'],
    ['rds.promte-replica', 'rds.promote-replica'],
    ['data.lok', 'data.look'],
    ['rds.destroy-snapshot', undefined],
    ['rds.demote-replica', undefined],
    ['promote', undefined],
  ])('the step %s most likely means %s', async (written, meant) => {
    const path = ownWith(['uses: http.call', `uses: ${written}`]);
    const [validated, planned] = [await here(['validate', path]), await here(['plan', path])];
    for (const { exitCode, err } of [validated, planned]) {
      expect(exitCode).toBe(2);
      expect(err).toContain(`there is no step of the kind '${written}'`);
      expect(/did you mean (.*)\?/.exec(err)?.[1]).toBe(meant);
    }
  });
});

test.each([
  ['traffic.public.name}', 'traffic.public.name', '.traffic.public.name/health/deep'],
  ['regions.recovery}', `regions \${store}`, '.regions'],
])('a reference that is not closed is a mistake: %s ↛ %s', async (from, to, open) => {
  const { exitCode, err } = await here(['validate', ownWith([from, to])]);
  expect(exitCode).toBe(2);
  expect(err).toContain(`\${topology${open} is not closed`);
});

test.each([
  ['snapshot-restore.yaml', "restored.identifier='${store-drill'", '${store-drill'],
  ['snapshot-restore.yaml', "title='Restore ${store'", '${store'],
  ['multi-region-failover.yaml', "topology.data.orders.database='${shop'", '${shop'],
  ['multi-region-failover.yaml', "topology.data.orders.writer.securityGroups=['sg-0a1b2c3d4e5f60001','${sg']", '${sg'],
])('and so it is wherever it stands: %s --set %s', async (drill, option, open) => {
  const { exitCode, err } = await here(['plan', `drills/${drill}`, '--set', option]);
  expect(exitCode).toBe(2);
  expect(err).toContain(`${open} is not closed`);
});

describe('a file of another kind is named, with the commands that take it', () => {
  test.each([
    ['run', TOPOLOGY, 'this file is a topology, not a drill; `dr-drill validate` checks it'],
    ['plan', TOPOLOGY, 'this file is a topology, not a drill; `dr-drill validate` checks it'],
    ['preflight', TOPOLOGY, 'this file is a topology, not a drill; `dr-drill validate` checks it'],
    [
      'due',
      'snapshot-restore.yaml',
      'this file is a drill, not a schedule; `dr-drill validate`, `plan` and `run` take it',
    ],
  ])('%s %s', async (command, file, told) => {
    const { exitCode, err } = await here([command, `drills/${file}`]);
    expect(exitCode).toBe(2);
    expect(err).toContain(told);
    expect(err.match(/expected/g)).toHaveLength(1);
  });

  test('a drill that names a drill as its topology', async () => {
    const { exitCode, err } = await here([
      'plan',
      'drills/snapshot-restore.yaml',
      '--set',
      'topology=drills/point-in-time-restore.yaml',
    ]);
    expect(exitCode).toBe(2);
    expect(err).toContain('this file is a drill, not a topology');
  });
});
