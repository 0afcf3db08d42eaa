import { hash32 } from '../distributions.ts';
import { since } from '../timeline.ts';
import { isDown, type World } from '../world.ts';
import { type Kafka, type KafkaSide, sideOf } from './cluster.ts';
import { markersIn, writtenTo } from './topics.ts';

/** MirrorMaker's own default. */
const HEARTBEAT_EVERY_MS = 1_000;

/** What a topic of the primary region is called where it was mirrored to. */
export function mirroredName({ mirror: { alias, policy } }: Kafka, topic: string): string {
  return policy === 'identity' ? topic : `${alias}.${topic}`;
}

/** Up to which instant MirrorMaker has brought everything over. */
export function mirroredUntilMs(world: World, ms: number): number {
  const { lag, stops } = world.simulation.messaging;
  const lagMs = lag ?? world.durations.mirrorLag(world.draw('mirror-lag'));
  return Math.round(
    Math.min(lastMs(world, ms) - lagMs, stops === undefined ? Number.POSITIVE_INFINITY : world.startMs + stops),
  );
}

/** Nothing more comes from a region that is lost. */
export function lastMs(world: World, ms: number): number {
  const { primary } = world.topology.regions;
  return isDown(world, primary, ms) ? since(world.down[primary] ?? [], ms) : ms;
}

/** By how much the offset of a record is smaller in the mirrored topic: so many had gone when mirroring began. */
export const shiftOf = (topic: string, partition: number): number =>
  1_000 + (hash32(`shift/${topic}/${partition}`) % 9_000);

/** How many records of the primary's partition have been mirrored, as its own offset says it. */
export function mirroredOf(world: World, kafka: Kafka, topic: string, partition: number, ms: number): number {
  const primary = primaryOf(world, kafka);
  const written = writtenTo(world, primary, topic, partition, mirroredUntilMs(world, ms));
  return written - (topic === kafka.markers ? lostMarkers(world, kafka, mirroredUntilMs(world, ms)).length : 0);
}

/** The end of the mirrored topic; under the policy that keeps names, what is produced there comes after it. */
export function mirroredEnd(world: World, kafka: Kafka, topic: string, partition: number, ms: number): number {
  const here =
    kafka.mirror.policy === 'identity' ? writtenTo(world, recoveryOf(world, kafka), topic, partition, ms) : 0;
  return mirroredOf(world, kafka, topic, partition, ms) - shiftOf(topic, partition) + here;
}

/** The drill's records that were mirrored, oldest first. */
export const mirroredMarkers = (world: World, kafka: Kafka, ms: number) => {
  const lost = lostMarkers(world, kafka, mirroredUntilMs(world, ms));
  return markersIn(world, primaryOf(world, kafka), mirroredUntilMs(world, ms)).filter((one) => !lost.includes(one));
};

/** Records of the drill that are never mirrored. */
export function lostMarkers(world: World, kafka: Kafka, ms: number) {
  const { losesMarkers } = world.simulation.messaging;
  return markersIn(world, primaryOf(world, kafka), ms).filter((_, index) => index % 100 >= 100 - losesMarkers);
}

/** When the newest heartbeat was written that has been mirrored. */
export const newestHeartbeatMs = (world: World, ms: number): number =>
  Math.floor(mirroredUntilMs(world, ms) / HEARTBEAT_EVERY_MS) * HEARTBEAT_EVERY_MS;

export const primaryOf = ({ topology }: World, kafka: Kafka): KafkaSide => sideOf(topology, kafka, 'primary');
const recoveryOf = ({ topology }: World, kafka: Kafka): KafkaSide => sideOf(topology, kafka, 'recovery');
