import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { formatNames } from '../../src/report/format-names.ts';
import { written } from '../../src/report/formats.ts';
import { type Report, reportOf } from '../../src/report/model.ts';
import { drDrill, newFolder } from '../cli/command.ts';
import { finished } from '../run/drill.ts';
import { program } from './outside.ts';

const FAILOVER = 'multi-region-failover';
const SNAPSHOT = 'snapshot-restore';

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

test('JUnit fits its schema, and OSCAL the models of NIST, however a drill ends', async () => {
  const reports = await Promise.all([
    reportFor(FAILOVER),
    reportFor(FAILOVER).then(asLive),
    reportFor(FAILOVER, ['simulation.promotion.fails=true']),
    reportFor(FAILOVER, ['simulation.healthCheck.stuck=true']),
    reportFor(FAILOVER, [], { abortAt: ({ seq }) => seq === 90 }),
    reportFor(SNAPSHOT, ['simulation.data.orphanOrders=3']),
    reportFor(SNAPSHOT, ['controls=[]', 'title="切換演練 <&> \\x07 \\" end"']),
  ]);
  const folder = newFolder();
  const paths: string[] = [];
  for (const [index, report] of reports.entries()) {
    const formats = formatNames.filter((format) => format === 'junit' || format === 'oscal');
    for (const [file, bytes] of await written(report, formats)) {
      const path = join(folder, `${index}-${file}`);
      writeFileSync(path, bytes);
      paths.push(path);
    }
  }
  expect(await wrongIn(paths)).toEqual(paths.map((file) => ({ file, wrong: [] })));
}, 120_000);

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
  }).map(([name, text]) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  });
  const found = (await wrongIn(paths)) as { wrong: string[] }[];
  for (const { wrong } of found) expect(wrong).not.toEqual([]);
}, 60_000);
