import { expect, test } from 'vitest';
import type { Transport } from '../../src/aws/aws.ts';
import { phaseTime } from '../../src/measure/phase-time.ts';
import { finishedIn } from './prepared-account.ts';

type Sent = Parameters<Transport['send']>;

/** The first call of an operation that a run of the drill makes. */
async function callOf(operation: string, drill: string): Promise<Sent> {
  const calls: Sent[] = [];
  const through = (transport: Transport): Transport => ({
    send(...sent) {
      if (sent[2] === operation) calls.push(sent);
      return transport.send(...sent);
    },
  });
  await finishedIn({ through }, drill);
  const [first] = calls;
  if (!first) throw new Error(`${drill} never calls ${operation}`);
  return first;
}

test.each([
  ['snapshot-restore', 'RestoreDBInstanceFromDBSnapshot', 'an instance ecommerce-db-restore-drill'],
  ['point-in-time-restore', 'RestoreDBInstanceToPointInTime', 'an instance'],
  ['partial-restore', 'RestoreDBInstanceToPointInTime', 'an instance ecommerce-db-partial-drill'],
  ['cross-region-restore', 'CopyDBSnapshot', 'a snapshot ecommerce-db-copy-drill'],
  ['replica-promotion', 'CreateDBInstanceReadReplica', 'an instance'],
  ['redis-restore', 'CreateReplicationGroup', 'the replication group'],
  ['secrets-restore', 'CreateSecret', 'a secret such as'],
])('%s does not adopt what %s made in an earlier run', async (drill, operation, what) => {
  const [service, region, , input] = await callOf(operation, drill);
  const { RestoreTime: time, ...asked } = input as { RestoreTime?: Date };
  // As old as the backups of then.
  const then = { ...asked, ...(time && { UseLatestRestorableTime: true }) };
  const first = (transport: Transport) => transport.send(service, region, operation, then);
  const { outcome, of, entries } = await finishedIn({ first }, drill);
  const failed = of('step-ended').find(({ outcome: end }) => end === 'failed');
  expect([outcome === 'passed', failed?.error?.message]).toEqual([
    false,
    // By the preflight, or by the step itself where that looks at nothing of the kind.
    expect.stringMatching(new RegExp(`^there is ${what}.* already|^${what}.* is there already: an earlier run`)),
  ]);
  expect(phaseTime(entries).total).toHaveProperty('unknown');
});
