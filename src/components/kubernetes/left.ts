import { placeOfDeployment } from '../../drill/deployments.ts';
import type { Attribute, Left } from '../left.ts';

interface Cluster {
  region: string;
  cluster: string;
  namespace: string;
}

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
