import * as z from 'zod';
import { duration } from '../../../drill/quantities.ts';
import { DrillError } from '../../../errors.ts';
import type { KafkaCluster, Position } from '../../../ports/kafka.ts';
import { given } from '../../../steps/given.ts';
import { until } from '../../../steps/poll.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { checkpointsToFile, kafkaTools } from './by-hand.ts';
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
import { groupPositions } from './consumers.ts';
import { newestCheckpoints } from './mirror-records.ts';
import { offsetIn } from './reading.ts';
import { checkpointsTopic, mirroredName, placeOf } from './topics.ts';
import { trueOffset } from './true-offset.ts';

const params = z.object({
  primary: mskCluster,
  recovery: mskCluster,
  groups: z.array(
    z.object({ group: z.string(), topics: z.array(z.object({ written: z.string(), mirrored: z.string() })) }),
  ),
  checkpoints: z.string(),
  rereads: z.int(),
  withinMs: z.number(),
});
type Params = z.output<typeof params>;

/** Checkpoints are rare, and each look reads records of every partition. */
const LOOKS = { firstMs: 2_000, maxMs: 10_000 };

/** Of one partition that a group reads: where it stands, and where MirrorMaker has it go on. */
interface Translated {
  group: string;
  from: Position;
  /** In the mirrored topic; null without a checkpoint. */
  to: (Position & { truth: number | null }) | null;
}

const result = z.object({ translated: groupPositions, truths: groupPositions });
export type Translation = z.output<typeof result>;

/**
 * Holds each offset that MirrorMaker has translated against the record that the group would have read next, found in both clusters by
 * what it is: a group may read something again, so many records at most, and may skip nothing.
 */
export const checkTranslation = defineStep<Params, Translation>({
  kind: 'kafka.check-translation',
  params,
  given: given(
    z.strictObject({
      rereads: z.int().nonnegative().default(1_000).describe('How many records of a partition may be read again.'),
      within: duration
        .default(180_000)
        .describe('How long to wait for MirrorMaker. By default, it writes checkpoints every 60 s.'),
    }),
    ({ rereads, within }, around) => {
      const { consumers, mirror } = messagingOf(around);
      return {
        primary: clusterOn('primary', around),
        recovery: clusterOn('recovery', around),
        groups: consumers.map(({ group, topics }) => ({
          group,
          topics: topics.map((written) => ({ written, mirrored: mirroredName(written, mirror) })),
        })),
        checkpoints: checkpointsTopic(mirror),
        rereads,
        withinMs: within,
      };
    },
    { lastsMs: ({ within }) => within },
  ),
  needs: ({ primary, recovery, groups, checkpoints }) => {
    const topics = groups.flatMap((one) => one.topics);
    return [
      clusterNeed(primary, { topics: distinct(topics.map(({ written }) => written)) }),
      clusterNeed(recovery, { topics: distinct([...topics.map(({ mirrored }) => mirrored), checkpoints]) }),
    ];
  },
  plane: 'data',
  title: ({ recovery, rereads }) =>
    `Compare translated offsets on ${nameOf(recovery.cluster)} with the records: none skipped, at most ${rereads} read again`,
  region: ({ recovery }) => recovery.region,
  calls: FINDING,
  permissions: ({ primary, recovery, groups, checkpoints }, account) => {
    const looksAt = groups.map(({ group }) => group);
    const topics = groups.flatMap((one) => one.topics);
    return [
      ...kafkaPermissions(FINDING, primary, account, {
        reads: distinct(topics.map(({ written }) => written)),
        looksAt,
      }),
      ...kafkaPermissions(FINDING, recovery, account, {
        reads: distinct([...topics.map(({ mirrored }) => mirrored), checkpoints]),
        looksAt,
      }),
    ];
  },
  command: ({ recovery, checkpoints }) => kafkaTools(recovery, [checkpointsToFile(checkpoints)]),
  doneWhen: () => 'For each group and partition there is a checkpoint in the file.',
  usuallyMs: () => 60_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle(target, context) {
    const { clock } = context;
    const primary = await brokersOf(target.primary, context);
    const recovery = await brokersOf(target.recovery, context);
    const endMs = clock.nowMs() + target.withinMs;
    const look = async () => {
      const isLast = clock.nowMs() >= endMs;
      const found = await translatedNow({ primary, recovery, isLast }, target, context);
      return isLast || found.every((one) => faultOf(one, target) === undefined) ? found : undefined;
    };
    const all = await until(context, look, LOOKS);
    for (const { group } of target.groups) noteGroup(group, all, recovery, target, context);
    const bad = all.map((one) => faultOf(one, target)).filter((fault) => fault !== undefined);
    if (bad.length === 0) return { translated: positionsOf(all, 'offset'), truths: positionsOf(all, 'truth') };
    throw new DrillError(
      'offsets-not-translated',
      `${bad[0]}${bad.length > 1 ? `, and ${bad.length - 1} more` : ''}.`,
      {
        hint: 'Do not start consumers from there. Check the groups and topics that MirrorMaker is told to mirror, and whether its checkpoint connector runs.',
      },
    );
  },
});

interface Look {
  primary: KafkaCluster;
  recovery: KafkaCluster;
  /** Then it is also looked for what a wait could not fix. */
  isLast: boolean;
}

async function translatedNow(
  { primary, recovery, isLast }: Look,
  { groups, checkpoints, rereads }: Params,
  context: StepContext,
): Promise<Translated[]> {
  const { kafka, signal } = context;
  const limit = { timeoutMs: TIMEOUT_MS, signal };
  const known = newestCheckpoints(
    await kafka.records(recovery, checkpoints, { ...limit, timeoutMs: 30_000, sinceMs: 0 }),
  );
  const all: Translated[] = [];
  for (const { group, topics } of groups) {
    const stands = await kafka.committed(primary, group, limit);
    const kept = await kafka.committed(recovery, group, limit);
    for (const from of stands) {
      const topic = topics.find(({ written }) => written === from.topic)?.mirrored;
      if (topic === undefined) continue;
      const { partition } = from;
      const one = known.find((each) => each.group === group && each.topic === topic && each.partition === partition);
      if (!one) {
        all.push({ group, from, to: null });
        continue;
      }
      const to = { topic, partition, offset: one.offset };
      const truth = await trueOffset({ source: primary, from, target: recovery, to, within: rereads, isLast }, context);
      all.push({ group, from, to: { ...to, offset: further(to, truth, kept), truth } });
    }
  }
  return all;
}

/** What MirrorMaker itself has committed for the group may be newer than its checkpoint. If it is past the true offset, it is ignored. */
function further(to: Position, truth: number | null, kept: readonly Position[]): number {
  const committed = offsetIn(kept, to);
  return committed !== null && truth !== null && committed > to.offset && committed <= truth ? committed : to.offset;
}

function faultOf({ group, from, to }: Translated, { rereads }: Pick<Params, 'rereads'>): string | undefined {
  const where = `${group} stands at ${from.offset} in ${placeOf(from)}`;
  if (to === null) return `${where}, and no checkpoint says where that is in the recovery region`;
  const there = `${where}, translated to ${to.offset} in ${placeOf(to)}`;
  if (to.truth === null) return `${there}: the record that comes next was not found within ${rereads} records of it`;
  if (to.offset > to.truth) return `${there}: ${to.offset - to.truth} records would be skipped`;
  if (to.truth - to.offset > rereads) return `${there}: ${to.truth - to.offset} records would be read again`;
  return undefined;
}

function noteGroup(
  group: string,
  all: readonly Translated[],
  { name }: KafkaCluster,
  target: Params,
  { record }: StepContext,
): void {
  const own = all.filter((one) => one.group === group);
  const good = own.filter((one) => faultOf(one, target) === undefined);
  const again = good.reduce((sum, { to }) => sum + (to?.truth ?? 0) - (to?.offset ?? 0), 0);
  record({
    type: 'data-check',
    check: `${group}-offsets`,
    title: `The offsets of ${group} are translated, and nothing is skipped`,
    instance: name,
    ok: own.length > 0 && good.length === own.length,
    detail: `${good.length} of ${own.length} partitions, ${again} records read again`,
    rows: own.map(({ from, to }) => ({
      partition: placeOf(from),
      stands: from.offset,
      translated: to?.offset ?? null,
      truth: to?.truth ?? null,
    })),
  });
}

const positionsOf = (all: readonly Translated[], which: 'offset' | 'truth') =>
  distinct(all.map(({ group }) => group)).map((group) => ({
    group,
    positions: all.flatMap((one) =>
      one.group === group && one.to
        ? [{ topic: one.to.topic, partition: one.to.partition, offset: one.to[which] ?? one.to.offset }]
        : [],
    ),
  }));

const distinct = <T>(all: readonly T[]): T[] => [...new Set(all)];
