import { describe, expect, test } from 'vitest';
import { instanceLeft } from '../../src/components/rds/left.ts';
import { driftOf } from '../../src/drift/drift.ts';
import { blocksFor } from '../../src/drift/hcl.ts';
import { stackDriftMarkdown, stackDriftOf, templateFor } from '../../src/drift/stack-drift.ts';
import { managedIn } from '../../src/drift/terraform-state.ts';
import { leftBy } from '../../src/measure/left-by.ts';
import { here, runHere } from '../cli/command.ts';
import { load } from '../plan/drills.ts';
import { rehearsed } from '../run/drill.ts';
import { samplePlatform } from './state.ts';

const state = managedIn(JSON.stringify(samplePlatform), 'state.json');

async function after(drill: string, ...overrides: string[]) {
  const { entries } = await rehearsed(load(`drills/${drill}.yaml`, ...overrides));
  return driftOf(leftBy(entries), state);
}

describe('after a failover of the sample platform', () => {
  const drift = after('multi-region-failover');
  const changed = async (address: string) =>
    (await drift).drifted.find((one) => one.drift === 'changed' && one.address === address);

  test('a plan would ask for the promoted replica to follow again, and take its backups away', async () => {
    expect(await changed('module.orders.aws_db_instance.replica')).toMatchObject({
      plan: 'revert',
      steps: ['take-over/orders'],
      attributes: [
        { path: 'replicate_source_db', value: null },
        { path: 'backup_retention_period', value: 7, was: 0 },
      ],
    });
  });

  test('a plan would delete the global datastore', async () => {
    expect(await changed('aws_elasticache_global_replication_group.cache')).toMatchObject({
      plan: 'destroy',
      attributes: [
        { path: 'primary_replication_group_id', value: 'ecommerce-cache-recovery', was: 'ecommerce-cache-primary' },
      ],
    });
  });

  test('a plan would take the capacity away, and send customers back', async () => {
    expect(await changed('aws_eks_node_group.workers["recovery"]')).toMatchObject({
      attributes: [
        { path: 'scaling_config[0].min_size', value: 9, was: 3 },
        { path: 'scaling_config[0].desired_size', value: 9, was: 3 },
      ],
    });
    expect(await changed('aws_route53_health_check.primary')).toMatchObject({
      attributes: [
        { path: 'invert_healthcheck', value: true, was: false },
        { path: 'disabled', value: true, was: false },
      ],
    });
  });

  test('what the run did not change, and what is only read, does not drift', async () => {
    const addresses = (await drift).drifted.map((one) => ('address' in one ? one.address : one.to));
    for (const address of ['aws_rds_global_cluster.global', 'aws_route53_record.taipei', 'aws_db_instance.read'])
      expect(addresses).not.toContain(address);
  });

  test('overrides keep a plan from it, for each module', async () => {
    const { overrides } = blocksFor(await drift);
    expect(overrides).toContain(`# Put this into the folder of the module module.orders.
# module.orders.aws_db_instance.replica: changed by take-over/orders.
resource "aws_db_instance" "replica" {
  lifecycle {
    ignore_changes = [replicate_source_db, backup_retention_period]
  }
}
`);
    expect(overrides).toContain(`resource "aws_eks_node_group" "workers" {
  lifecycle {
    ignore_changes = [scaling_config[0].min_size, scaling_config[0].desired_size]
  }
}
`);
  });
});

test('a restore that deletes its copy leaves nothing', async () => {
  expect((await after('snapshot-restore')).drifted).toEqual([]);
});

test('an Aurora database that failed over and switched back leaves the addresses as they were', async () => {
  expect((await after('aurora-global-failover')).drifted).toEqual([]);
});

test('a failed run that was rolled back leaves nothing', async () => {
  const { drifted } = await after('planned-switchover', 'simulation.promotion.fails=true');
  expect(drifted).toEqual([]);
});

test('a state file of version 4 and a plan are read as the shown state is', () => {
  const raw = {
    version: 4,
    terraform_version: '1.11.4',
    resources: [
      {
        module: 'module.orders',
        mode: 'managed',
        type: 'aws_db_instance',
        name: 'replica',
        provider: 'provider["registry.terraform.io/hashicorp/aws"]',
        instances: [{ index_key: 0, attributes: { identifier: 'ecommerce-db-dr-replica' } }],
      },
      { mode: 'data', type: 'aws_caller_identity', name: 'me', instances: [{ attributes: {} }] },
    ],
  };
  expect(managedIn(JSON.stringify(raw), 'terraform.tfstate')).toEqual([
    {
      address: 'module.orders.aws_db_instance.replica[0]',
      module: 'module.orders',
      type: 'aws_db_instance',
      values: { identifier: 'ecommerce-db-dr-replica' },
    },
  ]);
  expect(managedIn(JSON.stringify({ prior_state: samplePlatform }), 'plan.json')).toEqual(state);
});

test.each(['', '[]', '{"version": 3}', 'resource "a" "b" {}'])('%s is refused as no state', (text) => {
  expect(() => managedIn(text, 'state.json')).toThrow('state.json is not a state of Terraform or OpenTofu.');
});

test('every report says what a plan does not know of, and json has each value', async () => {
  const { folder, read } = await runHere(['drills/multi-region-failover.yaml', '--format', 'html,md,json']);
  expect(JSON.parse(read('report.json')).left).toContainEqual({
    type: 'aws_db_instance',
    name: 'ecommerce-db-dr-replica',
    region: 'ap-northeast-1',
    left: 'changed',
    argument: 'replicate_source_db',
    value: null,
    means: 'asks for a replica again, which RDS cannot make of a writer: the apply fails',
    steps: ['take-over/orders'],
  });
  for (const file of ['report.md', 'report.html']) {
    const text = read(file).replaceAll('\\', '');
    expect(text).toContain('do not know yet what a live run would have changed and not undone');
    expect(text).toContain('scaling_config[0].min_size is 9; scaling_config[0].desired_size is 9');
    expect(text).toContain('replicate_source_db is not set');
  }
  expect(await here(['verify', folder])).toMatchObject({ exitCode: 0 });
});

test('a run that left nothing says nothing about it', async () => {
  const { read } = await runHere(['drills/snapshot-restore.yaml', '--format', 'md,json']);
  expect(JSON.parse(read('report.json')).left).toEqual([]);
  expect(read('report.md')).not.toContain('Infrastructure as code');
});

test.each([
  [{ left: 'renamed', to: 'orders-aside' }, /its name is orders-aside/],
  [{ left: 'gone' }, /it is deleted/],
] as const)('a stack keeps nothing of what is %j', (what, said) => {
  const region = 'ap-east-2';
  const left = { ...instanceLeft(region, 'orders'), ...what, steps: ['set-aside'] };
  const stack = [{ logicalId: 'Writer', physicalId: 'orders', type: 'AWS::RDS::DBInstance', region }];
  const drift = stackDriftOf([left], stack);
  expect(templateFor(drift)).toBe('Resources:\n  Writer:\n    DeletionPolicy: Retain\n');
  expect(stackDriftMarkdown('run', drift)).toMatch(said);
  expect(stackDriftOf([left], [{ ...stack[0], region: 'ap-northeast-1' } as never])).toEqual([]);
});
