import { componentsOf } from '../../src/drill/components.ts';
import { committedNow } from '../../src/simulator/kafka/checkpoints.ts';
import { sideOf } from '../../src/simulator/kafka/cluster.ts';
import { consumingOf, endIn } from '../../src/simulator/kafka/consumers.ts';
import { mirroredName, shiftOf } from '../../src/simulator/kafka/mirror.ts';
import { partitionsOf } from '../../src/simulator/kafka/topics.ts';
import type { World } from '../../src/simulator/world.ts';

/** What a group consumed of one partition of the primary region while it ran in one region, as the primary's offsets say it. */
interface Consumed {
  side: 'primary' | 'recovery';
  from: number;
  to: number;
}

/** Of each partition that a group reads, what it consumed, region after region; the drills' own topic is left out. */
export function consumedIn(world: World): { place: string; stretches: Consumed[] }[] {
  const nowMs = world.clock.nowMs();
  const [kafka] = componentsOf(world.topology, 'kafka');
  if (!kafka) return [];
  const each = kafka.consumers.flatMap(({ group, topics }) =>
    topics
      .filter((topic) => topic !== kafka.markers)
      .flatMap((topic) => partitionsOf(kafka, topic).map((partition) => ({ group, topic, partition }))),
  );
  return each.map(({ group, topic, partition }) => {
    const stretches = (['primary', 'recovery'] as const).flatMap((side) => {
      const at = sideOf(world.topology, kafka, side);
      const name = side === 'primary' ? topic : mirroredName(kafka, topic);
      const shift = side === 'primary' ? 0 : shiftOf(topic, partition);
      const standsAt = (ms: number) => (committedNow(world, at, group, name, partition, ms) ?? Number.NaN) + shift;
      return consumingOf(world, at, group).map(({ fromMs, untilMs }) => ({
        side,
        fromMs,
        from: standsAt(fromMs),
        to: standsAt(Math.min(untilMs, nowMs)),
      }));
    });
    const inOrder = stretches.sort((one, other) => one.fromMs - other.fromMs);
    return {
      place: `${group} ${topic}/${partition}`,
      stretches: inOrder.map(({ side, from, to }) => ({ side, from, to })),
    };
  });
}

/** What was produced in the recovery region itself, and how much of it each group has consumed. */
export function ownRecords(world: World): { place: string; produced: number; consumed: number }[] {
  const nowMs = world.clock.nowMs();
  const [kafka] = componentsOf(world.topology, 'kafka');
  if (!kafka) return [];
  const at = sideOf(world.topology, kafka, 'recovery');
  return kafka.consumers.flatMap(({ group, topics }) =>
    topics
      .filter((topic) => topic !== kafka.markers)
      .flatMap((topic) =>
        partitionsOf(kafka, topic).map((partition) => ({
          place: `${group} ${topic}/${partition}`,
          produced: endIn(world, at, topic, partition, nowMs),
          consumed: committedNow(world, at, group, topic, partition, nowMs) ?? 0,
        })),
      ),
  );
}
