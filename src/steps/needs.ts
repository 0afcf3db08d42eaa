import * as z from 'zod';
import { cacheDatastore, cacheGroup, cacheParameterGroup, cacheSnapshot, cacheSubnetGroup } from './needs/caches.ts';
import * as databases from './needs/databases.ts';
import { kafkaCluster, kafkaMirror } from './needs/kafka.ts';
import { access, type cluster, deployments, namespace, nodeGroup } from './needs/kubernetes.ts';
import { archive, bucket, secret, witness } from './needs/objects.ts';
import { fisTemplate, lambdaFunction, quota, ssmDocument } from './needs/platform.ts';
import { publicName, routingControls } from './needs/traffic.ts';
import { alarm, awsSession, failureInjection, metric, snsTopic } from './needs/watching.ts';

/** Something that a step must find before the drill begins: one look for each kind stands under `account/`. */
export const needSchema = z.discriminatedUnion('need', [
  access,
  alarm,
  archive,
  awsSession,
  bucket,
  cacheDatastore,
  cacheGroup,
  cacheParameterGroup,
  cacheSnapshot,
  cacheSubnetGroup,
  databases.backups,
  databases.freeSnapshot,
  databases.globalCluster,
  databases.instance,
  databases.instanceClass,
  databases.kmsKey,
  databases.login,
  databases.optionGroup,
  databases.parameterGroup,
  databases.replication,
  databases.securityGroups,
  databases.subnetGroup,
  deployments,
  failureInjection,
  fisTemplate,
  kafkaCluster,
  kafkaMirror,
  lambdaFunction,
  metric,
  namespace,
  nodeGroup,
  publicName,
  quota,
  routingControls,
  secret,
  snsTopic,
  ssmDocument,
  witness,
]);
export type Need = z.output<typeof needSchema>;
export type NeedKind = Need['need'];
export type NeedOf<K extends NeedKind> = Extract<Need, { need: K }>;

/** The names of things, by which steps say what they alter. */
export const things = {
  instance: (region: string, name: string) => `rds/${region}/${name}`,
  snapshot: (region: string, name: string) => `rds-snapshot/${region}/${name}`,
  globalCluster: (id: string) => `rds-global-cluster/${id}`,
  nodeGroup: (region: string, name: string, group: string) => `node-group/${region}/${name}/${group}`,
  namespace: ({ region, cluster: name, namespace: one }: z.output<typeof cluster>) =>
    `namespace/${region}/${name}/${one}`,
  deployments: ({ region, cluster: name, namespace: one }: z.output<typeof cluster>) =>
    `deployments/${region}/${name}/${one}`,
  cacheGroup: (region: string, name: string) => `cache/${region}/${name}`,
  datastore: (id: string) => `cache-datastore/${id}`,
  kafkaCluster: (region: string, name: string) => `kafka/${region}/${name}`,
  secret: (region: string, name: string) => `secret/${region}/${name}`,
  routingControls: (on: string, off: string) => `routing-controls/${[on, off].toSorted().join()}`,
  publicName: (name: string) => `public-name/${name}`,
};

/** Which thing a need is about. Once a step has altered it, a preflight can no longer answer for later steps. */
export function thingOf(need: Need): string {
  switch (need.need) {
    case 'rds-instance':
    case 'rds-backups':
    case 'rds-replication':
    case 'database-login':
      return things.instance(need.region, need.instance);
    case 'rds-free-snapshot':
      return things.snapshot(need.region, need.snapshot);
    case 'rds-global-cluster':
      return things.globalCluster(need.globalCluster);
    case 'node-group':
      return things.nodeGroup(need.region, need.cluster, need.nodegroup);
    case 'namespace':
      return things.namespace(need.cluster);
    case 'deployments':
      return things.deployments(need.cluster);
    case 'cache-group':
    case 'cache-snapshot':
      return things.cacheGroup(need.region, need.group);
    case 'cache-datastore':
      return things.datastore(need.datastore);
    case 'kafka-cluster':
    case 'kafka-mirror':
      return things.kafkaCluster(need.region, need.cluster);
    case 'secret':
      return things.secret(need.region, need.name);
    case 'public-name':
      return things.publicName(need.name);
    case 'bucket':
      return `bucket/${need.region}/${need.bucket}`;
    case 'archive':
      return `archive/${need.region}/${need.bucket}/${need.prefix}`;
    case 'routing-controls':
      return things.routingControls(need.on, need.off);
    case 'witness':
      return `witness/${need.region}/${need.bucket}/${need.key}`;
    case 'metric':
      return `metric/${need.region}/${need.namespace}/${need.name}/${need.stat}`;
    case 'alarm':
      return `alarm/${need.region}/${need.name}`;
    case 'failure-injection':
    case 'aws-session':
      return need.need;
    case 'quota':
      return `quota/${need.region}/${need.of}`;
    case 'kms-key':
      return `kms-key/${need.region}/${need.key}`;
    case 'db-subnet-group':
    case 'db-parameter-group':
    case 'cache-parameter-group':
    case 'cache-subnet-group':
      return `${need.need}/${need.region}/${need.name}`;
    case 'db-option-group':
      return `${need.need}/${need.region}/${need.of}`;
    case 'db-class':
      return `${need.need}/${need.region}/${need.class}`;
    case 'security-groups':
      return `${need.need}/${need.region}/${need.instance ?? need.subnetGroup}`;
    case 'kubernetes-access':
      return `${need.need}/${need.cluster.region}/${need.cluster.cluster}/${need.cluster.namespace}`;
    case 'lambda-function':
      return `${need.need}/${need.region}/${need.function}`;
    case 'ssm-document':
      return `${need.need}/${need.region}/${need.document}`;
    case 'fis-template':
      return `${need.need}/${need.region}/${need.template}`;
    case 'sns-topic':
      return `sns-topic/${need.arn}`;
  }
}

/** A login to a database that a step works or proves something with. */
export const loginTo = (
  { region, instance, database: name }: { region: string; instance: string; database: string },
  purpose: 'work' | 'proof',
): NeedOf<'database-login'> => ({
  need: 'database-login',
  region,
  instance,
  database: name,
  for: purpose,
  exists: true,
});
