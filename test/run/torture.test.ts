import { describe, expect, test } from 'vitest';
import type { Transport } from '../../src/aws/aws.ts';
import { isChange } from '../../src/aws/changes.ts';
import { awsError, named } from '../../src/simulator/faults.ts';
import { type Drill, FAILOVER, type Finished, finished, POINT_IN_TIME, SNAPSHOT, THREE_STORES } from './drill.ts';
import { lies } from './lies.ts';
import { finishedIn } from './prepared-account.ts';

/** Every call of a drill with TORTURE=all, as `npm run torture` has it; the first of its kind in each step otherwise. */
const ALL = process.env.TORTURE === 'all';

/** The errors that matter for each operation, by their names on the wire. */
const errors: Record<string, string[]> = {
  GetCallerIdentity: ['ExpiredToken', 'AccessDenied'],
  DescribeDBInstances: ['AccessDenied', 'InternalFailure'],
  DescribeDBSnapshots: ['AccessDenied'],
  DescribeDBInstanceAutomatedBackups: ['AccessDenied'],
  PromoteReadReplica: ['DBInstanceNotFound', 'InvalidDBInstanceState'],
  ModifyDBInstance: ['InvalidDBInstanceState', 'DBSecurityGroupNotFound'],
  RebootDBInstance: ['InvalidDBInstanceState'],
  RestoreDBInstanceFromDBSnapshot: [
    'DBInstanceAlreadyExists',
    'InsufficientDBInstanceCapacity',
    'InstanceQuotaExceeded',
    'StorageQuotaExceeded',
    'KMSKeyNotAccessibleFault',
    'DBSubnetGroupNotFoundFault',
    'DBSnapshotNotFound',
    'InvalidDBSnapshotState',
    'InvalidRestoreFault',
  ],
  RestoreDBInstanceToPointInTime: [
    'DBInstanceAlreadyExists',
    'InsufficientDBInstanceCapacity',
    'InstanceQuotaExceeded',
    'KMSKeyNotAccessibleFault',
    'InvalidRestoreFault',
    'PointInTimeRestoreNotEnabled',
  ],
  DeleteDBInstance: ['InvalidDBInstanceState', 'InvalidParameterCombination'],
  UpdateNodegroupConfig: ['InvalidParameterException', 'ResourceInUseException', 'InvalidRequestException'],
  UpdateHealthCheck: ['HealthCheckVersionMismatch', 'NoSuchHealthCheck'],
  DescribeGlobalClusters: ['AccessDenied'],
  FailoverGlobalCluster: ['GlobalClusterNotFoundFault', 'InvalidGlobalClusterStateFault', 'InvalidDBClusterStateFault'],
  DescribeGlobalReplicationGroups: ['AccessDenied'],
  FailoverGlobalReplicationGroup: [
    'GlobalReplicationGroupNotFoundFault',
    'InvalidGlobalReplicationGroupStateFault',
    'InvalidParameterValueException',
  ],
  ChangeResourceRecordSets: ['NoSuchHostedZone', 'InvalidChangeBatch', 'InvalidInput', 'PriorRequestNotComplete'],
};

type Fault = { name: string; strike: (send: () => Promise<unknown>) => Promise<unknown> };

const refusal = (name: string): Fault => ({
  name,
  strike: () => Promise.reject(awsError(name, `${name}: so it was asked for.`, name === 'InternalFailure' ? 500 : 400)),
});

/** A throttle, silence before the request arrived, and for changes silence after it was carried out. */
const faultsOf = (operation: string, changes: boolean): Fault[] => [
  ...(errors[operation] ?? []).map(refusal),
  refusal('Throttling'),
  { name: 'silence', strike: () => Promise.reject(named('TimeoutError', 'no answer within 5 s')) },
  ...(changes
    ? [
        {
          name: 'silence, but done',
          strike: async (send: () => Promise<unknown>) => {
            await send();
            throw named('TimeoutError', 'no answer within 5 s');
          },
        },
      ]
    : []),
];

interface Call {
  service: string;
  operation: string;
  /** The how-manieth call of the operation in the drill. */
  nth: number;
}

/** The calls of a drill that are to fail, one after another; of three stores, unless all are wanted, what changes something. */
function callsOf({ of }: Finished, onlyChanges: boolean): Call[] {
  const seen = new Map<string, number>();
  const kinds = new Set<string>();
  return of('call').flatMap(({ step, service, operation, mutating }) => {
    const nth = (seen.get(operation) ?? 0) + 1;
    seen.set(operation, nth);
    const kind = `${step} ${operation}`;
    if (!ALL && (kinds.has(kind) || (onlyChanges && !mutating))) return [];
    kinds.add(kind);
    return [{ service, operation, nth }];
  });
}

const failingOnce =
  ({ operation, nth }: Call, { strike }: Fault) =>
  (transport: Transport): Transport => {
    let calls = 0;
    return {
      send(service, region, asked, input, signal) {
        if (asked === operation) calls += 1;
        const send = () => transport.send(service, region, asked, input, signal);
        return asked === operation && calls === nth ? strike(send) : send();
      },
    };
  };

describe.each<[Drill, string[]]>([
  [FAILOVER, []],
  [FAILOVER, [THREE_STORES, 'targets.rto=10 min']],
  // A region that is back when its writer is fenced, and records that are weighted.
  [FAILOVER, ['simulation.outage.lasts=10 s', 'topology.traffic.public.lever=weighted-records']],
  [SNAPSHOT, []],
  [SNAPSHOT, ['afterwards=switch-over']],
  [POINT_IN_TIME, []],
])('%s %j, with one call failing', (drill, overrides) => {
  test('ends with a true report when any call fails in any way', async () => {
    const unbroken = await finished(drill, overrides);
    const cells = new Map<string, Map<string, number>>();
    const wrong: string[] = [];
    for (const call of callsOf(unbroken, overrides.includes(THREE_STORES))) {
      for (const fault of faultsOf(call.operation, isChange(`${call.service}:${call.operation}`))) {
        const cell = `${call.operation.padEnd(36)} ${fault.name}`;
        const run = await finishedIn({ through: failingOnce(call, fault) }, drill, overrides).catch(String);
        if (typeof run === 'string') {
          wrong.push(`${cell} (call ${call.nth}): ${run}`);
          continue;
        }
        const ends = cells.get(cell) ?? new Map<string, number>();
        cells.set(cell, ends.set(run.outcome, (ends.get(run.outcome) ?? 0) + 1));
        for (const lie of lies(run, unbroken)) wrong.push(`${cell} (call ${call.nth}): ${lie}; ${run.reason}`);
      }
    }
    const table = [...cells].map(
      ([cell, ends]) => `${cell.padEnd(70)} ${[...ends].map(([end, times]) => `${end} ${times}`).join(', ')}`,
    );
    console.info(`${drill} ${overrides.join(' ')}\n${table.sort().join('\n')}`);
    expect(wrong).toEqual([]);
  }, 600_000);
});
