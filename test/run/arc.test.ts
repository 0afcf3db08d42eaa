import { expect, test } from 'vitest';
import { changesMade, finished } from './drill.ts';

const FAILOVER = 'multi-region-failover';
const CLUSTER = 'arn:aws:route53-recovery-control::111122223333:controlpanel/0123/routingcontrol';
const REGIONS = ['ap-east-2', 'ap-northeast-1', 'ap-southeast-2', 'eu-west-1', 'us-west-2'];
const ARC = (regions = REGIONS) => [
  'topology.traffic.public.lever=arc-routing-controls',
  'topology.traffic.public.recovery.healthCheck=22222222-aaaa-4bbb-8ccc-000000000002',
  `topology.traffic.public.routingControls={ primary: ${CLUSTER}/taipei, recovery: ${CLUSTER}/tokyo, endpoints: { ${regions
    .map((region) => `${region}: "https://host-${region}.example.com"`)
    .join(', ')} } }`,
];
const OPERATION = 'UpdateRoutingControlStates';

test('customers are moved without any control plane, by one call to any endpoint that answers', async () => {
  const run = await finished(FAILOVER, ARC());
  expect([run.outcome, run.reason]).toEqual(['passed', 'every target was met']);
  expect(changesMade(run, OPERATION)).toBe(1);
  expect(run.world.state().routingControls.map(({ name, on }) => [name, on])).toEqual([
    ['primary', false],
    ['recovery', true],
  ]);
  expect(run.of('step-started').find(({ kind }) => kind === 'arc.set-routing-controls')).toMatchObject({
    plane: 'data',
    region: 'ap-northeast-1',
  });
});

test('an endpoint in the lost region keeps nobody waiting for long: the next one is asked', async () => {
  const run = await finished(FAILOVER, ARC(['ap-east-2', 'eu-west-1']));
  expect(run.outcome).toBe('passed');
  const asked = run.of('call').filter(({ operation, step }) => operation === OPERATION && step === 'shift/public');
  expect(asked.map(({ region, outcome }) => [region, outcome])).toEqual([
    ['ap-east-2', 'unknown'],
    ['eu-west-1', 'ok'],
  ]);
});

test('where no endpoint answers nothing is shifted, and that is said', async () => {
  const run = await finished(FAILOVER, ARC(['ap-east-2']));
  expect([run.outcome, run.reason]).toEqual([
    'failed',
    expect.stringContaining("None of the cluster's endpoints answered"),
  ]);
});

test('an answer that is lost is asked for at another endpoint', async () => {
  const lost = `simulation.lostAnswers=[{ service: route53recoverycluster, operation: ${OPERATION} }]`;
  const run = await finished(FAILOVER, [...ARC(), lost]);
  expect(run.outcome).toBe('passed');
  expect(
    run
      .of('call')
      .filter(({ operation }) => operation === OPERATION)
      .map(({ region }) => region),
  ).toEqual(['ap-northeast-1', 'ap-east-2', 'ap-southeast-2']);
});

test('a shift that goes nowhere is not taken for one', async () => {
  const run = await finished(FAILOVER, [...ARC(), 'simulation.healthCheck.stuck=true']);
  expect([run.outcome, run.reason]).toEqual(['failed', expect.stringContaining('shift/public')]);
});
