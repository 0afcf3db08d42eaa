import { expect, test } from 'vitest';
import { brokenLinks, FAILOVER, finished, SNAPSHOT } from './drill.ts';

const bytes = async (drill: typeof FAILOVER | typeof SNAPSHOT, seed: number) =>
  (await finished(drill, [], { seed })).entries.map((entry) => JSON.stringify(entry)).join('\n');

test.each([FAILOVER, SNAPSHOT] as const)(
  '%s: one seed gives one journal to the byte, another seed another',
  async (drill) => {
    const first = await bytes(drill, 7);
    expect(await bytes(drill, 7)).toBe(first);
    expect(await bytes(drill, 8)).not.toBe(first);
  },
);

test('runs side by side in one process do not touch each other', async () => {
  const alone = await bytes(FAILOVER, 7);
  const [besideOthers] = await Promise.all([bytes(FAILOVER, 7), bytes(FAILOVER, 9), bytes(SNAPSHOT, 7)]);
  expect(besideOthers).toBe(alone);
});

test('each line of the journal is chained to the one before, as it was when it was written', async () => {
  expect(brokenLinks((await finished(FAILOVER)).entries)).toEqual([]);
});
