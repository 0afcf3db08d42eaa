import type { GetBootstrapBrokersCommandOutput } from '@aws-sdk/client-kafka';
import * as z from 'zod';
import { isArn, nameIn, regionalArn } from '../../../arn.ts';
import { pagesOf } from '../../../aws/pages.ts';
import type { ComponentOf } from '../../../drill/components.ts';
import { DrillError } from '../../../errors.ts';
import type { KafkaCluster } from '../../../ports/kafka.ts';
import { type Asked, clusterOf, component, type side } from '../../../steps/given.ts';
import type { NeedOf } from '../../../steps/needs.ts';
import type { Permission, StepContext } from '../../../steps/step.ts';

/** How long one request to a cluster may take. */
export const TIMEOUT_MS = 10_000;

const LOGINS = ['iam', 'scram', 'tls', 'plaintext'] as const;

/** An MSK cluster, and how it is logged in to. */
export const mskCluster = z.object({
  /** Its component. */
  store: z.string(),
  region: z.string(),
  cluster: z.string(),
  login: z.enum(LOGINS),
});
export type MskCluster = z.output<typeof mskCluster>;
type Where = Omit<MskCluster, 'store'>;

export const messagingOf = (around: Asked): ComponentOf<'kafka'> => component('kafka', around);

export function clusterOn(where: z.output<typeof side>, around: Asked): MskCluster {
  const messaging = messagingOf(around);
  return {
    store: messaging.id,
    region: around.topology.regions[where],
    cluster: messaging[where].cluster,
    login: messaging.login.by,
  };
}

/** The Kubernetes cluster in which consumers and producers run. */
export const runsIn = (where: z.output<typeof side>, around: Asked) =>
  clusterOf(where, { ...around, of: messagingOf(around).runsIn });

/** What a person calls it: its name, also where its ARN was given. */
export const nameOf = nameIn;

/** What MSK is asked to find a cluster's brokers. */
export const FINDING = ['kafka:ListClustersV2', 'kafka:GetBootstrapBrokers'] as const;

/** The cluster with its brokers, as MSK tells them now. */
export async function brokersOf(target: Where, context: Pick<StepContext, 'aws'>): Promise<KafkaCluster> {
  const { region, cluster, login } = target;
  const ClusterArn = await arnOf(target, context);
  const answer = await context.aws.call('kafka', region, 'GetBootstrapBrokers', { ClusterArn });
  const brokers = listFor(login, answer);
  if (brokers) return { region, name: nameOf(cluster), brokers: brokers.split(',') };
  throw new DrillError('no-brokers', `${nameOf(cluster)} in ${region} has no brokers for a login by ${login}.`, {
    hint: "Check the login of Kafka in the topology against the cluster's ways to log in.",
  });
}

function listFor(login: MskCluster['login'], told: GetBootstrapBrokersCommandOutput): string | undefined {
  switch (login) {
    case 'iam':
      return told.BootstrapBrokerStringSaslIam;
    case 'scram':
      return told.BootstrapBrokerStringSaslScram;
    case 'tls':
      return told.BootstrapBrokerStringTls;
    case 'plaintext':
      return told.BootstrapBrokerString;
  }
}

export async function arnOf({ region, cluster }: Where, { aws }: Pick<StepContext, 'aws'>): Promise<string> {
  if (isArn(cluster)) return cluster;
  // The filter is a prefix only.
  const asked = { ClusterNameFilter: cluster };
  for await (const { ClusterInfoList = [] } of pagesOf(aws, 'kafka', region, 'ListClustersV2', asked)) {
    const found = ClusterInfoList.find(({ ClusterName }) => ClusterName === cluster);
    if (found?.ClusterArn) return found.ClusterArn;
  }
  throw new DrillError('cluster-missing', `There is no MSK cluster ${cluster} in ${region}.`, {
    hint: 'Check the topology: the name of the cluster, or its ARN.',
  });
}

/** What is done with topics and groups once the cluster has been found. */
export interface Access {
  reads?: readonly string[];
  writes?: readonly string[];
  looksAt?: readonly string[];
  sets?: readonly string[];
}

/** What MSK's API is asked, and what the cluster itself lets who logs in by IAM do. */
export function kafkaPermissions(
  actions: readonly string[],
  target: Where,
  account: string,
  { reads = [], writes = [], looksAt = [], sets = [] }: Access = {},
): Permission[] {
  const { region, cluster, login } = target;
  const arn = (kind: string, rest = '') =>
    regionalArn({ service: 'kafka', region, account, resource: `${kind}/${nameOf(cluster)}/*${rest}` });
  const known = isArn(cluster) ? cluster : arn('cluster');
  const asked = actions.map((action) => ({ action, resource: action === 'kafka:ListClustersV2' ? '*' : known }));
  if (login !== 'iam') return asked;
  const topic = (name: string) => arn('topic', `/${name}`);
  const group = (name: string) => arn('group', `/${name}`);
  const allowed = (action: string, resources: string[]) =>
    resources.map((resource) => ({ action: `kafka-cluster:${action}`, resource }));
  return [
    ...asked,
    { action: 'kafka-cluster:Connect', resource: known },
    ...allowed('DescribeTopic', [...new Set([...reads, ...writes])].map(topic)),
    ...allowed('ReadData', reads.map(topic)),
    ...allowed('WriteData', writes.map(topic)),
    ...allowed('DescribeGroup', [...new Set([...looksAt, ...sets])].map(group)),
    ...allowed('AlterGroup', sets.map(group)),
    ...allowed('DeleteGroup', sets.map(group)),
  ];
}

/** A cluster with some of its topics, with groups that are consumed, and with groups that are idle. */
export const clusterNeed = (
  { region, cluster, login }: Where,
  { topics = [], consumed = [], idle = [] }: { topics?: string[]; consumed?: string[]; idle?: string[] },
): NeedOf<'kafka-cluster'> => ({
  need: 'kafka-cluster',
  region,
  cluster,
  login,
  topics: [...new Set(topics)],
  consumed,
  idle,
});
