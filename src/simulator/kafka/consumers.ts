import { deploymentIn } from '../kubernetes/deployment.ts';
import type { Pod } from '../state.ts';
import type { World } from '../world.ts';
import { type Kafka, type KafkaSide, placeOfApplications } from './cluster.ts';
import { mirroredEnd, mirroredName } from './mirror.ts';
import { writtenTo } from './topics.ts';

/** Kafka waits so long for more members before a new group begins (group.initial.rebalance.delay.ms). */
const JOINS_WITHIN_MS = 3_000;
/** Consumers commit every five seconds (auto.commit.interval.ms), and once more when they are stopped. */
const COMMITS_EVERY_MS = 5_000;
/** Assumption: how fast they catch up, in records of one partition a second. */
const RECORDS_PER_SECOND = 2_000;

interface Stretch {
  fromMs: number;
  /** Infinite while it continues. */
  untilMs: number;
}

/** How many members a group has in a cluster, and how Kafka calls its state. */
export function groupIn(world: World, at: KafkaSide, group: string, ms: number): { state: string; members: number } {
  const consumer = at.of.consumers.find((one) => one.group === group);
  const pods = podsOf(world, at, consumer?.deployment);
  const leaves = world.durations.consumerLeaves(world.draw(`consumer-leaves/${group}`));
  const members =
    pods.filter(({ readyMs, goneMs }) => readyMs !== null && readyMs <= ms && (goneMs ?? Infinity) + leaves > ms)
      .length + (at.side === 'primary' && consumer && world.simulation.messaging.membersStay ? 1 : 0);
  if (members > 0) {
    const settled = consumingOf(world, at, group).some(({ fromMs, untilMs }) => fromMs <= ms && untilMs > ms);
    return { state: settled ? 'STABLE' : 'PREPARING_REBALANCE', members };
  }
  const isKnown =
    at.side === 'primary' || world.messaging.commits.some((one) => one.group === group && one.cluster === at.arn);
  return { state: consumer && isKnown ? 'EMPTY' : 'DEAD', members: 0 };
}

/** The pods of a deployment beside a cluster. */
function podsOf(world: World, at: KafkaSide, deployment: string | undefined): Pod[] {
  const place = placeOfApplications(world, at.of, at.side);
  return (place && deployment !== undefined && deploymentIn(world, place, deployment)?.pods) || [];
}

/** When a group reads in a cluster: as long as one pod of its deployment is ready there. */
export function consumingOf(world: World, at: KafkaSide, group: string): Stretch[] {
  const consumer = at.of.consumers.find((one) => one.group === group);
  const pods = podsOf(world, at, consumer?.deployment);
  const each = pods
    .flatMap(({ readyMs, goneMs }) => (readyMs === null ? [] : { fromMs: readyMs, untilMs: goneMs ?? Infinity }))
    .filter(({ fromMs, untilMs }) => fromMs < untilMs)
    .sort((a, b) => a.fromMs - b.fromMs);
  const joined: Stretch[] = [];
  for (const { fromMs, untilMs } of each) {
    const last = joined.at(-1);
    if (last && fromMs <= last.untilMs) last.untilMs = Math.max(last.untilMs, untilMs);
    else joined.push({ fromMs: fromMs + JOINS_WITHIN_MS, untilMs });
  }
  return joined.filter(({ fromMs, untilMs }) => fromMs < untilMs);
}

/** What a group has committed in a partition, by the name that it has in that cluster; null where it has not. */
export function committedIn(
  world: World,
  at: KafkaSide,
  group: string,
  topic: string,
  partition: number,
  ms: number,
  /** What someone else has committed for it before it began. */
  begins: number | null = null,
): number | null {
  const commits = world.messaging.commits.filter(
    (one) =>
      one.cluster === at.arn &&
      one.group === group &&
      one.topic === topic &&
      one.partition === partition &&
      one.atMs <= ms,
  );
  const end = (atMs: number) => endIn(world, at, topic, partition, atMs);
  let offset: number | null = begins;
  let next = 0;
  const takeCommitsUntil = (untilMs: number) => {
    for (; next < commits.length && (commits[next]?.atMs ?? Infinity) <= untilMs; next += 1)
      offset = commits[next]?.offset ?? null;
  };
  for (const { fromMs, untilMs } of consumingOf(world, at, group)) {
    if (fromMs > ms) break;
    takeCommitsUntil(fromMs);
    if (at.side === 'recovery' && world.simulation.messaging.neverConsume) continue;
    // Anyone who has committed nothing begins with what comes next (auto.offset.reset).
    const begun: number = offset ?? end(Math.max(fromMs, world.startMs));
    const committedMs =
      untilMs <= ms ? untilMs : fromMs + Math.floor((ms - fromMs) / COMMITS_EVERY_MS) * COMMITS_EVERY_MS;
    if (committedMs === fromMs && offset === null) continue;
    const read = begun + Math.floor((RECORDS_PER_SECOND * (committedMs - fromMs)) / 1_000);
    offset = Math.max(begun, Math.min(end(committedMs), read));
  }
  takeCommitsUntil(ms);
  return offset;
}

/** How far a partition is written, by the name that its topic has in that cluster. */
export function endIn(world: World, at: KafkaSide, topic: string, partition: number, ms: number): number {
  const mirrored = at.side === 'recovery' && originOf(at.of, topic);
  return mirrored ? mirroredEnd(world, at.of, mirrored, partition, ms) : writtenTo(world, at, topic, partition, ms);
}

/** The topic of the primary region that one of the recovery region was mirrored from. */
export function originOf(kafka: Kafka, topic: string): string | undefined {
  const { consumers, markers } = kafka;
  return [...consumers.flatMap(({ topics }) => topics), markers].find((one) => mirroredName(kafka, one) === topic);
}
