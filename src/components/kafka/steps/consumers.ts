import * as z from 'zod';
import type { Json } from '../../../journal/events.ts';
import type { ByHand } from '../../../steps/by-hand.ts';
import type { Asked, side } from '../../../steps/given.ts';
import { deploymentsScaled } from '../../kubernetes/scaling.ts';
import type { Kafka } from '../schema.ts';
import { groupsTool, kafkaTools, keepOffsets, offsetsBack } from './by-hand.ts';
import { clusterOn, messagingOf, mskCluster, runsIn } from './cluster.ts';
import { positions, topicsIn } from './topics.ts';

type Side = z.output<typeof side>;

/** Consumer groups on a cluster, with what each of them reads there. */
export const groupsOnCluster = z.object({
  kafka: mskCluster,
  groups: z.array(z.object({ group: z.string(), topics: z.array(z.string()) })),
});
export type GroupsOnCluster = z.output<typeof groupsOnCluster>;

/** Of a step that changes what groups have committed on a cluster: a person keeps it before, and puts it back from there. */
export const offsetsByHand: Pick<ByHand<GroupsOnCluster, Json>, 'finds' | 'undo'> = {
  finds({ kafka, groups }, read) {
    read.keep(
      kafkaTools(
        kafka,
        groups.map(({ group }) => keepOffsets(group)),
      ),
    );
    return null;
  },
  undo: ({ kafka, groups }) => kafkaTools(kafka, groups.flatMap(offsetsBack)),
};

export function groupsOn(where: Side, around: Asked): GroupsOnCluster {
  const messaging = messagingOf(around);
  return {
    kafka: clusterOn(where, around),
    groups: messaging.consumers.map(({ group, topics }) => ({ group, topics: topicsIn(where, topics, messaging) })),
  };
}

/** The deployments of all consumers in a region, and how many replicas each is to have. */
export const consumersScaled = deploymentsScaled.and(groupsOnCluster);
export type ConsumersScaled = z.output<typeof consumersScaled>;

export const consumersIn = (
  where: Side,
  around: Asked,
  replicasOf: (consumer: Kafka['consumers'][number]) => number,
): ConsumersScaled => ({
  ...groupsOn(where, around),
  cluster: runsIn(where, around),
  deployments: messagingOf(around).consumers.map((consumer) => ({
    name: consumer.deployment,
    replicas: replicasOf(consumer),
  })),
  exactly: true,
});

/** What each group has, or is to have, committed. */
export const groupPositions = z.array(z.object({ group: z.string(), positions }));
export type GroupPositions = z.output<typeof groupPositions>;

/** What a person would look at: who is in the groups. */
export const statesOf = ({ kafka, groups }: GroupsOnCluster): string =>
  kafkaTools(
    kafka,
    groups.map(({ group }) => groupsTool(`--describe --group ${group} --state`)),
  );
