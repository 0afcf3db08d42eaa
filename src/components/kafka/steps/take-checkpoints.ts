import * as z from 'zod';
import { DrillError } from '../../../errors.ts';
import { given } from '../../../steps/given.ts';
import { patiently } from '../../../steps/poll.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { checkpointsToFile, kafkaTools } from './by-hand.ts';
import type { Translation } from './check-translation.ts';
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
import { type Checkpoint, newestCheckpoints } from './mirror-records.ts';
import { offsetIn } from './reading.ts';
import { checkpointsTopic, heartbeatsTopic, mirroredName } from './topics.ts';

/** How old MirrorMaker's newest heartbeat may be before the drill begins. */
const MIRRORED_WITHIN_MS = 60_000;

const params = z.object({
  recovery: mskCluster,
  /** Where the groups consumed; it is not asked, as its region may be lost. */
  lost: z.string(),
  groups: z.array(z.object({ group: z.string(), topics: z.array(z.string()) })),
  checkpoints: z.string(),
  heartbeats: z.string(),
});
type Params = z.output<typeof params>;

type Taken = Translation & { recovery: string };

/**
 * Takes from MirrorMaker's newest checkpoints where each group has to continue, without asking the cluster that may be lost. Nothing is held
 * against the records themselves: what was consumed since a checkpoint is read again.
 */
export const takeCheckpoints = defineStep<Params, Taken>({
  kind: 'kafka.take-checkpoints',
  params,
  given: given(z.strictObject({}), (_, around) => {
    const { consumers, mirror, primary } = messagingOf(around);
    return {
      recovery: clusterOn('recovery', around),
      lost: nameOf(primary.cluster),
      groups: consumers.map(({ group, topics }) => ({
        group,
        topics: topics.map((topic) => mirroredName(topic, mirror)),
      })),
      checkpoints: checkpointsTopic(mirror),
      heartbeats: heartbeatsTopic(mirror),
    };
  }),
  needs: (target) => [
    clusterNeed(target.recovery, { topics: [...topicsOf(target), target.checkpoints] }),
    { need: 'kafka-mirror', ...target.recovery, heartbeats: target.heartbeats, maxAgeMs: MIRRORED_WITHIN_MS },
  ],
  plane: 'data',
  title: ({ recovery }) => `Read each group's next offset from the checkpoints on ${nameOf(recovery.cluster)}`,
  region: ({ recovery }) => recovery.region,
  calls: FINDING,
  permissions: (target, account) =>
    kafkaPermissions(FINDING, target.recovery, account, { reads: [...topicsOf(target), target.checkpoints] }),
  command: ({ recovery, checkpoints }) => kafkaTools(recovery, [checkpointsToFile(checkpoints)]),
  doneWhen: () => 'For each group and partition there is a checkpoint in the file.',
  usuallyMs: () => 5_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle(target, context) {
    const { kafka, signal } = context;
    const at = await brokersOf(target.recovery, context);
    const limit = { timeoutMs: 3 * TIMEOUT_MS, signal };
    const ends = await patiently(context, () => kafka.ends(at, topicsOf(target), limit));
    const known = newestCheckpoints(
      await patiently(context, () => kafka.records(at, target.checkpoints, { ...limit, sinceMs: 0 })),
    );
    const translated = target.groups.map(({ group, topics }) => {
      const wanted = ends.filter(({ topic }) => topics.includes(topic));
      const found = wanted.map((end) => ({ end, checkpoint: known.find((one) => isOf(one, group, end)) }));
      const rows = found.map(({ end, checkpoint }) => ({
        partition: `${end.topic}/${end.partition}`,
        translated: checkpoint?.offset ?? null,
        end: end.offset,
      }));
      const there = found.flatMap(({ checkpoint }) => checkpoint ?? []);
      const again = there.reduce((sum, one) => sum + Math.max(0, (offsetIn(ends, one) ?? 0) - one.offset), 0);
      context.record({
        type: 'data-check',
        check: `${group}-checkpoints`,
        title: `MirrorMaker's checkpoints have the next offset of ${group}`,
        instance: at.name,
        ok: there.length === wanted.length,
        detail: `${there.length} of ${wanted.length} partitions; at most ${again} records are read again`,
        rows,
      });
      return { group, positions: there.map(({ topic, partition, offset }) => ({ topic, partition, offset })), wanted };
    });
    warnOfLost(target, context);
    const lacking = translated.find(({ positions, wanted }) => positions.length < wanted.length);
    if (!lacking) {
      const positions = translated.map(({ group, positions: own }) => ({ group, positions: own }));
      return { translated: positions, truths: positions, recovery: at.brokers.join() };
    }
    throw new DrillError(
      'checkpoints-missing',
      `${lacking.group} has a checkpoint for ${lacking.positions.length} of ${lacking.wanted.length} partitions on ${at.name}.`,
      {
        hint: 'Where there is none, consumers begin where auto.offset.reset says: at the end they skip what was not consumed. Decide it for each group, then start them by hand.',
      },
    );
  },
});

const topicsOf = ({ groups }: Params): string[] => [...new Set(groups.flatMap(({ topics }) => topics))];

const isOf = (one: Checkpoint, group: string, { topic, partition }: { topic: string; partition: number }): boolean =>
  one.group === group && one.topic === topic && one.partition === partition;

const warnOfLost = ({ lost, groups }: Params, { record }: StepContext): void =>
  record({
    type: 'finding',
    severity: 'warning',
    subject: lost,
    what: `${groups.map(({ group }) => group).join(' and ')} continue from checkpoints: their current offsets on ${lost} could not be read`,
    why: 'What they consumed since the newest checkpoints is consumed again, what was not mirrored is missing, and how much that is was not looked at.',
    fix: 'Consumers must tolerate duplicate records. When the region answers again, compare the topics.',
  });
