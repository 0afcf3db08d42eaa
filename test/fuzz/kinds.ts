import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { standingsOf } from '../../src/calendar/standing.ts';
import { actionsIn, debriefsIn } from '../../src/cli/debriefs.ts';
import { verifyCommand } from '../../src/cli/verify.ts';
import { makeReports } from '../../src/cli/write-reports.ts';
import { surpriseOf } from '../../src/drill/candidates.ts';
import { loadDrill } from '../../src/drill/load.ts';
import { loadSchedule } from '../../src/drill/load-schedule.ts';
import { checkDebrief, debriefInWords } from '../../src/evidence/debrief.ts';
import type { Files } from '../../src/evidence/manifest.ts';
import { drillPicture } from '../../src/graph/drill-picture.ts';
import { toMermaid } from '../../src/graph/mermaid.ts';
import { recordsIn } from '../../src/history/index-file.ts';
import { historyPage } from '../../src/history/page.tsx';
import { trendsOf } from '../../src/history/trends.ts';
import { peopleOf } from '../../src/live/people.ts';
import { planOf } from '../../src/plan/plan.ts';
import { planLines } from '../../src/plan/text.ts';
import { vocabularyWithoutModules } from '../../src/runbook/vocabulary.ts';
import { here, runHere } from '../cli/command.ts';
import { bundled } from '../evidence/sealed.ts';
import { byteChanges, changed, changedBytes, changedText, changes, strangeValue, textChanges } from './strange.ts';

/** One kind of input: how such inputs are made, and what reads them. */
export interface Kind<T = unknown> {
  name: string;
  /** How many of a hundred inputs are of this kind. */
  share: number;
  inputs: fc.Arbitrary<T>;
  read(input: T): unknown;
}

export const folder = mkdtempSync(join(tmpdir(), 'dr-drill-fuzz-'));
export const cleanUp = (): void => rmSync(folder, { recursive: true, force: true });

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const topologyPath = resolve('drills/topologies/ecommerce-platform.yaml');
const topologyText = readFileSync(topologyPath, 'utf8');
const drillTexts = readdirSync('drills')
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => readFileSync(join('drills', name), 'utf8'))
  .filter((text) => text.includes('topologies/ecommerce-platform.yaml'))
  .map((text) => text.replace('topologies/ecommerce-platform.yaml', topologyPath));
const scheduleText = `schedule: shop
since: 2026-01-01
exercises:
  - { drill: ${resolve('drills/snapshot-restore.yaml')}, every: 90 d, owner: Mei-Ling Chen, counts: live }
  - { drill: ${resolve('drills/multi-region-failover.yaml')}, every: 365 d }
`;

/** What every command makes of a drill file before it runs anything. */
function readDrillFile(path: string, overrides: string[] = []): void {
  const { drill, topology } = loadDrill(path, { overrides, vocabulary: vocabularyWithoutModules });
  if (surpriseOf(drill)) return;
  planLines(planOf(drill, topology), { colour: false });
  toMermaid(drillPicture(drill, topology));
}

const settings = [
  'targets.rto',
  'targets.rpo',
  'topology.objective.rto',
  'probe.every',
  'probe.timeout',
  'heartbeat.every',
  'heartbeat.lasts',
  'recoveryPoint.maxAge',
  'deadlines.restore',
  'simulation.seed',
  'simulation.promotion.takes',
  'simulation.failAt',
  'session.renewWithin',
  'topology.data.orders.writer.identifier',
  'topology.data.orders.writer.storageGib',
  'topology.traffic.public.ttl',
  'topology.regions.primary',
  'topology.cluster.services',
  'constructor',
  'toString.x',
  '__proto__.x',
  'targets.constructor',
  'title',
  'drill',
];

const overridden = fc
  .tuple(
    fc.oneof(fc.constantFrom(...settings), fc.string({ maxLength: 12 })),
    fc.oneof(
      strangeValue.map((value) => JSON.stringify(value)),
      fc.constantFrom(
        '1e308 d',
        '99999999999999999999 d',
        '.nan',
        '-0',
        '1 ms',
        '0 s',
        `${'9'.repeat(400)} min`,
        '*a',
        '[[',
      ),
      fc.string({ unit: 'binary', maxLength: 30 }),
    ),
  )
  .map(([path, value]) => `${path}=${value}`);

const linked = (entries: readonly Record<string, unknown>[]): string => {
  let prev = '0'.repeat(64);
  return entries
    .map((entry) => {
      const line = JSON.stringify({ ...entry, prev });
      prev = createHash('sha256').update(line).digest('hex');
      return `${line}\n`;
    })
    .join('');
};

/** All kinds, made from one run that has really ended. */
export async function kinds(): Promise<Kind<never>[]> {
  const { folder: run } = await runHere(['drills/snapshot-restore.yaml', '--quiet']);
  await here([
    'debrief',
    run,
    '--well',
    'the page came',
    '--action',
    'Raise the quota; Mei-Ling Chen; 2099-12-24',
  ]).catch(() => {});
  const text = (name: string) => readFileSync(join(run, name), 'utf8');
  const journal = text('journal.jsonl');
  const entries = journal
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const files: Files = new Map(readdirSync(run).map((name) => [name, readFileSync(join(run, name))]));
  const bundle = bundled(files);
  const debrief = files.has('debrief.jsonl') ? text('debrief.jsonl') : '{}\n';
  const index = readFileSync(join(run, '..', 'index.jsonl'), 'utf8');
  const answer = `${JSON.stringify({ by: 'Mei-Ling Chen', role: 'lead', at: '2026-11-23T09:30:00.000Z', approves: true })}\n`;
  const before = { format: 1, runs: [], actions: [], debriefs: [] };
  const runs = join(folder, 'runs');
  const one = join(runs, '2026-11-23T09-30-00Z-snapshot-restore');
  mkdirSync(one, { recursive: true });

  /** A file of JSON lines: some values in it changed, or its text. */
  const lines = (whole: string) =>
    fc.oneof(
      changes.map((all) =>
        whole
          .trimEnd()
          .split('\n')
          .map((line) => JSON.stringify(changed(JSON.parse(line), all)))
          .join('\n')
          .concat('\n'),
      ),
      textChanges.map((all) => changedText(whole, all)),
    );

  const all = [
    kind('drill', 22, fc.tuple(fc.constantFrom(...drillTexts), textChanges), ([whole, all]) =>
      readDrillFile(write('drill.yaml', changedText(whole, all))),
    ),
    kind(
      'drill, bytes',
      10,
      fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        fc.string({ unit: 'binary' }).map((said) => Buffer.from(said, 'utf16le')),
      ),
      (bytes) => readDrillFile(write('drill.yaml', bytes)),
    ),
    kind('topology', 12, textChanges, (all) => {
      const path = write('topology.yaml', changedText(topologyText, all));
      readDrillFile(write('drill.yaml', (drillTexts[0] ?? '').replace(topologyPath, path)));
    }),
    kind('schedule', 10, textChanges, (all) => {
      const schedule = loadSchedule(write('schedule.yaml', changedText(scheduleText, all)));
      standingsOf(schedule, [], [], Date.parse('2026-11-23T00:00:00Z'));
    }),
    kind('--set', 14, overridden, (override) => readDrillFile('drills/snapshot-restore.yaml', [override])),
    kind('journal → report', 3, fc.tuple(changes, fc.nat(), fc.boolean()), async ([all, at, isLinked]) => {
      const copy = [...entries];
      const place = at % copy.length;
      copy[place] = changed(copy[place], all) as Record<string, unknown>;
      const isEntry = typeof copy[place] === 'object' && copy[place] !== null;
      await makeReports(
        write(
          'journal.jsonl',
          isLinked && isEntry ? linked(copy) : copy.map((entry) => `${JSON.stringify(entry)}\n`).join(''),
        ),
      );
    }),
    kind(
      'journal → commands',
      1,
      fc.tuple(changes, fc.constantFrom('approve', 'continue', 'seal', 'bundle', 'debrief', 'resume', 'verify')),
      async ([all, command]) => {
        const live = { ...entries[0], mode: 'live' };
        const copy =
          command === 'seal' || command === 'debrief'
            ? [changed(entries[0], all), ...entries.slice(1)]
            : [changed(live, all), ...(command === 'continue' ? entries.slice(1) : [])];
        if (copy.some((entry) => typeof entry !== 'object' || entry === null)) return;
        writeFileSync(join(one, 'journal.jsonl'), linked(copy as Record<string, unknown>[]));
        const words = command === 'debrief' ? [command, one, '--well', 'x'] : [command, one];
        const { exitCode, err } = await here(command === 'bundle' ? [...words, '-o', join(folder, 'made.zip')] : words);
        if (exitCode === 70) throw new Error(`${command}: ${err}`);
      },
    ),
    kind('before.json → report', 1, changes, async (all) => {
      write('journal.jsonl', journal);
      const path = write('before.json', JSON.stringify(changed(before, all)));
      await makeReports(join(folder, 'journal.jsonl')).finally(() => rmSync(path));
    }),
    kind('bundle', 8, byteChanges, async (all) => {
      await verifyCommand(write('run.zip', changedBytes(bundle, all)), { key: [] }, silent);
    }),
    kind(
      'bundle, its files',
      1,
      fc.tuple(
        changes,
        fc.constantFrom('manifest.json', 'report.json', 'signer.pem', 'debrief.jsonl', 'journal.jsonl'),
        textChanges,
      ),
      async ([all, name, texts]) => {
        const changedFile = name.endsWith('.json')
          ? JSON.stringify(changed(JSON.parse(text(name)), all))
          : changedText(Buffer.from(files.get(name) ?? []).toString(), texts);
        const packed = [...files].map(([file, bytes]) => [
          `run/${file}`,
          file === name ? Buffer.from(changedFile) : bytes,
        ]);
        await verifyCommand(write('run.zip', zipSync(Object.fromEntries(packed))), { key: [] }, silent);
      },
    ),
    kind('debrief', 8, lines(debrief), (said) => {
      checkDebrief(said, '0'.repeat(64));
      debriefInWords(said);
      writeFileSync(join(one, 'debrief.jsonl'), said);
      actionsIn(runs);
      debriefsIn(runs, () => true);
    }),
    kind('answers', 6, lines(answer), async (said) => {
      write('answers.jsonl', said);
      await peopleOf(folder, undefined).answers({} as never);
    }),
    kind('index', 5, lines(index), (said) => {
      writeFileSync(join(runs, 'index.jsonl'), said);
      const trends = trendsOf(recordsIn(runs).records);
      historyPage(trends);
    }),
  ];
  return all as Kind<never>[];
}

const silent = { out() {}, asIs() {}, err() {}, colour: false, interactive: false };

const kind = <T>(name: string, share: number, inputs: fc.Arbitrary<T>, read: (input: T) => unknown): Kind<T> => ({
  name,
  share,
  inputs,
  read,
});
