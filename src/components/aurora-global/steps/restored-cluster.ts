import type { DBCluster } from '@aws-sdk/client-rds';
import * as z from 'zod';
import { regionalArn } from '../../../arn.ts';
import { dbClusterName } from '../../../drill/names.ts';
import { DrillError } from '../../../errors.ts';
import { type Finding, noteOnce } from '../../../steps/account/findings.ts';
import { type Around, component, earlierStep, side } from '../../../steps/given.ts';
import { markedBy, markInTags, mustBeOfRun, tagOption, tagsFor } from '../../../steps/mark.ts';
import type { Need } from '../../../steps/needs.ts';
import { until } from '../../../steps/poll.ts';
import type { Observation, Permission, StepContext } from '../../../steps/step.ts';
import { clusterArn, clusterOrNothing } from '../../rds/cluster.ts';
import { eventsCommand } from '../../rds/instance.ts';
import { things } from '../needs.ts';
import { clusterPermissions } from './cluster-permissions.ts';
import { STAYS } from './global-cluster.ts';

/** A cluster that a drill restores, and the cluster of its region that it is to be like. */
export const restoredCluster = z.object({
  region: z.string(),
  identifier: z.string(),
  arn: z.string(),
  /** The cluster whose backup it is. */
  source: z.string(),
  like: z.string(),
  engine: z.enum(['postgres', 'mysql']),
  /** Whether it is to take the place of its original. */
  keep: z.boolean(),
  /** Whether the drill logs in with a token of IAM. */
  iamLogin: z.boolean(),
  drill: z.string(),
});
export type RestoredCluster = z.output<typeof restoredCluster>;

/** What a drill file says of a cluster that is restored like one of the topology. */
export const restoredClusterGiven = z.strictObject({
  in: side
    .default('primary')
    .describe('The side to restore to. The restored cluster gets the settings of the cluster there.'),
  identifier: dbClusterName.describe('The name of the restored cluster. No cluster may have it yet.'),
  point: earlierStep.describe('The step that chose the recovery point, or copied it.'),
  keep: z
    .boolean()
    .default(false)
    .describe('true: it replaces its original, and gets the settings for that. false: it is deleted.'),
});

export function restoredClusterOf(
  { in: where, identifier, keep }: Pick<z.output<typeof restoredClusterGiven>, 'in' | 'identifier' | 'keep'>,
  around: Around,
): RestoredCluster {
  const { topology, drill } = around;
  const store = component('aurora-global', around);
  const region = topology.regions[where];
  return {
    region,
    identifier,
    arn: clusterArn(region, topology.account, identifier),
    source: store.primary.cluster,
    like: store[where].cluster,
    engine: store.engine,
    keep,
    iamLogin: store.login?.password.from === 'iam',
    drill,
  };
}

/** Nobody has the name yet. */
export const restoredClusterNeeds = ({ region, identifier, drill }: RestoredCluster): Need[] => [
  { need: 'rds-free-cluster', region, cluster: identifier, drill },
];

/** Nobody can log in to it before it has been made. */
export const restoredClusterAlters = ({ region, identifier }: RestoredCluster): string[] => [
  things.cluster(region, identifier),
  things.instance(region, identifier),
];

/** What a restore is asked for, so that the new cluster is like its neighbour: RDS would take its own defaults. */
export async function likeItsNeighbour(target: RestoredCluster, context: StepContext) {
  const { region, identifier, like, keep, iamLogin, drill } = target;
  const near = await clusterOrNothing(region, like, context);
  const scaling = near?.ServerlessV2ScalingConfiguration;
  return {
    DBClusterIdentifier: identifier,
    EnableIAMDatabaseAuthentication: near?.IAMDatabaseAuthenticationEnabled ?? iamLogin,
    // Until it has taken its original's place it may have to be deleted.
    DeletionProtection: false,
    Tags: tagsFor(markedBy(drill, context)),
    ...(near?.DBSubnetGroup !== undefined && { DBSubnetGroupName: near.DBSubnetGroup }),
    ...(near?.DBClusterParameterGroup !== undefined && { DBClusterParameterGroupName: near.DBClusterParameterGroup }),
    ...(near && groupsIn(near).length > 0 && { VpcSecurityGroupIds: groupsIn(near) }),
    ...(near?.Port !== undefined && { Port: near.Port }),
    ...(near?.NetworkType !== undefined && { NetworkType: near.NetworkType }),
    ...(near?.StorageType !== undefined && { StorageType: near.StorageType }),
    ...(scaling && { ServerlessV2ScalingConfiguration: scaling }),
    ...(keep && near?.CopyTagsToSnapshot !== undefined && { CopyTagsToSnapshot: near.CopyTagsToSnapshot }),
    ...(keep &&
      near?.EnabledCloudwatchLogsExports && { EnableCloudwatchLogsExports: near.EnabledCloudwatchLogsExports }),
  };
}

const groupsIn = ({ VpcSecurityGroups: all = [] }: DBCluster): string[] =>
  all.filter(({ Status }) => Status !== 'removing').flatMap(({ VpcSecurityGroupId: id }) => id ?? []);

/** There may be a cluster of that name: from an earlier run, or someone else's. Neither is adopted. */
export async function observeRestoredCluster(target: RestoredCluster, context: StepContext): Promise<Observation> {
  const { region, identifier, drill } = target;
  const found = await clusterOrNothing(region, identifier, context);
  if (!found) return { done: false, state: { status: null } };
  const what = `the cluster ${identifier} in ${region}`;
  const otherwise = 'Give the restored cluster another name in the drill file';
  mustBeOfRun(markInTags(found.TagList), { what, drill, otherwise }, context);
  const status = found.Status ?? 'unknown';
  return { done: status === 'available', underway: true, state: { status } };
}

/** Waits for the cluster: only then it can be given an instance. */
export async function untilClusterAvailable(target: RestoredCluster, context: StepContext): Promise<null> {
  const { region, identifier } = target;
  const made = await until(
    context,
    async () => {
      const found = await clusterOrNothing(region, identifier, context);
      const status = found?.Status ?? '';
      if (STAYS.test(status))
        throw new DrillError('cluster-lost', `${identifier} is ${status}, and will not become available.`, {
          hint: `See its events: ${eventsCommand('db-cluster', target.arn)}`,
        });
      return status === 'available' ? found : undefined;
    },
    { firstMs: 5_000, maxMs: 10_000 },
  );
  const near = await clusterOrNothing(region, target.like, context);
  if (near) noteOnce(differences(made, near, target), context);
  return null;
}

type Compared = [name: string, of: (one: DBCluster) => string | undefined];

/** What a restored cluster must have as its neighbour has it. */
const COMPARED: Compared[] = [
  ['cluster parameter group', (one) => one.DBClusterParameterGroup],
  ['subnet group', (one) => one.DBSubnetGroup],
  ['security groups', (one) => groupsIn(one).sort().join(', ')],
  ['port', (one) => one.Port?.toString()],
  ['network type', (one) => one.NetworkType],
  ['serverless capacity', (one) => capacityOf(one)],
];

const COMPARED_IF_KEPT: Compared[] = [
  [
    'deletion protection',
    (one) => (one.DeletionProtection === undefined ? undefined : one.DeletionProtection ? 'on' : 'off'),
  ],
];

const capacityOf = ({ ServerlessV2ScalingConfiguration: one }: DBCluster): string =>
  one ? `${one.MinCapacity} to ${one.MaxCapacity} ACU` : 'none';

function differences(made: DBCluster, near: DBCluster, { identifier, like, iamLogin, region, keep }: RestoredCluster) {
  const compared = keep ? [...COMPARED, ...COMPARED_IF_KEPT] : COMPARED;
  const found: Finding[] = compared.flatMap(([name, of]): Finding[] => {
    const [has, wanted] = [of(made), of(near)];
    if (wanted === undefined || has === undefined || has === wanted) return [];
    return [
      {
        severity: keep ? 'warning' : 'note',
        subject: identifier,
        what: `${identifier} differs from ${like} in ${name}: ${has || 'none'} instead of ${wanted || 'none'}`,
        why: 'It behaves otherwise than its original, so the restore proves less.',
        fix: `See both: aws rds describe-db-clusters --region ${region} --db-cluster-identifier ${identifier}`,
      },
    ];
  });
  if (iamLogin && made.IAMDatabaseAuthenticationEnabled === false)
    found.push({
      severity: 'blocker',
      subject: identifier,
      what: `${identifier} has IAM database authentication off`,
      why: 'The drill logs in with a token of IAM, and is refused.',
      fix: `aws rds modify-db-cluster --region ${region} --db-cluster-identifier ${identifier} --enable-iam-database-authentication --apply-immediately`,
    });
  return found;
}

/** What IAM asks for where a cluster is restored from these. */
export const restoredClusterPermissions = (
  { region, arn, like }: RestoredCluster,
  account: string,
  action: string,
  from: readonly string[],
): Permission[] => [
  ...[arn, ...from].map((resource) => ({ action, resource })),
  ...['cluster-pg', 'og', 'subgrp'].map((kind) => ({
    action,
    resource: regionalArn({ service: 'rds', region, account, resource: `${kind}:*` }),
  })),
  ...clusterPermissions(['rds:DescribeDBClusters', 'rds:AddTagsToResource'], { arn }),
  { action: 'rds:DescribeDBClusters', resource: clusterArn(region, account, like) },
];

/** The groups of the neighbour, which a person looks up. */
export const restoredClusterOptions = ({ region, like, iamLogin, drill }: RestoredCluster): string => {
  const of = (query: string) =>
    `"$(aws rds describe-db-clusters --region ${region} --db-cluster-identifier ${like} --query '${query}' --output text)"`;
  return `--db-subnet-group-name ${of('DBClusters[0].DBSubnetGroup')} --db-cluster-parameter-group-name ${of('DBClusters[0].DBClusterParameterGroup')} --vpc-security-group-ids ${of('DBClusters[0].VpcSecurityGroups[].VpcSecurityGroupId')} ${iamLogin ? '--enable-iam-database-authentication ' : ''}--tags ${tagOption(drill)}`;
};
