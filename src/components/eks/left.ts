import { placeOfDeployment } from '../../drill/deployments.ts';
import type { Attribute, Leaves, Left } from '../left.ts';

interface Cluster {
  region: string;
  cluster: string;
  namespace: string;
}

/** What the steps of a cluster of EKS leave. */
export const eksLeaves: Leaves = {
  'eks.scale-node-group'({ params }) {
    const { region, cluster, nodegroup, size } = params as {
      region: string;
      cluster: string;
      nodegroup: string;
      size: { min: number; desired: number; max: number };
    };
    const means = 'takes the capacity away that serves the customers';
    const attribute = (name: string, property: string, value: number): Attribute => ({
      path: `scaling_config[0].${name}`,
      value,
      property: `ScalingConfig.${property}`,
      plan: 'revert',
      means,
    });
    return [
      {
        types: ['aws_eks_node_group'],
        where: { cluster_name: cluster, node_group_name: nodegroup },
        region,
        cloudFormation: { type: 'AWS::EKS::Nodegroup', physicalId: `${cluster}/${nodegroup}` },
        left: 'changed',
        attributes: [
          attribute('min_size', 'MinSize', size.min),
          attribute('desired_size', 'DesiredSize', size.desired),
          attribute('max_size', 'MaxSize', size.max),
        ],
      },
    ];
  },
  'kubernetes.scale-deployments': scaled,
  'kubernetes.point-applications': pointed,
};

/** Of deployments that any step has scaled. */
export function scaled({ params }: { params: unknown }): Left[] {
  const { cluster, deployments } = params as { cluster: Cluster; deployments: { name: string; replicas: number }[] };
  return deployments.map(({ name, replicas }) =>
    deployment(cluster, name, [
      {
        path: 'spec[0].replicas',
        value: replicas,
        plan: 'revert',
        means: 'scales the deployment to what it was before the run',
      },
    ]),
  );
}

/** Of deployments that any step has given other addresses. */
export function pointed({ params }: { params: unknown }): Left[] {
  const { cluster, deployments } = params as {
    cluster: Cluster;
    deployments: { name: string; environment: Record<string, string> }[];
  };
  return deployments.map(({ name, environment }) =>
    deployment(cluster, name, [
      {
        path: 'spec[0].template[0].spec[0].container[0].env',
        plan: 'revert',
        means: `points the application at the old address again (${Object.keys(environment).join(', ')})`,
      },
    ]),
  );
}

function deployment(cluster: Cluster, called: string, attributes: Attribute[]): Left {
  const { place, name } = placeOfDeployment(cluster, called);
  return {
    types: ['kubernetes_deployment', 'kubernetes_deployment_v1'],
    where: { id: `${place.namespace}/${name}` },
    region: null,
    left: 'changed',
    attributes,
  };
}
