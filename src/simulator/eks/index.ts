import type {
  DescribeClusterResponse,
  Update as DescribedUpdate,
  DescribeNodegroupResponse,
} from '@aws-sdk/client-eks';
import { regionalArn } from '../../arn.ts';
import type { Input } from '../../aws/aws.ts';
import { dnsSuffixOf } from '../../partition.ts';
import { hash32 } from '../distributions.ts';
import { awsError } from '../faults.ts';
import type { NodeGroup, Update } from '../state.ts';
import { at } from '../timeline.ts';
import type { World } from '../world.ts';
import { clusterIn } from './cluster.ts';
import { autoscaleNodes } from './node-autoscaler.ts';
import { resize } from './node-group.ts';
import { subnetsIn } from './reservations.ts';

/** EKS as its API answers. */
export const eks = {
  DescribeCluster(world: World, region: string, { name }: Input<'eks', 'DescribeCluster'>): DescribeClusterResponse {
    const cluster = clusterIn(world, region, name);
    if (!cluster) throw missing(`No cluster found for name: ${name}.`);
    const arn = regionalArn({ service: 'eks', region, account: world.topology.account, resource: `cluster/${name}` });
    const real = world.endpoints.clusters?.[cluster.name];
    const id = hash32(arn).toString(16).toUpperCase().padStart(8, '0');
    return {
      cluster: {
        name,
        arn,
        endpoint: real?.endpoint ?? `https://${id}.gr7.${region}.eks.${dnsSuffixOf(region)}`,
        certificateAuthority: { data: real?.certificateAuthority ?? NO_AUTHORITY },
        version: cluster.version,
        status: cluster.status,
        createdAt: new Date(world.startMs - 400 * DAY),
      },
    };
  },

  DescribeNodegroup(world: World, region: string, input: Input<'eks', 'DescribeNodegroup'>): DescribeNodegroupResponse {
    autoscaleNodes(world, { region, cluster: input.clusterName ?? '' });
    const group = groupIn(world, region, input);
    const status = at(group.status, world.clock.nowMs());
    const short = group.updates.findLast((one) => one.short > 0)?.short ?? 0;
    const message = `Could not launch On-Demand Instances. InsufficientInstanceCapacity - ${short} nodes were missing in ${region}.`;
    const issues =
      status === 'DEGRADED' ? [{ code: 'AsgInstanceLaunchFailures' as const, message, resourceIds: [group.name] }] : [];
    const { min, desired, max } = group.size;
    return {
      nodegroup: {
        nodegroupName: group.name,
        nodegroupArn: regionalArn({
          service: 'eks',
          region,
          account: world.topology.account,
          resource: `nodegroup/${group.cluster}/${group.name}/${hash32(group.name)}`,
        }),
        clusterName: group.cluster,
        status,
        version: group.version,
        capacityType: 'ON_DEMAND',
        instanceTypes: [...group.instanceTypes],
        amiType: 'AL2023_x86_64_STANDARD',
        subnets: subnetsIn(region).map(({ id }) => id),
        scalingConfig: { minSize: min, desiredSize: desired, maxSize: max },
        health: { issues },
      },
    };
  },

  UpdateNodegroupConfig(world: World, region: string, input: Input<'eks', 'UpdateNodegroupConfig'>) {
    const group = groupIn(world, region, input);
    const token = input.clientRequestToken ?? null;
    const same = token === null ? undefined : group.updates.find((one) => one.token === token);
    if (same) return { update: described(world, same) };
    // A degraded group takes another size, as reported in aws/containers-roadmap 2326; only one update at a time is refused.
    if (at(group.status, world.clock.nowMs()) === 'UPDATING') {
      throw awsError(
        'ResourceInUseException',
        'Nodegroup cannot be updated as it is currently not in Active State',
        409,
      );
    }
    const { minSize, desiredSize, maxSize } = input.scalingConfig ?? {};
    const size = {
      min: minSize ?? group.size.min,
      desired: desiredSize ?? group.size.desired,
      max: maxSize ?? group.size.max,
    };
    if (size.desired > size.max)
      throw invalid(`desired capacity ${size.desired} can't be greater than max size ${size.max}`);
    if (size.min > size.desired)
      throw invalid(`Minimum capacity ${size.min} can't be greater than desired size ${size.desired}`);
    return { update: described(world, resize(world, group, size, token)) };
  },

  ListClusters(world: World, region: string) {
    return { clusters: world.clusters.filter((one) => one.region === region).map(({ name }) => name) };
  },

  ListNodegroups(world: World, region: string, { clusterName }: Input<'eks', 'ListNodegroups'>) {
    const groups = world.nodeGroups.filter((one) => one.region === region && one.cluster === clusterName);
    if (!clusterIn(world, region, clusterName)) throw missing(`No cluster found for name: ${clusterName}.`);
    return { nodegroups: groups.map(({ name }) => name) };
  },

  DescribeUpdate(world: World, region: string, input: Input<'eks', 'DescribeUpdate'>) {
    const updates = world.nodeGroups
      .filter((one) => one.region === region && one.cluster === input.name)
      .flatMap((one) => one.updates);
    const update = updates.find(({ id }) => id === input.updateId);
    if (!update) throw missing(`No update found for ID: ${input.updateId}`);
    return { update: described(world, update) };
  },
};

const DAY = 86_400_000;

/** What represents a certificate where there is nothing to connect to, in base64 as EKS gives it. */
const NO_AUTHORITY = Buffer.from('simulated').toString('base64');

const missing = (message: string) => awsError('ResourceNotFoundException', message, 404);
const invalid = (message: string) => awsError('InvalidParameterException', message);

function groupIn(
  world: World,
  region: string,
  wanted: { clusterName: string | undefined; nodegroupName: string | undefined },
): NodeGroup {
  const { clusterName, nodegroupName } = wanted;
  const found = world.nodeGroups.find(
    (one) => one.region === region && one.cluster === clusterName && one.name === nodegroupName,
  );
  if (!found) throw missing(`No node group found for name: ${nodegroupName}.`);
  return found;
}

function described(world: World, { id, createdMs, endMs, short, size }: Update): DescribedUpdate {
  const over = endMs <= world.clock.nowMs();
  const errorMessage = `Could not launch ${short} On-Demand Instances: InsufficientInstanceCapacity.`;
  return {
    id,
    status: !over ? 'InProgress' : short > 0 ? 'Failed' : 'Successful',
    type: 'ConfigUpdate',
    params: [
      { type: 'MinSize', value: String(size.min) },
      { type: 'DesiredSize', value: String(size.desired) },
      { type: 'MaxSize', value: String(size.max) },
    ],
    createdAt: new Date(createdMs),
    errors: over && short > 0 ? [{ errorCode: 'Unknown', errorMessage }] : [],
  };
}
