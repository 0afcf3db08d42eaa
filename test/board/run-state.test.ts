import { serialize } from 'node:v8';
import { expect, test } from 'vitest';
import { boardOf } from '../../src/board/board.ts';
import { courseOf } from '../../src/board/course.ts';
import { FEED_WINDOW } from '../../src/board/run-state.ts';
import type { Entry } from '../../src/journal/events.ts';
import { instantMs } from '../../src/measure/reading.ts';
import { reportOf } from '../../src/report/model.ts';
import { dryRun, told } from './journal.ts';

const drills = [
  'multi-region-failover',
  'network-partition',
  'snapshot-restore',
  'partial-degradation',
  'aurora-global-failover',
];

test.each(drills)('the figures that the board of %s ends with are those of its report', async (drill) => {
  const entries = await dryRun(drill);
  const report = reportOf(entries, { journalHash: '' });
  const board = boardAfter(entries);
  const { total } = report.recovery;
  if (board.budget !== null && 'ms' in total) expect(board.budget.spentMs).toBe(total.ms);
  expect(board.budget?.limitMs ?? null).toBe(report.targets.rto?.limitMs ?? null);
  const counted = report.losses.flatMap(({ of, rows }) =>
    'lost' in rows ? [{ of, lost: rows.lost, acknowledged: rows.acknowledged }] : [],
  );
  expect(board.rows.of.filter(({ lost }) => lost !== null)).toEqual(expect.arrayContaining(counted));
  expect(board.standing.word).toBe(report.verdict.words);
  for (const { of, served } of report.recoveries)
    if (served) expect(board.served).toContainEqual({ of, customers: served.customers, served: served.served });
});

test('while customers are without service the budget runs down, and what is next is what comes next', async () => {
  const entries = await dryRun('multi-region-failover');
  const promoted = entries.findIndex((entry) => entry.type === 'step-applying' && entry.step === 'take-over/orders');
  const board = boardAfter(entries.slice(0, promoted + 1));
  const impaired = entries.find(({ type }) => type === 'impaired') as Entry;
  expect(board.standing).toMatchObject({
    word: 'Running: execute',
    sentence: 'ap-east-2 is lost, with everything in it',
  });
  expect(board.budget).toMatchObject({
    isOpen: true,
    limitMs: 300_000,
    spentMs: instantMs(entries[promoted] as Entry) - instantMs(impaired),
  });
  expect(board.served).toEqual([{ of: 'public', customers: 8, served: 0 }]);
  expect(board.running.map(({ step }) => step)).toContain('take-over/orders');
  expect(board.next[0]?.step).toBe('take-over/baskets');
  expect(board.components.find(({ id }) => id === 'orders')).toMatchObject({ tone: 'running' });
  expect(board.lit.active.some((id) => id.endsWith('take-over/orders'))).toBe(true);
  expect(board.lit.done.some((id) => id.endsWith('fence/orders'))).toBe(true);
});

test('a live run in whose journal nothing was written for minutes says how it is taken up again', async () => {
  const [header, ...others] = (await dryRun('multi-region-failover')) as [
    Extract<Entry, { type: 'run-started' }>,
    ...Entry[],
  ];
  const entries: Entry[] = [{ ...header, mode: 'live' }, ...others.slice(0, 300)];
  expect(boardAfter(entries).waits).toEqual([]);
  const [wait] = boardAfter(entries, 240_000).waits;
  expect(wait?.details).toEqual(['If it has: dr-drill resume runs/x']);
});

test('rows that the counted instance took itself, after it was counted, are not lost', async () => {
  const entries = await dryRun('multi-region-failover');
  const found = entries.find((entry) => entry.type === 'heartbeats-found') as Extract<
    Entry,
    { type: 'heartbeats-found' }
  >;
  const board = boardAfter(entries);
  const later: Entry = { ...found, type: 'heartbeats', rows: [[9e15, instantMs(found) + 1]] } as never;
  expect(boardAfter([...entries, later]).rows).toEqual(board.rows);
});

test('after 50,000 events no more is kept than after 5,000', async () => {
  const entries = await dryRun('multi-region-failover');
  const begun = entries.findIndex(({ type }) => type === 'heartbeats-found') - 1;
  const bytes = (count: number) => {
    const state = told([...entries.slice(0, begun), ...longWait(entries, count)]);
    expect(state.feed).toHaveLength(FEED_WINDOW);
    return serialize({ ...state }).byteLength;
  };
  const [few, many] = [bytes(5_000), bytes(50_000)];
  expect(many).toBeLessThan(few * 1.02);
  expect(many).toBeLessThan(1_000_000);
});

/** Calls, checks, probes, rows and findings as they come when a step waits for hours. */
function longWait(entries: readonly Entry[], count: number): Entry[] {
  const kinds = ['call', 'check', 'customers-probed', 'heartbeats', 'finding', 'look-failing'] as const;
  const examples = kinds.map(
    (kind) =>
      (entries.find(({ type }) => type === kind) ?? {
        type: kind,
        step: 'verify/public',
        what: 'x',
        reason: 'y',
        times: 9,
        nextMs: 1,
      }) as Entry,
  );
  const { seq, ms } = entries.at(-1) as Entry;
  return Array.from({ length: count }, (_, index): Entry => {
    const example = examples[index % examples.length] as Entry;
    const at = { seq: seq + index, ms: ms + index * 100, step: 'verify/public' };
    if (example.type !== 'heartbeats') return { ...example, ...at } as Entry;
    return { ...example, ...at, rows: [[2e12 + index / kinds.length, instantMs(example)]] } as Entry;
  });
}

function boardAfter(entries: readonly Entry[], laterMs = 0) {
  const state = told(entries);
  if (!state.drill || !state.topology) throw new Error('no header');
  const course = courseOf(state.drill, state.topology);
  const board = boardOf('runs/x', state, course, instantMs(entries.at(-1) as Entry) + laterMs);
  if (!board) throw new Error('no board');
  return board;
}
