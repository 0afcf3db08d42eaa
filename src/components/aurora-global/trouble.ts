import { regionalArn } from '../../arn.ts';
import { instanceTrouble } from '../rds-replica/trouble.ts';
import type { TroubleOf } from '../verbs.ts';
import { clusterOrNothing } from './steps/global-cluster.ts';

/** What RDS says of a cluster that nobody can log in to, and of the instance that takes its writes. */
export const clusterTrouble: TroubleOf = {
  calls: ['rds:DescribeDBClusters', ...instanceTrouble.calls],
  permissions: ({ region, instance: cluster }, account) => [
    {
      action: 'rds:DescribeDBClusters',
      resource: regionalArn({ service: 'rds', region, account, resource: `cluster:${cluster}` }),
    },
    ...instanceTrouble.permissions({ region, instance: '*' }, account),
  ],
  async look({ region, instance: cluster }, context, options) {
    const found = await clusterOrNothing(region, cluster, context, options);
    if (!found) return 'gone';
    const writer = found.DBClusterMembers?.find(({ IsClusterWriter }) => IsClusterWriter)?.DBInstanceIdentifier;
    return writer === undefined
      ? 'no instance of it takes the writes'
      : instanceTrouble.look({ region, instance: writer }, context, options);
  },
};
