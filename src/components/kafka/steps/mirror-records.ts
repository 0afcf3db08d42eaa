import type { KafkaRecord } from '../../../ports/kafka.ts';

/** How far a group stood in the primary region, and where that is in the mirrored topic. */
export interface Checkpoint {
  group: string;
  topic: string;
  partition: number;
  upstream: number;
  offset: number;
}

/** The newest checkpoint of each group and partition. MirrorMaker writes one only when its offset has moved. */
export function newestCheckpoints(records: readonly KafkaRecord[]): Checkpoint[] {
  const newest = new Map<string, Checkpoint>();
  for (const { key, value } of records) {
    // A checkpoint that was taken back has no value.
    if (!key || !value) continue;
    const one = checkpointIn(key, value);
    newest.set(`${one.group}/${one.topic}/${one.partition}`, one);
  }
  return [...newest.values()];
}

/** The format is MirrorMaker's: group, topic and partition in the key; a version and both offsets in the value. */
function checkpointIn(key: Buffer, value: Buffer): Checkpoint {
  const group = textAt(key, 0);
  const topic = textAt(key, group.next);
  return {
    group: group.text,
    topic: topic.text,
    partition: key.readInt32BE(topic.next),
    upstream: Number(value.readBigInt64BE(2)),
    offset: Number(value.readBigInt64BE(10)),
  };
}

function textAt(bytes: Buffer, from: number): { text: string; next: number } {
  const next = from + 2 + bytes.readInt16BE(from);
  return { text: bytes.toString('utf8', from + 2, next), next };
}
