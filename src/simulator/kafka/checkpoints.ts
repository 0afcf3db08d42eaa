import type { World } from '../world.ts';
import type { Kafka, KafkaSide } from './cluster.ts';
import { committedIn, consumingOf } from './consumers.ts';
import { lastMs, lostMarkers, mirroredName, mirroredOf, primaryOf, shiftOf } from './mirror.ts';
import { partitionsOf } from './topics.ts';

/** MirrorMaker's defaults: a checkpoint each minute, and a pair of offsets at least every hundred records. */
const CHECKPOINT_EVERY_MS = 60_000;
const OFFSET_LAG_MAX = 100;

/** What a group has committed, MirrorMaker's commits for it among them. */
export const committedNow = (
  world: World,
  at: KafkaSide,
  group: string,
  topic: string,
  partition: number,
  ms: number,
) => committedIn(world, at, group, topic, partition, ms, syncedBefore(world, at, group, topic, partition, ms));

/** MirrorMaker's newest checkpoints, one for each group and partition. */
export function checkpoints(world: World, kafka: Kafka, ms: number) {
  const { consumers } = kafka;
  const { lacksCheckpoints, translatesAhead } = world.simulation.messaging;
  const atMs = emittedMs(world, ms);
  return consumers
    .filter(({ group }) => !lacksCheckpoints.includes(group))
    .flatMap(({ group, topics }) =>
      topics.flatMap((topic) =>
        partitionsOf(kafka, topic).flatMap((partition) => {
          const upstream = committedIn(world, primaryOf(world, kafka), group, topic, partition, atMs);
          if (upstream === null) return [];
          const offset = translated(world, kafka, topic, partition, upstream, atMs) + translatesAhead;
          return { group, topic: mirroredName(kafka, topic), partition, upstream, offset, atMs };
        }),
      ),
    );
}

/** As MirrorMaker translates: to the newest pair of offsets that it noted at or before, or one beyond it. */
function translated(
  world: World,
  kafka: Kafka,
  topic: string,
  partition: number,
  upstream: number,
  ms: number,
): number {
  const known = Math.min(upstream, mirroredOf(world, kafka, topic, partition, ms));
  const noted = Math.floor(known / OFFSET_LAG_MAX) * OFFSET_LAG_MAX;
  return mirroredAs(world, kafka, topic, partition, noted) + (upstream > noted ? 1 : 0);
}

/** The mirrored topic's offset of what has this one in the primary region. */
function mirroredAs(world: World, kafka: Kafka, topic: string, partition: number, offset: number): number {
  const lost = topic === kafka.markers ? lostMarkers(world, kafka, Number.POSITIVE_INFINITY) : [];
  return offset - shiftOf(topic, partition) - lost.filter(({ offset: one }) => one < offset).length;
}

/** When MirrorMaker last wrote checkpoints. */
function emittedMs(world: World, ms: number): number {
  const { stops } = world.simulation.messaging;
  const phase = world.draw('mirror-checkpoints') * CHECKPOINT_EVERY_MS;
  const untilMs = Math.min(lastMs(world, ms), stops === undefined ? ms : world.startMs + stops);
  return Math.floor(Math.floor((untilMs - phase) / CHECKPOINT_EVERY_MS) * CHECKPOINT_EVERY_MS + phase);
}

/** What MirrorMaker committed for a group that nobody was in there, where it does so. */
function syncedBefore(
  world: World,
  at: KafkaSide,
  group: string,
  topic: string,
  partition: number,
  ms: number,
): number | null {
  if (at.side === 'primary' || !world.simulation.messaging.syncsOffsets) return null;
  const begins = Math.min(ms, ...consumingOf(world, at, group).map(({ fromMs }) => fromMs));
  const found = checkpoints(world, at.of, begins).find(
    (one) => one.group === group && one.topic === topic && one.partition === partition,
  );
  return found?.offset ?? null;
}
