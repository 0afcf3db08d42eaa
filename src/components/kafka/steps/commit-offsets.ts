import * as z from 'zod';
import type { Position } from '../../../ports/kafka.ts';
import { isEmpty, type KafkaCluster } from '../../../ports/kafka.ts';
import { earlierStep, given } from '../../../steps/given.ts';
import { until, untilAnswered } from '../../../steps/poll.ts';
import { defineStep, type Permission, type StepContext } from '../../../steps/step.ts';
import { unlessDone } from '../../../steps/unless-done.ts';
import { groupsTool, kafkaTools, TRANSLATED } from './by-hand.ts';
import type { Translation } from './check-translation.ts';
import { brokersOf, clusterNeed, FINDING, kafkaPermissions, type MskCluster, nameOf, TIMEOUT_MS } from './cluster.ts';
import {
  type GroupPositions,
  type GroupsOnCluster,
  groupPositions,
  groupsOn,
  groupsOnCluster,
  offsetsByHand,
} from './consumers.ts';
import { offsetIn } from './reading.ts';

const params = groupsOnCluster.extend({
  wanted: groupPositions,
  truths: groupPositions,
  /** Nothing is read again. */
  exact: z.boolean().default(false),
});
type Params = z.output<typeof params>;

/** Sets the translated offsets for the groups of the recovery region, where MirrorMaker has not done so or something older stands. */
export const commitOffsets = defineStep<Params, { before: GroupPositions; wanted: GroupPositions }>({
  kind: 'kafka.commit-offsets',
  params,
  given: given(
    z.strictObject({
      translation: earlierStep.describe('The step that compared the translated offsets with the records.'),
      exact: z
        .boolean()
        .default(false)
        .describe('true: start at exactly the next record, so that no record is read again.'),
    }),
    ({ translation, exact }, around) => {
      const { translated, truths } = around.result<Translation>(translation, { translated: [], truths: [] });
      return { ...groupsOn('recovery', around), wanted: exact ? truths : translated, truths, exact };
    },
  ),
  needs: ({ kafka, groups }) => [clusterNeed(kafka, { topics: groups.flatMap(({ topics }) => topics) })],
  plane: 'data',
  title: ({ kafka, exact }) =>
    `Set the groups on ${nameOf(kafka.cluster)} to ${exact ? 'the next record' : 'the translated offsets'}`,
  region: ({ kafka }) => kafka.region,
  calls: FINDING,
  permissions: ({ kafka, groups }, account) => settingPermissions(kafka, groups, account),
  command: ({ kafka, wanted, groups }) =>
    kafkaTools(kafka, wanted.length > 0 ? setLines(wanted) : groups.flatMap(({ group }) => fromFile(group))),
  byHand: offsetsByHand,
  doneWhen: () => 'Each group has the offsets of the file.',
  usuallyMs: () => 1_000,

  async observe(target, context) {
    const at = await brokersOf(target.kafka, context);
    const before = await committedOn(at, target.wanted.map(isAmong), context);
    const isSet = target.wanted.every(({ group, positions }) =>
      positions.every((wanted) =>
        fits(offsetIn(before.find((one) => one.group === group)?.positions ?? [], wanted), wanted, group, target),
      ),
    );
    return { done: isSet, state: before };
  },

  repeatable: true,
  async apply(target, context) {
    const at = await brokersOf(target.kafka, context);
    // Each try begins with a look: what has been committed already is left alone.
    await untilAnswered(context, async () => {
      const before = await committedOn(at, target.wanted.map(isAmong), context);
      for (const { group, positions } of target.wanted) {
        const stands = before.find((one) => one.group === group)?.positions ?? [];
        const left = positions.filter((wanted) => !fits(offsetIn(stands, wanted), wanted, group, target));
        if (left.length > 0)
          await context.kafka.commit(at, group, left, { timeoutMs: TIMEOUT_MS, signal: context.signal });
      }
    });
    return undefined;
  },

  settle: async (target, _context, before) => ({ before: before.state as GroupPositions, wanted: target.wanted }),

  async undo(target, context, before) {
    const at = await brokersOf(target.kafka, context);
    await untilAnswered(context, () => putBack(at, target.wanted, before.state as GroupPositions, context));
  },
  undoCommand: (target, before) => putBackCommand(target.kafka, target.wanted, before.state as GroupPositions),
});

/** From the translated offset on up to the true one, whatever stands there is right. */
function fits(stands: number | null, wanted: Position, group: string, { truths }: Params): boolean {
  const truth = offsetIn(truths.find((one) => one.group === group)?.positions ?? [], wanted) ?? wanted.offset;
  return stands !== null && stands >= wanted.offset && stands <= truth;
}

/** Before a run the offsets are in the file that the step before has written. */
const fromFile = (group: string): string[] => [
  `grep '^${group},' ${TRANSLATED} | cut -d , -f 2- > ${group}.csv`,
  groupsTool(`--group ${group} --reset-offsets --from-file ${group}.csv --execute`),
];

export const settingPermissions = (
  kafka: MskCluster,
  groups: GroupsOnCluster['groups'],
  account: string,
): Permission[] =>
  kafkaPermissions(FINDING, kafka, account, {
    reads: [...new Set(groups.flatMap(({ topics }) => topics))],
    sets: groups.map(({ group }) => group),
  });

const setLines = (all: GroupPositions): string[] =>
  all.flatMap(({ group, positions }) =>
    positions.map(({ topic, partition, offset }) =>
      groupsTool(`--group ${group} --topic ${topic}:${partition} --reset-offsets --to-offset ${offset} --execute`),
    ),
  );

/** What a person would type to have the groups as before: what was not there is deleted. */
export function putBackCommand(target: MskCluster, changed: GroupPositions, before: GroupPositions): string {
  const added = changed.flatMap(({ group, positions }) => {
    const former = before.find((one) => one.group === group)?.positions ?? [];
    const topics = positions.filter((one) => offsetIn(former, one) === null).map(({ topic }) => topic);
    return [...new Set(topics)].map((topic) => groupsTool(`--group ${group} --topic ${topic} --delete-offsets`));
  });
  return kafkaTools(target, [...added, ...setLines(before)]);
}

/** What each group has committed now, of the partitions that are its own. */
export async function committedOn(
  at: KafkaCluster,
  groups: readonly { group: string; isOwn: (one: Position) => boolean }[],
  { kafka, signal }: StepContext,
): Promise<GroupPositions> {
  const all: GroupPositions = [];
  for (const { group, isOwn } of groups) {
    const stands = await kafka.committed(at, group, { timeoutMs: TIMEOUT_MS, signal });
    all.push({ group, positions: stands.filter(isOwn) });
  }
  return all;
}

const isAmong = ({ group, positions }: GroupPositions[number]) => ({
  group,
  isOwn: (one: Position) => offsetIn(positions, one) !== null,
});

/** Sets what stood there before, and takes away what did not, once nobody is in the groups any more. */
export async function putBack(
  at: KafkaCluster,
  changed: GroupPositions,
  before: GroupPositions,
  context: StepContext,
): Promise<void> {
  const { kafka, signal } = context;
  const limit = { timeoutMs: TIMEOUT_MS, signal };
  for (const { group, positions } of changed) {
    await until(context, async () => isEmpty(await kafka.group(at, group, limit)) || undefined);
    const former = before.find((one) => one.group === group)?.positions ?? [];
    if (former.length > 0) await kafka.commit(at, group, former, limit);
    const topics = new Set(positions.map(({ topic }) => topic));
    const addedNow = async () => {
      const stands = await kafka.committed(at, group, limit);
      return stands.filter((one) => topics.has(one.topic) && offsetIn(former, one) === null);
    };
    const added = await addedNow();
    if (added.length > 0)
      await unlessDone(
        context,
        () => kafka.forget(at, group, added, limit),
        async () => (await addedNow()).length === 0,
      );
  }
}
