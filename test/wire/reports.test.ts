import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { START_MS } from '../../src/cli/rehearse.ts';
import type { Format } from '../../src/report/format-names.ts';
import { written } from '../../src/report/formats.ts';
import { type Report, reportOf } from '../../src/report/model.ts';
import { drDrill, newFolder } from '../cli/command.ts';
import { finished } from '../run/drill.ts';
import { program } from './outside.ts';

const FAILOVER = 'multi-region-failover';
const SNAPSHOT = 'snapshot-restore';

/** What `scripts/java-peers.sh` makes. */
const OSCAL = 'node_modules/.cache/oscal';

/** An assessment plan, and the security plan, profile and catalogue that it leads to. */
const PLAN = 'test/wire/oscal/plan';

const reportFor = async (...run: Parameters<typeof finished>): Promise<Report> =>
  reportOf((await finished(...run)).entries, { journalHash: 'a'.repeat(64) });

/** The same run, as if it had been a live one: what it supports becomes findings. */
const asLive = (report: Report): Report => ({ ...report, mode: 'live', rehearsal: false, caveat: null });

/** What the programs find wrong in each file. */
async function wrongIn(paths: string[]): Promise<unknown[]> {
  const reader = spawn(program('python'), [resolve('test/wire/reports.py'), resolve('node_modules/.cache/wire-venv')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let out = '';
  reader.stdout.setEncoding('utf8').on('data', (text) => {
    out += text;
  });
  reader.stdin.end(`${paths.join('\n')}\n`);
  await new Promise((done) => reader.on('close', done));
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** What NIST's own schema and constraints say of each file, and of what it imports. */
function wrongByNist(paths: string[]): unknown[] {
  const quiet = '-Dlog4j2.statusLoggerLevel=OFF';
  const { stdout } = spawnSync('java', [quiet, '-cp', `${OSCAL}/classes:${OSCAL}/jars/*`, 'Oscal', ...paths], {
    encoding: 'utf8',
  });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** Each report in a folder of its own, as a run has it; where the files lie. */
async function filesOf(reports: Report[], formats: Format[]): Promise<string[]> {
  const paths = reports.map(async (report) => {
    const folder = newFolder();
    return [...(await written(report, formats))].map(([file, bytes]) => {
      writeFileSync(join(folder, file), bytes);
      return join(folder, file);
    });
  });
  return (await Promise.all(paths)).flat();
}

/** The same run with texts in its deviations that a format must escape. */
const withOddTexts = (report: Report): Report => ({
  ...report,
  deviations: [
    {
      kind: 'step-failed',
      about: 'fence/orders',
      what: 'ended as failed: <&> ]]> "演練";\u0007 *a* | b\r\n=c',
      atMs: 1,
    },
    { kind: 'abort', about: 'run', what: ' ', atMs: 2 },
    ...report.deviations,
  ],
});

let reports: Report[];
beforeAll(async () => {
  reports = await Promise.all([
    reportFor(FAILOVER),
    reportFor(FAILOVER).then(asLive),
    reportFor(FAILOVER, ['simulation.promotion.fails=true']),
    reportFor(FAILOVER, ['simulation.healthCheck.stuck=true']),
    reportFor(FAILOVER, [], { abortAt: ({ seq }) => seq === 90 }),
    reportFor(FAILOVER, [], { wall: (nowMs) => nowMs + 12_000 * Math.floor((nowMs - START_MS) / 120_000) }),
    reportFor(FAILOVER).then(withOddTexts),
    reportFor(SNAPSHOT, ['simulation.data.orphanOrders=3']),
    reportFor(SNAPSHOT, ['controls=[]', 'title="切換演練 <&> \\" end"']),
  ]);
});

test('JUnit fits its schema, OSCAL the models of NIST and CSV its columns, however a drill ends', async () => {
  const paths = await filesOf(reports, ['junit', 'oscal', 'csv']);
  expect(await wrongIn(paths)).toEqual(paths.map((file) => ({ file, wrong: [] })));
}, 120_000);

test('deviations are in each of them', async () => {
  const deviant = reports.filter(({ deviations }) => deviations.length > 0);
  expect(deviant.length).toBeGreaterThan(3);
  for (const path of await filesOf(deviant, ['junit', 'oscal', 'csv']))
    expect(readFileSync(path, 'utf8'), path).toMatch(/<system-out>\S|"assessment-log": \{|,deviation,/);
});

describe.skipIf(!existsSync(OSCAL))("by NIST's own schema and constraints", () => {
  test('OSCAL is without fault, however a drill ends, alone and with the plan that a drill names and all that leads to', async () => {
    const planned = await reportFor(FAILOVER, ['assessmentPlan=assessment-plan.json']);
    const paths = await filesOf([...reports, planned, asLive(planned)], ['oscal']);
    for (const path of paths.slice(reports.length)) cpSync(PLAN, dirname(path), { recursive: true });
    expect(wrongByNist(paths)).toEqual(paths.map((file) => ({ file, wrong: [] })));
  });

  test('a plan that is not there is missed, and found is what no schema sees', async () => {
    const lost = await reportFor(FAILOVER, ['assessmentPlan=no-such-plan.json']);
    const [planless = '', doubled = ''] = await filesOf([lost, ...reports.slice(0, 1)], ['oscal']);
    const document = JSON.parse(readFileSync(doubled, 'utf8'));
    const { resources } = document['assessment-results']['back-matter'];
    writeFileSync(doubled, JSON.stringify(document).replaceAll(resources[1].uuid, resources[0].uuid));
    expect(wrongByNist([planless, doubled])).toEqual([
      { file: planless, wrong: [expect.stringContaining('no-such-plan.json')] },
      { file: doubled, wrong: [expect.stringContaining('has duplicate key')] },
    ]);
  });
});

test('the calendar is read by others', async () => {
  const path = join(newFolder(), 'drills.ics');
  await drDrill(['calendar', 'drills/schedules/ecommerce-platform.yaml', '--runs', newFolder(), '--ics', path]);
  expect(await wrongIn([path])).toEqual([{ file: path, wrong: [] }]);
}, 60_000);

test('what is broken is found by the same programs', async () => {
  const folder = newFolder();
  const paths = Object.entries({
    'bad.xml': '<testsuites><testcase/></testsuites>',
    'bad.json': '{"assessment-results":{}}',
    'bad.csv': 'from,to\r\n2026-01-05,\r\n',
  }).map(([name, text]) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  });
  const found = (await wrongIn(paths)) as { wrong: string[] }[];
  for (const { wrong } of found) expect(wrong).not.toEqual([]);
}, 60_000);
