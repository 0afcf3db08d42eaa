import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { Answer } from '../../src/rehearsals/answer.ts';
import { scratch, shippedTopology } from '../drill/files.ts';
import { drDrill, here } from './command.ts';

const folder = scratch();
const FAILOVER = 'drills/multi-region-failover.yaml';
/** Rehearsed in a tenth of the time. */
const CACHE = 'drills/redis-global-failover.yaml';
const STRICT = ['--set', 'targets.rto=10 s'];

const rehearse = (words: string[], keep: string, drill = CACHE) =>
  here(['rehearse', drill, '--threads', '1', '--keep', join(folder.path, keep), ...words]);
const answerIn = (keep: string): Answer => {
  const name = readdirSync(join(folder.path, keep)).sort().at(-1) ?? expect.fail('nothing was kept');
  return JSON.parse(readFileSync(join(join(folder.path, keep), name, 'rehearsals.json'), 'utf8'));
};

test('says how many of the rehearsals pass, what their figures are and what they wait for', async () => {
  const { exitCode, out, err } = await rehearse(['--runs', '6'], 'plain', FAILOVER);
  expect(err).toContain('Rehearsing 6 seeds in 1 thread.');
  expect(exitCode).toBe(0);
  const answer = answerIn('plain');
  expect(answer).toMatchObject({ mode: 'dry-run', runs: 6, seeds: { from: 1, to: 6 }, passed: { of: 6 } });
  expect(out).toContain(`${answer.passed.count} of 6 rehearsals`);
  expect(out).toContain('with 95 % confidence');
  expect(out).toContain('RPO of baskets');
  expect(out).toMatch(/point\/shop +100 %/);
  expect(out).toContain('SIMULATED: rehearsals prove nothing about the real account.');
  expect(answer.endings.reduce((sum, { count }) => sum + count, 0)).toBe(6);
  expect(answer.waitedFor.reduce((sum, { ofTime }) => sum + ofTime, 0)).toBeCloseTo(1, 1);
  expect(answer.rto.histogram.reduce((sum, { count }) => sum + count, 0)).toBe(answer.rto.known);
});

test('the figures of a seed are those of its full run', async () => {
  const { out } = await rehearse(['--seeds', '7-9', '--json'], 'seeds', FAILOVER);
  const { answer } = JSON.parse(out) as { answer: Answer };
  const runs = await Promise.all(
    [7, 8, 9].map((seed) =>
      here(['run', FAILOVER, '--seed', `${seed}`, '--runs', join(folder.path, 'runs'), '--json']),
    ),
  );
  const reports = runs.map((run) => JSON.parse(run.out).report);
  const rtos = reports.map(({ recovery }) => recovery.total.ms).sort((a, b) => a - b);
  expect([answer.rto.p50Ms, answer.rto.longestMs]).toEqual([rtos[1], rtos[2]]);
  const rpos = reports.map(({ dataLoss }) => dataLoss.loss.ms).sort((a, b) => a - b);
  expect([answer.rpo.p50Ms, answer.rpo.longestMs]).toEqual([rpos[1], rpos[2]]);
  expect(answer.passed.count).toBe(reports.filter(({ outcome }) => outcome === 'passed').length);
  expect(answer.worst).toEqual({
    seed: reports.find(({ recovery }) => recovery.total.ms === rtos[2]).seed,
    rtoMs: rtos[2],
  });
});

test('fewer that pass than were asked for end with 1, and the reasons with a seed to look at', async () => {
  const { exitCode, out } = await rehearse([...STRICT, '--runs', '3', '--at-least', '95%'], 'slow');
  expect(exitCode).toBe(1);
  expect(out).toContain('0 % pass: 0 of 3 rehearsals');
  expect(answerIn('slow').endings).toMatchObject([
    { outcome: 'target-missed', count: 3, reasons: [{ reason: 'RTO missed by …: …, where … are allowed', seed: 1 }] },
  ]);
  expect(out).toContain(`--seed ${answerIn('slow').worst?.seed} --set "targets.rto=10 s"`);
});

test('says what changed since the last time, and which step it was', async () => {
  const keep = join(folder.path, 'compared');
  const first = await rehearse([...STRICT, '--runs', '3'], 'compared');
  expect(first.out).not.toContain('95th percentile');
  const [name = ''] = readdirSync(keep);
  const path = join(keep, name, 'rehearsals.json');
  const before = JSON.parse(readFileSync(path, 'utf8')) as Answer;
  const shorter = (ms: number | null) => (ms === null ? null : ms - 20_000);
  const waitedFor = before.waitedFor.map((one) =>
    one.step === 'fail-over' ? { ...one, p95Ms: one.p95Ms - 20_000 } : one,
  );
  folder.write(
    join('compared', name, 'rehearsals.json'),
    JSON.stringify({ ...before, rto: { ...before.rto, p95Ms: shorter(before.rto.p95Ms) }, waitedFor }),
  );
  const { out } = await rehearse([...STRICT, '--runs', '3'], 'compared');
  expect(out).toContain('The 95th percentile of the RTO grew by 20 s, because fail-over took 20 s longer.');
});

test('threads give the answer of one, and who breaks off gets it for what there is', async () => {
  const words = (keep: string, seeds: string, threads: string) => [
    ...['rehearse', CACHE, '--seeds', seeds, '--threads', threads, '--keep', join(folder.path, keep)],
  ];
  const [two] = await Promise.all([drDrill(words('two', '1-40', '2')), rehearse(['--seeds', '1-40'], 'one')]);
  expect(two.exitCode).toBe(0);
  expect({ ...answerIn('two'), madeAt: '' }).toEqual({ ...answerIn('one'), madeAt: '' });
  const broken = await drDrill(words('broken', '1-100000', '1'), {
    hear: (err, kill) => {
      if (err.endsWith('in 1 thread.\n')) kill('SIGINT');
    },
  });
  expect(broken.err).toContain('No more rehearsals are begun.');
  expect([0, 4]).toContain(broken.exitCode);
  expect(answerIn('broken').runs).toBeLessThan(1_000);
});

test('a surprise has no target of its own, and each drill that it draws is compared with that one’s', async () => {
  const { out } = await rehearse(['--seeds', '1-4'], 'surprise', 'drills/surprise.yaml');
  const { rto, endings } = answerIn('surprise');
  const missed = endings.find(({ outcome }) => outcome === 'target-missed')?.count ?? 0;
  expect(missed).toBeGreaterThan(0);
  expect(rto.met).toMatchObject({ of: rto.met?.of, count: (rto.met?.of ?? 0) - missed });
  expect(out).toMatch(/RTO +(varies|\d+ min)/);
});

test('a thread that ends before its time is told, and no share is given without it', async () => {
  const module = folder.write(
    'ending.mjs',
    `import { defineStep, given, z } from '${resolve('dist/step.mjs')}';
    export const ending = defineStep({
      kind: 'shop.ending', params: z.object({}), given: given(z.strictObject({}), () => ({})), needs: () => [], plane: 'data', title: () => 'End',
      calls: [], permissions: () => [], command: () => '# end', usuallyMs: () => 1,
      observe: async () => ({ done: true, state: null }), settle: async () => process.reallyExit(0),
    });`,
  );
  const drill = folder.write(
    'ending.yaml',
    `title: Ends itself
machine: custom
topology: ${shippedTopology}
targets: { rto: null, rpo: null }
steps: [${module}]
phases: [{ phase: end, steps: [{ step: end, uses: shop.ending }] }]
`,
  );
  const words = ['rehearse', drill, '--runs', '40', '--threads', '2', '--keep', join(folder.path, 'ending')];
  const { exitCode, out, err } = await drDrill(words);
  expect([exitCode, out]).toEqual([expect.toSatisfy((code) => code > 0), '']);
  expect(err).toContain('A thread ended before its rehearsals were made.');
});

test.each([
  [['--runs', '0'], '--runs must be at least 1.'],
  [['--runs', '5', '--seeds', '1-5'], '--runs and --seeds do not work together.'],
  [['--seeds', '9-4'], 'Expected two seeds, such as 4000-5000.'],
  [['--at-least', 'most'], 'Expected a share, such as 95%.'],
])('%j is refused', async (words, why) => {
  const { exitCode, err } = await rehearse(words, 'refused');
  expect(exitCode).toBe(2);
  expect(err).toContain(why);
});
