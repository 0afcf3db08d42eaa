import { Admin, Consumer, Producer, stringSerializers } from '@platformatic/kafka';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Aws } from '../../src/aws/aws.ts';
import { realClock } from '../../src/clock/real-clock.ts';
import type { Translation } from '../../src/components/kafka/steps/check-translation.ts';
import { loadDrill } from '../../src/drill/load.ts';
import type { Entry, Json, RunEvent } from '../../src/journal/events.ts';
import { liveKafka } from '../../src/live/kafka.ts';
import { steps } from '../../src/platform/steps.ts';
import type { Kafka, KafkaCluster } from '../../src/ports/kafka.ts';
import { runbookFor } from '../../src/runbook/runbook.ts';
import type { Observation, StepContext } from '../../src/steps/step.ts';
import { hasKafka, type RealClusters, startClusters } from './kafka/clusters.ts';

/** The shipped drill's clusters, topics and groups, on brokers of our own. */
const PRIMARY = 'ecommerce-messages-primary';
const RECOVERY = 'ecommerce-messages-recovery';
const GROUP = 'order-fulfilment';
const LIMIT = { timeoutMs: 20_000 };
const STARTED_MS = Date.now();

let clusters: RealClusters;
let home: KafkaCluster;
let away: KafkaCluster;
const clock = realClock();
const events: RunEvent[] = [];
const closing: { close(): unknown }[] = [];
const kept = <C extends { close(): unknown }>(one: C): C => {
  closing.push(one);
  return one;
};
const kafka: Kafka & { close(): Promise<void> } = kept(liveKafka({ clock, tls: false, readOnly: false }));

/** MSK, as far as it tells of brokers. */
const aws = {
  async call(_service: string, region: string, operation: string) {
    const at = region === home.region ? home : away;
    const told = { ClusterArn: at.name, ClusterName: at.name, State: 'ACTIVE' };
    if (operation === 'ListClustersV2') return { ClusterInfoList: [told] };
    if (operation === 'DescribeClusterV2') return { ClusterInfo: told };
    return { BootstrapBrokerStringSaslIam: at.brokers.join() };
  },
} as unknown as Aws;

const context = (step: string) =>
  ({
    kafka,
    aws,
    clock,
    step,
    signal: AbortSignal.timeout(60_000),
    record: (event: RunEvent) => events.push(event),
    entries: () => events as Entry[],
  }) as unknown as StepContext;

/** A step of the shipped drill, with other settings in its `with` where they are given. */
function stepOf(name: string, results: Record<string, Json> = {}, more: object = {}) {
  const { drill, topology } = loadDrill('drills/kafka-failover.yaml');
  const { kind, params } = runbookFor(drill, topology).steps[name] ?? expect.fail(`no step ${name}`);
  const step = steps.get(kind) ?? expect.fail(`no step of kind ${kind}`);
  const wanted = step.params.parse({ ...(params({ startedAtMs: STARTED_MS, results }) as object), ...more });
  return { step, wanted, context: context(name) };
}

async function carriedOut(name: string, results: Record<string, Json> = {}, more: object = {}) {
  const { step, wanted, context } = stepOf(name, results, more);
  const before: Observation = await step.observe(wanted, context);
  const receipt = before.done ? undefined : await step.apply?.(wanted, context, before);
  return { before, result: (await step.settle?.(wanted, context, before, receipt)) as Json };
}

const orders = (count: number, from: number) =>
  Array.from({ length: count }, (_, index) => ({
    topic: 'orders',
    partition: (from + index) % 2,
    key: `order-${from + index}`,
    value: JSON.stringify({ order: from + index }),
  }));

describe.skipIf(!hasKafka)('against two clusters of Apache Kafka and a MirrorMaker 2', () => {
  let admin: Admin;
  let producer: Producer<string, string, string, string>;

  beforeAll(async () => {
    clusters = await startClusters('taipei', ['orders', 'payments', 'dr-drill']);
    home = { region: 'ap-east-2', name: PRIMARY, brokers: [clusters.primary] };
    away = { region: 'ap-northeast-1', name: RECOVERY, brokers: [clusters.recovery] };
    admin = kept(new Admin({ clientId: 'test', bootstrapBrokers: [clusters.primary] }));
    const there = kept(new Admin({ clientId: 'test', bootstrapBrokers: [clusters.recovery] }));
    for (const one of [admin, there]) {
      await one.createTopics({ topics: ['orders', 'payments'], partitions: 2, replicas: 1 });
      await one.createTopics({ topics: ['dr-drill'], partitions: 1, replicas: 1 });
    }
    producer = kept(
      new Producer({ clientId: 'test', bootstrapBrokers: [clusters.primary], serializers: stringSerializers }),
    );
    for (let from = 0; from < 600; from += 100) await producer.send({ messages: orders(100, from), acks: -1 });
    // Anyone who was there before MirrorMaker: it is in the middle, and at the very end.
    const positions = [
      { partition: 0, offset: 250n },
      { partition: 1, offset: 300n },
    ];
    await admin.alterConsumerGroupOffsets({
      groupId: GROUP,
      topics: [{ name: 'orders', partitionOffsets: positions }],
    });
    const mirrored = [
      'taipei.orders',
      'taipei.payments',
      'taipei.dr-drill',
      'taipei.heartbeats',
      'taipei.checkpoints.internal',
    ];
    const topics = async () => new Set((await kafka.ends(away, mirrored, LIMIT)).map(({ topic }) => topic)).size;
    await vi.waitUntil(async () => (await topics()) === mirrored.length, { timeout: 150_000, interval: 500 });
  }, 180_000);

  afterAll(async () => {
    await Promise.allSettled(closing.map((one) => one.close()));
    await clusters?.stop();
  });

  test('marker records that were acknowledged are counted where they were mirrored to, and all arrive', async () => {
    await carriedOut('write-markers', {}, { everyMs: 50, lastsMs: 1_000 });
    const written = events.flatMap((event) => (event.type === 'heartbeats' ? event.rows : []));
    expect(written.length).toBeGreaterThan(5);
    expect(await carriedOut('await-markers', {}, { withinMs: 40_000 })).toMatchObject({ result: { missing: 0 } });
    const { result } = await carriedOut('count-markers');
    expect(result).toEqual({ count: written.length });
    expect(events.findLast(({ type }) => type === 'heartbeats-found')).toMatchObject({
      first: written[0]?.[0],
      last: written.at(-1)?.[0],
      missing: [],
    });
  });

  test('MirrorMaker’s heartbeats and checkpoints are read as it writes them', async () => {
    const { step, wanted, context } = stepOf('validate');
    // The groups of the shipped drill have no members here.
    await expect(step.settle?.(wanted, context, { done: false, state: null }, undefined)).rejects.toMatchObject({
      code: 'nobody-consumes',
    });
    await carriedOut('validate', {}, { groups: [] });
    expect(events.findLast(({ type }) => type === 'lag')).toMatchObject({ instance: RECOVERY, source: 'heartbeat' });
  });

  test('translated offsets are compared with the records, are committed, and are taken back', async () => {
    const { result } = await carriedOut('check-translation', {}, { withinMs: 30_000 });
    const { translated, truths } = result as Translation;
    // Mirrored from the first record on, each has the offset that it had: what the step found by hash must be that.
    expect(truths.find(({ group }) => group === GROUP)?.positions).toEqual([
      { topic: 'taipei.orders', partition: 0, offset: 250 },
      { topic: 'taipei.orders', partition: 1, offset: 300 },
    ]);
    const set = translated.find(({ group }) => group === GROUP)?.positions ?? [];
    for (const { partition, offset } of set) expect(offset).toBeLessThanOrEqual(partition === 0 ? 250 : 300);
    const results = { 'check-translation': result };
    const committed = await carriedOut('commit-offsets', results);
    expect(await kafka.committed(away, GROUP, LIMIT)).toEqual(set);
    const { step, wanted, context } = stepOf('commit-offsets', results);
    expect(await step.observe(wanted, context)).toMatchObject({ done: true });
    await step.undo?.(wanted, context, committed.before);
    expect(await kafka.committed(away, GROUP, LIMIT)).toEqual([]);
  });

  test.each(['classic', 'consumer'] as const)(
    'members of a %s group are seen, and keep its offsets as they are',
    async (protocol) => {
      const groupId = `busy-${protocol}`;
      const options = { clientId: 'test', groupId, bootstrapBrokers: [clusters.primary] };
      const consumer = kept(
        new Consumer(protocol === 'classic' ? options : { ...options, groupProtocol: 'consumer' as const }),
      );
      const stream = await consumer.consume({ topics: ['orders'], mode: 'earliest', autocommit: true });
      stream.resume();
      await expect
        .poll(() => kafka.group(home, groupId, LIMIT), { timeout: 15_000 })
        .toMatchObject({ state: 'STABLE' });
      await expect(
        kafka.commit(home, groupId, [{ topic: 'orders', partition: 0, offset: 1 }], LIMIT),
      ).rejects.toMatchObject({
        name: 'GroupInUse',
      });
      await stream.close();
      await consumer.close(true);
      await expect.poll(() => kafka.group(home, groupId, LIMIT), { timeout: 15_000 }).toMatchObject({ state: 'EMPTY' });
    },
  );

  test('consumers are proven to consume, a marker record among it, and only while they do', async () => {
    const groupId = 'notifications';
    const consumer = kept(new Consumer({ clientId: 'test', groupId, bootstrapBrokers: [clusters.primary] }));
    const stream = await consumer.consume({ topics: ['orders', 'dr-drill'], mode: 'latest', autocommit: 200 });
    stream.resume();
    const groups = [{ group: groupId, topics: ['dr-drill'] }];
    expect((await carriedOut('prove-home', {}, { groups, withinMs: 15_000 })).result).toMatchObject({
      consumed: { notifications: expect.any(Number) },
    });
    await stream.close();
    await consumer.close(true);
    await expect(carriedOut('prove-home', {}, { groups, withinMs: 1_000 })).rejects.toMatchObject({
      code: 'not-consumed',
      message: expect.stringMatching(/^notifications stands at \d+ of \d+ in dr-drill\/0, after 1 s/),
    });
  });

  test('what is not there, and who does not answer, is told by name', async () => {
    await expect(kafka.records(home, 'nope', { ...LIMIT, sinceMs: 0 })).rejects.toMatchObject({ name: 'NotFound' });
    await expect(kafka.produce(home, 'nope', { key: 'a', value: 'b' }, LIMIT)).rejects.toMatchObject({
      name: 'NotFound',
    });
    const nowhere = { ...home, brokers: ['127.0.0.1:1'] };
    await expect(kafka.ends(nowhere, ['orders'], LIMIT)).rejects.toMatchObject({ name: 'ConnectionFailed' });
    const reading = kept(liveKafka({ clock, tls: false, readOnly: true }));
    await expect(reading.produce(home, 'dr-drill', { key: 'a', value: 'b' }, LIMIT)).rejects.toMatchObject({
      code: 'read-only',
    });
  });

  test('an offset that would skip records is found out', async () => {
    await clusters.stopMirror();
    // Nobody translates any more: the last checkpoint stays, and the group has gone back.
    await kafka.commit(home, GROUP, [{ topic: 'orders', partition: 0, offset: 0 }], LIMIT);
    await expect(carriedOut('check-translation', {}, { withinMs: 0 })).rejects.toMatchObject({
      code: 'offsets-not-translated',
      message: expect.stringMatching(/^order-fulfilment stands at 0 in orders\/0, .*: \d+ records would be skipped/),
    });
  });
});
