import type { KafkaRecord } from '../../ports/kafka.ts';

/** What MirrorMaker writes into the records of its own topics: their format is its own, and has a version. */
const VERSION = 0;

interface Checkpoint {
  group: string;
  topic: string;
  partition: number;
  upstream: number;
  offset: number;
  atMs: number;
}

/** A checkpoint, as the connector writes it. */
export const checkpointRecord = (one: Checkpoint): KafkaRecord => ({
  atMs: one.atMs,
  key: Buffer.concat([text(one.group), text(one.topic), int32(one.partition)]),
  value: Buffer.concat([int16(VERSION), int64(one.upstream), int64(one.offset), text('')]),
});

export const heartbeatRecord = (alias: string, atMs: number): KafkaRecord => ({
  atMs,
  key: Buffer.concat([text(alias), text('recovery')]),
  value: Buffer.concat([int16(VERSION), int64(atMs)]),
});

const text = (value: string): Buffer => Buffer.concat([int16(Buffer.byteLength(value)), Buffer.from(value)]);

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
}
