import { whenever } from '../run/drill.ts';
import { lies } from '../run/lies.ts';
import type { LiveRun } from './live-run.ts';
import type { Passed } from './way.ts';

/** What must not be done twice, and what AWS itself does not refuse the second time. */
const once = [
  'CopyDBClusterSnapshot',
  'CopyDBSnapshot',
  'CreateDBInstanceReadReplica',
  'CreateReplicationGroup',
  'CreateSecret',
  'DisassociateGlobalReplicationGroup',
  'FailoverGlobalCluster',
  'FailoverGlobalReplicationGroup',
  'Invoke',
  'PromoteReadReplica',
  'RebootDBInstance',
  'RestoreDBClusterFromSnapshot',
  'RestoreDBClusterToPointInTime',
  'RestoreDBInstanceFromDBSnapshot',
  'RestoreDBInstanceToPointInTime',
  'StartAutomationExecution',
  'StartExperiment',
  'SwitchoverGlobalCluster',
];

/** What is wrong with a run that met a fault which passed: nothing, where its end is the one without the fault, or a deadline ended it. */
export function violations(run: LiveRun, unbroken: LiveRun, { mayRepeat = 0 }: { mayRepeat?: number } = {}): string[] {
  const ended = ['passed', 'target-missed'].includes(run.outcome);
  return [
    ...lies(run, unbroken),
    ...(run.outcome === 'target-missed' && standing(run) !== standing(unbroken)
      ? [`stands otherwise than it should: ${difference(run, unbroken)}`]
      : []),
    ...(!ended && !deadlinePassed(run) ? [`${run.outcome} before a deadline had passed`] : []),
    ...once.flatMap((operation) => {
      const times = accepted(run, operation);
      const allowed = Math.max(accepted(unbroken, operation), 1) + mayRepeat;
      return times > allowed ? [`${operation} was carried out ${times} times`] : [];
    }),
  ];
}

const standing = (run: LiveRun): string => JSON.stringify(whenever(run.standing));

function difference(run: LiveRun, unbroken: LiveRun): string {
  const [found, wanted] = [whenever(run.standing), whenever(unbroken.standing)];
  const names = Object.keys(found) as (keyof typeof found)[];
  return names.filter((name) => JSON.stringify(found[name]) !== JSON.stringify(wanted[name])).join(', ');
}

const accepted = ({ passed }: LiveRun, operation: string): number =>
  passed.filter((one) => one.operation === operation && !isFence(one)).reduce((sum, one) => sum + one.accepted, 0);

/** A fence restarts a writer that nobody can reach any more, and asks again if no answer comes: a late second restart is harmless. */
const isFence = ({ operation, request }: Passed): boolean =>
  operation === 'RebootDBInstance' && !Buffer.from(request.body).toString().includes('ForceFailover=true');

const deadlinePassed = (run: LiveRun): boolean =>
  run.of('deadline-passed').length > 0 || run.of('step-ended').some(({ outcome }) => outcome === 'deadline');
