import * as z from 'zod';
import { duration } from '../../../drill/quantities.ts';
import { inWords } from '../../../duration.ts';
import { DrillError, isPassing } from '../../../errors.ts';
import { isEmpty } from '../../../ports/kafka.ts';
import { given, side } from '../../../steps/given.ts';
import { until } from '../../../steps/poll.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { scaling } from '../../kubernetes/scaling.ts';
import { brokersOf, clusterNeed, FINDING, kafkaPermissions, nameOf, TIMEOUT_MS } from './cluster.ts';
import { type ConsumersScaled, consumersIn, consumersScaled, statesOf } from './consumers.ts';

/** A region counts as lost after so many looks that nobody answered. */
const SILENT_LOOKS = 3;
const LOOK_EVERY_MS = 1_000;

const params = consumersScaled.and(
  z.object({
    withinMs: z.number(),
    /** Their region may be lost: nobody may be there who could stop them. */
    mayBeLost: z.boolean(),
  }),
);
type Params = z.output<typeof params>;

/** Scales the consumers of a region to nothing, and sees that nobody is left in their groups: only then do their offsets stand still. */
export const stopConsumers = defineStep<Params>({
  ...scaling,
  kind: 'kafka.stop-consumers',
  params,
  given: given(
    z.strictObject({
      in: side.default('primary'),
      within: duration
        .default(120_000)
        .describe('How long members may take to leave. A session lasts 45 s longer than its pod.'),
      mayBeLost: z.boolean().default(false).describe('true: continue if their region does not answer.'),
    }),
    ({ in: where, within, mayBeLost }, around) => ({
      ...consumersIn(where, around, () => 0),
      withinMs: within,
      mayBeLost,
    }),
  ),
  needs: (target) => [...scaling.needs(target), clusterNeed(target.kafka, {})],
  title: ({ deployments, kafka }) =>
    `Stop ${deployments.map(({ name }) => name).join(' and ')}, and check that their groups on ${nameOf(kafka.cluster)} are empty`,
  calls: FINDING,
  permissions: (target, account) => [
    ...scaling.permissions(target, account),
    ...kafkaPermissions(FINDING, target.kafka, account, { looksAt: target.groups.map(({ group }) => group) }),
  ],
  command: (target) => `${scaling.command(target)} && ${statesOf(target)}`,
  doneWhen: () => 'Each group is Empty: no consumer is left.',
  usuallyMs: () => 15_000,
  async observe(target, context) {
    const found = target.mayBeLost ? await seenUnlessLost(target, context) : await seen(target, context);
    // Pods that are gone may have left members behind.
    return found ? { ...found, done: false } : { done: true, state: null };
  },
  async settle(target, context, before, receipt) {
    if (before.state === null) return null;
    await scaling.settle?.(target, context, before, receipt);
    await untilEmpty(target, context);
    return null;
  },
});

const seen = (target: ConsumersScaled, context: StepContext) => scaling.observe(target, context);

/** Nothing where several looks in a row met nobody, which is noted: consumers that are cut off may continue. */
async function seenUnlessLost(target: Params, context: StepContext) {
  for (let silent = 1; ; silent += 1) {
    try {
      return await seen(target, context);
    } catch (error) {
      context.signal.throwIfAborted();
      if (!isPassing(error)) throw error;
    }
    if (silent >= SILENT_LOOKS) break;
    await context.clock.sleep(LOOK_EVERY_MS, context.signal);
  }
  const { region, cluster } = target.cluster;
  context.record({
    type: 'finding',
    severity: 'warning',
    subject: nameOf(target.kafka.cluster),
    what: `could not stop its consumers: ${cluster} in ${region} does not answer`,
    why: 'If they come back, they process records that the other region has already processed.',
    fix: `As soon as the region answers: ${scaling.command(target)}`,
  });
  return undefined;
}

async function untilEmpty({ kafka: target, groups, withinMs }: Params, context: StepContext): Promise<void> {
  const { kafka, clock, signal } = context;
  const at = await brokersOf(target, context);
  const endMs = clock.nowMs() + withinMs;
  for (const { group } of groups) {
    await until(context, async () => {
      const found = await kafka.group(at, group, { timeoutMs: TIMEOUT_MS, signal });
      if (isEmpty(found)) return true;
      if (clock.nowMs() < endMs) return undefined;
      const members =
        found.members === null ? 'members' : `${found.members} ${found.members === 1 ? 'member' : 'members'}`;
      throw new DrillError(
        'members-stay',
        `${group} on ${at.name} still has ${members} ${inWords(withinMs)} after its pods were gone: it is ${found.state}.`,
        {
          hint: 'Somebody beside the deployment consumes with this group: see its members by client and host. Its offsets cannot be moved while it does.',
        },
      );
    });
  }
}
