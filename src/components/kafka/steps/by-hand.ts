import { isArn } from '../../../arn.ts';
import { type MskCluster, nameOf } from './cluster.ts';

const LISTS: Record<MskCluster['login'], string> = {
  iam: 'BootstrapBrokerStringSaslIam',
  scram: 'BootstrapBrokerStringSaslScram',
  tls: 'BootstrapBrokerStringTls',
  plaintext: 'BootstrapBrokerString',
};

/** Lines of Kafka's own tools for a person, who has the login in client.properties: with two clusters about, the brokers come first. */
export function kafkaTools({ region, cluster, login }: MskCluster, lines: readonly string[]): string {
  const arn = isArn(cluster)
    ? cluster
    : `"$(aws kafka list-clusters-v2 --region ${region} --cluster-name-filter ${nameOf(cluster)} --query 'ClusterInfoList[0].ClusterArn' --output text)"`;
  const brokers = `aws kafka get-bootstrap-brokers --region ${region} --cluster-arn ${arn} --query ${LISTS[login]} --output text`;
  return [`export BROKERS="$(${brokers})"`, ...lines].join(' && ');
}

export const groupsTool = (rest: string): string =>
  `kafka-consumer-groups.sh --bootstrap-server "$BROKERS" --command-config client.properties ${rest}`;

export const readTool = (topic: string, rest = ''): string =>
  `kafka-console-consumer.sh --bootstrap-server "$BROKERS" --consumer.config client.properties --topic ${topic} --from-beginning --timeout-ms 10000${rest}`;

/** A key may hold colons. */
export const writeTool = (topic: string, key: string, value: string): string =>
  `echo '${key}|${value}' | kafka-console-producer.sh --bootstrap-server "$BROKERS" --producer.config client.properties --topic ${topic} --property parse.key=true --property key.separator='|'`;
