import { expect, test } from 'vitest';
import type { Transport } from '../../src/aws/aws.ts';
import type { Entry } from '../../src/journal/events.ts';
import { awsError } from '../../src/simulator/faults.ts';
import { changesMade, FAILOVER, type Finished, SNAPSHOT } from './drill.ts';
import { finishedIn } from './prepared-account.ts';

/** More than half a minute of asking, well within any step's deadline. */
const REFUSALS = 20;

/** AWS refuses an operation for a while, because something else is under way: from which of its calls on, and how many. */
const refusedAtFirst =
  (operation: string, [name, message]: readonly [string, string], { from = 1, times = REFUSALS } = {}) =>
  (transport: Transport): Transport => {
    let nth = 0;
    return {
      async send(...call) {
        if (call[2] !== operation) return transport.send(...call);
        nth += 1;
        if (nth >= from && nth < from + times) throw awsError(name, message);
        return transport.send(...call);
      },
    };
  };

const refusals = (run: Finished, operation: string): number =>
  run.of('call').filter((call) => call.operation === operation && call.outcome === 'failed').length;

const notSynchronized = [
  'InvalidGlobalClusterStateFault',
  'The secondary cluster is not synchronized with the primary cluster.',
] as const;

test.each([
  ['aurora-global-switchover', 'SwitchoverGlobalCluster', notSynchronized, 2],
  ['aurora-global-failover', 'FailoverGlobalCluster', ['InvalidDBClusterStateFault', 'It is being backed up.'], 1],
  [FAILOVER, 'PromoteReadReplica', ['InvalidDBInstanceState', 'The instance is not in available state.'], 1],
  [FAILOVER, 'UpdateNodegroupConfig', ['ResourceInUseException', 'Another update is in progress.'], 1],
  [
    'redis-global-failover',
    'FailoverGlobalReplicationGroup',
    ['InvalidGlobalReplicationGroupState', 'It is modified.'],
    2,
  ],
  ['multi-az-failover', 'RebootDBInstance', ['InvalidDBInstanceState', 'The instance is being modified.'], 1],
  [SNAPSHOT, 'RestoreDBInstanceFromDBSnapshot', ['InvalidDBSnapshotState', 'The snapshot is being copied.'], 1],
  ['cross-region-restore', 'CopyDBSnapshot', ['InvalidDBSnapshotStateFault', 'The snapshot is being created.'], 1],
  ['object-store-recovery', 'PutObject', ['OperationAborted', 'A conflicting operation is in progress.'], 1],
] as const)(
  '%s: a %s that AWS refuses for a while is asked for until AWS takes it',
  async (name, operation, error, made) => {
    const run = await finishedIn({ through: refusedAtFirst(operation, error) }, name, ['targets.rto=1 h']);
    expect([run.outcome, refusals(run, operation), changesMade(run, operation)]).toEqual(['passed', REFUSALS, made]);
    expect(run.of('not-ready').map(({ reasons }) => reasons)).toContainEqual([error[1]]);
  },
);

test('what keeps being refused ends at the deadline, with the words of AWS', async () => {
  const through = refusedAtFirst('SwitchoverGlobalCluster', notSynchronized, { times: Number.POSITIVE_INFINITY });
  const run = await finishedIn({ through }, 'aurora-global-switchover');
  expect(run.of('step-ended').find(({ step }) => step === 'switch-over')).toMatchObject({
    outcome: 'deadline',
    error: { message: notSynchronized[1] },
  });
});

test('an undo that AWS refuses for a while is made all the same', async () => {
  const through = refusedAtFirst('SwitchoverGlobalCluster', notSynchronized, { from: 2 });
  const onEntry = (entry: Entry, abort: () => void) => {
    if (entry.type === 'step-ended' && entry.step === 'switch-over') abort();
  };
  const run = await finishedIn({ through, onEntry }, 'aurora-global-switchover');
  expect([run.outcome, refusals(run, 'SwitchoverGlobalCluster')]).toEqual(['aborted', REFUSALS]);
  expect(run.of('undo-ended')[0]).toMatchObject({ step: 'switch-over', outcome: 'ok' });
  expect(run.standing).toEqual(run.before);
});
