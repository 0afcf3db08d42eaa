import type * as z from 'zod';
import { regionalArn } from '../../../arn.ts';
import type { NeedOf } from '../../../steps/needs.ts';
import type { Permission } from '../../../steps/step.ts';
import { cluster } from '../needs.ts';

/** Where deployments live. */
export { cluster };

type Cluster = z.output<typeof cluster>;

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

/** kubectl lines for a person: with two clusters about, the first thing to type is which one is meant. */
export const kubectl = ({ region, cluster: name, namespace }: Cluster, commands: string[]): string =>
  [
    `aws eks update-kubeconfig --region ${region} --name ${name}`,
    ...commands.map((command) => `kubectl -n ${namespace} ${command}`),
  ].join(' && ');
