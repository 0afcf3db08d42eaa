import * as z from 'zod';

/** Where deployments live. */
export const cluster = z.object({ region: z.string(), cluster: z.string(), namespace: z.string() });
type Cluster = z.output<typeof cluster>;

/** kubectl lines for a person: with two clusters about, the first thing to type is which one is meant. */
export const kubectl = ({ region, cluster: name, namespace }: Cluster, commands: string[]): string =>
  [
    `aws eks update-kubeconfig --region ${region} --name ${name}`,
    ...commands.map((command) => `kubectl -n ${namespace} ${command}`),
  ].join(' && ');
