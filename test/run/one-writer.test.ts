import { expect, test } from 'vitest';
import { FAILOVER, finished, QUARANTINE, REPLICA, WRITER } from './drill.ts';
import { finishedIn } from './prepared-account.ts';

test('two writers are seen by whatever test runs a drill', async () => {
  const first = (transport: Parameters<NonNullable<Parameters<typeof finishedIn>[0]['first']>>[0]) =>
    transport.send('rds', 'ap-northeast-1', 'PromoteReadReplica', { DBInstanceIdentifier: REPLICA });
  const run = finishedIn({ first }, FAILOVER).then(({ outcome }) => outcome);
  await expect(run).rejects.toThrow(
    new RegExp(`^${WRITER} and ${REPLICA} took writes at the same time, from .*, after line \\d+ of the journal`),
  );
});

const promoting = {
  abortAt: (entry: { type: string; step?: string }) =>
    entry.type === 'step-applied' && entry.step === 'take-over/orders',
};

test('a drill that is held while the old writer is lost tells a person to fence it when it comes back', async () => {
  const run = await finished(FAILOVER, [], promoting);
  expect([run.outcome, run.of('held').map(({ step }) => step)]).toEqual(['aborted', ['take-over/orders']]);
  expect(run.of('finding').at(-1)).toMatchObject({
    what: `${WRITER} is not confirmed to be in quarantine`,
    fix: expect.stringContaining(`--vpc-security-group-ids ${QUARANTINE}`),
  });
});

test('one that is held when the old writer is back fences it before it ends', async () => {
  const run = await finished(FAILOVER, ['simulation.outage.lasts=35 s'], promoting);
  expect(run.outcome).toBe('aborted');
  expect(run.standing.securityGroups).toContainEqual([WRITER, [QUARANTINE]]);
  expect(run.anHourLater.writers()).toEqual([REPLICA]);
});
