import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toPdf } from '../../src/report/pdf/pdf.ts';
import { wrap } from '../../src/report/pdf/wrap.ts';
import { reportFor } from './runs.ts';

test('the same report gives the same file', async () => {
  const [one, other] = await Promise.all([toPdf(reportFor('held')), toPdf(reportFor('held'))]);
  expect(Buffer.compare(one, other)).toBe(0);
  const text = Buffer.from(one).toString('latin1');
  expect(text).toMatch(/^%PDF-1\.7/);
  for (const tagged of ['/StructTreeRoot', '/Marked true', '/Lang (en)', '/DisplayDocTitle true']) {
    expect(text).toContain(tagged);
  }
});

test('a report with a thousand steps and a finding longer than a page is written too', async () => {
  const report = reportFor('passed');
  const [step] = report.timeline.steps;
  const [finding] = reportFor('rolled back').findings;
  if (!step || !finding) throw new Error('the runs have no step, or no finding');
  const steps = Array.from({ length: 1_000 }, (_, index) => ({ ...step, step: `step-${index}` }));
  const long = { ...finding, fix: 'Look at it, and fix what is wrong. '.repeat(1_000) };
  const pdf = await toPdf({ ...report, timeline: { ...report.timeline, steps }, findings: [long] });
  expect(
    Buffer.from(pdf)
      .toString('latin1')
      .match(/\/Type \/Page\n/g)?.length,
  ).toBeGreaterThan(30);
});

test('breaking a text into lines loses nothing but spaces, and no line is too wide', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom(' ', '\n', '切換演練，', 'arn:aws:rds:ap-northeast-1:111122223333:db:shop-replica', '一二三'),
  );
  fc.assert(
    fc.property(fc.array(piece), fc.integer({ min: 1, max: 40 }), (pieces, width) => {
      const text = pieces.join('');
      const lines = wrap(text, width, (part) => [...part].length);
      expect(lines.join('').replace(/\s/gu, '')).toBe(text.replace(/\s/gu, ''));
      for (const line of lines) expect([...line].length).toBeLessThanOrEqual(width);
    }),
  );
});

test('a line breaks at spaces and behind the marks of an ARN, and no line begins with a full stop', () => {
  const widthOf = (text: string) => [...text].length;
  expect(wrap('one two three', 7, widthOf)).toEqual(['one two', 'three']);
  expect(wrap('arn:aws:rds:tokyo', 9, widthOf)).toEqual(['arn:aws:', 'rds:tokyo']);
  expect(wrap('切換演練。切換', 4, widthOf)).toEqual(['切換演', '練。切換']);
});
