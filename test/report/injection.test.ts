import { XMLParser } from 'fast-xml-parser';
import ICAL from 'ical.js';
import { describe, expect, test } from 'vitest';
import { toICalendar } from '../../src/calendar/icalendar.ts';
import { scheduleSchema } from '../../src/drill/schedule.ts';
import { recordOf } from '../../src/history/record.ts';
import { overridesOf, trendsOf } from '../../src/history/trends.ts';
import { toCsv } from '../../src/report/csv.ts';
import { toHtml } from '../../src/report/html.tsx';
import { toJunit } from '../../src/report/junit.ts';
import { toMarkdown } from '../../src/report/markdown.ts';
import type { Report } from '../../src/report/model.ts';
import { toOscal } from '../../src/report/oscal.ts';
import { forTerminal } from '../../src/visible.ts';
import { reportFor } from './runs.ts';

/** What a title, a role or a message of AWS may look like. */
const EVIL = '=cmd|"/c calc"!A1;+1 [x](http://evil.example) <script>alert(1)</script> `a` | **b** & ]]> -->';

/** A report with such a text wherever others give one. */
function hostile(): Report {
  const report = reportFor('rolled back');
  const steps = report.timeline.steps.map((step) => ({ ...step, title: EVIL, error: EVIL }));
  const checks = [{ check: EVIL, layer: 'verification' as const, critical: true, ok: false, detail: EVIL, atMs: 0 }];
  return {
    ...report,
    reason: EVIL,
    overrides: [EVIL],
    drill: { ...report.drill, title: EVIL },
    timeline: { ...report.timeline, steps },
    checks: [...report.checks, ...(checks as unknown as Report['checks'])],
    deviations: [...report.deviations, { kind: 'abort', about: 'run', what: EVIL, atMs: 0 }],
  };
}

test('Markdown has it as text: no link, no HTML, no cell more', () => {
  const lines = toMarkdown(hostile()).split('\n');
  expect(lines.join('\n')).toContain('evil.example');
  for (const line of lines) {
    const words = line.replace(/(`+)(?!`).*?[^`]\1(?!`)/g, '');
    expect(words).not.toMatch(/(^|[^\\])(\[x\]\(|<script)/);
  }
  const tables = lines.filter((line) => line.startsWith('| '));
  for (const [index, line] of tables.entries()) {
    const cells = (of: string) => of.split(/(?<!\\)\|/).length;
    const head = tables[index - 1];
    if (head && lines[lines.indexOf(line) - 1] === head) expect([line, cells(line)]).toEqual([line, cells(head)]);
  }
});

test('HTML has it as text', () => {
  const html = toHtml(hostile());
  expect(html).toContain('&lt;script>alert(1)');
  expect(html).not.toContain('<script>alert');
  expect(html).not.toContain('href="http://evil.example');
});

test('JUnit and OSCAL give it back as it was, and OSCAL as no markup', () => {
  const parsed = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '@' }).parse(toJunit(hostile()));
  expect(parsed.testsuites['@name']).toBe(`SIMULATED: ${EVIL}`);
  expect(
    parsed.testsuites.testsuite.map((one: object) => ('system-out' in one ? one['system-out'] : '')),
  ).toContainEqual(expect.stringContaining(`run: ${EVIL}`));
  const results = JSON.parse(toOscal(hostile()))['assessment-results'];
  const [{ observations, 'assessment-log': log }] = results.results;
  for (const text of [
    results.metadata.title,
    ...observations.map((one: { title: string }) => one.title),
    ...log.entries.map((one: { description: string }) => one.description),
  ])
    expect(text).not.toMatch(/(^|[^\\])(\[x\]\(|<script)/);
});

test.each([',', ';', '\t'])('a spreadsheet that parts cells by %j finds no formula in the CSV', (separator) => {
  const csv = toCsv(hostile());
  expect(csv).toContain('cmd');
  // By another separator, quotes within a cell mean nothing.
  const cells = separator === ',' ? rfc4180(csv) : csv.split('\r\n').flatMap((line) => line.split(separator));
  for (const cell of cells) expect(cell).not.toMatch(/^"?\s*[=+@]|^"?\s*-(?!\d)/);
});

function rfc4180(text: string): string[] {
  return [...text.matchAll(/("(?:[^"]|"")*"|[^",\r\n]*)(?:,|\r\n)/g)].map(([, cell = '']) =>
    cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell,
  );
}

describe('iCalendar', () => {
  test('folds it, and takes no line of it for a property', () => {
    const title = `${EVIL}\r\nATTACH:http://evil.example\nEND:VEVENT\rX-A:1`;
    const schedule = scheduleSchema.parse({
      schedule: title,
      since: '2026-01-01',
      exercises: [{ drill: 'd.yaml', every: 'month', week: 1, owner: title }],
    });
    const text = toICalendar(schedule, [{ drill: 'd', title, lastRun: null }], Date.parse('2026-03-10'));
    for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    expect(text.replace(/\r\n/g, '')).not.toMatch(/[\r\n]/);
    const calendar = new ICAL.Component(ICAL.parse(text));
    const [event] = calendar.getAllSubcomponents('vevent');
    expect(event?.getAllProperties().map(({ name }) => name)).toEqual([
      'uid',
      'dtstamp',
      'dtstart',
      'dtend',
      'summary',
      'description',
    ]);
    expect(calendar.getAllProperties().map(({ name }) => name)).toEqual(['prodid', 'version', 'x-wr-calname']);
  });
});

test('a terminal gets no link that leads elsewhere', () => {
  const link = 'see \u001b]8;;https://evil.example\u001b\\the report\u001b]8;;\u0007';
  for (const colour of [true, false])
    for (const control of ['\u001b', '\u0007']) expect(forTerminal(link, colour)).not.toContain(control);
});

test('what --set gave over the file stands in every report and in the history', () => {
  const report = { ...reportFor('passed'), overrides: ['targets.rto=9 h', 'seed=2'] };
  for (const text of [toHtml, toMarkdown, toJunit, toOscal, toCsv].map((write) => write(report)))
    for (const one of report.overrides) expect(text).toContain(one);
  const [trend] = trendsOf([recordOf('2026-01-05T01-00-00Z-x', report)]);
  expect(trend && overridesOf(trend)).toBe('the last run had set over its file: targets.rto=9 h, seed=2');
  const schedule = scheduleSchema.parse({
    schedule: 's',
    since: '2026-01-01',
    exercises: [{ drill: 'd.yaml', every: 'month', week: 1 }],
  });
  const lastRun = {
    run: 'r',
    at: '2026-01-05T01:00:00Z',
    mode: 'live',
    outcome: 'passed',
    exercised: null,
    overrides: report.overrides,
  };
  const ics = toICalendar(schedule, [{ drill: 'd', title: 'T', lastRun }], Date.parse('2026-03-10'));
  expect(ics.replace(/\r\n /g, '')).toContain('with --set targets.rto=9 h\\, seed=2');
});
