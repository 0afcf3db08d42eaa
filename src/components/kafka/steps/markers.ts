import * as z from 'zod';
import type { KafkaCluster } from '../../../ports/kafka.ts';
import type { StepContext } from '../../../steps/step.ts';
import { TIMEOUT_MS } from './cluster.ts';

/** When the run began: its marker records are numbered from there. */
export const markers = z.object({ run: z.number() });

/** Marker records of one run have one key, and so are in one partition. */
export const markerKey = (run: number): string => `dr-drill:${run}`;

/** The numbers of a run's marker records that a topic holds, ascending. */
export async function markersIn(
  at: KafkaCluster,
  topic: string,
  run: number,
  { kafka, signal }: Pick<StepContext, 'kafka' | 'signal'>,
): Promise<number[]> {
  // Brokers' clocks and ours may differ.
  const records = await kafka.records(at, topic, { timeoutMs: 3 * TIMEOUT_MS, signal, sinceMs: run - 60_000 });
  const own = records.filter(({ key }) => key?.toString() === markerKey(run)).map(({ value }) => Number(value));
  // A record that was sent twice is one record.
  return [...new Set(own)].sort((a, b) => a - b);
}
