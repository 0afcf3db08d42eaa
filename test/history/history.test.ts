import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { HtmlValidate } from 'html-validate';
import { expect, test } from 'vitest';
import { historyPage } from '../../src/history/page.tsx';
import { type RunRecord, recordOf } from '../../src/history/record.ts';
import { modeOf, trendsOf } from '../../src/history/trends.ts';
import { readJournal } from '../../src/journal/journal.ts';
import { drDrill, here, newFolder } from '../cli/command.ts';
import { reportFor } from '../report/runs.ts';

const day = (n: number) =>
  `2026-${String(1 + Math.floor(n / 28)).padStart(2, '0')}-${String(1 + (n % 28)).padStart(2, '0')}`;

/** A run of one day, as it is remembered. */
const record = (n: number, changes: Partial<RunRecord> = {}): RunRecord => ({
  ...recordOf(`${day(n)}T09-30-00Z-multi-region-failover`, reportFor('passed')),
  rtoMs: 200_000,
  rtoErrorMs: 1_000,
  rpoMs: 1_000,
  steps: { 'promote-replica': 90_000 },
  findings: [],
  ...changes,
});

test('a run is remembered by when it was made, with its figures, steps, findings and what it supports', () => {
  const live = recordOf('2026-11-23T09-30-00Z-x', reportFor('passed for real'));
  expect(live).toMatchObject({ madeAt: '2026-11-23T09:30:00.000Z', mode: 'live', outcome: 'passed', met: true });
  expect(live.rtoMs).toBeGreaterThan(0);
  expect(recordOf('x', reportFor('passed')).supports).toEqual([]);
  expect(recordOf('x', reportFor('missed')).met).toBe(false);
});

test('the last run is compared with the five before it, and only with its like', () => {
  const before = [0, 1, 2, 3, 4, 5].map((n) => record(n));
  const slower = record(6, { rtoMs: 260_000, steps: { 'promote-replica': 150_000 } });
  const [trend] = trendsOf([...before, slower]);
  expect(trend?.regressions.map(({ words }) => words)).toEqual([
    'recovery took longer than in the 5 runs before (30 % more)',
    'promote-replica took longer than in the 5 runs before (67 % more)',
  ]);
  expect(trendsOf([...before, { ...slower, mode: 'live' }]).flatMap(({ regressions }) => regressions)).toEqual([]);
  expect(trendsOf([...before, record(6, { rtoMs: 230_000 })])[0]?.regressions).toEqual([]);
  expect(trendsOf([...before, record(6, { outcome: 'failed', rtoMs: null, steps: {} })])[0]?.regressions).toMatchObject(
    [{ what: 'outcome' }],
  );
});

test('the order in which runs were remembered does not matter', () => {
  const runs = [3, 0, 2, 1].map((n) => record(n, { rtoMs: 100_000 + n }));
  expect(trendsOf(runs)).toEqual(trendsOf(runs.toReversed()));
  expect(trendsOf(runs)[0]?.rto).toEqual({
    known: 4,
    lastMs: 100_003,
    medianMs: 100_001.5,
    bestMs: 100_000,
    worstMs: 100_003,
  });
});

test('a finding is closed by a run whose step looked again, and by no other', () => {
  const found = 'warning: a: b';
  const looks = { findings: [found], foundBy: { [found]: 'preflight' }, steps: { preflight: 2_000 } };
  const findings = (...later: Partial<RunRecord>[]) =>
    trendsOf([record(0, looks), ...later.map((one, index) => record(index + 1, one))])[0]?.findings;
  expect(findings({ steps: { preflight: 2_000 } })).toEqual({ open: [], closed: [found] });
  expect(findings({ outcome: 'aborted', steps: {} })).toEqual({ open: [found], closed: [] });
  expect(findings({ outcome: 'failed', steps: { preflight: 2_000 } })).toEqual({ open: [], closed: [found] });
  expect(findings({ steps: { preflight: 2_000 } }, looks)).toEqual({ open: [found], closed: [] });
});

test('a finding without the step that made it is closed by a run that came to its end', () => {
  const of = (outcome: string) =>
    trendsOf([record(0, { findings: ['note: c: d'] }), record(1, { outcome })])[0]?.findings;
  expect(of('aborted')).toEqual({ open: ['note: c: d'], closed: [] });
  expect(of('passed')).toEqual({ open: [], closed: ['note: c: d'] });
});

test('a run that never recovered stands at no time in the chart', () => {
  const page = historyPage(trendsOf([record(0), record(1), record(2, { rtoMs: null, outcome: 'failed' })]));
  const dots = [...page.matchAll(/<circle [^>]*cy="([\d.]+)"[^>]*fill="(\S+)"[^>]*><title>([^<]*)/g)];
  const [, cy, fill] = dots.find(([, , , title]) => title?.includes('failed, unknown')) ?? [];
  expect([Number(cy), fill]).toEqual([6, 'none']);
});

test('runs with --set stand in no trend unless they are asked for', async () => {
  const runs = newFolder();
  const run = (...settings: string[]) =>
    here(['run', 'drills/snapshot-restore.yaml', '--runs', runs, '-q', ...settings]);
  await run();
  await run('--set', 'simulation.restore.fails=true');
  const usual = await here(['history', '--runs', runs]);
  expect(usual.out).toMatch(/ 1 of 1 [\s\S]*1 run with --set left out: history --all shows them\./);
  const all = await here(['history', '--runs', runs, '--all']);
  expect(all.out).toMatch(/ 1 of 2 [\s\S]*broken on purpose; the last run had set/);
});

test('a drill file that breaks its own world is marked in the history, without any --set', async () => {
  const runs = newFolder();
  const file = join(newFolder(), 'broken.yaml');
  const shipped = readFileSync('drills/snapshot-restore.yaml', 'utf8');
  const topology = resolve('drills/topologies/ecommerce-platform.yaml');
  writeFileSync(
    file,
    `${shipped.replace(/^topology: .*/m, `topology: ${topology}`)}\nsimulation: { restore: { takes: 9 min } }\n`,
  );
  const { out } = await here(['run', file, '--runs', runs]);
  expect(out).toContain('proves nothing about the real account. Broken on purpose: simulation.restore.takes.');
  expect((await here(['history', '--runs', runs])).out).toMatch(
    /broken on purpose; its file changes simulation\.restore\.takes/,
  );
});

test('the page is valid HTML that needs nothing else', async () => {
  const page = historyPage(
    trendsOf([
      record(0),
      record(1, { rtoMs: null, outcome: 'failed', title: '<b>"切換演練"' }),
      record(2, { drawn: 'failback' }),
      record(3, { drawn: 'database-failure' }),
      record(4, { mode: 'live' }),
      record(5, { mode: 'live', rehearsal: false }),
    ]),
  );
  const { results } = await new HtmlValidate({
    extends: ['html-validate:standard'],
    rules: { 'no-inline-style': 'off', 'void-style': 'off', 'no-raw-characters': 'off' },
  }).validateString(page);
  expect(results.flatMap(({ messages }) => messages.map(({ message }) => message))).toEqual([]);
  expect(page).not.toMatch(/<script|https?:\/\//);
});

test('the page begins with all drills at a glance, each leading to its own part; one run alone is not drawn', () => {
  const page = historyPage(trendsOf([record(0), record(1, { outcome: 'failed' }), record(2, { drawn: 'failback' })]));
  const rows = page.match(/<tbody>.*?<\/tbody>/s)?.[0] ?? '';
  expect(rows.match(/href="#[^"]+"/g)).toHaveLength(2);
  for (const [, anchor] of rows.matchAll(/href="#([^"]+)"/g)) expect(page).toContain(`<h2 id="${anchor}">`);
  expect(rows).toMatch(/2026-01-02.*failed.*outcome/s);
  expect(rows.match(/<polyline/g)).toHaveLength(2);
  expect(page.match(/class="chart"/g)).toHaveLength(2);
});

test('what proves something is not mixed with what rehearses it', () => {
  const trends = trendsOf([record(0), record(1, { mode: 'live' }), record(2, { mode: 'live', rehearsal: false })]);
  expect(trends.map(modeOf)).toEqual(['SIMULATED dry run', 'live, NOT AWS', 'live']);
});

test('runs are remembered as they end; an index that was lost or damaged is made again from them', async () => {
  const runs = newFolder();
  // Alike, so that nothing grew worse.
  for (const _ of [1, 2]) await here(['run', 'drills/snapshot-restore.yaml', '--runs', runs, '-q']);
  const shown = async () => JSON.parse((await here(['history', '--runs', runs, '--json'])).out).trends;
  const trends = await shown();
  expect(trends).toMatchObject([{ drill: 'snapshot-restore', runs: 2, passed: 2 }]);
  appendFileSync(join(runs, 'index.jsonl'), '{"torn": tr');
  expect(await shown()).toEqual(trends);
  rmSync(join(runs, 'index.jsonl'));
  expect(await shown()).toEqual(trends);
  mkdirSync(join(runs, 'holiday'));
  const { out, exitCode } = await drDrill(['history', '--runs', runs, '--html', join(runs, 'history.html')]);
  expect([exitCode, out]).toEqual([0, expect.stringContaining('1 without a readable report: holiday')]);
  expect(readFileSync(join(runs, 'history.html'), 'utf8')).toContain('<svg');
});

test('the command shows a row and a sparkline for each drill, and its figures where it is asked for one', async () => {
  const runs = newFolder();
  const one = (n: number, changes: Partial<RunRecord>) => {
    const made = record(n, changes);
    mkdirSync(join(runs, made.run));
    writeFileSync(join(runs, 'index.jsonl'), `${JSON.stringify(made)}\n`, { flag: 'a' });
  };
  const [first, second, third] = [100_000, null, 200_000];
  one(0, { rtoMs: first });
  one(1, { rtoMs: second, outcome: 'failed' });
  one(2, { rtoMs: third });
  const { drill } = record(0);
  const { out } = await here(['history', '--runs', runs]);
  expect(out.split('\n').filter((line) => line.startsWith(`${drill} `))).toEqual([
    expect.stringMatching(/ 2 of 3 +3 min 20 s +▄·█ /),
  ]);
  expect(out).not.toContain('median');
  expect((await here(['history', '--runs', runs, '--drill', drill])).out).toContain('  RTO  last 3 min 20 s, median');
});

test('where the last run did worse the command ends with 1; where there is nothing, with 2', async () => {
  const runs = newFolder();
  for (const n of [0, 1, 2]) {
    const one = record(n, { rtoMs: n === 2 ? 500_000 : 200_000 });
    mkdirSync(join(runs, one.run));
    writeFileSync(join(runs, 'index.jsonl'), `${JSON.stringify(one)}\n`, { flag: 'a' });
  }
  expect((await here(['history', '--runs', runs])).exitCode).toBe(1);
  expect((await here(['history', '--runs', join(runs, 'none')])).exitCode).toBe(2);
  expect((await here(['history', '--runs', runs, '--drill', 'other'])).exitCode).toBe(2);
});

test('twenty runs of all ends: none that never recovered stands at 0 s, and findings are closed by looks alone', async () => {
  const runs = newFolder();
  const ends = [
    [],
    ['simulation.promotion.takes=6 min', 'simulation.replicationLag=45 s'],
    ['simulation.healthCheck.stuck=true'],
    ['stop.maximumDuration=2 min'],
    ['simulation.replicationLag=90 s', 'simulation.approval.refuses=true'],
  ];
  for (let n = 0; n < 20; n += 1) {
    const set = (ends[n % ends.length] ?? []).flatMap((one) => ['--set', one]);
    await here(['run', 'drills/multi-region-failover.yaml', '--runs', runs, '-q', '--seed', String(n), ...set]);
  }
  const html = join(runs, 'history.html');
  const { out } = await here(['history', '--runs', runs, '--all', '--json', '--html', html]);
  const [trend] = JSON.parse(out).trends as ReturnType<typeof trendsOf>;
  const points = trend?.points ?? [];
  expect(points).toHaveLength(20);
  expect([...new Set(points.map(({ outcome }) => outcome))].sort()).toEqual([
    'aborted',
    'failed',
    'passed',
    'rolled-back',
    'target-missed',
  ]);
  expect(points.filter(({ rtoMs }) => rtoMs === 0)).toEqual([]);
  expect(trend?.rto.known).toBe(points.filter(({ rtoMs }) => rtoMs !== null).length);
  const [chart = ''] = readFileSync(html, 'utf8').match(/Recovery time \(RTO\)[\s\S]*?<\/svg>/) ?? [];
  expect(chart.match(/<circle[^>]*fill="none"/g)).toHaveLength(20 - (trend?.rto.known ?? 0));
  // The floor of the chart is at 192: no run stands there.
  expect(chart.match(/cy="192"/g)).toBeNull();

  const journals = points.map(({ run }) => readJournal(join(runs, run, 'journal.jsonl')).entries);
  const found = (index: number, what: string) =>
    journals[index]?.find((entry) => entry.type === 'finding' && what.endsWith(`: ${entry.subject}: ${entry.what}`));
  expect(trend?.findings.closed.length).toBeGreaterThan(0);
  for (const what of trend?.findings.closed ?? []) {
    const last = journals.findLastIndex((_, index) => found(index, what));
    const entry = found(last, what);
    const step = entry?.type === 'finding' ? entry.step : undefined;
    const looked = journals
      .slice(last + 1)
      .some((entries) => entries.some((one) => one.type === 'step-ended' && one.step === step && one.outcome === 'ok'));
    expect(looked, what).toBe(true);
  }
}, 120_000);
