import { isArn, nameIn, regionalArn } from '../../arn.ts';
import type { KafkaLogin } from '../../drill/live.ts';
import type { Kafka } from '../../components/kafka/schema.ts';
import type { Topology } from '../../drill/topology.ts';
import { dnsSuffixOf } from '../../partition.ts';
import { uuidOf } from '../distributions.ts';
import type { World } from '../world.ts';

const PORTS: Record<KafkaLogin['by'], number> = { plaintext: 9092, tls: 9094, scram: 9096, iam: 9098 };

/** One of the two clusters. */
export interface KafkaSide {
  side: 'primary' | 'recovery';
  region: string;
  name: string;
  arn: string;
  /** The brokers to begin with, for one way to log in. */
  brokers(login: KafkaLogin['by']): string;
}

export function sidesOf({ topology }: Pick<World, 'topology'>): KafkaSide[] {
  const { messaging } = topology;
  return messaging ? (['primary', 'recovery'] as const).map((side) => sideOf(topology, messaging, side)) : [];
}

function sideOf({ regions, account }: Topology, messaging: Kafka, side: 'primary' | 'recovery'): KafkaSide {
  const { cluster } = messaging[side];
  const region = regions[side];
  const name = nameIn(cluster);
  const host = (broker: number) =>
    `b-${broker}.${name.replaceAll('-', '')}.abc123.c2.kafka.${region}.${dnsSuffixOf(region)}`;
  return {
    side,
    region,
    name,
    arn: isArn(cluster)
      ? cluster
      : regionalArn({
          service: 'kafka',
          region,
          account,
          resource: `cluster/${name}/${uuidOf(`kafka/${region}/${name}`)}-2`,
        }),
    brokers: (login) => [1, 2, 3].map((broker) => `${host(broker)}:${PORTS[login]}`).join(','),
  };
}

/** The environment that producers have before anybody changes it. */
export function producersEnvironment(
  { topology }: Pick<World, 'topology'>,
  deployment: string,
): Record<string, string> {
  const { messaging } = topology;
  const primary = sidesOf({ topology }).find(({ side }) => side === 'primary');
  if (!messaging || !primary || !messaging.producers.deployments.includes(deployment)) return {};
  return { [messaging.producers.variable]: primary.brokers(messaging.login.by) };
}
