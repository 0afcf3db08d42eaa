import type { Clock } from '../clock/clock.ts';
import { DrillError, UnknownOutcome } from '../errors.ts';
import type { Kafka, KafkaCluster, Position } from '../ports/kafka.ts';
import { FormerLogins } from './former-logins.ts';
import { type Clients, type KafkaCredentials, newClients } from './kafka-clients.ts';
import { asPortNamesIt, connectionFailed, isAboutConnection, mayHaveBeenMade } from './kafka-errors.ts';
import { fetched, printOf } from './kafka-fetch.ts';
import { within } from './within.ts';

export interface LiveKafkaOptions {
  clock: Clock;
  /** Absent where the cluster asks for none. */
  login?: KafkaCredentials | undefined;
  tls: boolean;
  readOnly: boolean;
}

interface Limit {
  timeoutMs: number;
  signal?: AbortSignal;
}

/** Whole topics are asked for by these instead of a time. */
const LATEST = -1n;
/** The partitions of a topic that does not exist. */
const NOTHING: Position[] = [];

/**
 * Real clusters. Connections are kept, as an application's would be, and opened again where they break: the next time another broker is
 * asked first.
 */
export function liveKafka({ clock, login, tls, readOnly }: LiveKafkaOptions): Kafka & { close(): Promise<void> } {
  const known = new Map<string, Promise<Clients>>();
  const closing = new Set<Promise<unknown>>();
  let turn = 0;
  let isRefused = false;
  const logins = new FormerLogins(clock);

  const newLogin = (): KafkaCredentials | undefined => {
    if (login?.by !== 'scram') return login;
    let anew = isRefused;
    const password = (region: string) => {
      const given = login.password(region, { anew });
      anew = false;
      return given;
    };
    return { ...login, password };
  };

  const clientsOf = ({ region, brokers }: KafkaCluster): Promise<Clients> => {
    const key = brokers.join();
    const first = turn % brokers.length;
    const inTurn = [...brokers.slice(first), ...brokers.slice(0, first)];
    const clients = known.get(key) ?? newClients(inTurn, region, { login: newLogin(), tls });
    known.set(key, clients);
    return clients;
  };

  const drop = ({ brokers }: KafkaCluster): void => {
    const clients = known.get(brokers.join());
    known.delete(brokers.join());
    turn += 1;
    if (!clients) return;
    const closed = closeAll(clients).finally(() => closing.delete(closed));
    closing.add(closed);
  };

  async function looked<T>(at: KafkaCluster, { timeoutMs, signal }: Limit, work: (clients: Clients) => Promise<T>) {
    const late = () => connectionFailed(`${at.name} did not answer within ${timeoutMs / 1000} s.`);
    // To load the client is no part of the time that a cluster may take.
    await import('@platformatic/kafka');
    try {
      const answer = await within({ clock, ms: timeoutMs, signal, late }, () => clientsOf(at).then(work));
      isRefused = false;
      return answer;
    } catch (error) {
      const named = asPortNamesIt(error, at);
      if (isAboutConnection(named)) drop(at);
      throw named;
    }
  }

  /** A password that was rotated meanwhile is read again, once, before the refusal is believed. */
  async function withLogin<T>(at: KafkaCluster, limit: Limit, work: (clients: Clients) => Promise<T>): Promise<T> {
    try {
      return await looked(at, limit, work);
    } catch (error) {
      if (!isLogin(error) || isRefused) throw error;
      isRefused = true;
      return looked(at, limit, work);
    }
  }

  async function asked<T>(at: KafkaCluster, limit: Limit, work: (clients: Clients) => Promise<T>): Promise<T> {
    const who = `${at.region}/${at.name}`;
    try {
      const answer = await withLogin(at, limit, work);
      logins.worked(who);
      return answer;
    } catch (error) {
      throw isLogin(error) ? logins.refused(who, error) : error;
    }
  }

  /** A change is only known not to have been made where the cluster itself says so. */
  async function changed<T>(what: string, at: KafkaCluster, limit: Limit, work: (clients: Clients) => Promise<T>) {
    if (readOnly) throw new DrillError('read-only', `${what} on ${at.name}, and this run only reads.`);
    try {
      return await asked(at, limit, work);
    } catch (error) {
      throw mayHaveBeenMade(error) ? new UnknownOutcome(what, error) : error;
    }
  }

  return {
    ends: (at, topics, limit) => asked(at, limit, (clients) => endsOf(clients, topics)),

    group: (at, group, limit) =>
      asked(at, limit, async ({ admin }) => {
        // Only the list knows of groups of the newer protocol; only a description knows the members of the others.
        const listed = (await admin.listGroups({ types: [] })).get(group);
        if (!listed) return { state: 'DEAD', members: 0 };
        const { state, members } = (await admin.describeGroups({ groups: [group] })).get(group) ?? {};
        const isTold = members !== undefined && state !== 'DEAD';
        return { state: listed.state.toUpperCase(), members: isTold ? members.size : null };
      }),

    committed: (at, group, limit) =>
      asked(at, limit, async ({ admin }) => {
        const found = await admin.listConsumerGroupOffsets({ groups: [group], requireStable: true });
        return found.flatMap(({ topics }) =>
          topics.flatMap(({ name: topic, partitions }) =>
            partitions
              .filter(({ committedOffset }) => committedOffset >= 0n)
              .map(({ partitionIndex: partition, committedOffset }) => ({
                topic,
                partition,
                offset: Number(committedOffset),
              })),
          ),
        );
      }),

    async commit(at, group, positions, limit) {
      const topics = [...byTopic(positions)].map(([name, all]) => ({
        name,
        partitionOffsets: all.map(({ partition, offset }) => ({ partition, offset: BigInt(offset) })),
      }));
      const what = `To commit offsets of ${group}`;
      await changed(what, at, limit, ({ admin }) => admin.alterConsumerGroupOffsets({ groupId: group, topics }));
    },

    async forget(at, group, partitions, limit) {
      const topics = [...byTopic(partitions)].map(([name, all]) => ({
        name,
        partitionIndexes: all.map(({ partition }) => partition),
      }));
      const what = `To delete offsets of ${group}`;
      await changed(what, at, limit, ({ admin }) => admin.deleteConsumerGroupOffsets({ groupId: group, topics }));
    },

    async produce(at, topic, record, limit) {
      const what = `To write a record to ${topic}`;
      const { offsets } = await changed(what, at, limit, ({ producer }) =>
        producer.send({ messages: [{ topic, partition: 0, ...record }], acks: -1, autocreateTopics: false }),
      );
      const [written] = offsets ?? [];
      if (!written) throw new UnknownOutcome(what, connectionFailed(`${at.name} did not say where it put the record.`));
      return { topic, partition: written.partition, offset: Number(written.offset) };
    },

    records: (at, topic, { sinceMs, ...limit }) =>
      asked(at, limit, async (clients) => {
        const ends = await endsOf(clients, [topic]);
        if (ends.length === 0)
          throw Object.assign(new Error(`${at.name} has no topic ${topic}.`), { name: 'NotFound' });
        const starts = await offsetsAt(clients, [topic], BigInt(sinceMs));
        const each = ends.map(async ({ partition, offset: end }) => {
          const from = starts.find((one) => one.partition === partition)?.offset ?? end;
          return fetched(clients, { topic, partition, offset: from }, { end });
        });
        return (await Promise.all(each)).flat();
      }),

    prints: (at, from, { atMost, ...limit }) =>
      asked(at, limit, async (clients) => {
        const all = await endsOf(clients, [from.topic]);
        const end = all.find(({ partition }) => partition === from.partition)?.offset ?? from.offset;
        return (await fetched(clients, from, { end, atMost })).map(printOf);
      }),

    async close() {
      const all = [...known.values()].map(closeAll);
      known.clear();
      await Promise.allSettled([...all, ...closing]);
    },
  };
}

const isLogin = (error: unknown): boolean => (error as Error).name === 'LoginFailed';

async function closeAll(clients: Promise<Clients>): Promise<void> {
  const { admin, producer, consumer } = await clients;
  await Promise.allSettled([admin.close(), producer.close(true), consumer.close(true)]);
}

const endsOf = (clients: Clients, topics: readonly string[]): Promise<Position[]> => offsetsAt(clients, topics, LATEST);

/** The offset of each partition at a time, which may be the end; partitions that have nothing since then are left out. */
async function offsetsAt(
  { admin, consumer }: Clients,
  topics: readonly string[],
  timestamp: bigint,
): Promise<Position[]> {
  const there = new Set(await admin.listTopics({ includeInternals: true }));
  const wanted = topics.filter((topic) => there.has(topic));
  if (wanted.length === 0) return NOTHING;
  const metadata = await consumer.metadata({ topics: wanted });
  const found = await admin.listOffsets({
    topics: wanted.map((name) => ({
      name,
      partitions: Array.from({ length: metadata.topics.get(name)?.partitionsCount ?? 0 }, (_, partitionIndex) => ({
        partitionIndex,
        timestamp,
      })),
    })),
  });
  return found.flatMap(({ name: topic, partitions }) =>
    partitions
      .map(({ partitionIndex: partition, offset }) => ({ topic, partition, offset: Number(offset) }))
      .filter(({ offset }) => offset >= 0)
      .sort((a, b) => a.partition - b.partition),
  );
}

function byTopic<P extends { topic: string }>(all: readonly P[]): Map<string, P[]> {
  const topics = new Map<string, P[]>();
  for (const one of all) topics.set(one.topic, [...(topics.get(one.topic) ?? []), one]);
  return topics;
}
