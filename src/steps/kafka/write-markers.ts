import * as z from 'zod';
import { duration } from '../../drill/quantities.ts';
import { inWords } from '../../duration.ts';
import { DrillError } from '../../errors.ts';
import type { EventOf } from '../../journal/events.ts';
import { given } from '../given.ts';
import { defineStep, type StepContext } from '../step.ts';
import { kafkaTools, writeTool } from './by-hand.ts';
import {
  brokersOf,
  clusterOn,
  FINDING,
  kafkaPermissions,
  MESSAGING,
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

/** So many acknowledgements make one line of the journal. */
const BATCH = 50;
const TIMEOUT_MS = 2_000;

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
    { needs: MESSAGING, lastsMs: ({ lasts }) => lasts },
  ),
  plane: 'data',
  title: ({ topic, cluster, lastsMs }) =>
    `Write marker records to ${topic} on ${nameOf(cluster)} for ${inWords(lastsMs)}`,
  region: ({ region }) => region,
  calls: FINDING,
  permissions: (target, account) => kafkaPermissions(FINDING, target, account, { writes: [target.topic] }),
  command: (target) =>
    `${kafkaTools(target, [writeTool(target.topic, markerKey(target.run), String(target.run))])}  # and so on, every ${inWords(target.everyMs)}`,
  usuallyMs: ({ lastsMs }) => lastsMs,
  observe: async () => ({ done: false, state: null }),
  repeatable: true,
  async apply(wanted, context) {
    // A run that was taken up again writes to the same end: the time in between has passed.
    const begun = context.entries().find((entry) => entry.type === 'step-applying' && entry.step === context.step);
    const lateMs = begun ? context.clock.nowMs() - Date.parse(begun.at) : 0;
    const written = await write(wanted, context, wanted.lastsMs - lateMs);
    if (context.entries().some(({ type }) => type === 'heartbeats')) return written;
    throw new DrillError(
      'no-markers',
      `Not one marker record was acknowledged by ${nameOf(wanted.cluster)} in ${inWords(wanted.lastsMs)}.`,
      {
        hint: `Check that there is a topic ${wanted.topic}, and messaging.login: without markers, no loss can be told.`,
      },
    );
  },
  settle: async (_wanted, _context, _before, written) => ({ written: Number(written ?? 0) }),
});

async function write(wanted: Params, context: StepContext, lastsMs: number): Promise<number> {
  const { clock, kafka, record, signal } = context;
  const endMs = clock.nowMs() + lastsMs;
  const at = await brokersOf(wanted, context);
  let rows: [number, number][] = [];
  let written = 0;
  const flush = () => {
    if (rows.length > 0) record({ type: 'heartbeats', instance: at.name, rows });
    rows = [];
  };
  try {
    for (let sequence = nextSequence(at.name, wanted, context); clock.nowMs() < endMs; sequence += 1) {
      const dueMs = clock.nowMs() + wanted.everyMs;
      const one = { key: markerKey(wanted.run), value: String(sequence) };
      try {
        await kafka.produce(at, wanted.topic, one, { timeoutMs: TIMEOUT_MS, signal });
        rows.push([sequence, clock.nowMs()]);
        written += 1;
        if (rows.length >= BATCH) flush();
      } catch {
        signal.throwIfAborted();
        flush();
      }
      await clock.sleep(Math.max(0, dueMs - clock.nowMs()), signal);
    }
    return written;
  } finally {
    flush();
  }
}

/** A run that was taken up again goes on behind its last record that is known. */
function nextSequence(instance: string, { run }: Params, { entries }: StepContext): number {
  const last = entries().findLast(
    (entry): entry is EventOf<'heartbeats'> => entry.type === 'heartbeats' && entry.instance === instance,
  );
  return Math.max(run, (last?.rows.at(-1)?.[0] ?? 0) + 1);
}
