import { clusterArn, clusterOrNothing } from '../rds/cluster.ts';
import { INSTANCE_LOOK, instancePermissions, troubleWith } from '../rds/instance.ts';
import type { TroubleOf } from '../verbs.ts';
import { globalClusterNeed, globalClusterOf, STAYS } from './steps/global-cluster.ts';

/** What RDS says of a cluster that nobody can log in to, and of the instance that takes its writes: a cluster is `available` also when that instance has failed. */
export const clusterTrouble: TroubleOf = {
  calls: ['rds:DescribeDBClusters', INSTANCE_LOOK],
  needs: (around) => [globalClusterNeed(globalClusterOf('primary', around), { writes: true })],
  permissions: ({ region, instance: cluster }, account) => [
    { action: 'rds:DescribeDBClusters', resource: clusterArn(region, account, cluster) },
    // Which of the instances takes the writes, Aurora decides.
    ...instancePermissions(region, account, '*'),
  ],
  async look({ region, instance: cluster }, context, options) {
    const found = await clusterOrNothing(region, cluster, context, options);
    if (!found) return 'gone';
    const { Status: status = 'unknown', DBClusterMembers: members = [] } = found;
    if (STAYS.test(status)) return status;
    const writer = members.find(({ IsClusterWriter }) => IsClusterWriter)?.DBInstanceIdentifier;
    if (writer === undefined) return 'has no writer';
    const trouble = await troubleWith(context, region, writer, options);
    return trouble && `its writer ${writer} is ${trouble}`;
  },
};
