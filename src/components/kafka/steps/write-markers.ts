import * as z from 'zod';
import { duration } from '../../../drill/quantities.ts';
import { inWords } from '../../../duration.ts';
import { DrillError } from '../../../errors.ts';
import { given } from '../../../steps/given.ts';
import { writeNumberedRows } from '../../../steps/numbered-rows.ts';
import { defineStep } from '../../../steps/step.ts';
import { kafkaTools, writeTool } from './by-hand.ts';
import {
  brokersOf,
  clusterNeed,
  clusterOn,
  FINDING,
  kafkaPermissions,
  messagingOf,
  mskCluster,
  nameOf,
} from './cluster.ts';
import { markerKey, markers } from './markers.ts';

const params = mskCluster.extend({
  ...markers.shape,
  topic: z.string(),
  everyMs: z.number(),
  lastsMs: z.number(),
});
type Params = z.output<typeof params>;

/** Writes numbered records to the drills' own topic of the primary region for a while, and notes when each was acknowledged. */
export const writeMarkers = defineStep<Params, { written: number }>({
  kind: 'kafka.write-markers',
  params,
  given: given(
    z.strictObject({ every: duration.default(200), lasts: duration }),
    ({ every, lasts }, around) => ({
      ...clusterOn('primary', around),
      topic: messagingOf(around).markers,
      run: around.startedAtMs,
      everyMs: every,
      lastsMs: lasts,
    }),
    { lastsMs: ({ lasts }) => lasts },
  ),
  needs: (target) => [clusterNeed(target, { topics: [target.topic] })],
  plane: 'data',
  title: ({ topic, cluster, lastsMs }) =>
    `Write marker records to ${topic} on ${nameOf(cluster)} for ${inWords(lastsMs)}`,
  region: ({ region }) => region,
  calls: FINDING,
  permissions: (target, account) => kafkaPermissions(FINDING, target, account, { writes: [target.topic] }),
  command: (target) =>
    kafkaTools(target, [
      `for n in $(seq 0 ${Math.floor(target.lastsMs / target.everyMs) - 1}); do echo "${markerKey(target.run)}|$((${target.run} + n))"; sleep ${target.everyMs / 1_000}; done | ${writeTool(target.topic)}`,
    ]),
  doneWhen: () => 'The command ends without an error.',
  usuallyMs: ({ lastsMs }) => lastsMs,
  observe: async () => ({ done: false, state: null }),
  repeatable: true,
  async apply(wanted, context) {
    // A run that was taken up again writes to the same end: the time in between has passed.
    const begun = context.entries().find((entry) => entry.type === 'step-applying' && entry.step === context.step);
    const lateMs = begun ? context.clock.nowMs() - Date.parse(begun.at) : 0;
    const at = await brokersOf(wanted, context);
    const rows = {
      of: wanted.store,
      instance: at.name,
      firstSequence: wanted.run,
      everyMs: wanted.everyMs,
      lastsMs: wanted.lastsMs - lateMs,
    };
    const written = await writeNumberedRows(rows, context, (sequence, limit) =>
      context.kafka.produce(at, wanted.topic, { key: markerKey(wanted.run), value: String(sequence) }, limit),
    );
    if (context.entries().some(({ type }) => type === 'heartbeats')) return written;
    throw new DrillError(
      'no-markers',
      `Not one marker record was acknowledged by ${nameOf(wanted.cluster)} in ${inWords(wanted.lastsMs)}.`,
      {
        hint: `Check that there is a topic ${wanted.topic}, and the login: without markers, no loss can be told.`,
      },
    );
  },
  settle: async (_wanted, _context, _before, written) => ({ written: Number(written ?? 0) }),
});
