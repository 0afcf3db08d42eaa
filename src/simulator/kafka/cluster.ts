import { isArn, nameIn, regionalArn } from '../../arn.ts';
import { type ComponentOf, componentsOf, foundOnce } from '../../drill/components.ts';
import type { KafkaLogin } from '../../drill/live.ts';
import type { Topology } from '../../drill/topology.ts';
import { dnsSuffixOf } from '../../partition.ts';
import { uuidOf } from '../distributions.ts';
import { computeNamed, placeOn, SIDES, type Side } from '../kubernetes/place.ts';
import type { World } from '../world.ts';

export type Kafka = ComponentOf<'kafka'>;

/** One of a component's two clusters. */
export interface KafkaSide {
  of: Kafka;
  side: Side;
  region: string;
  name: string;
  arn: string;
  /** The brokers to begin with, for each way to log in. */
  brokers: Record<KafkaLogin['by'], string>;
}

export const sidesOf = ({ topology }: Pick<World, 'topology'>): KafkaSide[] =>
  componentsOf(topology, 'kafka').flatMap((kafka) => SIDES.map((side) => sideOf(topology, kafka, side)));

export const sideOf = (topology: Topology, of: Kafka, side: Side): KafkaSide => bothSidesOf(topology, of)[side];

const bothSidesOf = foundOnce(
  (topology, of: Kafka): Record<Side, KafkaSide> => ({
    primary: describedSide(topology, of, 'primary'),
    recovery: describedSide(topology, of, 'recovery'),
  }),
);

function describedSide({ regions, account }: Topology, of: Kafka, side: Side): KafkaSide {
  const { cluster } = of[side];
  const region = regions[side];
  const name = nameIn(cluster);
  const host = (broker: number) =>
    `b-${broker}.${name.replaceAll('-', '')}.abc123.c2.kafka.${region}.${dnsSuffixOf(region)}`;
  const at = (port: number) => [1, 2, 3].map((broker) => `${host(broker)}:${port}`).join(',');
  return {
    of,
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
    brokers: { plaintext: at(9092), tls: at(9094), scram: at(9096), iam: at(9098) },
  };
}

/** The environment of producers in a compute that produce to the cluster of a side. */
export function producersEnvironment(
  topology: Topology,
  compute: ComponentOf<'eks'>,
  deployment: string,
  side: Side = 'primary',
): Record<string, string> {
  const entries = componentsOf(topology, 'kafka')
    .filter(({ producers }) => producers.deployments.includes(deployment))
    .filter(({ runsIn }) => computeNamed(topology, runsIn) === compute)
    .map((kafka) => [kafka.producers.variable, sideOf(topology, kafka, side).brokers[kafka.login.by]]);
  return Object.fromEntries(entries);
}

/** Where a component's consumers and producers run on a side; nowhere, where the topology has no compute. */
export function placeOfApplications({ topology }: Pick<World, 'topology'>, { runsIn }: Kafka, side: Side) {
  const compute = computeNamed(topology, runsIn);
  return compute && placeOn(topology, compute, side);
}
