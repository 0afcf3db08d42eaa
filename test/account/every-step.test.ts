import { describe, expect, test } from 'vitest';
import { parseArn } from '../../src/arn.ts';
import { shippedKinds } from '../../src/platform/steps.ts';
import { preflightNeeds } from '../../src/runbook/look.ts';
import type { NeedKind } from '../../src/steps/needs.ts';
import { shipped } from '../run/drill.ts';
import { cases, type StepSaid, stepsSaid } from './cases.ts';

/** What a permission names, as `rds:db`. */
const kindIn = (resource: string): string => {
  const { service = '', resource: named = '' } = parseArn(resource) ?? {};
  return service === 's3' ? 's3:bucket' : `${service}:${named.split(/[:/]/)[0]}`;
};

/** Which needs look at a kind of resource. */
const lookedAtBy: Record<string, readonly NeedKind[]> = {
  'application-autoscaling:scalable-target': ['ecs-sizes'],
  'cloudwatch:alarm': ['alarm', 'fis-template'],
  'dynamodb:table': ['dynamodb-table', 'dynamodb-backups', 'dynamodb-free-table'],
  'ec2:security-group': ['security-groups'],
  'ecs:service': ['ecs-services'],
  'eks:cluster': ['node-group', 'deployments', 'namespace', 'kubernetes-access'],
  'eks:nodegroup': ['node-group'],
  'elasticache:globalreplicationgroup': ['cache-datastore'],
  'elasticache:parametergroup': ['cache-parameter-group'],
  'elasticache:replicationgroup': ['cache-group', 'cache-datastore'],
  'elasticache:snapshot': ['cache-snapshot'],
  'elasticache:subnetgroup': ['cache-subnet-group'],
  'fis:experiment-template': ['fis-template'],
  'globalaccelerator:accelerator': ['public-name'],
  'kafka:group': ['kafka-cluster'],
  'kafka:topic': ['kafka-cluster'],
  'kafka:cluster': ['kafka-cluster'],
  'kms:key': ['kms-key', 'rds-instance'],
  'lambda:function': ['lambda-function'],
  'rds:cluster': ['rds-global-cluster', 'rds-cluster-backups', 'rds-free-cluster'],
  'rds:cluster-snapshot': ['rds-cluster-backups', 'rds-free-cluster-snapshot'],
  'rds:db': ['rds-instance', 'rds-replication', 'rds-backups', 'rds-global-cluster'],
  'rds:global-cluster': ['rds-global-cluster'],
  'rds:og': ['db-option-group'],
  'rds:pg': ['db-parameter-group'],
  'rds:secgrp': ['security-groups'],
  'rds:snapshot': ['rds-backups', 'rds-free-snapshot'],
  'rds:subgrp': ['db-subnet-group'],
  'route53-recovery-control:controlpanel': ['routing-controls'],
  'route53:healthcheck': ['public-name', 'witness'],
  'route53:hostedzone': ['public-name'],
  's3:bucket': ['bucket', 'archive', 'witness'],
  'secretsmanager:secret': ['secret'],
  'ssm:automation-definition': ['ssm-document'],
};

/** What steps touch and do not need to find, and why; `*` for every step. */
const exceptions: Record<string, string> = {
  '* fis:experiment': 'the drill starts it itself',
  '* iam:role': 'a copy whose monitoring role is refused is made without',
  '* route53:change': 'Route 53 names a change when it is made',
  '* ssm:automation-execution': 'the drill starts it itself',
  'elasticache.restore-snapshot elasticache:cluster': 'the node of the group that the drill makes',
  'elasticache.restore-snapshot elasticache:snapshot': 'elasticache.choose-snapshot needs it',
  'kubernetes.compare-objects s3:bucket': 'kubernetes.choose-archive needs it',
  'kubernetes.restore-objects s3:bucket': 'kubernetes.choose-archive needs it',
  'quorum.detect-partition s3:bucket': 'quorum.baseline needs the witness',
  'rds.add-cluster-instance rds:og': 'IAM asks for it; an instance takes the default one',
  'rds.add-cluster-instance rds:pg': 'IAM asks for it; an instance takes the default one',
  'rds.add-cluster-instance rds:secgrp': 'IAM asks for it; an instance has that of its cluster',
  'rds.add-cluster-instance rds:subgrp': 'IAM asks for it; an instance has that of its cluster',
  'rds.compare-old-writer rds:og': 'IAM asks for it; a change of security groups leaves it as it is',
  'rds.compare-old-writer rds:pg': 'IAM asks for it; a change of security groups leaves it as it is',
  'rds.fence-cluster rds:cluster-pg': 'IAM asks for it; a change of security groups leaves it as it is',
  'rds.fence-cluster rds:og': 'IAM asks for it; a change of security groups leaves it as it is',
  'rds.fence-cluster rds:pg': 'IAM asks for it; a change of security groups leaves it as it is',
  'rds.rejoin-cluster rds:cluster-pg': 'IAM asks for it; a change of security groups leaves it as it is',
  'rds.rejoin-cluster rds:cluster-snapshot': 'Aurora takes it at the failover, where it can',
  'rds.rejoin-cluster rds:og': 'IAM asks for it; a change of security groups leaves it as it is',
  'rds.rejoin-cluster rds:pg': 'IAM asks for it; a change of security groups leaves it as it is',
  'rds.add-restored-instance rds:og': 'IAM asks for it; an instance takes the default one',
  'rds.add-restored-instance rds:pg': 'IAM asks for it; it takes that of an instance of its region',
  'rds.add-restored-instance rds:secgrp': 'IAM asks for it; an instance has that of its cluster',
  'rds.add-restored-instance rds:subgrp': 'IAM asks for it; an instance has that of its cluster',
  'rds.add-restored-instance rds:cluster': 'the drill restores it itself',
  'rds.restore-cluster-from-snapshot rds:cluster-pg': 'it takes that of a cluster of its region',
  'rds.restore-cluster-from-snapshot rds:cluster-snapshot': 'rds.choose-cluster-recovery-point needs it',
  'rds.restore-cluster-from-snapshot rds:og': 'IAM asks for it; a cluster takes the default one',
  'rds.restore-cluster-from-snapshot rds:subgrp': 'it takes that of a cluster of its region',
  'rds.restore-cluster-to-point-in-time rds:cluster-pg': 'it takes that of a cluster of its region',
  'rds.restore-cluster-to-point-in-time rds:og': 'IAM asks for it; a cluster takes the default one',
  'rds.restore-cluster-to-point-in-time rds:subgrp': 'it takes that of a cluster of its region',
  'rds.fence-writer rds:og': 'IAM asks for it; a change of security groups leaves it as it is',
  'rds.fence-writer rds:pg': 'IAM asks for it; a change of security groups leaves it as it is',
  'rds.promote-test-replica rds:db': 'rds.create-replica needs the original',
  'rds.rebuild-replica rds:og': 'without an instance of its region to be like, it gets the default one',
  'rds.order-replica rds:og': 'without an instance of its region to be like, it gets the default one',
  'rds.prove-writer rds:snapshot': 'the first backup of a writer is made after its promotion',
  'rds.restore-from-snapshot rds:snapshot': 'rds.choose-recovery-point needs it',
  'rds.set-aside rds:og': 'IAM asks for it; a new name leaves it as it is',
  'rds.set-aside rds:pg': 'IAM asks for it; a new name leaves it as it is',
  'rds.set-aside rds:secgrp': 'IAM asks for it; a new name leaves it as it is',
};

describe.each(cases)('the steps of $title', (one) => {
  const said = stepsSaid(one);
  const made = said.flatMap(({ alters }) => alters).join(' ');
  const { drill, topology } = shipped(one.drill, one.overrides);
  const looks = JSON.stringify(preflightNeeds(drill, topology));

  test.each(said.map((step) => [step.name, step] as const))('%s needs to find what it touches', (_, step) => {
    expect(notLookedAt(step, { made, looks })).toEqual([]);
  });
});

/** The resources of a step's permissions that no need of it looks at, and that the drill does not make itself. */
function notLookedAt(
  { kind, needs, permissions }: StepSaid,
  { made, looks }: { made: string; looks: string },
): string[] {
  const kinds = new Set<NeedKind>(needs.map(({ need }) => need));
  return permissions.flatMap(({ resource }) => {
    if (resource === '*') return [];
    const type = kindIn(resource);
    if (exceptions[`${kind} ${type}`] ?? exceptions[`* ${type}`]) return [];
    const name = resource.replace(/-\?+$/, '').split(/[:/]/).at(-1) ?? '';
    // What an earlier step gives is in angle brackets, with that step's name.
    const isExact = !/[*<>]/.test(name);
    if (isExact && made.includes(`/${name}`)) return [];
    const isLookedAt = lookedAtBy[type]?.some((need) => kinds.has(need)) && (!isExact || looks.includes(name));
    return isLookedAt ? [] : [`${kind} ${type} ${resource}`];
  });
}

test('every step stands in one of these drills', () => {
  const seen = new Set(cases.flatMap(stepsSaid).map(({ kind }) => kind));
  // One is the preflight itself, and one goes into a database that someone logs in to, and nowhere else.
  expect(new Set(shippedKinds.filter((kind) => !seen.has(kind)))).toEqual(
    new Set(['data.put-back', 'account.preflight']),
  );
});
