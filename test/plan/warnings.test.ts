import { expect, test } from 'vitest';
import { GROUPS } from '../simulator/world.ts';
import { FAILOVER, planFor, SNAPSHOT, stepIn } from './drills.ts';

const WEIGHTED = 'topology.traffic.public.lever=weighted-records';
const WRITER_LOSS = 'failure.kind=writer-loss';

const warningsFor = (path: string, step: string, ...overrides: string[]) =>
  planFor(path, ...overrides).warnings.filter((warning) => warning.step === step);

test.each([
  ['health-check inversion', [], 'route53:UpdateHealthCheck'],
  ['weighted records', [WEIGHTED], 'route53:ChangeResourceRecordSets'],
])('%s warns that it is a call to us-east-1, and names levers that are none', (_, overrides, operation) => {
  const [warning, ...more] = warningsFor(FAILOVER, 'shift/public', ...overrides);
  expect(more).toEqual([]);
  expect(warning).toMatchObject({ severity: 'warning', region: 'us-east-1' });
  expect(warning?.what).toContain(operation);
  expect(warning?.fix).toMatch(/ARC routing control.*S3 object.*CloudWatch alarm/);
});

test('traffic dials warn that they are a call to us-west-2, and that edges move customers without one', () => {
  const dials = [
    'topology.traffic.public.lever=global-accelerator-dials',
    `topology.traffic.public.accelerator={ primary: ${GROUPS.primary}, recovery: ${GROUPS.recovery} }`,
  ];
  const [warning, ...more] = warningsFor(FAILOVER, 'shift/public', ...dials);
  expect(more).toEqual([]);
  expect(warning).toMatchObject({ severity: 'warning', region: 'us-west-2' });
  expect(warning?.what).toContain('globalaccelerator:UpdateEndpointGroup');
  expect(warning?.why).toMatch(/Edge locations still .*that is data plane.*no dial can be changed/);
  expect(warning?.fix).toContain('arc-routing-controls');
  const here = warningsFor(FAILOVER, 'shift/public', ...dials, 'topology.regions.primary=us-west-2');
  expect(here[0]?.why).toContain('us-west-2 is the very region that is lost');
});

test('only of an inversion is it said that its effect travels with the data plane', () => {
  expect(warningsFor(FAILOVER, 'shift/public')[0]?.why).toMatch(/effect travels with health checking.*The call is not/);
  expect(warningsFor(FAILOVER, 'shift/public', WEIGHTED)[0]?.why).not.toContain('data plane');
});

test('the levers are control plane in every writing of the plan', () => {
  for (const overrides of [[], [WEIGHTED]])
    expect(stepIn(planFor(FAILOVER, ...overrides), 'shift/public').plane).toBe('control');
});

test('fencing is warned of where the region is lost, not where the writer alone is', () => {
  const [warning] = warningsFor(FAILOVER, 'fence/orders');
  expect(warning).toMatchObject({ severity: 'warning', region: 'ap-east-2' });
  expect(warning?.fix).toContain('checks that the writer cannot be reached');
  expect(warningsFor(FAILOVER, 'fence/orders', WRITER_LOSS)).toEqual([]);
});

test('what leans on the region that takes over gets a note, whatever is lost', () => {
  for (const overrides of [[], [WRITER_LOSS]]) {
    const notes = planFor(FAILOVER, ...overrides).warnings.filter(({ severity }) => severity === 'note');
    expect(notes.map(({ step }) => step)).toEqual([
      'validate-recovery',
      'take-over/orders',
      'take-over/baskets',
      'take-over/sessions',
      'scale/shop/nodes',
    ]);
    expect(notes.every(({ region }) => region === 'ap-northeast-1')).toBe(true);
    expect(notes.at(-1)?.fix).toContain('keep 9 nodes running');
  }
});

test('warnings come before notes', () => {
  const severities = planFor(FAILOVER).warnings.map(({ severity }) => severity);
  expect(severities).toEqual([...severities].sort().reverse());
});

test('what runs before the failure is not warned of', () => {
  expect(warningsFor(FAILOVER, 'preflight')).toEqual([]);
});

test('it is said where the lost region is that of the lever itself', () => {
  const here = warningsFor(FAILOVER, 'shift/public', 'topology.regions.primary=us-east-1');
  expect(here[0]?.why).toContain('us-east-1 is the very region that is lost');
  expect(warningsFor(FAILOVER, 'shift/public')[0]?.why).not.toContain('very region');
});

test('a restore beside its source is noted to say nothing about the loss of the region', () => {
  expect(planFor(SNAPSHOT).warnings).toMatchObject([{ severity: 'note', step: 'restore/orders', region: 'ap-east-2' }]);
});
