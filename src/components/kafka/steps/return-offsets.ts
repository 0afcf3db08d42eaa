import * as z from 'zod';
import { DrillError } from '../../../errors.ts';
import type { KafkaCluster, Position } from '../../../ports/kafka.ts';
import { given } from '../../../steps/given.ts';
import { untilAnswered } from '../../../steps/poll.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { groupsTool, kafkaTools } from './by-hand.ts';
import {
  brokersOf,
  clusterNeed,
  clusterOn,
  FINDING,
  kafkaPermissions,
  messagingOf,
  mskCluster,
  nameOf,
  TIMEOUT_MS,
} from './cluster.ts';
import { committedOn, putBack, putBackCommand, settingPermissions } from './commit-offsets.ts';
import { type GroupPositions, groupsOn, groupsOnCluster, offsetsByHand } from './consumers.ts';
import { offsetIn } from './reading.ts';
import { mirroredName, placeOf } from './topics.ts';
import { trueOffset } from './true-offset.ts';

/** By how many records the ends of the two topics may differ: MirrorMaker lags, and both are asked one after the other. */
const OFF_BY = 2_000;

const params = groupsOnCluster.extend({
  recovery: mskCluster,
  /** What MirrorMaker calls the topics of the primary region. */
  mirrored: z.record(z.string(), z.string()),
});
type Params = z.output<typeof params>;

/** Has each group go on in the primary region at the very record that it would have read next in the recovery region. */
export const returnOffsets = defineStep<Params>({
  kind: 'kafka.return-offsets',
  params,
  given: given(z.strictObject({}), (_, around) => {
    const { consumers, mirror } = messagingOf(around);
    const topics = consumers.flatMap((one) => one.topics);
    return {
      ...groupsOn('primary', around),
      recovery: clusterOn('recovery', around),
      mirrored: Object.fromEntries(topics.map((topic) => [topic, mirroredName(topic, mirror)])),
    };
  }),
  needs: ({ kafka, recovery, groups, mirrored }) => [
    clusterNeed(kafka, { topics: groups.flatMap(({ topics }) => topics) }),
    clusterNeed(recovery, { topics: Object.values(mirrored) }),
  ],
  plane: 'data',
  title: ({ kafka, recovery }) =>
    `Set the groups on ${nameOf(kafka.cluster)} to where those on ${nameOf(recovery.cluster)} stopped`,
  region: ({ kafka }) => kafka.region,
  calls: FINDING,
  permissions: ({ kafka, groups, recovery, mirrored }, account) => [
    ...settingPermissions(kafka, groups, account),
    ...kafkaPermissions(FINDING, recovery, account, {
      reads: Object.values(mirrored),
      looksAt: groups.map(({ group }) => group),
    }),
  ],
  command: ({ kafka, recovery, groups, mirrored }) =>
    [
      kafkaTools(
        recovery,
        groups.map(({ group, topics }) => nextRecordsToFile(group, topics, mirrored)),
      ),
      kafkaTools(
        kafka,
        groups.map(({ group }) => goOnFromFile(group)),
      ),
    ].join(' && '),
  byHand: offsetsByHand,
  doneWhen: () => 'Each group has an offset for each of its partitions.',
  usuallyMs: () => 5_000,
  async observe(target, context) {
    const at = await brokersOf(target.kafka, context);
    const own = target.groups.map(({ group, topics }) => ({
      group,
      isOwn: ({ topic }: Position) => topics.includes(topic),
    }));
    return { done: false, state: await committedOn(at, own, context) };
  },
  repeatable: true,
  async apply(target, context) {
    const primary = await brokersOf(target.kafka, context);
    const recovery = await brokersOf(target.recovery, context);
    const wanted = await nextRecords({ primary, recovery }, target, context);
    for (const { group, positions } of wanted)
      await untilAnswered(context, () =>
        context.kafka.commit(primary, group, positions, { timeoutMs: TIMEOUT_MS, signal: context.signal }),
      );
    return undefined;
  },
  async undo(target, context, before) {
    const at = await brokersOf(target.kafka, context);
    const former = before.state as GroupPositions;
    await untilAnswered(context, () => putBack(at, former, former, context));
  },
  undoCommand: ({ kafka }, before) => {
    const former = before.state as GroupPositions;
    return putBackCommand(kafka, former, former);
  },
});

/**
 * For a person: of each partition the time of the record that the group would read next, or `latest` at its end. MirrorMaker keeps the
 * time of a record.
 */
const nextRecordsToFile = (group: string, topics: readonly string[], mirrored: Record<string, string>): string => {
  const names = topics.map((written) => `-e 's/^${mirrored[written]} /${written} ${mirrored[written]} /p'`).join(' ');
  const next = `kafka-console-consumer.sh --bootstrap-server "$BROKERS" --consumer.config client.properties --topic "$mirrored" --partition "$partition" --offset "$offset" --max-messages 1 --timeout-ms 10000 --property print.timestamp=true < /dev/null | sed -nE 's/^(CreateTime|LogAppendTime):([0-9]+).*/\\2/p'`;
  return `${groupsTool(`--describe --group ${group}`)} | awk '{ print $2, $3, $4 }' | sed -n ${names} | while read -r topic mirrored partition offset; do time="$(${next})"; echo "$topic:$partition \${time:-latest}"; done > next-${group}.txt`;
};

const goOnFromFile = (group: string): string =>
  `while read -r place time; do if [ "$time" = latest ]; then to=--to-latest; else to="--to-datetime $(date -ud "@\${time%???}.\${time#\${time%???}}" +%FT%T.%3N)"; fi; ${groupsTool(`--group ${group} --topic "$place" --reset-offsets $to --execute < /dev/null`)}; done < next-${group}.txt`;

interface Clusters {
  primary: KafkaCluster;
  recovery: KafkaCluster;
}

/** Where the topics end in both clusters. */
interface Ends {
  primary: readonly Position[];
  recovery: readonly Position[];
}

async function nextRecords(at: Clusters, { groups, mirrored }: Params, context: StepContext): Promise<GroupPositions> {
  const limit = { timeoutMs: TIMEOUT_MS, signal: context.signal };
  const ends: Ends = {
    recovery: await context.kafka.ends(at.recovery, Object.values(mirrored), limit),
    primary: await context.kafka.ends(at.primary, Object.keys(mirrored), limit),
  };
  const all: GroupPositions = [];
  for (const { group, topics } of groups) {
    const read = await context.kafka.committed(at.recovery, group, limit);
    const rows: { from: Position; written: string; next: number }[] = [];
    for (const written of topics)
      for (const from of read.filter(({ topic }) => topic === mirrored[written]))
        rows.push({ from, written, next: await nextOf({ group, from, written, ends }, at, context) });
    context.record({
      type: 'data-check',
      check: `${group}-returned`,
      title: `${group} continues at the next record`,
      instance: at.primary.name,
      ok: rows.length > 0,
      detail: `${rows.length} partitions, nothing read again, nothing skipped`,
      rows: rows.map(({ from, written, next }) => ({
        partition: `${written}/${from.partition}`,
        stands: from.offset,
        next,
      })),
    });
    all.push({
      group,
      positions: rows.map(({ from, written, next }) => ({ topic: written, partition: from.partition, offset: next })),
    });
  }
  return all;
}

/** MirrorMaker only copies: the record that comes next is as far from the end in the primary region, or a few records off. */
async function nextOf(
  { group, from, written, ends }: { group: string; from: Position; written: string; ends: Ends },
  { primary, recovery }: Clusters,
  context: StepContext,
): Promise<number> {
  const left = (offsetIn(ends.recovery, from) ?? from.offset) - from.offset;
  const near = Math.max(0, (offsetIn(ends.primary, { ...from, topic: written }) ?? 0) - left - OFF_BY);
  const to = { topic: written, partition: from.partition, offset: near };
  const asked = { source: recovery, from, target: primary, to, within: 2 * OFF_BY, isLast: false };
  const found = await trueOffset(asked, context);
  if (found !== null) return found;
  throw new DrillError(
    'offsets-not-returned',
    `${group} stands at ${from.offset} in ${placeOf(from)}, and the record that comes next was not found in ${placeOf(to)}.`,
    { hint: 'Do not start consumers there. Compare the two topics by hand, and set the offset of the group.' },
  );
}
