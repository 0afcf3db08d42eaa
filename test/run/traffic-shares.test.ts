import { describe, expect, test } from 'vitest';
import { loadDrill } from '../../src/drill/load.ts';
import { vocabulary } from '../../src/runbook/vocabulary.ts';
import { drillText, mistakesOf, scratch } from '../drill/files.ts';
import { changesMade, type Finished, PRIMARY, rehearsed } from './drill.ts';

const path = scratch().write('own-shift.yaml', drillText('test/drill/fixtures/own-shift.yaml'));
const run = (...overrides: string[]) => rehearsed(loadDrill(path, { overrides, vocabulary }), overrides);
const weights = ({ standing }: Finished) => standing.records.map(({ Weight }) => Weight);

/** Of the customers' requests while a step continued, the share that the primary region served. */
function servedByPrimary({ of, visits: all }: Finished, step: string): number {
  const from = of('check').find(({ check }) => check === `${step} in force`)?.at ?? '';
  const until = of('step-ended').find((entry) => entry.step === step)?.at ?? '';
  const visits = all().filter(({ at }) => at >= Date.parse(from) + 30_000 && at <= Date.parse(until));
  return visits.filter(({ servedBy }) => servedBy === PRIMARY).length / visits.length;
}

test('customers move by shares, and are watched at each', async () => {
  const moved = await run();
  expect([moved.outcome, moved.reason]).toEqual(['passed', 'every target was met']);
  expect(weights(moved)).toEqual([0, 100]);
  expect(servedByPrimary(moved, 'shift-50/public')).toBeGreaterThan(0.1);
  expect(servedByPrimary(moved, 'shift-50/public')).toBeLessThan(0.9);
  expect(servedByPrimary(moved, 'shift-100/public')).toBe(0);
  for (const { step, at } of moved.of('step-ended').filter(({ step }) => step.startsWith('shift-'))) {
    const begun = moved.of('check').find(({ check }) => check === `${step} in force`);
    expect(Date.parse(at) - Date.parse(begun?.at ?? '')).toBeGreaterThanOrEqual(180_000);
  }
});

test.each([
  [
    'fail',
    'errors: 5 %',
    /shift-75\/public: With 25 % in ap-east-2, 75 % in ap-northeast-1, .* % of requests failed, where 1 % /,
  ],
  ['are slow', 'slowdown: 8', /shift-75\/public: With .* the 95th percentile took .* where 1 s are allowed/],
])('all customers return at once when requests %s', async (_, trouble, reason) => {
  const back = await run(`simulation.overload={ region: recovery, above: 60 %, ${trouble} }`);
  expect([back.outcome, back.reason]).toEqual(['rolled-back', expect.stringMatching(reason)]);
  expect(back.standing).toEqual(back.before);
  // Three stages, and one way back: not by way of the stages before.
  expect(changesMade(back, 'ChangeResourceRecordSets')).toBe(4);
});

describe('records of another policy', () => {
  const failover = ['topology.traffic.public.records=failover'];

  test('cannot be shared, and a file without a last stage of all customers is told so at its place', () => {
    const text = drillText('test/drill/fixtures/own-shift.yaml').replace('recovery: 100 %', 'recovery: 90 %');
    const without = scratch().write('own-shift.yaml', text);
    const [told, ...others] = mistakesOf(without, { overrides: failover, vocabulary });
    expect(others).toEqual([]);
    expect(told).toMatchObject({
      message: "the topology ecommerce-pair has nothing that does 'traffic.share', which this drill needs",
      expected: 'weighted records, or an accelerator; or a stage of 100 % or 0 %, with which a name moves as a whole',
    });
  });

  test('move as a whole with the stage of all customers', async () => {
    const moved = await run(...failover);
    expect([moved.outcome, moved.reason]).toEqual(['passed', 'every target was met']);
    expect(moved.of('step-started').filter(({ step }) => step.startsWith('shift-'))).toMatchObject([
      { step: 'shift-100/public', kind: 'route53.invert-health-check' },
    ]);
  });
});
