import { createHash } from 'node:crypto';
import type { RecordsBatch } from '@platformatic/kafka';
import type { KafkaRecord, Position, RecordPrint } from '../ports/kafka.ts';
import { ANSWER_MOST_BYTES, answerTooLarge } from './answer-limit.ts';
import type { Clients } from './kafka-clients.ts';

const BYTES_AT_ONCE = 4 * 1024 * 1024;
/** What Kafka itself wrote among the records, of transactions. */
const CONTROL = 0x20;

type Fetched = KafkaRecord & { offset: number };

/** The records of a partition from an offset on, up to an end or to so many. */
export async function fetched(
  clients: Clients,
  { topic, partition, offset }: Position,
  { end, atMost = Number.POSITIVE_INFINITY }: { end: number; atMost?: number },
): Promise<Fetched[]> {
  const records: Fetched[] = [];
  let next = offset;
  let bytes = 0;
  while (next < end && records.length < atMost) {
    const batches = await batchesFrom(clients, topic, partition, next);
    const last = batches.at(-1);
    // Nothing more comes: what was there has been taken away meanwhile.
    if (!last) break;
    bytes += batches.reduce((sum, { length }) => sum + length, 0);
    if (bytes > ANSWER_MOST_BYTES) throw answerTooLarge(topic);
    const from = next;
    records.push(...batches.flatMap(recordsIn).filter((one) => one.offset >= from && one.offset < end));
    next = Number(last.firstOffset) + last.lastOffsetDelta + 1;
    if (next <= from) break;
  }
  return records.slice(0, atMost === Number.POSITIVE_INFINITY ? undefined : atMost);
}

async function batchesFrom({ consumer }: Clients, topic: string, partition: number, offset: number) {
  const { topics } = await consumer.metadata({ topics: [topic] });
  const { id: topicId, partitions } = topics.get(topic) ?? { id: '', partitions: [] };
  const answer = await consumer.fetch({
    node: partitions[partition]?.leader ?? -1,
    minBytes: 1,
    maxBytes: BYTES_AT_ONCE,
    maxWaitTime: 500,
    topics: [
      {
        topicId,
        partitions: [
          {
            partition,
            fetchOffset: BigInt(offset),
            currentLeaderEpoch: -1,
            lastFetchedEpoch: -1,
            partitionMaxBytes: BYTES_AT_ONCE,
          },
        ],
      },
    ],
  });
  return answer.responses.flatMap((one) => one.partitions.flatMap(({ records }) => records ?? []));
}

const recordsIn = ({ attributes, firstOffset, firstTimestamp, records }: RecordsBatch): Fetched[] =>
  (attributes & CONTROL) !== 0
    ? []
    : records.map(({ offsetDelta, timestampDelta, key, value }) => ({
        offset: Number(firstOffset) + offsetDelta,
        atMs: Number(firstTimestamp + timestampDelta),
        key,
        value,
      }));

/** MirrorMaker keeps time stamp, key and value of a record; what they say does not leave this function. */
export function printOf({ offset, atMs, key, value }: Fetched): RecordPrint {
  const hash = createHash('sha256').update(`${atMs}/${key?.length ?? -1}/${value?.length ?? -1}/`);
  return {
    offset,
    print: hash
      .update(key ?? '')
      .update(value ?? '')
      .digest('hex'),
  };
}
