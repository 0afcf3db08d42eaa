import { expect, test } from 'vitest';
import { narrator } from '../../src/cli/narrate.ts';
import { toCsv } from '../../src/report/csv.ts';
import { toJunit } from '../../src/report/junit.ts';
import { toMarkdown } from '../../src/report/markdown.ts';
import { reportOf } from '../../src/report/model.ts';
import { FAILOVER, finished, SNAPSHOT } from './drill.ts';

const screen = (entries: Parameters<ReturnType<typeof narrator>>[0][]) =>
  entries.flatMap(narrator({ colour: false })).join('\n');

test('a step whose checks failed is not ticked, on the screen and in every format', async () => {
  const { entries } = await finished(SNAPSHOT, ['simulation.data.orphanOrders=2', 'simulation.data.negativeStock=1']);
  expect(screen(entries)).toMatch(/✘ Check the data on \S+ {2}2 checks failed/);
  const report = reportOf(entries, { journalHash: '' });
  expect(report.timeline.steps.find(({ kind }) => kind === 'data.check-data')?.failedChecks).toBe(2);
  for (const text of [toCsv(report), toMarkdown(report), toJunit(report)])
    expect(text).toMatch(/Check the data on [^<>]*?[\s\S]{0,200}2 checks failed/);
});

test('a step that could do only a part is marked with a warning, and the others are ticked', async () => {
  const { entries } = await finished(FAILOVER);
  const lines = screen(entries);
  expect(lines).toMatch(/! ecommerce-db-primary is not confirmed to be in quarantine/);
  expect(lines).toMatch(/! Check that ecommerce-db-dr-replica is the only writer {2}13/);
  expect(lines).toMatch(/✔ Promote ecommerce-db-dr-replica/);
  expect(lines).toMatch(/✔ Check the data on ecommerce-db-dr-replica/);
});

test('a check that failed at first and passed in the end leaves the tick', async () => {
  const { entries } = await finished(FAILOVER);
  const ended = entries.find((entry) => entry.type === 'step-ended' && entry.step === 'verify/public');
  const first = {
    type: 'check',
    step: 'verify/public',
    check: 'capacity',
    layer: 'verification',
    critical: true,
  } as const;
  const early = entries.findIndex((entry) => entry.type === 'step-started' && entry.step === 'verify/public');
  const told = (...oks: boolean[]) =>
    screen([
      ...entries.slice(0, early + 1),
      ...oks.map((ok) => ({ ...(entries[early] as (typeof entries)[0]), ...first, ok, detail: '' })),
      ended as (typeof entries)[0],
    ]);
  expect(told(false, true)).toMatch(/✔ Verify/);
  expect(told(true, false)).toMatch(/✘ Verify .* 1 check failed/);
});
