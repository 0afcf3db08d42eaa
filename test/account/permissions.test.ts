import type { SimulatePolicyResponse } from '@aws-sdk/client-iam';
import { expect, test } from 'vitest';
import type { State } from '../../src/simulator/state.ts';
import { FAILOVER, POINT_IN_TIME, SNAPSHOT } from '../run/drill.ts';
import { finishedIn } from '../run/prepared-account.ts';
import { inLines, lookedAt } from './prepared.ts';

const ROLE = 'arn:aws:iam::111122223333:role/dr-drill';
const denying =
  (...actions: string[]) =>
  ({ denied }: State) => {
    denied.push(...actions);
  };

test.each([
  [FAILOVER, 'rds:PromoteReadReplica', 'arn:aws:rds:ap-northeast-1:111122223333:db:ecommerce-db-dr-replica'],
  [FAILOVER, 'route53:UpdateHealthCheck', 'arn:aws:route53:::healthcheck/11111111-aaaa-4bbb-8ccc-000000000001'],
  [SNAPSHOT, 'rds:DeleteDBInstance', 'arn:aws:rds:ap-east-2:111122223333:db:orders-restore-drill'],
  [POINT_IN_TIME, 'rds:AddTagsToResource', 'arn:aws:rds:ap-east-2:111122223333:db:orders-pitr-drill'],
] as const)('%s without %s is stopped, and told on which resource', async (drill, action, resource) => {
  const look = await lookedAt({ drill, change: denying(action) });
  expect(inLines(look)).toContain(`blocker: ${action} on ${resource} is not allowed to ${ROLE}`);
});

test('a resource that a policy knows by a pattern is asked for by its own name', async () => {
  const group = await lookedAt({ change: denying('eks:UpdateNodegroupConfig') });
  expect(inLines(group)).toContainEqual(
    expect.stringMatching(
      /on arn:aws:eks:ap-northeast-1:\d+:nodegroup\/ecommerce-recovery\/ecommerce-recovery-workers\/\d+ is/,
    ),
  );
  const snapshot = await lookedAt({ drill: SNAPSHOT, change: denying('rds:RestoreDBInstanceFromDBSnapshot') });
  expect(inLines(snapshot)).toContainEqual(
    expect.stringContaining(':snapshot:rds:ecommerce-db-primary-2026-01-04-18-00 is'),
  );
  expect(inLines(snapshot)).toContainEqual(expect.stringContaining(':og:default:postgres-17 is'));
});

/** IAM's judgement of one resource, as the simulated account does not give it. */
const judging = (resource: string, change: object) => ({
  SimulatePrincipalPolicy({ EvaluationResults = [] }: SimulatePolicyResponse) {
    for (const one of EvaluationResults.flatMap((result) => result.ResourceSpecificResults ?? [])) {
      if (one.EvalResourceName?.includes(resource)) Object.assign(one, change);
    }
  },
});

test('a parameter group is asked for by the name that the instance has', async () => {
  const look = await lookedAt({ change: denying('rds:ModifyDBInstance') });
  expect(inLines(look)).toContain(
    `blocker: rds:ModifyDBInstance on arn:aws:rds:ap-east-2:111122223333:pg:ecommerce-postgres17 is not allowed to ${ROLE}`,
  );
});

test('where only a pattern is not allowed, a narrower policy may do', async () => {
  const look = await lookedAt({ answers: judging(':secgrp:*', { EvalResourceDecision: 'implicitDeny' }) });
  const told = look.findings.filter(({ subject }) => subject === 'rds:ModifyDBInstance');
  expect(told.map(({ severity, what }) => `${severity}: ${what}`)).toEqual([
    `warning: perhaps rds:ModifyDBInstance on arn:aws:rds:ap-east-2:111122223333:secgrp:* is not allowed to ${ROLE}`,
  ]);
});

test('a change of Route 53 has no name beforehand: its pattern is what must be allowed', async () => {
  const overrides = ['topology.traffic.public.lever=weighted-records'];
  expect(inLines(await lookedAt({ overrides, change: denying('route53:GetChange') }))).toContain(
    `blocker: route53:GetChange on arn:aws:route53:::change/* is not allowed to ${ROLE}`,
  );
});

test('a condition that IAM cannot judge beforehand stops nothing', async () => {
  const unknown = { EvalResourceDecision: 'explicitDeny', MissingContextValues: ['aws:RequestedRegion'] };
  const { findings } = await lookedAt({ answers: judging(':db:ecommerce-db-dr-replica', unknown) });
  const told = findings.find(({ subject }) => subject === 'rds:PromoteReadReplica');
  expect(told?.severity).toBe('warning');
  expect(told?.what).toMatch(/^perhaps rds:PromoteReadReplica on .* is denied to /);
  expect(told?.why).toContain('aws:RequestedRegion');
});

test('what is denied is not fixed by another policy', async () => {
  const denied = { EvalResourceDecision: 'explicitDeny' };
  const { findings } = await lookedAt({ answers: judging(':db:ecommerce-db-dr-replica', denied) });
  const told = findings.find(({ subject }) => subject === 'rds:PromoteReadReplica');
  expect(told?.severity).toBe('blocker');
  expect(told?.fix).toMatch(/^Find the statement that denies it: aws iam simulate-principal-policy /);
});

test('what is not allowed is fixed for the very role that calls', async () => {
  const { findings } = await lookedAt({ change: denying('rds:PromoteReadReplica') });
  const told = findings.find(({ subject }) => subject === 'rds:PromoteReadReplica');
  expect(told?.fix).toContain('aws iam put-role-policy --role-name dr-drill --policy-name dr-drill ');
});

test('where IAM may not be asked, the drill goes on with a note', async () => {
  const look = await lookedAt({ change: denying('iam:SimulatePrincipalPolicy', 'rds:PromoteReadReplica') });
  expect(inLines(look)).toContainEqual(
    expect.stringMatching(
      /^note: IAM was not asked whether .*simulated may do all that the drill does: .*not authorized/,
    ),
  );
  expect(inLines(look).filter((line) => line.startsWith('blocker'))).toEqual([]);
});

test('a role that may not be read is asked about by its plain name', async () => {
  const look = await lookedAt({ change: denying('iam:GetRole', 'rds:PromoteReadReplica') });
  expect(inLines(look)).toContainEqual(expect.stringMatching(/^blocker: rds:PromoteReadReplica on /));
});

test('what may not be looked at stops the drill, and the rest is looked at all the same', async () => {
  const look = await lookedAt({ change: denying('rds:DescribeDBInstances', 'route53:GetHealthCheck') });
  expect(inLines(look)).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^blocker: cannot read ecommerce-db-primary: .*rds:DescribeDBInstances$/),
      expect.stringMatching(/^blocker: cannot read health checks: .*route53:GetHealthCheck$/),
      'note: tokyo has no health check',
    ]),
  );
});

test('a drill is stopped by the same finding, before anything is changed', async () => {
  const refuses = {
    operation: 'DescribeCluster',
    fromCall: 1,
    error: ['AccessDeniedException', 'not authorized to perform: eks:DescribeCluster'] as [string, string],
  };
  const run = await finishedIn({ refuses }, FAILOVER);
  expect(run.reason).toContain('preflight: cannot read ecommerce-recovery: ');
  expect(run.of('call').filter(({ mutating }) => mutating)).toEqual([]);
});
