import { renameSync, truncateSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Follower } from '../../src/board/follow.ts';
import type { Entry } from '../../src/journal/events.ts';
import { dryRun, growingRun } from './journal.ts';

const seqs = (entries: readonly Entry[]) => entries.map(({ seq }) => seq);

test('each line is given once, when it is whole, wherever the file is cut off meanwhile', async () => {
  const entries = await dryRun('snapshot-restore');
  const run = growingRun();
  const follower = new Follower(run.journal);
  const text = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  const found: Entry[] = [];
  for (let at = 0; at < text.length; at += 7_919) {
    run.writeText(text.slice(at, at + 7_919));
    for (let more = true; more; ) {
      const look = follower.look();
      found.push(...look.entries);
      more = look.more;
    }
    const whole = text.slice(0, at + 7_919).split('\n').length - 1;
    expect(found).toHaveLength(whole);
  }
  expect(found).toEqual(entries);
});

test('a line that was cut off by the end of a process is given once it was written anew', async () => {
  const [first, second] = (await dryRun('snapshot-restore')) as [Entry, Entry];
  const run = growingRun();
  run.write([first]);
  const whole = Buffer.byteLength(run.text());
  const follower = new Follower(run.journal);
  run.writeText('{"seq":2,"torn');
  expect(seqs(follower.look().entries)).toEqual([1]);
  truncateSync(run.journal, whole);
  expect(follower.look()).toMatchObject({ entries: [], isOther: false });
  run.write([second]);
  expect(seqs(follower.look().entries)).toEqual([2]);
});

test('another journal in the same place is read from its beginning', async () => {
  const [first, second] = (await dryRun('snapshot-restore')) as [Entry, Entry];
  const run = growingRun();
  run.write([first, second]);
  const follower = new Follower(run.journal);
  expect(seqs(follower.look().entries)).toEqual([1, 2]);
  writeFileSync(`${run.journal}.other`, `${JSON.stringify(first)}\n`);
  renameSync(`${run.journal}.other`, run.journal);
  const look = follower.look();
  expect(look.isOther).toBe(true);
  expect(seqs(look.entries)).toEqual([1]);
});

test('a long journal is read in parts', async () => {
  const entries = await dryRun('multi-region-failover');
  const run = growingRun();
  run.write(entries);
  const follower = new Follower(run.journal);
  const looks = [follower.look()];
  while (looks.at(-1)?.more) looks.push(follower.look());
  expect(looks.length).toBeGreaterThan(1);
  expect(seqs(looks.flatMap((look) => look.entries))).toEqual(seqs(entries));
});
