import * as z from 'zod';
import { duration } from '../../../drill/quantities.ts';
import type { EventOf } from '../../../journal/events.ts';
import { given } from '../../../steps/given.ts';
import { until } from '../../../steps/poll.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
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

const params = mskCluster.extend({ ...markers.shape, topic: z.string(), withinMs: z.number() });

/** Waits until every marker record that was acknowledged has been mirrored, and says which were not. */
export const awaitMarkers = defineStep<z.output<typeof params>, { missing: number }>({
  kind: 'kafka.await-markers',
  params,
  given: given(
    z.strictObject({ within: duration.default(120_000).describe('How long MirrorMaker may take to catch up.') }),
    ({ within }, around) => {
      const { markers: topic, mirror } = messagingOf(around);
      return {
        ...clusterOn('recovery', around),
        topic: mirroredName(topic, mirror),
        run: around.startedAtMs,
        withinMs: within,
      };
    },
    { lastsMs: ({ within }) => within },
  ),
  needs: (target) => [clusterNeed(target, { topics: [target.topic] })],
  plane: 'data',
  title: ({ topic, cluster }) => `Check that all marker records arrive in ${topic} on ${nameOf(cluster)}`,
  region: ({ region }) => region,
  calls: FINDING,
  permissions: (target, account) => kafkaPermissions(FINDING, target, account, { reads: [target.topic] }),
  command: (target) => kafkaTools(target, [`${readTool(target.topic)} | sort | uniq | wc -l`]),
  doneWhen: () => 'The number does not grow any more.',
  usuallyMs: () => 2_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle(target, context) {
    const { clock, record } = context;
    const at = await brokersOf(target, context);
    const acknowledged = acknowledgedIn(context);
    const endMs = clock.nowMs() + target.withinMs;
    const missing = await until(context, async () => {
      const found = new Set(await markersIn(at, target.topic, target.run, context));
      const left = acknowledged.filter((sequence) => !found.has(sequence));
      return left.length === 0 || clock.nowMs() >= endMs ? left : undefined;
    });
    record({
      type: 'data-check',
      check: 'markers-arrived',
      title: 'Every marker record that the primary region acknowledged has been mirrored',
      instance: at.name,
      ok: missing.length === 0 && acknowledged.length > 0,
      detail: `${acknowledged.length - missing.length} of ${acknowledged.length} are there`,
      rows: [],
    });
    return { missing: missing.length };
  },
});

const acknowledgedIn = ({ entries }: StepContext): number[] =>
  entries()
    .filter((entry): entry is EventOf<'heartbeats'> => entry.type === 'heartbeats')
    .flatMap(({ rows }) => rows.map(([sequence]) => sequence));
