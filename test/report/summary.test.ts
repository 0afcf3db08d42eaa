import { expect, test } from 'vitest';
import { summaryLines } from '../../src/report/summary.ts';
import { reportFor, runNames } from './runs.ts';

test('the closing lines give verdict, RTO, RPO, rows lost, outage and when customers were served again, with error bars', () => {
  expect(summaryLines(reportFor('passed'))).toEqual([
    'SIMULATED: a dry run proves nothing about the real account.',
    'Passed in rehearsal. In the simulation, customers were served again after 3 min 33.2 s, within the target of 5 min, and 1 s of data was lost, within the target of 1 min; the data passed every check.',
    'RTO              3 min 33.2 s (± 3.8 s, simulated)  target 5 min: met in rehearsal',
    'RPO              1 s (± 200 ms, simulated)  target 1 min: met in rehearsal',
    'Rows lost        5 of 171',
    'Customer outage  3 min 33.1 s (± 3.8 s, simulated)',
    'Served again     first 3 min 7.3 s, half 3 min 18.7 s, 95 % and last 3 min 33.2 s, of 8 customers',
  ]);
});

test('the closing lines say by how much a target was missed', () => {
  expect(summaryLines(reportFor('missed')).join('\n')).toContain('target 5 min: missed by 1 min 31.2 s in rehearsal');
});

test.each(runNames)('the closing lines of a run that %s are single lines without colour codes', (name) => {
  for (const line of summaryLines(reportFor(name))) expect(line).not.toMatch(/\p{Cc}/u);
});
