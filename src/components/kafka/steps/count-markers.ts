import * as z from 'zod';
import { given } from '../../../steps/given.ts';
import { defineStep } from '../../../steps/step.ts';
import { kafkaTools, readTool } from './by-hand.ts';
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
import { markers, markersIn } from './markers.ts';
import { mirroredName } from './topics.ts';

const params = mskCluster.extend({ ...markers.shape, topic: z.string() });

/** Reads which of this run's marker records have been mirrored by now: what is missing would be lost with the primary region. */
export const countMarkers = defineStep<z.output<typeof params>, { count: number }>({
  kind: 'kafka.count-markers',
  params,
  given: given(z.strictObject({}), (_, around) => {
    const { markers: topic, mirror } = messagingOf(around);
    return { ...clusterOn('recovery', around), topic: mirroredName(topic, mirror), run: around.startedAtMs };
  }),
  needs: (target) => [clusterNeed(target, { topics: [target.topic] })],
  plane: 'data',
  title: ({ topic, cluster }) => `Count the marker records in ${topic} on ${nameOf(cluster)}`,
  region: ({ region }) => region,
  calls: FINDING,
  permissions: (target, account) => kafkaPermissions(FINDING, target, account, { reads: [target.topic] }),
  command: (target) => kafkaTools(target, [`${readTool(target.topic)} | sort | uniq | wc -l`]),
  doneWhen: () => 'The number is the number of marker records that were written.',
  usuallyMs: () => 500,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle(target, context) {
    const at = await brokersOf(target, context);
    const found = await markersIn(at, target.topic, target.run, context);
    const missing = found.flatMap((sequence, index): [number, number][] => {
      const expected = index === 0 ? target.run : (found[index - 1] as number) + 1;
      return sequence > expected ? [[expected, sequence - 1]] : [];
    });
    context.record({
      type: 'heartbeats-found',
      of: target.store,
      instance: at.name,
      count: found.length,
      first: found[0] ?? null,
      last: found.at(-1) ?? null,
      missing,
    });
    return { count: found.length };
  },
});
