import { expect, test } from 'vitest';
import { changesMade, FAILOVER, type Finished, finished, REPLICA, WRITER } from './drill.ts';
import { finishedIn } from './prepared-account.ts';

/** Everything is as it was, the old writer serves, and nothing that is still on its way will change that. */
function expectUntouched({ standing, before, anHourLater }: Finished) {
  expect(standing).toEqual(before);
  expect(standing.writers).toEqual([WRITER]);
  expect(anHourLater.writers()).toEqual([WRITER]);
}

/** The promotion cannot be undone, so nothing behind it is: a person decides. */
function expectHeldBehindPromotion({ of, standing }: Finished) {
  expect(of('held').map(({ step }) => step)).toEqual(['take-over/orders']);
  expect(of('held')[0]?.reason).toContain('the old writer must stay fenced');
  expect(of('undo-started')).toEqual([]);
  expect(standing.writers).not.toContain(WRITER);
}

test('a promotion that fails is rolled back to a serving system', async () => {
  const run = await finished(FAILOVER, ['simulation.promotion.fails=true']);
  expect([run.outcome, run.exitCode]).toEqual(['rolled-back', 3]);
  expect(run.reason).toBe(`take-over/orders: ${REPLICA} went back to being a replica: the promotion failed.`);
  expectUntouched(run);
});

test('a promotion that is throttled for minutes is asked for until RDS takes it', async () => {
  const run = await finished(FAILOVER, [
    'simulation.throttling=[{service: rds, operation: PromoteReadReplica, calls: 20}]',
  ]);
  expect(run.of('look-failing').at(-1)).toMatchObject({
    step: 'take-over/orders',
    what: 'rds PromoteReadReplica in ap-northeast-1',
    reason: 'Throttling: Rate exceeded',
  });
  expect(changesMade(run, 'PromoteReadReplica')).toBe(1);
  expect(run.standing.writers).toEqual([REPLICA]);
});

test('a promotion that is refused is rolled back', async () => {
  const error: [string, string] = ['InvalidParameterCombination', 'it cannot be promoted'];
  const run = await finishedIn({ refuses: { operation: 'PromoteReadReplica', fromCall: 1, error } }, FAILOVER);
  expect([run.outcome, run.reason]).toEqual(['rolled-back', 'take-over/orders: it cannot be promoted']);
  expect(changesMade(run, 'PromoteReadReplica')).toBe(0);
  expectUntouched(run);
});

test('a promotion that is slower than its deadline is held', async () => {
  const run = await finished(FAILOVER, ['simulation.promotion.takes=15 min']);
  expect([run.outcome, run.exitCode]).toEqual(['failed', 3]);
  expect(run.reason).toBe('take-over/orders: not done within 10 min');
  expectHeldBehindPromotion(run);
});

test('a region short of nodes stops the failover before the promotion, and the group gets its old size back', async () => {
  // Throttled for a while, the promotion comes later than the news of the nodes.
  const run = await finished(FAILOVER, [
    'simulation.nodes.capacity=5',
    'simulation.throttling=[{service: rds, operation: PromoteReadReplica, calls: 5}]',
  ]);
  expect([run.outcome, run.exitCode]).toEqual(['rolled-back', 3]);
  expect(run.reason).toContain('ecommerce-recovery-workers in ap-northeast-1 cannot grow');
  expect(run.reason).toContain('InsufficientInstanceCapacity');
  expect(changesMade(run, 'PromoteReadReplica')).toBe(0);
  expectUntouched(run);
});

test('pods that never get ready hold the failover behind the promotion', async () => {
  const run = await finished(FAILOVER, ['simulation.pods.neverReady=true']);
  expect([run.outcome, run.reason]).toEqual(['failed', 'scale/shop/pods: not done within 10 min']);
  expectHeldBehindPromotion(run);
});

test('a health check that never turns holds the failover: customers cannot be sent back to a fenced region', async () => {
  const run = await finished(FAILOVER, ['simulation.healthCheck.stuck=true']);
  expect([run.outcome, run.exitCode]).toEqual(['failed', 3]);
  expect(run.reason).toBe('shift/public: not done within 5 min');
  expectHeldBehindPromotion(run);
});

test('an API that throttles without end stops the drill before anything is changed', async () => {
  const run = await finished(FAILOVER, ['simulation.throttling=[{service: rds, calls: 100000}]']);
  expect([run.outcome, run.reason]).toEqual([
    'rolled-back',
    expect.stringMatching(/^preflight: cannot read ecommerce-db-primary: Rate exceeded/),
  ]);
  expect(run.of('step-applying')).toEqual([]);
  expectUntouched(run);
});

test('a drill that says to hold leaves everything where the step failed', async () => {
  const run = await finished(FAILOVER, ['onFailure=hold', 'simulation.promotion.fails=true']);
  expect([run.outcome, run.exitCode]).toEqual(['failed', 3]);
  expect(run.reason).toContain('the promotion failed');
  expect(run.of('held')).toMatchObject([{ reason: 'the drill says to hold when a step fails' }]);
  expect(run.of('undo-started')).toEqual([]);
  expect(run.standing.nodeGroups).not.toEqual(run.before.nodeGroups);
});

test('to hold is for a step that failed: a person who aborts gets everything back', async () => {
  const run = await finished(FAILOVER, ['onFailure=hold'], {
    abortAt: ({ type, ...entry }) => type === 'step-applied' && 'step' in entry && entry.step === 'scale/shop/nodes',
  });
  expect([run.outcome, run.exitCode]).toEqual(['aborted', 4]);
  expectUntouched(run);
});
