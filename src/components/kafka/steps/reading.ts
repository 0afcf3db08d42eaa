import type { KafkaCluster, Position } from '../../../ports/kafka.ts';
import type { Asked } from '../../../steps/given.ts';
import { until } from '../../../steps/poll.ts';
import type { StepContext } from '../../../steps/step.ts';
import { messagingOf, TIMEOUT_MS } from './cluster.ts';
import type { GroupsOnCluster } from './consumers.ts';
import { placeOf } from './topics.ts';

/** The topics that are written in the recovery region itself once producers were moved there. */
export function ownTopics(around: Asked): string[] {
  const { consumers, markers } = messagingOf(around);
  return [...new Set(consumers.flatMap(({ topics }) => topics))].filter((topic) => topic !== markers);
}

/** Where a group stands that has not read far enough. */
export interface Behind {
  group: string;
  place: string;
  stands: number | null;
  end: number;
}

interface Readers {
  at: KafkaCluster;
  groups: GroupsOnCluster['groups'];
  withinMs: number;
}

/** Waits until each group has committed up to these ends, and gives those that have not when the time is up. */
export async function readUpTo(
  ends: readonly Position[],
  { at, groups, withinMs }: Readers,
  context: StepContext,
): Promise<Behind[]> {
  const endMs = context.clock.nowMs() + withinMs;
  return until(context, async () => {
    const behind: Behind[] = [];
    for (const { group, topics } of groups) behind.push(...(await behindIn(group, topics, ends, at, context)));
    return behind.length === 0 || context.clock.nowMs() >= endMs ? behind : undefined;
  });
}

async function behindIn(
  group: string,
  topics: readonly string[],
  ends: readonly Position[],
  at: KafkaCluster,
  { kafka, signal }: StepContext,
): Promise<Behind[]> {
  const committed = await kafka.committed(at, group, { timeoutMs: TIMEOUT_MS, signal });
  return ends
    .filter(({ topic, offset }) => topics.includes(topic) && offset > 0)
    .map((end) => ({ group, place: placeOf(end), stands: offsetIn(committed, end), end: end.offset }))
    .filter(({ stands, end }) => stands === null || stands < end);
}

export const offsetIn = (
  positions: readonly Position[],
  { topic, partition }: { topic: string; partition: number },
): number | null => positions.find((one) => one.topic === topic && one.partition === partition)?.offset ?? null;

export const behindInWords = ({ group, place, stands, end }: Behind): string =>
  `${group} stands at ${stands ?? 'no offset'} of ${end} in ${place}`;
