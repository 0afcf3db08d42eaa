import { expect, test } from 'vitest';
import { summaryLines } from '../../src/report/summary.ts';
import { reportFor, runNames } from './runs.ts';

test('the closing lines give verdict, RTO, RPO, rows lost and outage, with error bars', () => {
  expect(summaryLines(reportFor('passed'))).toEqual([
    'SIMULATED: a dry run proves nothing about the real account.',
    'Passed in rehearsal. In the simulation, customers were served again after 3 min 33.3 s, within the target of 5 min, and 1 s of data was lost, within the target of 1 min; the data passed every check.',
    'RTO              3 min 33.3 s (± 1 s, simulated)  target 5 min: met in rehearsal  platform objective 5 min: met in rehearsal',
    'RPO              1 s (± 200 ms, simulated)  target 1 min: met in rehearsal  platform objective 1 min: met in rehearsal',
    'Rows lost        5 of 171',
    'Customer outage  3 min 33 s (± 1 s, simulated)',
  ]);
});

test('the closing lines say by how much a target was missed', () => {
  expect(summaryLines(reportFor('missed')).join('\n')).toContain('target 5 min: missed by 1 min 31.3 s in rehearsal');
});

test.each(runNames)('the closing lines of a run that %s are single lines without colour codes', (name) => {
  for (const line of summaryLines(reportFor(name))) expect(line).not.toMatch(/\p{Cc}/u);
});
