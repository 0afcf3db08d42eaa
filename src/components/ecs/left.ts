import type { Leaves, Left } from '../left.ts';

interface Place {
  region: string;
  cluster: string;
}

const service = (
  { region, cluster }: Place,
  name: string,
): Pick<Left, 'types' | 'where' | 'region' | 'cloudFormation'> => ({
  types: ['aws_ecs_service'],
  where: { name },
  region,
  cloudFormation: { type: 'AWS::ECS::Service', physicalId: `${cluster}/${name}` },
});

/** What the steps of a cluster of ECS leave. */
export const ecsLeaves: Leaves = {
  'ecs.scale-services'({ params, before }) {
    const { services, ...place } = params as Place & { services: { name: string; tasks: number }[] };
    const found = before as Record<string, { bounds: object | null }>;
    const means = 'scales the service to what it was before the run';
    return services.flatMap(({ name, tasks }): Left[] => [
      {
        ...service(place, name),
        left: 'changed',
        attributes: [{ path: 'desired_count', value: tasks, property: 'DesiredCount', plan: 'revert', means }],
      },
      ...(found[name]?.bounds
        ? [
            {
              types: ['aws_appautoscaling_target'],
              where: { resource_id: `service/${place.cluster}/${name}` },
              region: place.region,
              cloudFormation: {
                type: 'AWS::ApplicationAutoScaling::ScalableTarget',
                physicalId: `service/${place.cluster}/${name}|ecs:service:DesiredCount|ecs`,
              },
              left: 'changed' as const,
              attributes: [
                {
                  path: 'min_capacity',
                  property: 'MinCapacity',
                  plan: 'revert' as const,
                  means: 'lets tasks be taken away that serve the customers',
                },
              ],
            },
          ]
        : []),
    ]);
  },
  'ecs.point-services'({ params }) {
    const { services, ...place } = params as Place & { services: { name: string; environment: object }[] };
    return services.flatMap(({ name, environment }): Left[] => {
      const variables = Object.keys(environment);
      if (variables.length === 0) return [];
      const means = `points the service at the old address again (${variables.join(', ')})`;
      return [
        {
          ...service(place, name),
          left: 'changed',
          attributes: [{ path: 'task_definition', property: 'TaskDefinition', plan: 'revert', means }],
        },
      ];
    });
  },
};
