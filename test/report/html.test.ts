import { describe, expect, test } from 'vitest';
import { toHtml } from '../../src/report/html.tsx';
import { hostileTitle, reportFor, runNames } from './runs.ts';

describe('the page', () => {
  test.each(runNames)('of a run that %s needs no script and nothing from elsewhere', (name) => {
    const html = toHtml(reportFor(name));
    expect(html).not.toMatch(/<script|<link|<img|<iframe|@import|url\(/i);
    expect(html).not.toMatch(/\s(src|srcset|poster|data|action|formaction)=/i);
    expect(html.match(/href="(?!https:\/\/wiki\.example\.com\/|#)[^"]*"/g)).toBeNull();
  });

  test.each(runNames)('of a run that %s comes out the same to the byte', (name) => {
    expect(toHtml(reportFor(name))).toBe(toHtml(reportFor(name)));
  });

  test('shows markup in a title as text', () => {
    const html = toHtml(reportFor('hostile'));
    expect(html).toContain('&lt;script>alert(');
    expect(html).not.toContain(hostileTitle);
  });

  test('holds no control character, whatever a text has in it', () => {
    expect(toHtml(reportFor('hostile'))).not.toMatch(/[^\P{Cc}\t\n\r]/u);
  });

  test('draws what was lost beside what customers went without, and says where it lies before the run', () => {
    const html = toHtml(reportFor('missed'));
    expect(html).toContain('class="outage"');
    expect(html).toMatch(/class="lost".*?9\.\d s of writes lost|9 s of writes lost/);
    expect(toHtml(reportFor('restored'))).toContain('of writes lost, from before the run on');
    expect(toHtml(reportFor('aborted early'))).not.toContain('data lost');
  });

  test('carries the mark of a dry run, and a live run does not', () => {
    expect(toHtml(reportFor('passed'))).toContain('SIMULATED');
    expect(toHtml(reportFor('passed for real'))).not.toMatch(/SIMULATED|rehears/);
  });

  test('has its sections in the order in which they are read', () => {
    const headings = [...toHtml(reportFor('held')).matchAll(/<h2[^>]*>([^<]*)/g)].map((match) => match[1]);
    expect(headings).toEqual([
      'Figures',
      'Where the time went',
      'Timeline',
      'Steps',
      'Data checks',
      'Verification checks',
      'Findings and deviations',
      'Undone, and left to do',
      'Environment',
      'Controls',
      'Method',
      'Sign-off',
    ]);
  });

  test('gives every request id, and the commands that a person must run after a hold', () => {
    const html = toHtml(reportFor('held'));
    expect(html).toContain('req-promote-replica-0');
    expect(html).toContain('aws rds modify-db-instance --by-hand');
    expect(html).toContain('aws do promote-replica');
  });

  test('shows unknown figures as unknown, with the reason, and never as a number', () => {
    const html = toHtml(reportFor('aborted early'));
    expect(html.match(/class="value unknown">unknown</g)).toHaveLength(4);
    expect(html).toContain('the failure was never caused');
  });
});

test('the timeline for a narrow screen has every step and moment, each with its name and its length', () => {
  const report = reportFor('passed');
  const [lanes = ''] = toHtml(report).match(/<ol class="lanes">[\s\S]*?<\/ol>/) ?? [];
  const names = [...lanes.matchAll(/<li><span>([^<]+)<\/span><b>[^<]+<\/b>/g)].map(([, name]) => name);
  expect(names).toEqual([
    ...report.timeline.markers.map(({ title }) => title),
    ...(report.outage.windows.length > 0 ? ['customers without service'] : []),
    ...report.timeline.steps.map(({ step }) => step),
  ]);
});
