import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { recoveryStack, samplePlatform } from '../drift/state.ts';
import { drDrill, here } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'drift-'));
const state = join(folder, 'state.json');
writeFileSync(state, JSON.stringify(samplePlatform));

async function runOf(drill: string): Promise<string> {
  const runs = join(folder, drill);
  await here(['run', `drills/${drill}.yaml`, '--runs', runs]);
  return join(runs, readdirSync(runs).find((name) => name !== 'index.jsonl') ?? '');
}

test('drift shows what a plan would revert, and writes the blocks; the exit code says that there is something', async () => {
  const blocks = join(folder, 'blocks');
  const { exitCode, out } = await drDrill([
    'drift',
    await runOf('multi-region-failover'),
    '--terraform',
    state,
    '-o',
    blocks,
  ]);
  expect(exitCode).toBe(1);
  expect(out).toContain(
    '| `aws_elasticache_global_replication_group.cache` | destroy | `primary_replication_group_id` ',
  );
  expect(readFileSync(join(blocks, 'dr_drill_override.tf'), 'utf8')).toContain(
    'ignore_changes = [primary_replication_group_id]',
  );
});

test('after a drill that leaves nothing a plan reverts nothing', async () => {
  const { exitCode, out } = await here(['drift', await runOf('snapshot-restore'), '--terraform', state]);
  expect(exitCode).toBe(0);
  expect(out).toContain('A plan would revert nothing that the run has left.');
});

test('drift holds a run against a stack of CloudFormation, and writes what belongs into its template', async () => {
  const stack = join(folder, 'stack.json');
  writeFileSync(stack, JSON.stringify(recoveryStack));
  const to = join(folder, 'template');
  const run = await runOf('multi-region-failover');
  const { exitCode, out } = await here(['drift', run, '--cloudformation', stack, '-o', to]);
  expect(exitCode).toBe(1);
  expect(out).toContain(
    '| `Replica` | `SourceDBInstanceIdentifier` is not set | if it sets this property: asks for a replica again',
  );
  expect(out).not.toContain('Keys');
  const template = readFileSync(join(to, 'template-after-drill.yaml'), 'utf8');
  expect(template).toContain('# Take SourceDBInstanceIdentifier out of the properties of Replica.');
  expect(template).toContain('# Write into Members of Sessions what stands now.');
  expect(parse(template)).toEqual({
    Resources: {
      Replica: { Properties: { BackupRetentionPeriod: 7 } },
      Workers: { Properties: { ScalingConfig: { MinSize: 9, DesiredSize: 9, MaxSize: 30 } } },
      Check: { Properties: { HealthCheckConfig: { Inverted: true } } },
    },
  });
});

test('what a failback has made anew is imported into a stack that does not know it', async () => {
  const stack = join(folder, 'home.json');
  const home = {
    LogicalResourceId: 'Writer',
    PhysicalResourceId: 'ecommerce-db-primary',
    ResourceType: 'AWS::RDS::DBInstance',
  };
  writeFileSync(stack, JSON.stringify({ StackResourceSummaries: [home] }));
  const run = await runOf('failback');
  const { out } = await here(['drift', run, '--cloudformation', stack, '--json']);
  expect(JSON.parse(out)).toMatchObject({
    drifted: [
      { drift: 'changed', logicalId: 'Writer' },
      { drift: 'made', id: 'ecommerce-db-dr-replica' },
    ],
    imports: [
      {
        ResourceType: 'AWS::RDS::DBInstance',
        LogicalResourceId: 'ecommerceDbDrReplica',
        ResourceIdentifier: { DBInstanceIdentifier: 'ecommerce-db-dr-replica' },
      },
    ],
  });
});

test.each([
  [[], 'drift needs a state or a stack, one at a time.'],
  [['--cloudformation', state], 'does not list the resources of a stack.'],
])('drift %j is refused with what to give', async (words, said) => {
  const { exitCode, err } = await here(['drift', await runOf('snapshot-restore'), ...words]);
  expect([exitCode, err]).toEqual([2, expect.stringContaining(said)]);
});
