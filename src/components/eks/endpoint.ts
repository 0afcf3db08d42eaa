import type { EndpointOf } from '../verbs.ts';

export const apiEndpoint: EndpointOf = {
  async find(aws, region, name) {
    const { cluster } = await aws.call('eks', region, 'DescribeCluster', { name });
    return { address: cluster?.endpoint, authority: cluster?.certificateAuthority?.data };
  },
};
