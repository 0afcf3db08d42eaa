import { blocker } from '../../../steps/account/findings.ts';
import type { LookFor } from '../../../steps/account/look.ts';
import { madeBy, markInTags } from '../../../steps/mark.ts';
import { clusterArn, clusterOrNothing } from '../../rds/cluster.ts';
import { clusterSnapshotArn, findClusterSnapshot } from '../steps/cluster-snapshot.ts';

/** A cluster name that must be free. */
export const freeClusterLook: LookFor<'rds-free-cluster'> = {
  calls: () => ['rds:DescribeDBClusters'],
  permissions: ({ region, cluster }, account) => [
    { action: 'rds:DescribeDBClusters', resource: clusterArn(region, account, cluster) },
  ],
  subject: ({ cluster }) => cluster,
  async look({ region, cluster, drill }, context) {
    const taken = await clusterOrNothing(region, cluster, context);
    const row = { what: `${cluster} status`, topology: 'not there', account: taken?.Status ?? 'not there' };
    if (!taken) return { rows: [row], findings: [] };
    const what = `there is a cluster ${cluster} already, and ${madeBy(markInTags(taken.TagList), drill)}`;
    const why = 'The drill makes a cluster of that name, and would touch what it did not make.';
    const fix = `Give another name in the drill file, or delete it by hand, its instances first: aws rds delete-db-cluster --region ${region} --db-cluster-identifier ${cluster} --skip-final-snapshot`;
    return { rows: [row], findings: [blocker(cluster, what, why, fix)] };
  },
};

/** The name of a cluster snapshot that must be free. */
export const freeClusterSnapshotLook: LookFor<'rds-free-cluster-snapshot'> = {
  calls: () => ['rds:DescribeDBClusterSnapshots'],
  permissions: ({ region, snapshot }, account) => [
    { action: 'rds:DescribeDBClusterSnapshots', resource: clusterSnapshotArn(region, account, snapshot) },
  ],
  subject: ({ snapshot }) => snapshot,
  async look({ region, snapshot, drill }, context) {
    const taken = await findClusterSnapshot(context, region, snapshot);
    const row = { what: `cluster snapshot ${snapshot}`, topology: 'not there', account: taken?.Status ?? 'not there' };
    if (!taken) return { rows: [row], findings: [] };
    const what = `there is a cluster snapshot ${snapshot} in ${region} already, and ${madeBy(markInTags(taken.TagList), drill)}`;
    const fix = `Give another name in the drill file, or delete it by hand: aws rds delete-db-cluster-snapshot --region ${region} --db-cluster-snapshot-identifier ${snapshot}`;
    return { rows: [row], findings: [blocker(snapshot, what, 'The drill makes a snapshot of that name.', fix)] };
  },
};
