import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { rowsIn } from '../servers/heartbeats.ts';
import type { Pair } from './index.ts';
import { startShop, writeHeartbeats } from './shop-pair.ts';

let pair: Pair;

beforeEach(async () => {
  pair = await startShop();
});
afterEach(() => pair.close());

/** Kills the writer, promotes the standby, and says which acknowledged rows are gone. */
async function failOver(heartbeats: Awaited<ReturnType<typeof writeHeartbeats>>) {
  await pair.writer.kill();
  await heartbeats.stop();
  await pair.replica.promote();
  const present = await rowsIn(pair.replica);
  expect(present).toEqual(present.map((_, index) => index + 1));
  return heartbeats.acknowledged.filter((sequence) => sequence > present.length);
}

test('nothing is lost that had arrived before the kill', async () => {
  const heartbeats = await writeHeartbeats(pair.writer);
  await sleep(300);
  await heartbeats.stop();
  await expect.poll(() => rowsIn(pair.replica)).toEqual(heartbeats.acknowledged);

  expect(await failOver(heartbeats)).toEqual([]);
});

test('a delay of the replication shows old rows, in order, and loses those on their way', async () => {
  pair.replica.setDelay(700);
  const heartbeats = await writeHeartbeats(pair.writer, { everyMs: 20 });
  await sleep(1_500);
  const shown = (await rowsIn(pair.replica)).length;
  expect(shown).toBeGreaterThan(0);
  expect(shown).toBeLessThan(heartbeats.acknowledged.length);

  const killedAfter = heartbeats.acknowledged.at(-1) ?? 0;
  const lost = await failOver(heartbeats);

  // Written in the last 700 ms, every 20 ms or more slowly; a busy machine delays further.
  expect(lost.length).toBeGreaterThan(5);
  expect(lost.length).toBeLessThanOrEqual(70);
  expect(lost[0]).toBeGreaterThan(shown);
  expect(lost).toContain(killedAfter);
});

test('a receiver that stood still before the kill loses every row since', async () => {
  const heartbeats = await writeHeartbeats(pair.writer, { everyMs: 20 });
  await sleep(300);
  await pair.replica.pauseReceiver();
  const had = await rowsIn(pair.replica);
  await sleep(600);

  const lost = await failOver(heartbeats);

  expect(lost.length).toBeGreaterThan(5);
  expect(lost[0]).toBe((had.at(-1) ?? 0) + 1);
});

test('a receiver that goes on catches up', async () => {
  await pair.replica.pauseReceiver();
  const heartbeats = await writeHeartbeats(pair.writer, { everyMs: 20 });
  await sleep(300);
  await heartbeats.stop();
  expect(await rowsIn(pair.replica)).toEqual([]);

  await pair.replica.resumeReceiver();

  await expect.poll(() => rowsIn(pair.replica)).toEqual(heartbeats.acknowledged);
});

test('replication that is cut for 3 s stands still, and then loses nothing', async () => {
  const heartbeats = await writeHeartbeats(pair.writer, { everyMs: 20 });
  await sleep(200);
  const cut = pair.replication.cut(3_000);
  await sleep(500);
  const before = await rowsIn(pair.replica);
  await sleep(2_000);
  expect(await rowsIn(pair.replica)).toEqual(before);

  await cut;

  await expect.poll(async () => (await rowsIn(pair.replica)).length).toBeGreaterThan(before.length + 50);
  await heartbeats.stop();
  await expect.poll(() => rowsIn(pair.replica)).toEqual(heartbeats.acknowledged);
});

test('a kill while replication is cut loses what was written since the cut', async () => {
  const heartbeats = await writeHeartbeats(pair.writer, { everyMs: 20 });
  await sleep(300);
  void pair.replication.cut(60_000);
  await sleep(300);
  const had = await rowsIn(pair.replica);
  await sleep(700);

  const lost = await failOver(heartbeats);

  expect(lost[0]).toBe((had.at(-1) ?? 0) + 1);
  expect(lost.length).toBeGreaterThan(10);
});
