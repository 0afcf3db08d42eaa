import { isArn } from '../../../arn.ts';
import type { Read } from '../../../steps/by-hand.ts';
import { type MskCluster, nameOf } from './cluster.ts';

const LISTS: Record<MskCluster['login'], string> = {
  iam: 'BootstrapBrokerStringSaslIam',
  scram: 'BootstrapBrokerStringSaslScram',
  tls: 'BootstrapBrokerStringTls',
  plaintext: 'BootstrapBrokerString',
};

/** Lines of Kafka's own tools for a person, who has the login in client.properties: with two clusters about, the brokers come first. */
export const kafkaTools = (cluster: MskCluster, lines: readonly string[]): string =>
  [`export BROKERS="$(${brokersCommand(cluster)})"`, ...lines].join(' && ');

/** Prints by which brokers a cluster is reached. */
export function brokersCommand({ region, cluster, login }: MskCluster): string {
  const arn = isArn(cluster)
    ? cluster
    : `"$(aws kafka list-clusters-v2 --region ${region} --cluster-name-filter ${nameOf(cluster)} --query 'ClusterInfoList[0].ClusterArn' --output text)"`;
  return `aws kafka get-bootstrap-brokers --region ${region} --cluster-arn ${arn} --query ${LISTS[login]} --output text`;
}

/** Where producers produce to a cluster, for a person who reads it. */
export const brokersByHand = (cluster: MskCluster, read: Read): { address: string } => ({
  address: read.text('brokers', brokersCommand(cluster)),
});

export const groupsTool = (rest: string): string =>
  `kafka-consumer-groups.sh --bootstrap-server "$BROKERS" --command-config client.properties ${rest}`;

export const readTool = (topic: string, rest = ''): string =>
  `kafka-console-consumer.sh --bootstrap-server "$BROKERS" --consumer.config client.properties --topic ${topic} --from-beginning --timeout-ms 10000${rest}`;

/** Takes lines of `key|value`: a key may hold colons. */
export const writeTool = (topic: string): string =>
  `kafka-console-producer.sh --bootstrap-server "$BROKERS" --producer.config client.properties --topic ${topic} --property parse.key=true --property key.separator='|'`;

/** Checkpoints as a file: of each group and partition the newest, in the form that the tool for groups reads. */
export const TRANSLATED = 'translated.csv';
export const checkpointsToFile = (topic: string): string =>
  `${readTool(topic, ' --formatter org.apache.kafka.connect.mirror.formatters.CheckpointFormatter')} | sed -nE 's/^Checkpoint\\{consumerGroupId=([^,]*), topicPartition=(.*)-([0-9]+), upstreamOffset=[0-9]+, downstreamOffset=([0-9]+),.*/\\1,\\2,\\3,\\4/p' | awk -F, '{ last[$1 "," $2 "," $3] = $4 } END { for (place in last) print place "," last[place] }' > ${TRANSLATED} && cat ${TRANSLATED}`;

/** What a group has committed, kept in a file and put back from it. */
const beforeFile = (group: string): string => `before-${group}.csv`;
export const keepOffsets = (group: string): string =>
  `${groupsTool(`--group ${group} --reset-offsets --to-current --all-topics --dry-run --export`)} > ${beforeFile(group)}`;
export const offsetsBack = ({ group, topics }: { group: string; topics: readonly string[] }): string[] => [
  ...topics.map((topic) => groupsTool(`--group ${group} --topic ${topic} --delete-offsets`)),
  groupsTool(`--group ${group} --reset-offsets --from-file ${beforeFile(group)} --execute`),
];
