import { listOf } from '../../aws/pages.ts';
import type { EndpointOf } from '../verbs.ts';

/** A copy that a drill restored is a cluster, too. The cluster endpoint of one that follows another leads nowhere. */
export const clusterEndpoint: EndpointOf = {
  changes: true,
  async find(aws, region, name, options) {
    const asked = { DBClusterIdentifier: name };
    const [found] = await listOf(aws, 'rds', region, 'DescribeDBClusters', 'DBClusters', asked, options);
    const leads = found?.DBClusterMembers?.some(({ IsClusterWriter }) => IsClusterWriter) ?? false;
    return { address: leads ? found?.Endpoint : (found?.ReaderEndpoint ?? found?.Endpoint), port: found?.Port };
  },
};
