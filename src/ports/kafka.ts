/** One Kafka cluster, by its name and the brokers to begin with. */
export interface KafkaCluster {
  region: string;
  name: string;
  /** Host and port of each. */
  brokers: string[];
}

export interface Partition {
  topic: string;
  partition: number;
}

/** An offset in a partition: of the next record to be written or read. */
export interface Position extends Partition {
  offset: number;
}

export interface KafkaRecord {
  /** When it was written, by its own time stamp. */
  atMs: number;
  key: Buffer | null;
  value: Buffer | null;
}

/** A record by what it is, without what it says: two that were written as one have the same print. */
export interface RecordPrint {
  offset: number;
  print: string;
}

export interface ConsumerGroup {
  /** As Kafka names it: `STABLE`, `EMPTY`; `DEAD` for one that does not exist. */
  state: string;
  /** Null where only the state is told. */
  members: number | null;
}

/** Nobody is in it, so that its offsets can be set from outside. */
export const isEmpty = ({ state }: ConsumerGroup): boolean => ['EMPTY', 'DEAD'].includes(state);

interface Limit {
  timeoutMs: number;
  signal?: AbortSignal;
}

/**
 * What a drill needs of a Kafka cluster. Calls fail with an error named `ConnectionFailed` or `Unreadable` where nobody gives a valid answer,
 * `Unavailable` where the cluster has none just now, `NotFound` where there is no such topic, `GroupInUse` where offsets were to be set
 * of a group that someone is in, `LoginFailed` where the login is refused, `LoginRefused` where it was taken before, `NotAllowed` where it may not, and `RequestFailed` otherwise;
 * changes with `UnknownOutcome` where they may have been made.
 */
export interface Kafka {
  /** How far each partition of these topics is written; topics that do not exist are left out. */
  ends(at: KafkaCluster, topics: readonly string[], limit: Limit): Promise<Position[]>;
  group(at: KafkaCluster, group: string, limit: Limit): Promise<ConsumerGroup>;
  /** What a group has committed. */
  committed(at: KafkaCluster, group: string, limit: Limit): Promise<Position[]>;
  commit(at: KafkaCluster, group: string, positions: readonly Position[], limit: Limit): Promise<void>;
  /** Has a group's commits for these partitions be as if there had never been any. */
  forget(at: KafkaCluster, group: string, partitions: readonly Partition[], limit: Limit): Promise<void>;
  /** Writes one record, and comes back when all replicas in sync have it. */
  produce(at: KafkaCluster, topic: string, record: { key: string; value: string }, limit: Limit): Promise<Position>;
  /** The records of a topic that were written since then, as far as it reaches when asked. */
  records(at: KafkaCluster, topic: string, limit: Limit & { sinceMs: number }): Promise<KafkaRecord[]>;
  /** Some records of a partition from an offset on; what they say stays there. */
  prints(at: KafkaCluster, from: Position, limit: Limit & { atMost: number }): Promise<RecordPrint[]>;
}
