import { expect, test } from 'vitest';
import { loadDrill } from '../../src/drill/load.ts';
import { vocabulary } from '../../src/runbook/vocabulary.ts';
import { drillText, mistakesOf, scratch } from '../drill/files.ts';
import { GROUPS } from '../simulator/world.ts';
import { changesMade, type Finished, finished, PRIMARY, rehearsed } from './drill.ts';

const RECOVERY = 'ap-northeast-1';
const DIALS = [
  'topology.traffic.public.lever=global-accelerator-dials',
  `topology.traffic.public.accelerator={ primary: ${GROUPS.primary}, recovery: ${GROUPS.recovery} }`,
];
const UPDATE = 'UpdateEndpointGroup';
const moved = [
  [PRIMARY, 0],
  [RECOVERY, 100],
];

const path = scratch().write('own-shift.yaml', drillText('test/drill/fixtures/own-shift.yaml'));
const byShares = (...more: string[]) => {
  const overrides = [...DIALS, ...more];
  return rehearsed(loadDrill(path, { overrides, vocabulary }), overrides);
};

/** Of the customers' requests from one moment to another, how many each region served. */
function servedBetween({ visits }: Finished, fromMs: number, untilMs: number): Record<string, number> {
  const served: Record<string, number> = {};
  for (const { at, servedBy = 'nobody' } of visits())
    if (at >= fromMs && at <= untilMs) served[servedBy] = (served[servedBy] ?? 0) + 1;
  return served;
}

const atEnd = ({ of }: Finished, step: string): number =>
  Date.parse(of('step-ended').find((entry) => entry.step === step)?.at ?? '');

test('all customers are moved by two dials, what is turned up first, and no record is changed', async () => {
  const run = await finished('multi-region-failover', DIALS);
  expect([run.outcome, run.reason]).toEqual(['passed', 'every target was met']);
  expect(run.standing.dials).toEqual(moved);
  const calls = run.of('call').filter(({ operation }) => operation === UPDATE);
  expect(calls.map(({ region }) => region)).toEqual(['us-west-2', 'us-west-2']);
  expect(run.standing.records).toEqual(run.before.records);
  expect(run.of('step-started').find(({ step }) => step === 'shift/public')).toMatchObject({
    kind: 'globalaccelerator.set-dials',
    plane: 'control',
    region: 'us-west-2',
    command: expect.stringMatching(/tokyo --traffic-dial-percentage 100 && .*taipei --traffic-dial-percentage 0$/),
  });
});

test('edges leave a lost region by themselves, to where nobody can write yet', async () => {
  const run = await finished('multi-region-failover', DIALS);
  const lostMs = Date.parse(run.of('impaired')[0]?.at ?? '');
  expect(servedBetween(run, lostMs, lostMs + 25_000)).toEqual({ nobody: expect.any(Number) });
  expect(servedBetween(run, lostMs + 35_000, lostMs + 60_000)[RECOVERY]).toBeGreaterThan(0);
  const meanwhile = run.visits();
  const before = (step: string) => meanwhile.filter(({ at }) => at > lostMs && at < atEnd(run, step));
  expect(before('take-over/orders').some(({ ok }) => ok)).toBe(false);
  // Once the applications write to the new writer, customers are served, and no dial has been turned yet.
  expect(before('shift/public').some(({ ok }) => ok)).toBe(true);
});

test('where the lost region comes back, its dial at 0 keeps customers away', async () => {
  const run = await finished('multi-region-failover', [...DIALS, 'simulation.outage.lasts=2 min']);
  expect(run.outcome).toBe('passed');
  expect(servedBetween(run, atEnd(run, 'shift/public'), Number.POSITIVE_INFINITY)).toEqual({
    [RECOVERY]: expect.any(Number),
  });
});

test('a dial that is never deployed is not taken for a shift', async () => {
  const run = await finished('multi-region-failover', [...DIALS, 'simulation.dials.stuck=true']);
  expect([run.outcome, run.reason]).toEqual(['failed', expect.stringContaining('shift/public')]);
});

test('a dial whose turning nobody answered is turned once', async () => {
  const lost = `simulation.lostAnswers=[{ service: globalaccelerator, operation: ${UPDATE} }]`;
  const run = await finished('multi-region-failover', [...DIALS, lost]);
  expect(run.outcome).toBe('passed');
  expect(changesMade(run, UPDATE)).toBe(2);
  expect(run.standing.dials).toEqual(moved);
});

test.each(['planned-switchover', 'failback'])('%s moves customers by shares of two dials', async (drill) => {
  const run = await finished(drill, DIALS);
  expect([run.outcome, run.reason]).toEqual(['passed', 'every target was met']);
  expect(changesMade(run, 'ChangeResourceRecordSets') + changesMade(run, 'UpdateHealthCheck')).toBe(0);
  expect(run.standing.dials).toEqual(
    drill === 'failback' ? run.before.dials.map(([region]) => [region, region === PRIMARY ? 100 : 0]) : moved,
  );
});

test('with dials at 50 and 50, each region serves its half of the customers', async () => {
  const run = await byShares();
  expect(run.outcome).toBe('passed');
  const served = servedBetween(run, atEnd(run, 'shift-50/public') - 150_000, atEnd(run, 'shift-50/public'));
  expect(served[PRIMARY]).toBeGreaterThan(45);
  expect(served[RECOVERY]).toBeGreaterThan(45);
  expect(servedBetween(run, atEnd(run, 'shift-100/public') - 150_000, atEnd(run, 'shift-100/public'))).toEqual({
    [RECOVERY]: expect.any(Number),
  });
});

test('past a limit all customers return at once, to the dials that the first stage found', async () => {
  const run = await byShares('simulation.overload={ region: recovery, above: 60 %, errors: 5 % }');
  expect([run.outcome, run.reason]).toEqual([
    'rolled-back',
    expect.stringMatching(/shift-75\/public: With 25 % in ap-east-2/),
  ]);
  expect(run.standing).toEqual(run.before);
  // Three stages and one way back, of two dials each.
  expect(changesMade(run, UPDATE)).toBe(8);
});

test.each([
  [DIALS.slice(0, 1), "the lever global-accelerator-dials needs the key 'accelerator' in traffic.public"],
  [
    [...DIALS, `topology.traffic.public.accelerator.recovery=${GROUPS.primary}`],
    "traffic.public.accelerator.recovery is the same as the primary's",
  ],
  [
    [...DIALS, `topology.traffic.public.accelerator.recovery=${GROUPS.recovery.replace('0123vxyz', 'other')}`],
    'traffic.public.accelerator.recovery belongs to another listener than the primary',
  ],
])('a topology is told: %s', (overrides, message) => {
  expect(mistakesOf(path, { overrides, vocabulary })).toMatchObject([{ message }]);
});
