import * as z from 'zod';
import type { side } from '../../../steps/given.ts';
import type { Kafka } from '../schema.ts';

export const positions = z.array(z.object({ topic: z.string(), partition: z.int(), offset: z.int() }));

/** What a topic of the primary region is called where MirrorMaker has put it. */
export const mirroredName = (topic: string, { alias, policy }: Kafka['mirror']): string =>
  policy === 'identity' ? topic : `${alias}.${topic}`;

/** What a consumer reads in a region: in the recovery region what was mirrored, and what was produced there. */
export function topicsIn(where: z.output<typeof side>, topics: readonly string[], { mirror }: Kafka): string[] {
  if (where === 'primary') return [...topics];
  return [...new Set(topics.flatMap((topic) => [mirroredName(topic, mirror), topic]))];
}

/** MirrorMaker's own topics, in the recovery region. */
export const checkpointsTopic = ({ alias }: Kafka['mirror']): string => `${alias}.checkpoints.internal`;
export const heartbeatsTopic = ({ alias }: Kafka['mirror']): string => `${alias}.heartbeats`;

/** A partition, as a person would write it. */
export const placeOf = ({ topic, partition }: { topic: string; partition: number }): string => `${topic}/${partition}`;
