import * as z from 'zod';
import { duration } from '../../../drill/quantities.ts';
import { inWords } from '../../../duration.ts';
import { DrillError } from '../../../errors.ts';
import { given } from '../../../steps/given.ts';
import { defineStep } from '../../../steps/step.ts';
import { groupsTool, kafkaTools } from './by-hand.ts';
import { brokersOf, clusterNeed, FINDING, kafkaPermissions, nameOf, TIMEOUT_MS } from './cluster.ts';
import { groupsOn, groupsOnCluster } from './consumers.ts';
import { behindInWords, ownTopics, readUpTo } from './reading.ts';

const params = groupsOnCluster.extend({ own: z.array(z.string()), withinMs: z.number() });

/** Waits until everything that was produced in the recovery region has been consumed there: no MirrorMaker brings it home. */
export const drain = defineStep<z.output<typeof params>>({
  kind: 'kafka.drain',
  params,
  given: given(
    z.strictObject({ within: duration.default(300_000) }),
    ({ within }, around) => ({ ...groupsOn('recovery', around), own: ownTopics(around), withinMs: within }),
    { lastsMs: ({ within }) => within },
  ),
  needs: ({ kafka, own }) => [clusterNeed(kafka, { topics: own })],
  plane: 'data',
  title: ({ kafka, own }) => `Check that all of ${own.join(', ')} on ${nameOf(kafka.cluster)} is consumed`,
  region: ({ kafka }) => kafka.region,
  calls: FINDING,
  permissions: ({ kafka, groups, own }, account) =>
    kafkaPermissions(FINDING, kafka, account, { reads: own, looksAt: groups.map(({ group }) => group) }),
  command: ({ kafka, groups }) =>
    kafkaTools(
      kafka,
      groups.map(({ group }) => groupsTool(`--describe --group ${group}`)),
    ),
  doneWhen: () => 'LAG is 0 for each partition.',
  usuallyMs: () => 6_000,
  observe: async () => ({ done: false, underway: true, state: null }),
  async settle({ kafka: target, groups, own, withinMs }, context) {
    const at = await brokersOf(target, context);
    const ends = await context.kafka.ends(at, own, { timeoutMs: TIMEOUT_MS, signal: context.signal });
    const [first] = await readUpTo(ends, { at, groups, withinMs }, context);
    if (!first) return null;
    throw new DrillError('not-drained', `${behindInWords(first)}, after ${inWords(withinMs)}.`, {
      hint: 'These records are only in the recovery region: do not stop consumers before they are consumed.',
    });
  },
});
