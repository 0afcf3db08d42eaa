import { describe, expect, test } from 'vitest';
import { actionOf } from '../../src/aws/actions.ts';
import { iamPolicyCommand } from '../../src/cli/iam-policy.ts';
import { loadDrill } from '../../src/drill/load.ts';
import { iamPolicyFor, type PolicyPurpose, tooLongForOne } from '../../src/plan/iam-policy.ts';
import { planOf } from '../../src/plan/plan.ts';
import { factsBeforeRun } from '../../src/runbook/not-yet-known.ts';
import { runbookFor } from '../../src/runbook/runbook.ts';
import { vocabulary } from '../../src/runbook/vocabulary.ts';
import { type Granted, takesIn } from '../../src/steps/granted.ts';
import { lookedAt } from '../account/prepared.ts';
import { scratch, shippedTopology } from '../drill/files.ts';
import { type Drill, FAILOVER, finished, PARTITION, POINT_IN_TIME, SNAPSHOT, WHOLE } from '../run/drill.ts';

const SWITCH_OVER = ['afterwards=switch-over'];
const drills: [Drill, string[]][] = [
  [FAILOVER, []],
  [FAILOVER, ['topology.traffic.public.lever=weighted-records']],
  [PARTITION, []],
  [PARTITION, ['simulation.partition.thirdSees=recovery']],
  [SNAPSHOT, []],
  [SNAPSHOT, ['stop={ alarms: [{ region: ap-northeast-1, name: unknown }], replicationLag: 5 s }']],
  [POINT_IN_TIME, []],
  [POINT_IN_TIME, SWITCH_OVER],
];

function policyOf(name: Drill, purpose: PolicyPurpose, overrides: string[] = []) {
  const { drill, topology } = loadDrill(`drills/${name}.yaml`, { overrides });
  return iamPolicyFor(planOf(drill, topology), purpose);
}

const actionsOf = (...given: Parameters<typeof policyOf>): string[] =>
  policyOf(...given).Statement.flatMap(({ Action }) => Action);

describe.each(drills)('the policy of %s %j', (name, overrides) => {
  test.each(['live', 'read-only', 'preflight'] as const)('for %s is one that IAM takes', (purpose) => {
    const policy = policyOf(name, purpose, overrides);
    expect(JSON.parse(JSON.stringify(policy))).toEqual(policy);
    expect(policy.Version).toBe('2012-10-17');
    const sids = policy.Statement.map(({ Sid }) => Sid);
    expect(new Set(sids).size).toBe(sids.length);
    for (const { Sid, Effect, Action, Resource } of policy.Statement) {
      expect(Sid).toMatch(/^[A-Za-z0-9]+$/);
      expect(Effect).toBe('Allow');
      expect(Action.length * Resource.length).toBeGreaterThan(0);
      for (const action of Action) expect(action).toMatch(/^[a-z0-9-]+:[A-Za-z0-9]+$/);
      for (const resource of Resource) expect(resource).toMatch(/^(\*$|arn:aws:[a-z0-9-]+:)/);
    }
    // What IAM takes at most, white space aside: of a managed policy, and of a role's inline ones together.
    const { length } = JSON.stringify(policy);
    expect(length).toBeLessThan(10_240);
    expect(tooLongForOne(policy) === undefined).toBe(length <= 6_144);
    for (const statement of policy.Statement) expect(JSON.stringify(statement).length).toBeLessThan(2_000);
  });

  test('covers each call of a whole rehearsal', async () => {
    const run = await finished(name, [WHOLE, ...overrides]);
    expect(run.outcome).toBe('passed');
    const allowed = actionsOf(name, 'live', overrides);
    for (const { service, operation } of run.of('call')) expect(allowed).toContain(actionOf(`${service}:${operation}`));
  });

  test('covers each call of a preflight, and allows it no more than that', async () => {
    const { calls } = await lookedAt({ drill: name, overrides: [WHOLE, ...overrides] });
    const allowed = actionsOf(name, 'preflight', overrides);
    // Only to who may list does S3 say that an object is not there.
    // A simulated cluster is asked at no address that EKS would tell.
    // Kafka's brokers ask IAM about each client themselves: no call of AWS's API tells.
    const untold = /^(s3:ListBucket|eks:DescribeCluster|servicequotas:GetAWSDefaultServiceQuota|kafka-cluster:\w+)$/;
    expect(allowed.filter((action) => !calls.includes(action) && !untold.test(action))).toEqual([]);
    for (const call of calls) expect(allowed).toContain(call);
  });

  test('names every resource, but where IAM knows none', () => {
    const everything = policyOf(name, 'live', overrides).Statement.filter(({ Resource }) => Resource.includes('*'));
    const withoutResources = [
      'cloudwatch:GetMetricData',
      'ec2:DescribeCapacityReservations',
      'ec2:DescribeSecurityGroups',
      'ec2:DescribeSubnets',
      'kafka:ListClustersV2',
      'rds:DescribeOrderableDBInstanceOptions',
      'servicequotas:GetAWSDefaultServiceQuota',
      'servicequotas:GetServiceQuota',
      'sts:GetCallerIdentity',
    ];
    for (const action of everything.flatMap(({ Action }) => Action)) expect(withoutResources).toContain(action);
  });

  test('for reading allows no change', () => {
    for (const action of actionsOf(name, 'read-only', overrides)) {
      expect(action).toMatch(/:(Get|List|Describe|Simulate)/);
    }
    expect(actionsOf(name, 'live', overrides)).toEqual(expect.arrayContaining(actionsOf(name, 'read-only', overrides)));
  });

  test('is what the preflight has IAM judge, apart from what the preflight itself reads', () => {
    const { drill, topology } = loadDrill(`drills/${name}.yaml`, { overrides });
    const params = runbookFor(drill, topology).steps.preflight?.params(factsBeforeRun) as { needed: Granted[] };
    const { permissions, phases } = planOf(drill, topology);
    const own = new Set(policyOf(name, 'preflight', overrides).Statement.flatMap(({ Action }) => Action));
    expect(phases.length).toBeGreaterThan(0);
    const judged = params.needed.map(({ action }) => action);
    expect(judged.filter((action) => !own.has(action))).toEqual(
      permissions.map(({ action }) => action).filter((action) => !own.has(action)),
    );
    for (const { action, resources } of params.needed) {
      const granted = permissions.find((one) => one.action === action)?.resources ?? [];
      for (const resource of resources) expect(granted.some((one) => takesIn(one, resource))).toBe(true);
    }
  });
});

test('a policy that is longer than IAM takes as one is printed whole, and it is said how to attach it', () => {
  const said = (path: string) => {
    const [out, err]: [string[], string[]] = [[], []];
    const terminal = { out: () => {}, asIs: (text: string) => out.push(text), err: (text: string) => err.push(text) };
    iamPolicyCommand(path, { set: [], for: 'live' }, { ...terminal, colour: false, interactive: false });
    return { policy: JSON.parse(out.join('')), err: err.join('') };
  };
  const long = said('drills/multi-region-failover.yaml');
  const length = JSON.stringify(long.policy).length.toLocaleString('en-US');
  expect(long.err).toContain(`This policy has ${length} characters without white space`);
  expect(long.err).toContain('as an inline policy, or divide its statements among several managed policies');
  expect(said('drills/database-failure.yaml').err).toBe('');
});

test('the same drill gives the same policy', () => {
  expect(JSON.stringify(policyOf(FAILOVER, 'live'))).toBe(JSON.stringify(policyOf(FAILOVER, 'live')));
});

test('a login by IAM may connect as that user, in both regions of a failover and in the one of a restore', () => {
  const login = ['topology.data.orders.login={user: drill, password: {from: iam}}'];
  const connecting = (name: Drill) =>
    policyOf(name, 'live', login).Statement.find(({ Action }) => Action.includes('rds-db:connect'))?.Resource;
  expect(connecting(FAILOVER)).toEqual([
    'arn:aws:rds-db:ap-east-2:111122223333:dbuser:*/drill',
    'arn:aws:rds-db:ap-northeast-1:111122223333:dbuser:*/drill',
  ]);
  expect(connecting(SNAPSHOT)).toEqual(['arn:aws:rds-db:ap-east-2:111122223333:dbuser:*/drill']);
});

test.each([
  ['shop/drill', 'arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:shop/drill-??????'],
  [
    'arn:aws:secretsmanager:ap-northeast-1:444455556666:secret:a-AbCdEf',
    'arn:aws:secretsmanager:ap-northeast-1:444455556666:secret:a-AbCdEf',
  ],
])('a login by the secret %s may read that secret', (secret, resource) => {
  const login = [`topology.data.orders.login={user: drill, password: {from: secrets-manager, secret: "${secret}"}}`];
  const reading = policyOf(FAILOVER, 'read-only', login).Statement.find(({ Action }) =>
    Action.includes('secretsmanager:GetSecretValue'),
  );
  expect(reading?.Resource).toEqual([resource]);
});

test('a role is passed to the service that takes it, and to no other', () => {
  const path = scratch().write(
    'automation.yaml',
    [
      'drill: automation',
      'title: An automation acts with a role',
      'machine: custom',
      `topology: ${shippedTopology}`,
      'targets: { rto: null, rpo: null }',
      'phases:',
      '  - phase: drain',
      '    steps:',
      '      - step: drain',
      '        uses: ssm.automation',
      '        with:',
      '          document: Shop-Drain',
      '          parameters: { AutomationAssumeRole: "arn:aws:iam::111122223333:role/drain" }',
      '          undo: { document: Shop-Refill, parameters: { AutomationAssumeRole: [refill] } }',
    ].join('\n'),
  );
  const { drill, topology } = loadDrill(path, { vocabulary });
  const passing = iamPolicyFor(planOf(drill, topology), 'live').Statement.filter(({ Action }) =>
    Action.includes('iam:PassRole'),
  );
  expect(passing).toMatchObject([
    {
      Resource: ['arn:aws:iam::111122223333:role/drain', 'arn:aws:iam::111122223333:role/refill'],
      Condition: { StringEquals: { 'iam:PassedToService': 'ssm.amazonaws.com' } },
    },
  ]);
});

test('the role that monitors a replica is passed to RDS', () => {
  const monitoring = policyOf('failback' as Drill, 'live').Statement.find(({ Action }) =>
    Action.includes('iam:PassRole'),
  );
  expect(monitoring?.Condition).toEqual({ StringEquals: { 'iam:PassedToService': 'monitoring.rds.amazonaws.com' } });
});
