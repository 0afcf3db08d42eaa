import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { historyPage } from '../../src/history/page.tsx';
import { recordOf } from '../../src/history/record.ts';
import { trendsOf } from '../../src/history/trends.ts';
import { toHtml } from '../../src/report/html.tsx';
import { reportFor, runNames } from '../report/runs.ts';

const jar: string = createRequire(import.meta.url)('vnu-jar');

/** CSS newer than the validator: without the first, printed pages would lack what nobody has unfolded. */
const UNKNOWN_TO_IT = [
  'CSS: Unknown pseudo-element or pseudo-class “::details-content”.',
  "CSS: “paint-order”: Property “paint-order” doesn't exist.",
];

/** What the Nu validator calls wrong in each page, by its name. */
function wrongIn(pages: [string, string][]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'dr-drill-nu-'));
  const paths = pages.map(([name, html], index) => {
    const path = join(folder, `${index}-${name.replaceAll(' ', '-')}.html`);
    writeFileSync(path, html);
    return path;
  });
  const { stderr, error } = spawnSync('java', ['-jar', jar, '--format', 'json', ...paths], {
    encoding: 'utf8',
    maxBuffer: 100_000_000,
  });
  if (error) throw error;
  const { messages } = JSON.parse(stderr) as { messages: { type: string; url: string; message: string }[] };
  return messages
    .filter(({ type, message }) => type !== 'info' && !UNKNOWN_TO_IT.includes(message))
    .map(({ url, message }) => `${url.split('/').at(-1)}: ${message}`);
}

test('every page is valid by the Nu validator', () => {
  const records = [0, 1, 2].map((n) => recordOf(`2026-11-2${n}T09-30-00Z-x`, reportFor(n === 1 ? 'missed' : 'passed')));
  const pages = runNames.map((name): [string, string] => [name, toHtml(reportFor(name))]);
  expect(wrongIn([...pages, ['history', historyPage(trendsOf(records))]])).toEqual([]);
}, 300_000);

test('what is no valid page is found by it', () => {
  expect(wrongIn([['broken', '<!doctype html><html lang="en"><title>x</title><p><table><td role="row">']])).not.toEqual(
    [],
  );
}, 300_000);
