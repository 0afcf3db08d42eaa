import { expect, test } from 'vitest';
import { steps } from '../../src/platform/steps.ts';
import { toMarkdown } from '../../src/report/markdown.ts';
import { reportOf } from '../../src/report/model.ts';
import { FAILOVER, finished, WRITER } from './drill.ts';
import { finishedIn } from './prepared-account.ts';

const FAILING = ['simulation.promotion.fails=true'];

test('every step that can be undone says what a person would type to undo it', () => {
  const undoable = [...steps.values()].filter(({ undo }) => undo !== undefined);
  expect(undoable.length).toBeGreaterThan(0);
  expect(undoable.filter(({ undoCommand }) => undoCommand === undefined)).toEqual([]);
});

test('what was changed is undone last first, each with its command in the journal', async () => {
  const { of } = await finished(FAILOVER, [...FAILING, 'simulation.promotion.takes=3 min']);
  const cluster = 'aws eks update-kubeconfig --region ap-northeast-1 --name ecommerce-recovery';
  expect(of('undo-started').map(({ step, command }) => [step, command])).toEqual([
    [
      'scale/shop/pods',
      `${cluster} && kubectl -n shop scale deployment/order-service --replicas=1 && kubectl -n shop scale deployment/customer-service --replicas=1 && kubectl -n shop scale deployment/product-service --replicas=1`,
    ],
    ['take-over/orders', '# nothing to undo'],
    [
      'fence/orders',
      `aws rds modify-db-instance --region ap-east-2 --db-instance-identifier ${WRITER} --vpc-security-group-ids sg-0a1b2c3d4e5f60001 --apply-immediately`,
    ],
    [
      'scale/shop/nodes',
      'aws eks update-nodegroup-config --region ap-northeast-1 --cluster-name ecommerce-recovery --nodegroup-name ecommerce-recovery-workers --scaling-config minSize=3,maxSize=30,desiredSize=3',
    ],
    ['bring-about-failure', expect.stringMatching(/^# bring ap-east-2 back, then see its writers take a write: psql /)],
  ]);
  expect(of('undo-ended').map(({ step, outcome }) => [step, outcome])).toContainEqual([
    'take-over/orders',
    'nothing-to-undo',
  ]);
});

test('the failure is undone only when the old writer takes writes again, a minute of crash recovery later', async () => {
  const { of, world } = await finished(FAILOVER, FAILING);
  const began = of('undo-started').find(({ step }) => step === 'bring-about-failure');
  const ended = of('undo-ended').find(({ step }) => step === 'bring-about-failure');
  expect((ended?.ms ?? 0) - (began?.ms ?? 0)).toBeGreaterThanOrEqual(30_000);
  expect(world.writers()).toEqual([WRITER]);
});

test('a promotion that has been asked for is held also while RDS still shows the state before', async () => {
  const run = await finished(FAILOVER, [], {
    abortAt: (entry) => entry.type === 'step-applied' && entry.step === 'take-over/orders',
  });
  expect(run.outcome).toBe('aborted');
  expect(run.of('held')).toMatchObject([{ step: 'take-over/orders' }]);
});

test('a promoted database is held also while its first backup is under way', async () => {
  let promotedMs = Number.POSITIVE_INFINITY;
  const run = await finished(FAILOVER, [], {
    abortAt(entry) {
      if (entry.type === 'step-ended' && entry.step === 'take-over/orders') promotedMs = entry.ms;
      return entry.ms > promotedMs + 10_000;
    },
  });
  expect(run.of('held')).toMatchObject([{ step: 'take-over/orders' }]);
  expect(run.of('undo-started')).toEqual([]);
});

test('a degraded node group that refuses its old size fails the undo soon, and the rest is undone all the same', async () => {
  const error: [string, string] = [
    'ResourceInUseException',
    'Nodegroup cannot be updated as it is not in Active State',
  ];
  const refuses = { operation: 'UpdateNodegroupConfig', fromCall: 2, error };
  const run = await finishedIn({ refuses }, FAILOVER, [
    'simulation.nodes.capacity=5',
    'simulation.throttling=[{service: rds, operation: PromoteReadReplica, calls: 5}]',
  ]);
  expect([run.outcome, run.exitCode]).toEqual(['failed', 3]);
  const began = run.of('undo-started').find(({ step }) => step === 'scale/shop/nodes');
  const ended = run.of('undo-ended').find(({ step }) => step === 'scale/shop/nodes');
  expect(ended).toMatchObject({ outcome: 'failed', command: began?.command });
  expect(ended?.error?.message).toContain('is DEGRADED and refuses another size: Could not launch');
  expect((ended?.ms ?? 0) - (began?.ms ?? 0)).toBeLessThan(60_000);
  expect(run.standing.writers).toEqual([WRITER]);

  const report = toMarkdown(reportOf(run.entries, { journalHash: '0'.repeat(64) }));
  expect(report).toContain(began?.command);
});

test('an undo whose answer was lost looks whether it was done, and is not failed for it', async () => {
  const lost = 'simulation.lostAnswers=[{service: eks, operation: UpdateNodegroupConfig, calls: 2}]';
  const run = await finished(FAILOVER, [...FAILING, lost]);
  expect(run.outcome).toBe('rolled-back');
  expect(run.of('call').filter(({ operation }) => operation === 'UpdateNodegroupConfig')).toHaveLength(2);
  expect(run.standing).toEqual(run.before);
});
