import * as z from 'zod';
import { earlierStep, given } from '../../../steps/given.ts';
import { untilAnswered } from '../../../steps/poll.ts';
import { defineStep } from '../../../steps/step.ts';
import { kafkaTools, offsetsBack } from './by-hand.ts';
import { brokersOf, clusterNeed, FINDING, nameOf } from './cluster.ts';
import { putBack, putBackCommand, settingPermissions } from './commit-offsets.ts';
import { type GroupPositions, groupPositions, groupsOn, groupsOnCluster } from './consumers.ts';

const params = groupsOnCluster.extend({ changed: groupPositions, before: groupPositions });

/** Has the groups of the recovery region have committed what they had before the drill, so that MirrorMaker can continue from there. */
export const putOffsetsBack = defineStep<z.output<typeof params>>({
  kind: 'kafka.put-offsets-back',
  params,
  given: given(
    z.strictObject({ committed: earlierStep.describe('The step that set them.') }),
    ({ committed }, around) => {
      const nothing = { before: [], wanted: [] };
      const made =
        around.result<{ before: GroupPositions; wanted: GroupPositions } | null>(committed, nothing) ?? nothing;
      return { ...groupsOn('recovery', around), changed: made.wanted, before: made.before };
    },
  ),
  needs: ({ kafka, groups }) => [clusterNeed(kafka, { topics: groups.flatMap(({ topics }) => topics) })],
  plane: 'data',
  title: ({ kafka }) => `Restore the earlier offsets of the groups on ${nameOf(kafka.cluster)}`,
  region: ({ kafka }) => kafka.region,
  calls: FINDING,
  permissions: ({ kafka, groups }, account) => settingPermissions(kafka, groups, account),
  command: ({ kafka, groups, changed, before }) =>
    // Before a run they are in the files that the step which set them has kept.
    changed.length > 0 ? putBackCommand(kafka, changed, before) : kafkaTools(kafka, groups.flatMap(offsetsBack)),
  doneWhen: () => 'Each group has the offsets that it had before.',
  usuallyMs: () => 1_000,
  observe: async ({ changed }) => ({ done: changed.length === 0, state: null }),
  repeatable: true,
  async apply(target, context) {
    const at = await brokersOf(target.kafka, context);
    await untilAnswered(context, () => putBack(at, target.changed, target.before, context));
    return undefined;
  },
});
