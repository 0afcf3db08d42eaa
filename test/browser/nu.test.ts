import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { historyPage } from '../../src/history/page.tsx';
import { recordOf } from '../../src/history/record.ts';
import { trendsOf } from '../../src/history/trends.ts';
import { toHtml } from '../../src/report/html.tsx';
import { calendarOf } from '../calendar/page.ts';
import { reportFor, runNames } from '../report/runs.ts';

const jar: string = createRequire(import.meta.url)('vnu-jar');

/** CSS newer than the validator: without the first, printed pages would lack what nobody has unfolded. */
const UNKNOWN_TO_IT = [
  'CSS: Unknown pseudo-element or pseudo-class “::details-content”.',
  "CSS: “paint-order”: Property “paint-order” doesn't exist.",
];

const history = () => {
  const records = [0, 1, 2].map((n) => recordOf(`2026-11-2${n}T09-30-00Z-x`, reportFor(n === 1 ? 'missed' : 'passed')));
  return historyPage(trendsOf(records));
};

const pages: Record<string, string> = {
  ...Object.fromEntries(runNames.map((name) => [name, toHtml(reportFor(name))])),
  history: history(),
  calendar: await calendarOf('2026-12-04'),
  broken: '<!doctype html><html lang="en"><title>x</title><p><table><td role="row">',
};

/** What the Nu validator calls wrong in each page: it reads all of them in one go, as it takes seconds to begin. */
let wrong: { page: string; message: string }[];

beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), 'dr-drill-nu-'));
  const paths = Object.entries(pages).map(([name, html]) => {
    const path = join(folder, `${name.replaceAll(' ', '-')}.html`);
    writeFileSync(path, html);
    return path;
  });
  // It ends before the thorough compiler and the thorough collector pay.
  const brief = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];
  const { stderr, error } = spawnSync('java', [...brief, '-jar', jar, '--format', 'json', ...paths], {
    encoding: 'utf8',
    maxBuffer: 100_000_000,
  });
  if (error) throw error;
  const { messages } = JSON.parse(stderr) as { messages: { type: string; url: string; message: string }[] };
  wrong = messages
    .filter(({ type, message }) => type !== 'info' && !UNKNOWN_TO_IT.includes(message))
    .map(({ url, message }) => ({ page: url.split('/').at(-1) ?? '', message }));
}, 300_000);

test('every page is valid by the Nu validator', () => {
  expect(wrong.filter(({ page }) => page !== 'broken.html')).toEqual([]);
});

test('what is no valid page is found by it', () => {
  expect(wrong.filter(({ page }) => page === 'broken.html')).not.toEqual([]);
});
