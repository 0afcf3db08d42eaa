import { expect, test } from 'vitest';
import { gateway } from '../../src/aws/gateway.ts';
import { services } from '../../src/aws/services/index.ts';
import { setDials } from '../../src/components/route53/accelerator/set-dials.ts';
import { setRoutingControls } from '../../src/components/route53/routing-controls/set-routing-controls.ts';
import { invertHealthCheck } from '../../src/components/route53/steps/invert-health-check.ts';
import { moveRecords } from '../../src/components/route53/steps/move-records.ts';
import type { ComponentOf } from '../../src/drill/components.ts';
import type { AnyStep, StepContext } from '../../src/steps/step.ts';
import { CONTROLS, GATE, GROUPS, inWorld, type Lab, RECOVERY, ZONE } from '../simulator/world.ts';

const TOKYO = { addresses: ['198.51.100.20'] };
const moving = (move: object) => ({
  region: 'us-east-1',
  zone: ZONE,
  names: [{ name: 'shop.example.com', move, to: TOKYO }],
});

function contextIn({ transport, ports, clock }: Lab): { context: StepContext; changes: string[] } {
  const changes: string[] = [];
  const { signal } = new AbortController();
  const aws = gateway({
    transport,
    clock,
    regions: ['us-east-1', 'us-west-2'],
    record: (event) => {
      if (event.type === 'call' && event.mutating) changes.push(event.operation);
    },
    isChange: (service, operation) => operation in services[service].changes,
    jitter: () => 0.5,
  })({ step: 'shift/public', signal });
  return {
    context: {
      ...{ ...ports, step: 'shift/public', run: 'test', aws, clock, signal },
      ...{ record() {}, notDone() {}, entries: () => [], probed: () => [] },
    },
    changes,
  };
}

/** No drill that ships comes to this: behind a promotion traffic is never sent back. Later ones may. */
test.each<[string, ComponentOf<'route53'>['lever'], AnyStep, object, each?: number]>([
  [
    'an inversion',
    'health-check-inversion',
    invertHealthCheck,
    { region: 'us-east-1', healthCheck: GATE, inverted: true, name: 'shop.example.com', to: TOKYO },
  ],
  [
    'a shift of weights',
    'weighted-records',
    moveRecords,
    moving({ edits: 'weights', weights: { taipei: 0, tokyo: 100 } }),
  ],
  ['an exchange of roles', 'failover-records', moveRecords, moving({ edits: 'roles', primary: 'tokyo' })],
  [
    'a simple record that is pointed elsewhere',
    'simple-record',
    moveRecords,
    moving({ edits: 'destination', leads: { values: { A: ['198.51.100.20'], AAAA: [] } } }),
  ],
  [
    'a region that is taken out of the latency records',
    'latency-records',
    moveRecords,
    moving({ edits: 'presence', without: 'taipei' }),
  ],
  [
    'routing controls',
    'arc-routing-controls',
    setRoutingControls,
    {
      on: `${CONTROLS}/tokyo`,
      off: `${CONTROLS}/taipei`,
      endpoints: [{ region: 'us-east-1', url: 'https://host.example.com' }],
      name: 'shop.example.com',
      to: TOKYO,
    },
  ],
  [
    'traffic dials',
    'global-accelerator-dials',
    setDials,
    { name: 'shop.example.com', region: RECOVERY, dials: { [GROUPS.recovery]: 100, [GROUPS.primary]: 0 } },
    2,
  ],
])('%s is taken back, once', (_, lever, step, params, each = 1) =>
  inWorld({ lever }, async (lab) => {
    const { context, changes } = contextIn(lab);
    const before = await step.observe(params, context);
    const receipt = await step.apply?.(params, context, before);
    await step.settle?.(params, context, before, receipt);
    expect((await step.observe(params, context)).done).toBe(true);

    await step.undo?.(params, context, before);
    expect((await step.observe(params, context)).state).toEqual(before.state);
    await step.undo?.(params, context, before);
    expect(changes).toHaveLength(2 * each);
  }),
);

test('what a person would type takes the health check back to how it was found', () => {
  const params = { region: 'us-east-1', healthCheck: GATE, inverted: true, name: 'shop.example.com', to: TOKYO };
  const before = { done: false, state: { inverted: false, disabled: false } };
  expect(invertHealthCheck.undoCommand?.(params, before)).toBe(
    `aws route53 update-health-check --health-check-id ${GATE} --no-inverted --no-disabled`,
  );
});

test('what a person would type reads the records, gives them their weights and writes them back', () => {
  const params = moving({ edits: 'weights', weights: { taipei: 0, tokyo: 100 } });
  const found = [
    { Name: 'shop.example.com.', Type: 'A', SetIdentifier: 'taipei', Weight: 100 },
    { Name: 'shop.example.com.', Type: 'A', SetIdentifier: 'tokyo', Weight: 0 },
  ];
  const command = moveRecords.undoCommand?.(params as never, { done: false, state: { 'shop.example.com': found } });
  expect(command).toContain(`aws route53 list-resource-record-sets --hosted-zone-id ${ZONE}`);
  expect(command).toContain('{"taipei":100,"tokyo":0} as $weights');
  expect(command).toMatch(/change-resource-record-sets .* --change-batch file:\/\/\/dev\/stdin$/);
});

test('what a person would type gives the dials back, what is turned up first', () => {
  const params = { name: 'shop.example.com', region: RECOVERY, dials: { [GROUPS.recovery]: 100, [GROUPS.primary]: 0 } };
  const before = { done: false, state: { [GROUPS.recovery]: 0, [GROUPS.primary]: 100 } };
  const update = (arn: string, dial: number) =>
    `aws globalaccelerator update-endpoint-group --region us-west-2 --endpoint-group-arn ${arn} --traffic-dial-percentage ${dial}`;
  expect(setDials.undoCommand?.(params, before)).toBe(
    `${update(GROUPS.primary, 100)} && ${update(GROUPS.recovery, 0)}`,
  );
});
