import { describe, expect, test } from 'vitest';
import type { Transport } from '../../src/aws/aws.ts';
import type { Entry } from '../../src/journal/events.ts';
import { mustStandAsReported } from './as-reported.ts';
import { AURORA, changesMade, type Finished, finished, POINT_IN_TIME, SNAPSHOT } from './drill.ts';
import { killedAndResumed, leftAfterEachLine } from './killed.ts';
import { type Account, finishedIn } from './prepared-account.ts';

const ELSEWHERE = 'cross-region-restore';
const PARTIAL = 'partial-restore';
const LONDON = 'eu-west-2';
const CLUSTER = {
  [SNAPSHOT]: 'records-restore-drill',
  [POINT_IN_TIME]: 'records-pitr-drill',
  [ELSEWHERE]: 'records-elsewhere-drill',
  [PARTIAL]: 'records-partial-drill',
} as const;
const RESTORE = {
  [SNAPSHOT]: 'RestoreDBClusterFromSnapshot',
  [POINT_IN_TIME]: 'RestoreDBClusterToPointInTime',
  [ELSEWHERE]: 'RestoreDBClusterFromSnapshot',
  [PARTIAL]: 'RestoreDBClusterToPointInTime',
} as const;
const DRILLS = [SNAPSHOT, POINT_IN_TIME, ELSEWHERE, PARTIAL] as const;

const onAurora = (drill: string, overrides: string[] = []) => finished(drill, [AURORA, ...overrides]);
const inAccount = (account: Account, drill: string, overrides: string[] = []) =>
  finishedIn(account, drill, [AURORA, ...overrides]);

const expectUntouched = ({ standing, before }: Finished) => expect(standing).toEqual(before);

/** What a call was asked for, of the first one that a run makes. */
async function askedFor(operation: string, drill: string, overrides: string[] = []): Promise<Record<string, unknown>> {
  const calls: object[] = [];
  const through = (transport: Transport): Transport => ({
    send(...sent) {
      if (sent[2] === operation) calls.push(sent[3]);
      return transport.send(...sent);
    },
  });
  await inAccount({ through }, drill, overrides);
  return calls[0] as Record<string, unknown>;
}

test('a copy for which RDS has no room yet is asked for again, and that is told', async () => {
  const run = await onAurora(ELSEWHERE, ['targets.rto=2 h', 'simulation.snapshotCopy.busy=20 min']);
  expect([run.outcome, run.reason]).toEqual(['passed', 'every target was met']);
  const [waited] = run.of('not-ready');
  expect(waited?.reasons).toEqual([expect.stringContaining('SnapshotQuotaExceeded')]);
  expectUntouched(run);
});

describe.each(DRILLS)('%s of an Aurora cluster', (drill) => {
  const cluster = CLUSTER[drill];

  test('passes, and leaves neither cluster nor instance nor snapshot behind', async () => {
    const run = await onAurora(drill, ['targets.rto=30 min']);
    expect([run.outcome, run.exitCode, run.reason]).toEqual(['passed', 0, 'every target was met']);
    const made = [RESTORE[drill], 'CreateDBInstance', 'DeleteDBInstance', 'DeleteDBCluster'];
    expect(made.map((operation) => changesMade(run, operation))).toEqual([1, 1, 1, 1]);
    expectUntouched(run);
  });

  test('restores with the groups and the parameters of the cluster of its region', async () => {
    const side = drill === ELSEWHERE ? 'sg-0b000000000000001' : 'sg-0a000000000000001';
    expect(await askedFor(RESTORE[drill], drill)).toMatchObject({
      DBClusterIdentifier: cluster,
      VpcSecurityGroupIds: [side],
      DBClusterParameterGroupName: 'records-cluster',
      DBSubnetGroupName: 'default',
      DeletionProtection: false,
    });
    expect(await askedFor('CreateDBInstance', drill)).toMatchObject({
      DBClusterIdentifier: cluster,
      DBInstanceIdentifier: `${cluster}-1`,
      DBInstanceClass: 'db.r6g.xlarge',
      Engine: 'aurora-postgresql',
      PubliclyAccessible: false,
    });
  });

  test('a cluster that never becomes available is deleted', async () => {
    const run = await onAurora(drill, ['simulation.restore.fails=true']);
    expect([run.outcome, run.exitCode]).toEqual(['rolled-back', 3]);
    expect(run.reason).toBe(
      `restore/records/cluster: ${cluster} is inaccessible-encryption-credentials, and will not become available.`,
    );
    expectUntouched(run);
  });

  test('a cluster that gets no instance is deleted', async () => {
    const run = await onAurora(drill, ['simulation.globalCluster.newInstance.fails=true']);
    expect([run.outcome, run.reason]).toEqual([
      'rolled-back',
      `restore/records/instance: ${cluster}-1 is insufficient-capacity, and will not become available.`,
    ]);
    expectUntouched(run);
  });

  test.each([
    ['DBClusterQuotaExceededFault', 'The maximum number of DB clusters has been reached.'],
    ['KMSKeyNotAccessibleFault', 'The key of the snapshot is not accessible.'],
  ])('a restore that RDS refuses with %s is rolled back', async (name, words) => {
    const refuses = { operation: RESTORE[drill], fromCall: 1, error: [name, words] as [string, string] };
    const run = await inAccount({ refuses }, drill);
    expect([run.outcome, run.reason]).toEqual(['rolled-back', `restore/records/cluster: ${words}`]);
    expectUntouched(run);
  });

  test('a cluster that lacks orders misses the target, and is deleted', async () => {
    const run = await onAurora(drill, ['simulation.restore.losesRows=40']);
    expect([run.outcome, run.exitCode]).toEqual(['target-missed', 1]);
    expect(run.reason).toMatch(/data check failed: Every item has its order \(.*20 found\)/);
    expectUntouched(run);
  });

  test('a cluster that cannot be deleted fails the drill, with the command for it', async () => {
    const error: [string, string] = ['AccessDenied', 'not authorized to perform rds:DeleteDBCluster'];
    const run = await inAccount({ refuses: { operation: 'DeleteDBCluster', fromCall: 1, error } }, drill);
    expect([run.outcome, run.exitCode]).toEqual(['failed', 3]);
    const deletion = run.of('step-started').find(({ kind }) => kind === 'rds.delete-restored-cluster');
    expect(deletion?.command).toContain(`aws rds delete-db-cluster --region ${deletion?.region}`);
  });

  test.each([RESTORE[drill], 'CreateDBInstance', 'DeleteDBCluster'])(
    '%s is asked for once only, although its answer was lost',
    async (operation) => {
      const lost = `simulation.lostAnswers=[{service: rds, operation: ${operation}}]`;
      const run = await onAurora(drill, [lost, 'targets.rto=1 h']);
      expect(run.outcome).toBe('passed');
      expect(run.of('call').find((call) => call.operation === operation)?.outcome).toBe('unknown');
      expect(changesMade(run, operation)).toBe(1);
      expectUntouched(run);
    },
  );

  test('a name that is taken stops the drill, and what bears it is left alone', async () => {
    const region = drill === ELSEWHERE ? 'eu-west-1' : LONDON;
    const source = drill === ELSEWHERE ? 'clinic-records-dublin' : 'clinic-records-london';
    const first = (transport: Transport) =>
      transport.send('rds', region, 'RestoreDBClusterToPointInTime', {
        SourceDBClusterIdentifier: source,
        DBClusterIdentifier: cluster,
        UseLatestRestorableTime: true,
      });
    const run = await inAccount({ first }, drill);
    expect([run.outcome, run.reason]).toEqual([
      'rolled-back',
      `preflight: there is a cluster ${cluster} already, and this drill did not make it`,
    ]);
    expect(run.of('call').filter(({ mutating }) => mutating)).toEqual([]);
  });
});

describe('before anything is restored, a drill is stopped', () => {
  test('by a snapshot that is too old', async () => {
    const run = await onAurora(SNAPSHOT, ['recoveryPoint.maxAge=2 h']);
    expect([run.outcome, run.reason]).toEqual([
      'rolled-back',
      'preflight: the newest snapshot of clinic-records-london is 7 h old; 2 h is allowed',
    ]);
  });

  test('by a region that has no room for another cluster', async () => {
    const full = (transport: Transport): Transport => ({
      async send(...sent) {
        const answer = await transport.send(...sent);
        if (sent[2] === 'GetServiceQuota' && JSON.stringify(sent[3]).includes('L-952B80B8'))
          (answer as unknown as { Quota: { Value: number } }).Quota.Value = 1;
        return answer;
      },
    });
    const run = await inAccount({ through: full }, SNAPSHOT);
    expect(run.outcome).toBe('rolled-back');
    expect(run.reason).toMatch(/^preflight: .*DB clusters/);
    expectUntouched(run);
  });
});

describe.each([SNAPSHOT, POINT_IN_TIME] as const)('%s of an Aurora cluster, switched over to', (drill) => {
  const SWITCH = 'afterwards=switch-over';
  const restored = CLUSTER[drill];
  const addressOf = (cluster: string) => `${cluster}.cluster-abc123.${LONDON}.rds.amazonaws.com`;
  const addresses = ({ standing }: Finished) => [
    ...new Set(standing.deployments.flatMap(([region, , , address]) => (region === LONDON ? [address] : []))),
  ];

  test('applications use it, the old cluster is in quarantine, and it is said that no other region follows', async () => {
    const run = await onAurora(drill, [SWITCH]);
    expect([run.outcome, run.exitCode]).toEqual(['passed', 0]);
    expect(run.standing.auroraWriters).toEqual(['clinic-records-london', restored]);
    expect(run.standing.auroraGroups).toContainEqual(['clinic-records-london', ['sg-0a000000000000009']]);
    expect(addresses(run)).toEqual([addressOf(restored)]);
    const warned = run.of('finding').map(({ what }) => what);
    expect(warned).toContain(`${restored} is in no global database, so no other region follows it`);
    expect(warned).toContain(
      `${restored} differs from clinic-records-london in deletion protection: off instead of on`,
    );
  });

  test('data that fail a check are never switched over to', async () => {
    const run = await onAurora(drill, [SWITCH, 'simulation.restore.losesRows=40']);
    expect([run.outcome, run.exitCode]).toEqual(['target-missed', 1]);
    expect(run.of('decision')).toMatchObject([{ decision: 'stop', rule: 'dataNotProven' }]);
    expectUntouched(run);
  });

  test('a fence that fails is rolled back, and the restored cluster is deleted', async () => {
    const error: [string, string] = ['InvalidVPCNetworkStateFault', 'its network is not as it should be'];
    const run = await inAccount({ refuses: { operation: 'ModifyDBCluster', fromCall: 1, error } }, drill, [SWITCH]);
    expect([run.outcome, run.reason]).toEqual(['rolled-back', `fence-writer/records: ${error[1]}`]);
    expectUntouched(run);
  });

  test('applications that do not take the new address get the old one back; the cluster they wrote to is kept', async () => {
    const run = await onAurora(drill, [SWITCH, 'simulation.pods.neverReady=true']);
    expect([run.outcome, run.reason]).toEqual(['failed', 'point-applications/clinic: not done within 10 min']);
    expect(run.of('held')).toMatchObject([{ step: 'point-applications/clinic' }]);
    expect(changesMade(run, 'DeleteDBCluster')).toBe(0);
    expect(addresses(run)).toEqual([addressOf('clinic-records-london')]);
  });
});

/** Some lines at which a change is asked for or has been made; every one with TORTURE=all. */
const tried = (entries: readonly Entry[]): Entry[] =>
  entries
    .filter(({ type }) => process.env.TORTURE === 'all' || type === 'step-applying' || type === 'step-applied')
    .slice(0, -1);

test.each([SNAPSHOT, ELSEWHERE])(
  '%s of an Aurora cluster, killed and taken up again, ends as if unbroken',
  async (drill) => {
    const overrides = [AURORA, 'targets.rto=1 h'];
    const unbroken = await finished(drill, overrides);
    const left = await leftAfterEachLine(drill, overrides);
    for (const { seq } of tried(unbroken.entries)) {
      const arrives = seq % 2 === 0;
      const known = arrives ? undefined : left[seq - 1];
      const run = await killedAndResumed(drill, { after: [seq], arrives, overrides, left: known });
      expect([run.outcome, run.standing], `killed after line ${seq}`).toEqual([unbroken.outcome, unbroken.standing]);
      for (const operation of [RESTORE[SNAPSHOT], 'CopyDBClusterSnapshot', 'CreateDBInstance'])
        expect(changesMade(run, operation), operation).toBeLessThanOrEqual(1);
      mustStandAsReported(run);
    }
  },
);

test.each([SNAPSHOT, ELSEWHERE])(
  '%s of an Aurora cluster, aborted at any moment, leaves nothing behind',
  async (drill) => {
    const { entries } = await onAurora(drill);
    for (const { seq } of tried(entries)) {
      const run = await finished(drill, [AURORA], { abortAt: (entry) => entry.seq === seq });
      if (run.of('phase-entered').some(({ phase }) => phase === 'judge')) continue;
      expect([run.outcome, run.exitCode], `aborted at ${seq}`).toEqual(['aborted', 4]);
      expectUntouched(run);
    }
  },
);
