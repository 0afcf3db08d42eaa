import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { rowsIn } from '../servers/heartbeats.ts';
import {
  archiveNow,
  latestRestorableTime,
  type Pair,
  remove,
  restoreSnapshot,
  restoreToTime,
  takeSnapshot,
} from './index.ts';
import { drillSession, restored, startShop, writeHeartbeats } from './shop-pair.ts';

let pair: Pair;

beforeEach(async () => {
  pair = await startShop({ archiveEveryMs: 500 });
});
afterEach(() => pair.close());

const beat = (sequence: number) => pair.writer.query('insert into dr_drill_heartbeat values ($1, now())', [sequence]);

test('a restored snapshot holds what stood there when it was taken, and takes writes', async () => {
  await beat(1);
  const snapshot = await takeSnapshot(pair.writer);
  await beat(2);

  const server = await restoreSnapshot(snapshot, restored);

  expect(await rowsIn(server)).toEqual([1]);
  const session = await drillSession(server);
  await session.query('insert into dr_drill_heartbeat values (3, now())');
  await session.end();
  expect(await rowsIn(server)).toEqual([1, 3]);
  expect(await rowsIn(pair.writer)).toEqual([1, 2]);
});

test('a snapshot taken under writes is whole: no gap, nothing acknowledged before it missing, nothing later in it', async () => {
  const heartbeats = await writeHeartbeats(pair.writer);
  await sleep(200);
  const before = heartbeats.acknowledged.length;
  const snapshot = await takeSnapshot(pair.writer);
  const after = heartbeats.acknowledged.length + 1;
  await sleep(200);
  await heartbeats.stop();
  await pair.writer.kill();

  const server = await restoreSnapshot(snapshot, restored);

  const present = await rowsIn(server);
  expect(present).toEqual(present.map((_, index) => index + 1));
  expect(present.length).toBeGreaterThanOrEqual(before);
  expect(present.length).toBeLessThanOrEqual(after);
});

test('a restore to a time is right to the row, 100 ms before and after', async () => {
  const base = await takeSnapshot(pair.writer);
  const times: Date[] = [];
  for (const sequence of [1, 2, 3, 4]) {
    await beat(sequence);
    await sleep(100);
    times.push(new Date());
    await sleep(100);
  }
  await archiveNow(pair.writer);

  for (const [index, time] of times.entries()) {
    const server = await restoreToTime(base, time, restored);
    expect(await rowsIn(server)).toEqual([1, 2, 3, 4].slice(0, index + 1));
    expect(await server.isStandby()).toBe(false);
    await remove(server);
  }
});

test('the latest restorable time is honest: it can be reached, holds what was before it, and stands still after a kill', async () => {
  const base = await takeSnapshot(pair.writer);
  await expect.poll(() => latestRestorableTime(pair.writer)?.getTime()).toBeGreaterThan(base.takenAt.getTime());
  const heartbeats = await writeHeartbeats(pair.writer, { everyMs: 5 });
  await sleep(1_500);
  const killedAt = await pair.writer.kill();
  await heartbeats.stop();
  const held = await pair.writer.start().then(() => committedAt());
  const latest = latestRestorableTime(pair.writer) as Date;
  await pair.writer.kill();
  expect(latest.getTime()).toBeGreaterThan(killedAt.getTime() - 3_000);
  expect(latest.getTime()).toBeLessThanOrEqual(killedAt.getTime());

  const server = await restoreToTime(base, latest, restored);

  const expected = held.filter(({ at }) => at.getTime() <= latest.getTime()).map(({ sequence }) => sequence);
  const present = await rowsIn(server);
  // The row's own time is taken when its transaction begins, a moment before it commits.
  expect(expected.length - present.length).toBeGreaterThanOrEqual(0);
  expect(expected.length - present.length).toBeLessThanOrEqual(1);
  expect(present).toEqual(expected.slice(0, present.length));
});

test('a time that is not archived, or before the snapshot, is refused', async () => {
  const base = await takeSnapshot(pair.writer);
  await expect(restoreToTime(base, new Date(Date.now() + 60_000), restored)).rejects.toThrow('not archived');
  await expect(restoreToTime(base, new Date(base.takenAt.getTime() - 5_000), restored)).rejects.toThrow('later than');
});

test('what is restored stands alone: it can be snapshot, killed and removed', async () => {
  const first = await restoreSnapshot(await takeSnapshot(pair.writer), restored);
  await first.query('insert into dr_drill_heartbeat values (5, now())');
  const snapshot = await takeSnapshot(first);
  await first.kill();
  await first.start();
  expect(await rowsIn(first)).toEqual([5]);
  await remove(first);

  const second = await restoreSnapshot(snapshot, restored);

  expect(await rowsIn(second)).toEqual([5]);
});

async function committedAt(): Promise<{ sequence: number; at: Date }[]> {
  const rows = await pair.writer.query('select sequence, written_at from dr_drill_heartbeat order by sequence');
  return rows.map((row) => ({ sequence: Number(row.sequence), at: row.written_at as Date }));
}
