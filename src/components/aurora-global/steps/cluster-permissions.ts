import { regionalArn } from '../../../arn.ts';
import type { Permission } from '../../../steps/step.ts';
import { arnOf, instancePermissions } from '../../rds/instance.ts';
import type { ClusterTarget } from './global-cluster.ts';

type Cluster = Pick<ClusterTarget, 'region' | 'arn' | 'instances'>;

export const clusterPermissions = (actions: readonly string[], { arn }: Pick<Cluster, 'arn'>): Permission[] =>
  actions.map((action) => ({ action, resource: arn }));

/** Of a cluster's instances. */
export const memberPermissions = (
  actions: readonly string[],
  { region, instances }: Omit<Cluster, 'arn'>,
  account: string,
): Permission[] =>
  actions.flatMap((action) =>
    instances.map(({ identifier }) => ({ action, resource: arnOf(region, account, identifier) })),
  );

/** What IAM asks for where an instance is made in a cluster, beside the cluster itself. */
export const newInstancePermissions = (region: string, account: string, identifier: string): Permission[] => [
  ...instancePermissions(
    region,
    account,
    identifier,
    'rds:CreateDBInstance',
    'rds:AddTagsToResource',
    'rds:DeleteDBInstance',
  ),
  ...['og', 'pg', 'secgrp', 'subgrp'].map((kind) => ({
    action: 'rds:CreateDBInstance',
    resource: regionalArn({ service: 'rds', region, account, resource: `${kind}:*` }),
  })),
];

/** IAM's reference asks for these, too; on them the action changes nothing by itself. */
export const groupsPermissions = (
  actions: readonly string[],
  { region }: Pick<Cluster, 'region'>,
  account: string,
): Permission[] =>
  actions.flatMap((action) =>
    ['cluster-pg', 'og', 'pg', 'secgrp'].map((kind) => ({
      action,
      resource: regionalArn({ service: 'rds', region, account, resource: `${kind}:*` }),
    })),
  );
