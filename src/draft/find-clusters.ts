import type { Aws } from '../aws/aws.ts';
import { listOf } from '../aws/pages.ts';
import { type Found, foundOr, nothingFound, notThere, orAnother, together, UNASKED } from './draft.ts';

/** The first cluster of each region with its first node group. What runs in it, only its own API tells. */
export async function findClusters(
  aws: Aws,
  { primary, recovery }: { primary: string; recovery: string },
): Promise<Found> {
  const found = (side: 'primary' | 'recovery', region: string) =>
    foundOr(`Kubernetes cluster in ${region}`, notThere(['kubernetes', side], KEYS, UNASKED), () =>
      findCluster(aws, side, region),
    );
  const sides = await Promise.all([found('primary', primary), found('recovery', recovery)]);
  const size = sides[0].values.find(([path]) => path.at(-1) === 'nodes')?.[1];
  const wanted: Found = {
    ...nothingFound(),
    values: size === undefined ? [] : [[['kubernetes', 'recovery', 'failoverNodes'], size]],
    unknown: [
      [['kubernetes', 'namespace'], 'only the cluster itself tells what runs in it'],
      [['kubernetes', 'deployments'], 'the deployments that serve customers, from the cluster itself'],
      [['kubernetes', 'writerVariable'], 'the variable from which the applications read the address of the database'],
    ],
  };
  return together([...sides, wanted]);
}

const KEYS = ['cluster', 'nodegroup', 'nodes'];

async function findCluster(aws: Aws, side: 'primary' | 'recovery', region: string): Promise<Found> {
  const at = (key: string) => ['kubernetes', side, key];
  const clusters = await listOf(aws, 'eks', region, 'ListClusters', 'clusters', {});
  const [cluster] = clusters;
  if (cluster === undefined) return notThere(['kubernetes', side], KEYS, `there is no cluster in ${region}`);
  const asked = { clusterName: cluster };
  const nodegroups = await listOf(aws, 'eks', region, 'ListNodegroups', 'nodegroups', asked);
  const [nodegroupName] = nodegroups;
  const found: Found = { ...nothingFound(), values: [[at('cluster'), cluster]] };
  found.unknown.push(...orAnother(at('cluster'), clusters.slice(1)));
  if (nodegroupName === undefined) {
    found.unknown.push([at('nodegroup'), `${cluster} has no managed node group`]);
    return found;
  }
  const { nodegroup } = await aws.call('eks', region, 'DescribeNodegroup', { clusterName: cluster, nodegroupName });
  const { minSize: min = 0, desiredSize: desired = 0, maxSize: max = 1 } = nodegroup?.scalingConfig ?? {};
  found.values.push([at('nodegroup'), nodegroupName], [at('nodes'), { min, desired, max }]);
  found.unknown.push(...orAnother(at('nodegroup'), nodegroups.slice(1)));
  return found;
}
