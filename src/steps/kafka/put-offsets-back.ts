import * as z from 'zod';
import { earlierStep, given } from '../given.ts';
import { defineStep } from '../step.ts';
import { brokersOf, clusterOn, FINDING, kafkaPermissions, MESSAGING, mskCluster, nameOf } from './cluster.ts';
import { putBack } from './commit-offsets.ts';
import { type GroupPositions, groupPositions } from './consumers.ts';

const params = mskCluster.extend({ changed: groupPositions, before: groupPositions });

/** Has the groups of the recovery region have committed what they had before the drill, so that MirrorMaker can go on from there. */
export const putOffsetsBack = defineStep<z.output<typeof params>>({
  kind: 'kafka.put-offsets-back',
  params,
  given: given(
    z.strictObject({ committed: earlierStep.describe('The step that set them.') }),
    ({ committed }, around) => {
      const nothing = { before: [], wanted: [] };
      const made =
        around.result<{ before: GroupPositions; wanted: GroupPositions } | null>(committed, nothing) ?? nothing;
      return { ...clusterOn('recovery', around), changed: made.wanted, before: made.before };
    },
    { needs: MESSAGING },
  ),
  plane: 'data',
  title: ({ cluster }) => `Put back what the groups on ${nameOf(cluster)} had committed before`,
  region: ({ region }) => region,
  calls: FINDING,
  permissions: (target, account) =>
    kafkaPermissions(FINDING, target, account, {
      reads: [...new Set(target.changed.flatMap(({ positions }) => positions.map(({ topic }) => topic)))],
      sets: target.changed.map(({ group }) => group),
    }),
  command: ({ changed }) =>
    changed
      .flatMap(({ group, positions }) =>
        [...new Set(positions.map(({ topic }) => topic))].map(
          (topic) =>
            `kafka-consumer-groups.sh --bootstrap-server "$BROKERS" --command-config client.properties --group ${group} --topic ${topic} --delete-offsets`,
        ),
      )
      .join(' && ') || '# no offset to put back',
  usuallyMs: () => 1_000,
  observe: async ({ changed }) => ({ done: changed.length === 0, state: null }),
  repeatable: true,
  async apply(target, context) {
    await putBack(await brokersOf(target, context), target.changed, target.before, context);
    return undefined;
  },
});
