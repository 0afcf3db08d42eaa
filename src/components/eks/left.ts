import { pointed, scaled } from '../kubernetes/left.ts';
import type { Attribute, Leaves } from '../left.ts';

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
