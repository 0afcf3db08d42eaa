import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatNames } from '../../src/report/format-names.ts';
import { formats } from '../../src/report/formats.ts';
import { pdfWords } from '../report/pdf-words.ts';
import { here, newFolder } from './command.ts';
import { abortedRun, liveAccount } from './live-account.ts';

/** Of each way to count losses one, one that restores, one of people alone, one that goes wrong, and one that loses a store. */
const DRY_RUNS = [
  ['multi-region-failover'],
  ['kafka-failover'],
  ['snapshot-restore'],
  ['configuration-restore'],
  ['tabletop'],
  ['planned-switchover', '--set', 'simulation.approval.refuses=true'],
  ['multi-region-failover', '--set', 'simulation.promotion.fails=true'],
];

/** Every word that one can read of a run: each format of its report with the metadata, and what the command says of it. */
async function wordsOf(folder: string): Promise<Record<string, string>> {
  const output = newFolder();
  const asked = await here(['report', folder, '--format', ...formatNames, '--output', output]);
  expect(asked).toMatchObject({ exitCode: 0, err: '' });
  const runs = join(folder, '..');
  const words: Record<string, string> = {};
  for (const format of formatNames) {
    const bytes = readFileSync(join(output, formats[format].file));
    if (format !== 'pdf') words[format] = bytes.toString();
    else {
      const { text, metadata } = pdfWords(bytes);
      Object.assign(words, { pdf: text, 'PDF metadata': metadata });
    }
  }
  const page = join(output, 'history.html');
  words.history = (await here(['history', '--all', '--runs', runs])).out;
  words['history as JSON'] = (await here(['history', '--all', '--runs', runs, '--json'])).out;
  await here(['history', '--all', '--runs', runs, '--html', page]);
  words['history page'] = readFileSync(page, 'utf8');
  words.seal = (await here(['verify', folder])).out;
  const bundle = join(output, 'bundle.zip');
  await here(['bundle', folder, '-o', bundle]);
  words['seal of the bundle'] = (await here(['verify', bundle])).out;
  return words;
}

const without = (mark: RegExp, words: Record<string, string>) =>
  Object.entries(words).flatMap(([format, text]) => (mark.test(text) ? [] : [format]));

describe.each(DRY_RUNS)('a dry run of %s %s %s', (drill, ...settings) => {
  test('is marked as simulated in every format, and says of nothing that it was measured', async () => {
    const runs = newFolder();
    const file = `drills/${drill}.yaml`;
    const screen = await here(['run', file, '--runs', runs, ...settings]);
    const [name = ''] = readdirSync(runs).filter((one) => one !== 'index.jsonl');
    const words: Record<string, string> = { ...(await wordsOf(join(runs, name))), screen: screen.out };
    expect(without(/SIMULATED/, words)).toEqual([]);
    const told = Object.entries(words).flatMap(([format, text]) =>
      [...text.matchAll(/.{0,40}\bmeasure(d|ment).{0,40}/gi)].map(([found]) => `${format}: ${found}`),
    );
    expect(told).toEqual([]);
  });
});

test.each(['--quiet', '--json'])('the answer with %s is marked, too', async (form) => {
  const { out } = await here(['run', 'drills/tabletop.yaml', '--runs', newFolder(), form]);
  expect(out).toMatch(/SIMULATED/);
  expect(out).not.toMatch(/measured/);
});

test('a dry run shows its real date beside the simulated one in every format', async () => {
  const runs = newFolder();
  await here(['run', 'drills/tabletop.yaml', '--runs', runs]);
  const [name = ''] = readdirSync(runs).filter((one) => one !== 'index.jsonl');
  const day = name.slice(0, 10);
  const { seal: _, 'seal of the bundle': __, ...words } = await wordsOf(join(runs, name));
  expect(without(new RegExp(day), words)).toEqual([]);
  const { history: ___, 'history as JSON': ____, 'history page': _____, ...reports } = words;
  expect(without(/2026-01-05/, reports)).toEqual([]);
});

test('a calendar marks what a rehearsal reached', async () => {
  const runs = newFolder();
  await here(['run', 'drills/tabletop.yaml', '--runs', runs]);
  const schedule = join(newFolder(), 'schedule.yaml');
  writeFileSync(
    schedule,
    [
      'schedule: people',
      'since: "2026-01-01"',
      'exercises:',
      `  - { drill: ${join(process.cwd(), 'drills/tabletop.yaml')}, every: month, week: 1 }`,
    ].join('\n'),
  );
  const ics = join(newFolder(), 'drills.ics');
  const screen = await here(['calendar', schedule, '--runs', runs, '--ics', ics]);
  const json = await here(['calendar', schedule, '--runs', runs, '--json']);
  const words = { screen: screen.out, JSON: json.out, iCalendar: readFileSync(ics, 'utf8').replace(/\r\n /g, '') };
  expect(without(/\(?SIMULATED dry run/, words)).toEqual([]);
});

test('a live run that did not go to AWS is marked so in every format', async () => {
  const { env } = await liveAccount();
  const { folder = '', out } = await abortedRun(env);
  expect(without(/NOT AWS/, { ...(await wordsOf(folder)), screen: out })).toEqual([]);
});
