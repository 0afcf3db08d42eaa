import * as z from 'zod';
import { duration } from '../../../drill/quantities.ts';
import { inWords } from '../../../duration.ts';
import { DrillError } from '../../../errors.ts';
import type { KafkaCluster, Position } from '../../../ports/kafka.ts';
import { given, side } from '../../../steps/given.ts';
import { until, untilAnswered } from '../../../steps/poll.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { groupsTool, kafkaTools } from './by-hand.ts';
import { brokersOf, clusterNeed, FINDING, kafkaPermissions, messagingOf, nameOf, TIMEOUT_MS } from './cluster.ts';
import { groupsOn, groupsOnCluster } from './consumers.ts';
import { markerKey, markers } from './markers.ts';
import { behindInWords, readUpTo } from './reading.ts';
import { placeOf } from './topics.ts';

const params = groupsOnCluster.extend({ ...markers.shape, markers: z.string(), withinMs: z.number() });
type Params = z.output<typeof params>;

/**
 * Proves that consumers consume: each group commits up to what was written when it was looked at, a marker record among it where it reads those,
 * and at least one record more than when the look began. Pods that run prove nothing.
 */
export const proveConsumption = defineStep<Params, { consumed: Record<string, number> }>({
  kind: 'kafka.prove-consumption',
  params,
  given: given(
    z.strictObject({
      on: side.default('recovery'),
      within: duration.default(300_000).describe('How long they may take to catch up.'),
    }),
    ({ on, within }, around) => ({
      ...groupsOn(on, around),
      markers: messagingOf(around).markers,
      run: around.startedAtMs,
      withinMs: within,
    }),
    { lastsMs: ({ within }) => within },
  ),
  needs: ({ kafka, groups, markers: topic }) => [
    clusterNeed(kafka, { topics: [...groups.flatMap(({ topics }) => topics), topic] }),
  ],
  plane: 'data',
  title: ({ kafka, groups }) =>
    `Check that ${groups.map(({ group }) => group).join(' and ')} consume on ${nameOf(kafka.cluster)} up to the last record`,
  region: ({ kafka }) => kafka.region,
  calls: FINDING,
  permissions: ({ kafka, groups, markers: topic }, account) =>
    kafkaPermissions(FINDING, kafka, account, {
      reads: [...new Set(groups.flatMap(({ topics }) => topics))],
      writes: [topic],
      looksAt: groups.map(({ group }) => group),
    }),
  command: ({ kafka, groups }) =>
    kafkaTools(
      kafka,
      groups.map(({ group }) => groupsTool(`--describe --group ${group}`)),
    ),
  doneWhen: () => 'LAG is 0 or falls for each partition.',
  usuallyMs: () => 15_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle(target, context) {
    const at = await brokersOf(target.kafka, context);
    const before = await standing(at, target, context);
    const marker = await writeMarker(at, target, context);
    const ends = await context.kafka.ends(at, topicsOf(target), { timeoutMs: TIMEOUT_MS, signal: context.signal });
    const begunMs = context.clock.nowMs();
    const behind = await readUpTo(ends, { at, groups: target.groups, withinMs: target.withinMs }, context);
    const leftMs = Math.max(0, target.withinMs - (context.clock.nowMs() - begunMs));
    const consumed: Record<string, number> = {};
    const idle: string[] = [];
    for (const { group, topics } of target.groups) {
      const late = behind.filter((one) => one.group === group);
      const count = late.length > 0 ? 0 : await consumedBy(group, before[group] ?? [], at, leftMs, context);
      consumed[group] = count;
      const read = topics.includes(marker.topic) ? `, the marker record in ${placeOf(marker)} among them` : '';
      const detail =
        late[0] !== undefined
          ? behindInWords(late[0])
          : count === 0
            ? `${group} stands at the end, and nothing came that it could have consumed`
            : `${group} has consumed ${count} records${read}`;
      if (late.length > 0 || count === 0) idle.push(detail);
      noteCheck(group, late.length === 0 && count > 0, detail, context);
    }
    if (idle.length === 0) return { consumed };
    throw new DrillError('not-consumed', `${idle[0]}, after ${inWords(target.withinMs)}.`, {
      hint: `See the logs of its pods, and whether it subscribes to ${topicsOf(target).join(', ')}.`,
    });
  },
});

const topicsOf = ({ groups }: Params): string[] => [...new Set(groups.flatMap(({ topics }) => topics))];

async function standing(at: KafkaCluster, { groups }: Params, { kafka, signal }: StepContext) {
  const all: Record<string, Position[]> = {};
  for (const { group } of groups) all[group] = await kafka.committed(at, group, { timeoutMs: TIMEOUT_MS, signal });
  return all;
}

/** Who consumes the drills' own topic passes over it; it is the one record that is sure to come. */
const writeMarker = (at: KafkaCluster, { markers: topic, run }: Params, context: StepContext) => {
  const { kafka, step, signal } = context;
  const record = { key: `${markerKey(run)}:${step}`, value: '0' };
  // Twice there, it is consumed twice, and proves the same.
  return untilAnswered(context, () => kafka.produce(at, topic, record, { timeoutMs: TIMEOUT_MS, signal }));
};

/** How many records more than before a group has committed; it is waited for the first one. */
async function consumedBy(
  group: string,
  before: readonly Position[],
  at: KafkaCluster,
  withinMs: number,
  context: StepContext,
): Promise<number> {
  const { kafka, clock, signal } = context;
  const endMs = clock.nowMs() + withinMs;
  return until(context, async () => {
    const now = await kafka.committed(at, group, { timeoutMs: TIMEOUT_MS, signal });
    const count = now.reduce((sum, { topic, partition, offset }) => {
      const former = before.find((one) => one.topic === topic && one.partition === partition)?.offset ?? 0;
      return sum + Math.max(0, offset - former);
    }, 0);
    return count > 0 || clock.nowMs() >= endMs ? count : undefined;
  });
}

/** Recorded under the name of the step, because a later check of the same store is a different one. */
const noteCheck = (group: string, ok: boolean, detail: string, { step, record }: StepContext): void =>
  record({ type: 'check', check: `${step}/${group}`, layer: 'verification', critical: true, ok, detail });
