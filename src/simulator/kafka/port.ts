import type { Kafka, KafkaCluster, KafkaRecord, Partition, Position } from '../../ports/kafka.ts';
import { isEmpty } from '../../ports/kafka.ts';
import { named } from '../faults.ts';
import { isOutOfReach } from '../partition.ts';
import { nextDraw, type World } from '../world.ts';
import { checkpoints, committedNow } from './checkpoints.ts';
import { type Kafka as Described, type KafkaSide, sidesOf } from './cluster.ts';
import { endIn, groupIn, originOf } from './consumers.ts';
import { mirroredMarkers, mirroredName, newestHeartbeatMs, primaryOf, shiftOf } from './mirror.ts';
import { checkpointRecord, heartbeatRecord } from './mirror-records.ts';
import { markersIn, partitionsOf, topicsOf, writtenTo } from './topics.ts';

/** All clusters, as anyone who is in the same network meets them. */
export function kafkaOf(world: World): Kafka {
  const nowMs = () => world.clock.nowMs();
  return {
    async ends(cluster, topics, { signal }) {
      const at = await arrive(world, cluster, signal);
      const own = topics.filter((topic) => at.side === 'recovery' && mirrorsOwn(at.of).includes(topic));
      return [
        ...own.map((topic) => ({ topic, partition: 0, offset: recordsOf(world, at, topic, nowMs()).length })),
        ...partitionsAmong(at, topics).map(({ topic, partition }) => ({
          topic,
          partition,
          offset: endIn(world, at, topic, partition, nowMs()),
        })),
      ];
    },

    async group(cluster, group, { signal }) {
      return groupIn(world, await arrive(world, cluster, signal), group, nowMs());
    },

    async committed(cluster, group, { signal }) {
      const at = await arrive(world, cluster, signal);
      return partitionsAmong(at, topicsIn(at)).flatMap(({ topic, partition }) => {
        const offset = committedNow(world, at, group, topic, partition, nowMs());
        return offset === null || !reads(at.of, group, topic) ? [] : { topic, partition, offset };
      });
    },

    async commit(cluster, group, positions, { signal }) {
      const at = await arrive(world, cluster, signal);
      mustBeEmpty(world, at, group);
      for (const position of positions)
        world.messaging.commits.push({ cluster: at.arn, group, ...position, atMs: nowMs() });
    },

    async forget(cluster, group, partitions, { signal }) {
      const at = await arrive(world, cluster, signal);
      mustBeEmpty(world, at, group);
      for (const { topic, partition } of partitions)
        world.messaging.commits.push({ cluster: at.arn, group, topic, partition, offset: null, atMs: nowMs() });
    },

    async produce(cluster, topic, record, { signal }) {
      const at = await arrive(world, cluster, signal);
      // Other producers are part of the world; drills write to their own topic.
      if (topic !== at.of.markers) throw named('NotFound', `${at.name} has no topic ${topic}.`);
      const offset = endIn(world, at, topic, 0, nowMs());
      world.messaging.markers.push({
        cluster: at.arn,
        offset: writtenTo(world, at, topic, 0, nowMs()),
        ...record,
        atMs: nowMs(),
      });
      return { topic, partition: 0, offset };
    },

    async records(cluster, topic, { sinceMs, signal }) {
      const at = await arrive(world, cluster, signal);
      return recordsOf(world, at, topic, nowMs()).filter(({ atMs }) => atMs >= sinceMs);
    },

    async prints(cluster, { topic, partition, offset }, { atMost, signal }) {
      const at = await arrive(world, cluster, signal);
      const end = endIn(world, at, topic, partition, nowMs());
      const count = Math.max(0, Math.min(atMost, end - offset));
      return Array.from({ length: count }, (_, index) => ({
        offset: offset + index,
        print: printOf(world, at, { topic, partition, offset: offset + index }),
      }));
    },
  };
}

async function arrive(world: World, { region, name }: KafkaCluster, signal?: AbortSignal): Promise<KafkaSide> {
  const { clock, durations } = world;
  await clock.sleep(durations.kafkaRequest(nextDraw(world, `kafka-request/${region}`)), signal);
  const at = sidesOf(world).find((side) => side.region === region && side.name === name);
  if (at && !isOutOfReach(world, region, clock.nowMs())) return at;
  throw named('ConnectionFailed', `No broker of ${name} can be reached.`);
}

function mustBeEmpty(world: World, at: KafkaSide, group: string): void {
  const now = groupIn(world, at, group, world.clock.nowMs());
  if (!isEmpty(now)) throw named('GroupInUse', `${group} on ${at.name} is ${now.state}, with ${now.members} members.`);
}

/** The names of the topics in a cluster; in the recovery region there are those that were mirrored, and those of its own. */
function topicsIn({ of, side }: KafkaSide): string[] {
  const topics = topicsOf(of);
  if (side === 'primary') return topics;
  return [...new Set([...topics.map((topic) => mirroredName(of, topic)), ...topics])];
}

function partitionsAmong(at: KafkaSide, wanted: readonly string[]): Partition[] {
  const here = topicsIn(at);
  return wanted
    .filter((topic) => here.includes(topic))
    .flatMap((topic) =>
      partitionsOf(at.of, originOf(at.of, topic) ?? topic).map((partition) => ({ topic, partition })),
    );
}

const reads = (kafka: Described, group: string, topic: string): boolean =>
  kafka.consumers.some(
    (one) => one.group === group && one.topics.some((own) => own === topic || mirroredName(kafka, own) === topic),
  );

/** MirrorMaker's topics in the recovery region. */
const mirrorsOwn = ({ mirror }: Described): string[] =>
  ['checkpoints.internal', 'heartbeats'].map((topic) => `${mirror.alias}.${topic}`);

/** The records that a drill reads: its own, and MirrorMaker's. */
function recordsOf(world: World, at: KafkaSide, topic: string, ms: number): KafkaRecord[] {
  const { markers, mirror } = at.of;
  const isMirrored = at.side === 'recovery' && topic === mirroredName(at.of, markers);
  if (isMirrored || topic === markers) {
    const mirrored = isMirrored ? mirroredMarkers(world, at.of, ms) : [];
    const here = topic === markers ? markersIn(world, at, ms) : [];
    return [...mirrored, ...here].map(({ key, value, atMs }) => ({
      atMs,
      key: Buffer.from(key),
      value: Buffer.from(value),
    }));
  }
  if (at.side === 'recovery' && topic === `${mirror.alias}.checkpoints.internal`) {
    return checkpoints(world, at.of, ms).map(checkpointRecord);
  }
  if (at.side === 'recovery' && topic === `${mirror.alias}.heartbeats`) {
    return [heartbeatRecord(mirror.alias, newestHeartbeatMs(world, ms))];
  }
  throw named('NotFound', `${at.name} has no topic ${topic}.`);
}

/** A mirrored record is the one that it was made of. */
function printOf(world: World, at: KafkaSide, { topic, partition, offset }: Position): string {
  const origin = at.side === 'recovery' ? originOf(at.of, topic) : undefined;
  if (origin === undefined) return `${at.side}/${topic}/${partition}/${offset}`.replace('primary/', '');
  const there = offset + shiftOf(origin, partition);
  if (origin !== at.of.markers) return `${origin}/${partition}/${there}`;
  const before = writtenTo(world, primaryOf(world, at.of), origin, partition, 0);
  const source = mirroredMarkers(world, at.of, world.clock.nowMs())[there - before]?.offset ?? there;
  return `${origin}/${partition}/${source}`;
}
