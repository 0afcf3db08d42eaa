import { regionalArn } from '../../arn.ts';
import { placeOfDeployment } from '../../drill/deployments.ts';
import type { Deployment } from '../../ports/kubernetes.ts';
import type { Need, NeedOf } from '../../steps/needs.ts';
import type { Permission, StepContext } from '../../steps/step.ts';
import type { Cluster } from './needs.ts';

/** The cluster's address is read before its API is called; what may be done there is for Kubernetes itself to say. */
export const clusterPermissions = ({ region, cluster: name }: Cluster, account: string): Permission[] => [
  {
    action: 'eks:DescribeCluster',
    resource: regionalArn({ service: 'eks', region, account, resource: `cluster/${name}` }),
  },
];

/** What a step asks of Kubernetes itself, as kubectl says it. */
export const accessNeed = (where: Cluster, access: string[]): NeedOf<'kubernetes-access'> => ({
  need: 'kubernetes-access',
  cluster: where,
  access,
});

/** What deployments must be there, and what the drill must be allowed to do, in each namespace that they are in. */
export const deploymentNeeds = (where: Cluster, deployments: readonly string[], access: string[]): Need[] =>
  byNamespace(where, deployments).flatMap(({ place, names }) => [
    { need: 'deployments', cluster: place, deployments: names, warm: [] },
    accessNeed(place, access),
  ]);

/** Deployments by the namespaces that they are in. */
export function byNamespace(where: Cluster, deployments: readonly string[]): { place: Cluster; names: string[] }[] {
  const all = deployments.map((called) => placeOfDeployment(where, called));
  return [...new Set(all.map(({ place }) => place.namespace))].map((namespace) => ({
    place: { ...where, namespace },
    names: all.filter(({ place }) => place.namespace === namespace).map(({ name }) => name),
  }));
}

/** A line for kubectl, and the namespace that it is about where that is not the usual one. */
type Line = string | { in: string; line: string };

/** kubectl lines for a person: with two clusters about, the first thing to type is which one is meant. */
export const kubectl = ({ region, cluster: name, namespace }: Cluster, lines: Line[]): string =>
  [
    `aws eks update-kubeconfig --region ${region} --name ${name}`,
    ...lines
      .map((one) => (typeof one === 'string' ? { in: namespace, line: one } : one))
      .map((one) => `kubectl -n ${one.in} ${one.line}`),
  ].join(' && ');

/** A value that kubectl prints, and nothing else. */
export const kubectlValue = ({ region, cluster: name, namespace }: Cluster, line: string): string =>
  `aws eks update-kubeconfig --region ${region} --name ${name} > /dev/null && kubectl -n ${namespace} ${line}`;

/** Deployments as their cluster has them. */
export const deploymentsFound = (
  where: Cluster,
  deployments: readonly string[],
  { kubernetes, signal }: StepContext,
): Promise<Deployment[]> =>
  Promise.all(
    deployments.map((called) => {
      const { place, name } = placeOfDeployment(where, called);
      return kubernetes.deployment(place, name, signal);
    }),
  );
