import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { dateAndTime } from '../../src/report/instant.ts';
import type { Report } from '../../src/report/model.ts';
import { toPdf } from '../../src/report/pdf/pdf.ts';
import { withoutSecretsIn } from '../../src/secrets.ts';
import { type RunName, reportFor, runNames } from '../report/runs.ts';

/** Where someone can look at the pages afterwards. */
const artefacts = 'artefacts/pdf';
const poppler = (program: string, ...args: string[]): string => execFileSync(program, args, { encoding: 'utf8' });
const flat = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, '');

async function written(name: string, report: Report): Promise<string> {
  const folder = join(artefacts, name.replaceAll(' ', '-'));
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'report.pdf');
  if (!existsSync(path)) writeFileSync(path, await toPdf(report));
  return path;
}

const pagesOf = (path: string): string[] => poppler('pdftotext', '-layout', path, '-').split('\f').slice(0, -1);

beforeAll(() => {
  rmSync(artefacts, { recursive: true, force: true });
});

describe.each(runNames)('the PDF of a run that is %s', (name: RunName) => {
  const report = reportFor(name);

  test('says on every page which run and journal it is, and that it is simulated', async () => {
    const path = await written(name, report);
    const pages = pagesOf(path);
    const mark = report.caveat?.split(': ')[0] ?? '';
    pages.forEach((page, index) => {
      expect(page).toContain(`Page ${index + 1} of ${pages.length}`);
      expect(page).toContain(report.journal.hash);
      expect(page).toContain(dateAndTime(report.startedAt));
      expect(page).toContain(mark);
    });
    // A sentence may continue behind the foot of a page.
    const foot = new RegExp(`${report.drill.name},.{0,80}?Journal${report.journal.hash}Page\\d+of\\d+`, 'g');
    const all = flat(poppler('pdftotext', path, '-')).replaceAll(foot, '');
    const findings = report.findings.map(({ what }) => what);
    for (const said of [report.verdict.words, report.verdict.sentence, ...findings, ...report.method]) {
      expect(all).toContain(flat(said));
    }
  });

  test('has its fonts in it, is tagged, and draws every page', async () => {
    const path = await written(name, report);
    expect(poppler('pdfinfo', path)).toMatch(/^Tagged: +yes$/m);
    const fonts = poppler('pdffonts', path).split('\n').slice(2).filter(Boolean);
    expect(fonts.length).toBeGreaterThan(0);
    // Embedded, a subset, and with a map to Unicode.
    for (const font of fonts) expect(font).toMatch(/Identity-H +yes yes yes/);
    const structure = poppler('pdfinfo', '-struct', path);
    for (const tag of ['H1', 'H2', 'Table', 'TR', 'TH', 'TD', 'Figure'])
      expect(structure).toMatch(new RegExp(`^ *${tag}\\b`, 'm'));
    poppler('pdftoppm', '-r', '60', '-png', path, join(dirname(path), 'page'));
    const drawn = readdirSync(dirname(path)).filter((file) => file.endsWith('.png'));
    expect(drawn).toHaveLength(pagesOf(path).length);
    for (const file of drawn) expect(statSync(join(dirname(path), file)).size).toBeGreaterThan(2_000);
  });
});

test('no secret stands in the text of a PDF', async () => {
  const secrets = [
    'password=hunter2hunter2',
    'https://app:hunter2hunter2@db.example.com/',
    `ghp_${'hunter2'.repeat(5)}`,
  ];
  const { findings, ...report } = withoutSecretsIn({
    ...reportFor('rolled back'),
    drill: { ...reportFor('rolled back').drill, title: secrets.join(' ') },
    reason: secrets.join(' '),
  });
  const text = flat(poppler('pdftotext', await written('secrets', { ...report, findings }), '-'));
  expect(text).toContain('[secret]');
  expect(text).not.toContain('hunter2');
});

test('Chinese, Traditional and Simplified, is written as it is; what has no glyph is named by its number', async () => {
  const report = reportFor('passed');
  const title = '多區域故障切換演練：臺北至東京（多区域故障转移）カナ Ω é 🔥';
  const path = await written('chinese', { ...report, drill: { ...report.drill, title } });
  const text = flat(poppler('pdftotext', path, '-'));
  expect(text).toContain(flat('多區域故障切換演練：臺北至東京（多区域故障转移）カナ Ω é U+1F525'));
  poppler('pdftoppm', '-r', '60', '-png', '-l', '1', path, join(dirname(path), 'page'));
});
