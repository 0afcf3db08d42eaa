import { listOf } from '../../aws/pages.ts';
import type { EndpointOf } from '../verbs.ts';

/** An instance keeps its endpoint's name for life. */
export const instanceEndpoint: EndpointOf = {
  async find(aws, region, name) {
    const asked = { DBInstanceIdentifier: name };
    const [found] = await listOf(aws, 'rds', region, 'DescribeDBInstances', 'DBInstances', asked);
    return { address: found?.Endpoint?.Address, port: found?.Endpoint?.Port };
  },
};
