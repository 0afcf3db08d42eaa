import type { Aws } from '../../aws/aws.ts';
import { listOf } from '../../aws/pages.ts';
import { commonName, type Discover, notKnown, pairedByName, supposed, without } from '../discovery.ts';

/** The clusters of the two regions, joined by their names. What runs in them, only their own API tells. */
export const discoverEks: Discover<'eks'> = async (aws, { primary, recovery }) => {
  const clustersIn = (region: string) => listOf(aws, 'eks', region, 'ListClusters', 'clusters', {});
  const [here, there] = await Promise.all([clustersIn(primary), clustersIn(recovery)]);
  const { pairs, alone } = pairedByName(here, there);
  const found = pairs.map(async (pair) => {
    const [first, second] = await Promise.all([
      sizeOf(aws, primary, pair.primary),
      sizeOf(aws, recovery, pair.recovery),
    ]);
    return {
      id: commonName(pair.primary, pair.recovery),
      component: {
        kind: 'eks' as const,
        uses: notKnown(
          'which data stores it writes to, and the variable that holds the address of each; {} for none',
          {},
        ),
        namespace: notKnown('only the cluster itself tells what runs in it', 'default'),
        primary: { cluster: pair.primary, ...first },
        recovery: {
          cluster: pair.recovery,
          ...second,
          ...(second.nodegroup !== undefined && {
            failoverNodes:
              first.nodes === undefined
                ? notKnown('the size of the node group once the region carries all traffic', second.nodes)
                : supposed(first.nodes, "the size once the region carries all traffic; this is the primary's"),
          }),
        },
        deployments: notKnown('the deployments that serve customers, from the cluster itself', [
          { name: 'app', replicas: 3, standby: 1, critical: true },
        ]),
      },
    };
  });
  return {
    found: await Promise.all(found),
    passedOver: [
      ...without(`EKS clusters of ${primary} without a counterpart in ${recovery}`, alone.primary),
      ...without(`EKS clusters of ${recovery} without a counterpart in ${primary}`, alone.recovery),
    ],
  };
};

/** The node group of a cluster; nothing where Karpenter or Auto Mode makes nodes. */
async function sizeOf(aws: Aws, region: string, clusterName: string) {
  const [name, ...others] = await listOf(aws, 'eks', region, 'ListNodegroups', 'nodegroups', { clusterName });
  if (name === undefined) return {};
  const { nodegroup } = await aws.call('eks', region, 'DescribeNodegroup', { clusterName, nodegroupName: name });
  const { minSize: min = 0, desiredSize: desired = 0, maxSize: max = 1 } = nodegroup?.scalingConfig ?? {};
  const isTheOne = `whether this one is scaled; others are ${others.join(', ')}`;
  return { nodegroup: others.length === 0 ? name : supposed(name, isTheOne), nodes: { min, desired, max } };
}
