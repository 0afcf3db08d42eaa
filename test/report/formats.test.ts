import { HtmlValidate } from 'html-validate';
import { describe, expect, test } from 'vitest';
import { toCsv } from '../../src/report/csv.ts';
import { toHtml } from '../../src/report/html.tsx';
import { toJunit } from '../../src/report/junit.ts';
import type { Report } from '../../src/report/model.ts';
import { toOscal } from '../../src/report/oscal.ts';
import { reportFor, runNames } from './runs.ts';

// How it is written is ours; what it means is not.
const validator = new HtmlValidate({
  extends: ['html-validate:standard'],
  rules: {
    'no-inline-style': 'off',
    'void-style': 'off',
    'long-title': 'off',
    'no-raw-characters': 'off',
  },
});

test.each(runNames)('HTML of a run that is %s is valid', async (run) => {
  const { results } = await validator.validateString(toHtml(reportFor(run)));
  const wrong = results.flatMap(({ messages }) => messages);
  expect(wrong.map(({ line, message, ruleId }) => `${line}: ${message} (${ruleId})`)).toEqual([]);
});

describe('JUnit', () => {
  const failures = (report: Report) =>
    [...toJunit(report).matchAll(/<failure message="([^"]*)"/g)].map(([, text]) => text);

  test('has no failure in a run that passed, and one for each target that was missed', () => {
    expect(failures(reportFor('passed'))).toEqual([]);
    const { targets } = reportFor('missed');
    const missed = [targets.rto, targets.rpo].filter((held) => held?.standing !== 'met').length;
    expect(missed).toBeGreaterThan(0);
    expect(failures(reportFor('missed')).length).toBeGreaterThanOrEqual(missed);
  });
});

describe('OSCAL', () => {
  const resultOf = (report: Report) => JSON.parse(toOscal(report))['assessment-results'].results[0];

  test('of a dry run has observations only, of a live one a finding for each control', () => {
    expect(resultOf(reportFor('passed'))).not.toHaveProperty('findings');
    const live = reportFor('passed for real');
    expect(resultOf(live).findings).toHaveLength(live.controls.length);
    expect(resultOf(live).observations.length).toBeGreaterThan(1);
  });

  test('gives one run the same UUIDs every time, and another run others', () => {
    const passed = reportFor('passed');
    expect(toOscal(passed)).toBe(toOscal(reportFor('passed')));
    const other = { ...passed, journal: { hash: 'b'.repeat(64), entries: 1 } };
    const idOf = (report: Report) => JSON.parse(toOscal(report))['assessment-results'].uuid;
    expect(idOf(other)).not.toBe(idOf(passed));
  });
});

test('the CSV is a table whose texts are no formulas', () => {
  const report = reportFor('passed');
  const [step] = report.timeline.steps;
  if (!step) throw new Error('no step');
  const steps = [{ ...step, title: '=1+1, "quoted"' }];
  const lines = toCsv({ ...report, timeline: { ...report.timeline, steps } }).split('\r\n');
  expect(lines[0]).toMatch(/^from,to,seconds,kind/);
  expect(lines.some((line) => line.includes(`"'=1+1, ""quoted"""`))).toBe(true);
});

describe('a control', () => {
  test('is supported by what the run shows, and what is missing is said', () => {
    const [first] = reportFor('passed for real').controls;
    expect(first).toMatchObject({
      control: 'SOC 2 A1.3',
      title: expect.any(String),
      source: expect.stringContaining('AICPA'),
    });
    expect(first?.shown.length).toBeGreaterThan(1);
    expect(first?.says).toMatch(/^Supports/);
    const unfinished = reportFor('rolled back').controls[0];
    expect(unfinished?.missing).toContain('the drill ran to its end');
    expect(JSON.stringify(reportFor('passed for real'))).not.toMatch(/\bcompl(y|iant)\b/i);
  });
});
