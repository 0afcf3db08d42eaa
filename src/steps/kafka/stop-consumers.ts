import * as z from 'zod';
import { duration } from '../../drill/quantities.ts';
import { inWords } from '../../duration.ts';
import { DrillError } from '../../errors.ts';
import { isEmpty } from '../../ports/kafka.ts';
import { given, side } from '../given.ts';
import { scaleDeployments } from '../kubernetes/scale-deployments.ts';
import { until } from '../poll.ts';
import { defineStep, type StepContext } from '../step.ts';
import { brokersOf, clusterNeed, FINDING, kafkaPermissions, nameOf, TIMEOUT_MS } from './cluster.ts';
import { type ConsumersScaled, consumersIn, consumersScaled, statesOf } from './consumers.ts';

const params = consumersScaled.and(z.object({ withinMs: z.number() }));
type Params = z.output<typeof params>;

/** Scales the consumers of a region to nothing, and sees that nobody is left in their groups: only then do their offsets stand still. */
export const stopConsumers = defineStep<Params>({
  ...scaleDeployments,
  kind: 'kafka.stop-consumers',
  params,
  given: given(
    z.strictObject({
      in: side.default('primary'),
      within: duration
        .default(120_000)
        .describe('How long members may take to leave: a session outlives its pod by 45 s.'),
    }),
    ({ in: where, within }, around) => ({ ...consumersIn(where, around, () => 0), withinMs: within }),
  ),
  needs: (target) => [...scaleDeployments.needs(target), clusterNeed(target.kafka, {})],
  title: ({ deployments, kafka }) =>
    `Stop ${deployments.map(({ name }) => name).join(' and ')}, and see their groups on ${nameOf(kafka.cluster)} empty`,
  calls: FINDING,
  permissions: (target, account) => [
    ...scaleDeployments.permissions(target, account),
    ...kafkaPermissions(FINDING, target.kafka, account, { looksAt: target.groups.map(({ group }) => group) }),
  ],
  command: (target) => `${scaleDeployments.command(target)} && ${statesOf(target)}`,
  usuallyMs: () => 15_000,
  // Pods that are gone may have left members behind.
  observe: async (target, context) => ({ ...(await seen(target, context)), done: false }),
  async settle(target, context, before, receipt) {
    await scaleDeployments.settle?.(target, context, before, receipt);
    await untilEmpty(target, context);
    return null;
  },
});

const seen = (target: ConsumersScaled, context: StepContext) => scaleDeployments.observe(target, context);

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
