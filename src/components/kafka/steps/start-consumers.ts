import * as z from 'zod';
import { DrillError } from '../../../errors.ts';
import type { KafkaCluster } from '../../../ports/kafka.ts';
import { given, side } from '../../../steps/given.ts';
import { until } from '../../../steps/poll.ts';
import { defineStep, type StepContext } from '../../../steps/step.ts';
import { scaling } from '../../kubernetes/scaling.ts';
import { brokersByHand } from './by-hand.ts';
import { brokersOf, clusterNeed, FINDING, kafkaPermissions, nameOf, TIMEOUT_MS } from './cluster.ts';
import { type ConsumersScaled, consumersIn, consumersScaled, statesOf } from './consumers.ts';
import { type Brokers, brokersGiven } from './find-brokers.ts';
import { type Behind, behindInWords, ownTopics, readUpTo } from './reading.ts';

const params = consumersScaled.and(z.object({ own: z.array(z.string()) }));
type Params = z.output<typeof params>;

/** How long an undo waits for that. */
const DRAINS_WITHIN_MS = 120_000;

/** Scales the consumers of a region up, and sees that their groups have members that have settled who reads what. */
export const startConsumers = defineStep<Params, Brokers>({
  ...scaling,
  kind: 'kafka.start-consumers',
  params,
  given: given(z.strictObject({ in: side.default('recovery') }), ({ in: where }, around) => ({
    ...consumersIn(where, around, ({ replicas }) => replicas),
    own: where === 'recovery' ? ownTopics(around) : [],
  })),
  needs: (target) => [...scaling.needs(target), clusterNeed(target.kafka, { topics: target.own })],
  title: ({ deployments, kafka }) =>
    `Scale ${deployments.map(({ name, replicas }) => `${name} to ${replicas}`).join(', ')}, and wait until their groups on ${nameOf(kafka.cluster)} are stable`,
  calls: FINDING,
  permissions: (target, account) => [
    ...scaling.permissions(target, account),
    ...kafkaPermissions(FINDING, target.kafka, account, {
      reads: target.own,
      looksAt: target.groups.map(({ group }) => group),
    }),
  ],
  command: (target) => `${scaling.command(target)} && ${statesOf(target)}`,
  byHand: { ...scaling.byHand, gives: ({ kafka }, read) => brokersByHand(kafka, read) },
  doneWhen: () => 'READY shows all replicas, and each group is Stable.',
  async observe(target, context) {
    return { ...(await scaling.observe(target, context)), done: false };
  },
  async settle(target, context, before, receipt) {
    await scaling.settle?.(target, context, before, receipt);
    const at = await brokersOf(target.kafka, context);
    await untilSettled(at, target, context);
    return brokersGiven(at);
  },
  async undo(target, context, before) {
    const [first] = await leftUnread(target, context);
    await scaling.undo?.(target, context, before);
    if (!first) return;
    throw new DrillError('not-drained', `${behindInWords(first)}, and was stopped all the same.`, {
      hint: 'These records are only in the recovery region: consume them before anything is deleted.',
    });
  },
});

async function untilSettled(at: KafkaCluster, { groups }: ConsumersScaled, context: StepContext): Promise<void> {
  const { kafka, signal } = context;
  for (const { group } of groups) {
    await until(context, async () => {
      const { state } = await kafka.group(at, group, { timeoutMs: TIMEOUT_MS, signal });
      return state === 'STABLE' ? true : undefined;
    });
  }
}

/** What was produced there meanwhile, nobody would read later: they are given time to finish it. */
async function leftUnread({ kafka: target, groups, own }: Params, context: StepContext): Promise<Behind[]> {
  if (own.length === 0) return [];
  const at = await brokersOf(target, context);
  const ends = await context.kafka.ends(at, own, { timeoutMs: TIMEOUT_MS, signal: context.signal });
  return readUpTo(ends, { at, groups, withinMs: DRAINS_WITHIN_MS }, context);
}
