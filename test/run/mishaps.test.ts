import { expect, test } from 'vitest';
import { finished } from './drill.ts';

test('a replica whose source was deleted is not waited for', async () => {
  const run = await finished('replica-promotion', [
    'simulation.sourceDeleted={ after: 13 min }',
    'simulation.replica={ takes: 12 min, catchUp: 5 min }',
  ]);
  expect([run.outcome, run.reason]).toEqual([
    'rolled-back',
    expect.stringMatching(/^wait: Replication to orders-promotion-drill is terminated, and it will not catch up/),
  ]);
});

test.each(['2 min', '10 min', '40 min'])(
  'a failback whose source is deleted after %s ends at once, and does not wait for rows that cannot come',
  async (after) => {
    const run = await finished('failback', [`simulation.sourceDeleted={ after: ${after} }`]);
    expect(run.outcome).toBe('rolled-back');
    const deletedMs = Date.parse(run.entries[0]?.at ?? '') + Number.parseInt(after, 10) * 60_000;
    const failed = run.of('step-ended').find(({ outcome }) => outcome !== 'ok');
    // A replica that is being made is there some minutes later.
    expect(Date.parse(failed?.at ?? '') - deletedMs).toBeLessThan(15 * 60_000);
    if (failed?.step === 'follow/orders/catch-up')
      expect(run.reason).toMatch(/ecommerce-db-dr-replica was deleted: ecommerce-db-primary will not catch up\.$/);
  },
);

test('a cluster of Aurora that says available is not believed before the instance that leads it is', async () => {
  const run = await finished('aurora-global-switchover', ['simulation.globalCluster.instancesTake=4 min']);
  expect(run.outcome).toBe('passed');
  expect(run.of('not-ready')).toContainEqual(
    expect.objectContaining({
      step: 'switch-over',
      reasons: ['its instance ecommerce-aurora-recovery-1 is rebooting'],
    }),
  );
});

test('what was set aside is undone only when its name leads to it again', async () => {
  const run = await finished('failback', ['simulation.approval.refuses=true', 'simulation.renaming.named=8 min']);
  const [began] = run.of('undo-started').filter(({ step }) => step === 'follow/orders/set-aside');
  const [ended] = run.of('undo-ended').filter(({ step }) => step === 'follow/orders/set-aside');
  expect(ended).toMatchObject({ outcome: 'ok' });
  expect((ended?.ms ?? 0) - (began?.ms ?? 0)).toBeGreaterThan(8 * 60_000);
});
