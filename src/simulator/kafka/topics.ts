import { placeOfDeployment } from '../../drill/deployments.ts';
import { hash32 } from '../distributions.ts';
import { deploymentIn, templates } from '../kubernetes/deployment.ts';
import { SIDES, type Side } from '../kubernetes/place.ts';
import type { Deployment } from '../state.ts';
import { isDown, type World } from '../world.ts';
import { type Kafka, type KafkaSide, placeOfApplications } from './cluster.ts';

/** Assumption: how many partitions the shop's topics have, and how many records a second come to each. */
const PARTITIONS = 2;
const RECORDS_PER_SECOND = 20;
/** As if the topics had been written to for months. */
const LONG_AGO = 4_000_000;

/** The topics that someone consumes, and the drills' own. */
export const topicsOf = ({ consumers, markers }: Kafka): string[] => [
  ...new Set([...consumers.flatMap(({ topics }) => topics), markers]),
];

export const partitionsOf = ({ markers }: Kafka, topic: string): number[] =>
  topic === markers ? [0] : Array.from({ length: PARTITIONS }, (_, partition) => partition);

/** How many records had come to a partition of a cluster, up to an instant, past every mirroring. */
export function writtenTo(world: World, at: KafkaSide, topic: string, partition: number, ms: number): number {
  const before = at.side === 'primary' ? LONG_AGO + (hash32(`${topic}/${partition}`) % 100_000) : 0;
  if (topic === at.of.markers) return before + markersIn(world, at, ms).length;
  return before + Math.floor((RECORDS_PER_SECOND * producedForMs(world, at, ms)) / 1_000);
}

/** The drill's own records in a cluster, oldest first. */
export const markersIn = ({ messaging }: World, { arn }: KafkaSide, ms: number) =>
  messaging.markers.filter((one) => one.cluster === arn && one.atMs <= ms);

/** For how long, since the world began, all producers have produced to a cluster; those on their way to another one by their share. */
function producedForMs(world: World, at: KafkaSide, ms: number): number {
  const marks = turnsOf(world, at.of).filter((turn) => turn > world.startMs && turn < ms);
  const bounds = [world.startMs, ...[...new Set(marks)].sort((a, b) => a - b), ms];
  let total = 0;
  for (const [index, untilMs] of bounds.entries()) {
    const fromMs = bounds[index - 1];
    if (fromMs === undefined || untilMs <= fromMs) continue;
    total += (untilMs - fromMs) * shareAt(world, at, (fromMs + untilMs) / 2);
  }
  return total;
}

/** When something may have changed of who produces where, since the world began. */
function turnsOf(world: World, kafka: Kafka): number[] {
  const rollouts = SIDES.flatMap((side) => producersOf(world, kafka, side)).flatMap(({ rollouts: own }) =>
    own.filter(({ untilMs }) => untilMs === null || untilMs > world.startMs),
  );
  return [
    ...rollouts.flatMap(({ fromMs, untilMs, pods }) =>
      untilMs === null
        ? [fromMs]
        : Array.from({ length: pods + 1 }, (_, pod) => fromMs + (pod * (untilMs - fromMs)) / Math.max(1, pods)),
    ),
    ...Object.values(world.down).flatMap((timeline) => timeline.map(([fromMs]) => fromMs)),
  ];
}

/** In the recovery region once the other is lost. Assumption: they do not come home before the producers there were told where to produce. */
function customersAreIn(world: World, kafka: Kafka, ms: number): Side {
  const { down, startMs, topology } = world;
  const outages = down[topology.regions.primary] ?? [];
  if (isDown(world, topology.regions.primary, ms)) return 'recovery';
  const wasLost = outages.some(([sinceMs, isOut]) => isOut && sinceMs < startMs);
  const isTold = producersOf(world, kafka, 'primary').some(({ rollouts }) =>
    rollouts.some(({ fromMs }) => fromMs >= startMs && fromMs <= ms),
  );
  return wasLost && !isTold ? 'recovery' : 'primary';
}

/** Those of a region. */
function producersOf(world: World, kafka: Kafka, side: Side): Deployment[] {
  const place = placeOfApplications(world, kafka, side);
  if (!place) return [];
  return kafka.producers.deployments.flatMap((called) => {
    const at = placeOfDeployment(place, called);
    return deploymentIn(world, at.place, at.name) ?? [];
  });
}

/** The share of the producers that customers are with, and that produce to a cluster, at an instant. */
function shareAt(world: World, at: KafkaSide, ms: number): number {
  const { producers, login } = at.of;
  const all = producersOf(world, at.of, customersAreIn(world, at.of, ms));
  if (all.length === 0 || isDown(world, at.region, ms)) return 0;
  const brokers = at.brokers[login.by];
  const shares = all.map((deployment) =>
    templates(deployment, ms).reduce(
      (sum, { environment, share }) => sum + (environment[producers.variable] === brokers ? share : 0),
      0,
    ),
  );
  return shares.reduce((sum, share) => sum + share, 0) / all.length;
}
