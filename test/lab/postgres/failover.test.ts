import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { rowsIn } from '../servers/heartbeats.ts';
import { runAs } from '../servers/lab-folder.ts';
import type { Pair } from './index.ts';
import { drillSession, startShop, writeHeartbeats } from './shop-pair.ts';

let pair: Pair;
const startsMs: number[] = [];

beforeEach(async () => {
  const began = performance.now();
  pair = await startShop();
  startsMs.push(performance.now() - began);
});
afterEach(() => pair.close());

test('a seeded writer and its standby are up', async () => {
  expect(await pair.writer.isStandby()).toBe(false);
  expect(await pair.replica.isStandby()).toBe(true);
  const orders = await pair.replica.query('select count(*)::int as rows from orders');
  expect(orders).toEqual([{ rows: 4000 }]);
});

test('a standby refuses to write, and takes writes once it is promoted', async () => {
  const session = await drillSession(pair.replica);
  const write = () => session.query('insert into dr_drill_heartbeat values (1, now())');
  await expect(write()).rejects.toMatchObject({ code: '25006' });

  await pair.replica.promote();

  await write();
  await session.end();
  expect(await rowsIn(pair.replica)).toEqual([1]);
});

test('a killed writer refuses connections, and has every acknowledged row when it is back', async () => {
  const heartbeats = await writeHeartbeats(pair.writer);
  await sleep(300);

  await pair.writer.kill();

  await heartbeats.stop();
  await expect(drillSession(pair.writer)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await pair.writer.start();
  expect(heartbeats.acknowledged.length).toBeGreaterThan(10);
  expect(await rowsIn(pair.writer)).toEqual(expect.arrayContaining(heartbeats.acknowledged));
  await (await drillSession(pair.writer)).end();
});

test('a standby streams again from a writer that came back', async () => {
  await pair.writer.kill();
  await pair.writer.start();

  await pair.writer.query('insert into dr_drill_heartbeat values (7, now())');

  await expect.poll(() => rowsIn(pair.replica), { timeout: 10_000 }).toEqual([7]);
});

test('a stopped writer hands everything to its standby first', async () => {
  const heartbeats = await writeHeartbeats(pair.writer);
  await sleep(200);

  await pair.writer.stop();

  await heartbeats.stop();
  await pair.replica.promote();
  expect(await rowsIn(pair.replica)).toEqual(expect.arrayContaining(heartbeats.acknowledged));
});

test('a pair is up in less than 3 s', async () => {
  // A busy machine may delay any one start, or all of them: then by no more than it delays the making of an empty database.
  const began = performance.now();
  await emptyCluster();
  const emptyMs = performance.now() - began;
  expect(Math.min(...startsMs)).toBeLessThan(Math.max(3_000, 4 * emptyMs));
});

async function emptyCluster(): Promise<void> {
  const { binaries, folder } = pair.lab;
  const [program, cwd] = [binaries.initdb, folder.newServerFolder()];
  await promisify(execFile)(program, ['-D', `${cwd}/data`, '-U', 'postgres', '--no-sync'], { ...runAs, cwd });
}
