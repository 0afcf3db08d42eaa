import { expect, test } from 'vitest';
import { newestCheckpoints } from '../../src/components/kafka/steps/mirror-records.ts';
import type { Kafka } from '../../src/ports/kafka.ts';
import { inWorld, type Lab, LIMIT, MESSAGES, MESSAGES_COPY, PRIMARY, RECOVERY, refusalOf } from './world.ts';

const HOME = { region: PRIMARY, name: MESSAGES, brokers: [] };
const AWAY = { region: RECOVERY, name: MESSAGES_COPY, brokers: [] };
const GROUP = 'notifications';
const ORDERS = 'taipei.orders';
const at = (region: string) => ({
  region,
  cluster: region === PRIMARY ? 'ecommerce-primary' : 'ecommerce-recovery',
  namespace: 'shop',
});

const offsetOf = async (all: ReturnType<Kafka['ends']>, topic: string) =>
  (await all).find((one) => one.topic === topic && one.partition === 0)?.offset ?? Number.NaN;

/** Which record of the primary region an offset of the mirrored topic is. */
const sourceOf = async ({ ports }: Lab, offset: number) => {
  const [record] = await ports.kafka.prints(AWAY, { topic: ORDERS, partition: 0, offset }, { ...LIMIT, atMost: 1 });
  return Number(record?.print.split('/').at(-1));
};

test('records go on coming, are mirrored a little later, and are numbered anew there', () =>
  inWorld({}, async ({ ports, sleep }) => {
    const home = () => offsetOf(ports.kafka.ends(HOME, ['orders'], LIMIT), 'orders');
    const away = () => offsetOf(ports.kafka.ends(AWAY, [ORDERS], LIMIT), ORDERS);
    const [before, mirroredBefore] = [await home(), await away()];
    await sleep(60_000);
    expect((await home()) - before).toBeGreaterThan(1_000);
    expect((await away()) - mirroredBefore).toBeGreaterThan(1_000);
    expect(await away()).toBeLessThan(await home());
  }));

test('a checkpoint never lies ahead of where the group stands, and seldom far behind', () =>
  inWorld({}, async (lab) => {
    const { ports, sleep } = lab;
    for (let look = 0; look < 10; look += 1) {
      const records = await ports.kafka.records(AWAY, 'taipei.checkpoints.internal', { ...LIMIT, sinceMs: 0 });
      const one = newestCheckpoints(records).find(({ topic, partition }) => topic === ORDERS && partition === 0);
      const begins = await sourceOf(lab, one?.offset ?? Number.NaN);
      expect(begins).toBeLessThanOrEqual(one?.upstream ?? 0);
      expect(begins).toBeGreaterThan((one?.upstream ?? 0) - 101);
      const stands = await offsetOf(ports.kafka.committed(HOME, GROUP, LIMIT), 'orders');
      expect(one?.upstream).toBeLessThanOrEqual(stands);
      await sleep(17_000);
    }
  }));

test('offsets can be set only while nobody is in the group, and it goes on from there', () =>
  inWorld({}, async ({ ports, sleep }) => {
    const { kafka, kubernetes } = ports;
    const begin = [{ topic: ORDERS, partition: 0, offset: 3_900_000 }];
    expect(await refusalOf(kafka.commit(HOME, GROUP, [{ topic: 'orders', partition: 0, offset: 1 }], LIMIT))).toBe(
      'GroupInUse',
    );
    expect(await kafka.group(AWAY, GROUP, LIMIT)).toEqual({ state: 'DEAD', members: 0 });
    await kafka.commit(AWAY, GROUP, begin, LIMIT);
    expect(await kafka.committed(AWAY, GROUP, LIMIT)).toEqual(begin);
    await kubernetes.scale(at(PRIMARY), 'notifications', 0);
    await sleep(10_000);
    expect(await kafka.group(HOME, GROUP, LIMIT)).toEqual({ state: 'EMPTY', members: 0 });
    const stands = await kafka.committed(HOME, GROUP, LIMIT);
    await kubernetes.scale(at(RECOVERY), 'notifications', 2);
    await sleep(60_000);
    expect(await kafka.group(AWAY, GROUP, LIMIT)).toEqual({ state: 'STABLE', members: 2 });
    expect(await offsetOf(kafka.committed(AWAY, GROUP, LIMIT), ORDERS)).toBeGreaterThan(3_900_000);
    await sleep(120_000);
    const end = await offsetOf(kafka.ends(AWAY, [ORDERS], LIMIT), ORDERS);
    const caught = await offsetOf(kafka.committed(AWAY, GROUP, LIMIT), ORDERS);
    expect(end - caught).toBeLessThan(200);
    expect(await kafka.committed(HOME, GROUP, LIMIT)).toEqual(stands);
  }));

test('a group without an offset begins with what comes next, which is why one must be set', () =>
  inWorld({}, async ({ ports, sleep }) => {
    const before = await offsetOf(ports.kafka.ends(AWAY, [ORDERS], LIMIT), ORDERS);
    await ports.kubernetes.scale(at(RECOVERY), 'notifications', 2);
    await sleep(60_000);
    expect(await offsetOf(ports.kafka.committed(AWAY, GROUP, LIMIT), ORDERS)).toBeGreaterThan(before);
  }));

test('nobody answers where a region is lost, and what is not there is told', () =>
  inWorld({}, async ({ ports }) => {
    expect(await refusalOf(ports.kafka.records(HOME, 'nope', { ...LIMIT, sinceMs: 0 }))).toBe('NotFound');
    expect(await refusalOf(ports.kafka.produce(HOME, 'orders', { key: 'a', value: 'b' }, LIMIT))).toBe('NotFound');
    await ports.failure.inject({ kind: 'region-outage', region: PRIMARY });
    expect(await refusalOf(ports.kafka.ends(HOME, ['orders'], LIMIT))).toBe('ConnectionFailed');
  }));
