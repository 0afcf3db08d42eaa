import { expect, test } from 'vitest';
import type { Transport } from '../../src/aws/aws.ts';
import { gateway } from '../../src/aws/gateway.ts';
import { services } from '../../src/aws/services/index.ts';
import { invertHealthCheck } from '../../src/components/route53/steps/invert-health-check.ts';
import { moveRecords } from '../../src/components/route53/steps/move-records.ts';
import type { AnyStep, StepContext } from '../../src/steps/step.ts';
import { GATE, inWorld, type Lab, ZONE } from '../simulator/world.ts';

const REGION = 'us-east-1';
const NAME = 'shop.example.com';
const to = { addresses: ['198.51.100.20'] };
const moving = (move: object) => ({ region: REGION, zone: ZONE, names: [{ name: NAME, move, to }] });
const swap = moving({ edits: 'roles', primary: 'tokyo' });
const inversion = { region: REGION, healthCheck: GATE, inverted: true, name: NAME, to };

/** The step does its change, and someone else makes another one between its look and its request. */
async function applied(lab: Lab, step: AnyStep, params: object, meddle: () => Promise<unknown>): Promise<string> {
  let isFirst = true;
  const transport: Transport = {
    async send(service, region, operation, ...rest) {
      if (isFirst && ['ChangeResourceRecordSets', 'UpdateHealthCheck'].includes(operation)) {
        isFirst = false;
        await meddle();
        // Route 53 works on one change at a time.
        await lab.sleep(60_000);
      }
      return lab.transport.send(service, region, operation, ...rest);
    },
  };
  const { signal } = new AbortController();
  const aws = gateway({
    transport,
    clock: lab.clock,
    regions: [REGION],
    record() {},
    isChange: (service, operation) => operation in services[service].changes,
    jitter: () => 0.5,
  })({ step: 'shift/public', signal });
  const more = {
    step: 'shift/public',
    run: 'test',
    aws,
    clock: lab.clock,
    signal,
    record() {},
    entries: () => [],
    notDone() {},
    probed: () => [],
  };
  const context: StepContext = { ...lab.ports, ...more };
  try {
    const before = await step.observe(params, context);
    await step.apply?.(params, context, before);
    return (await step.observe(params, context)).underway ? 'changed' : 'unchanged';
  } catch (error) {
    return (error as Error).message;
  }
}

const alter = (lab: Lab, change: object) => async () => {
  const { ResourceRecordSets: [first] = [] } = await lab.call('route53', REGION, 'ListResourceRecordSets', {
    HostedZoneId: ZONE,
  });
  const Changes = [{ Action: 'UPSERT' as const, ResourceRecordSet: { ...first, ...change } as never }];
  await lab.call('route53', REGION, 'ChangeResourceRecordSets', { HostedZoneId: ZONE, ChangeBatch: { Changes } });
};

test('records whose TTL somebody changes at that moment are read anew, and exchange their roles', () =>
  inWorld({ lever: 'failover-records' }, async (lab) => {
    expect(await applied(lab, moveRecords, swap, alter(lab, { TTL: 10 }))).toBe('changed');
    expect(lab.state().zones[0]?.records.map(({ TTL, Failover }) => [TTL, Failover])).toEqual([
      [10, 'SECONDARY'],
      [30, 'PRIMARY'],
    ]);
  }));

test('records that somebody leads elsewhere at that moment are left alone, and that is said', () =>
  inWorld({ lever: 'failover-records' }, async (lab) => {
    const told = await applied(lab, moveRecords, swap, alter(lab, { ResourceRecords: [{ Value: '192.0.2.99' }] }));
    expect(told).toMatch(
      /^The records of shop\.example\.com were changed by someone else .*: no longer "A taipei: failover, primary, to 203\.0\.113\.10.*; now "A taipei: failover, primary, to 192\.0\.2\.99/,
    );
    expect(lab.state().zones[0]?.records.map(({ Failover }) => Failover)).toEqual(['PRIMARY', 'SECONDARY']);
  }));

const shift = moving({ edits: 'weights', weights: { taipei: 0, tokyo: 100 } });

test('a TTL that somebody changes at that moment is kept, and the weights are given', () =>
  inWorld({ lever: 'weighted-records' }, async (lab) => {
    expect(await applied(lab, moveRecords, shift, alter(lab, { TTL: 10 }))).toBe('changed');
    expect(lab.state().zones[0]?.records.map(({ TTL, Weight }) => [TTL, Weight])).toEqual([
      [10, 0],
      [30, 100],
    ]);
  }));

test('weights that somebody gives at that moment are not overwritten, and that is said', () =>
  inWorld({ lever: 'weighted-records' }, async (lab) => {
    const told = await applied(lab, moveRecords, shift, alter(lab, { Weight: 60 }));
    expect(told).toMatch(
      /^The records of shop\.example\.com were changed by someone else .*: no longer "A taipei: weight 100.*; now "A taipei: weight 60/,
    );
    expect(lab.state().zones[0]?.records.map(({ Weight }) => Weight)).toEqual([60, 0]);
  }));

const update = (lab: Lab, change: object) => () =>
  lab.call('route53', REGION, 'UpdateHealthCheck', { HealthCheckId: GATE, ...change });

test('a health check that somebody changes beside at that moment is read anew, and inverted', () =>
  inWorld({}, async (lab) => {
    expect(await applied(lab, invertHealthCheck, inversion, update(lab, { FailureThreshold: 2 }))).toBe('changed');
  }));

test('a health check that somebody inverts at that moment is inverted, and nothing more is asked', () =>
  inWorld({}, async (lab) => {
    expect(await applied(lab, invertHealthCheck, inversion, update(lab, { Inverted: true }))).toBe('changed');
    expect(lab.state().healthChecks[0]).toMatchObject({ inverted: true, version: 2 });
  }));

test('a health check that somebody disables at that moment is left alone, and that is said', () =>
  inWorld({}, async (lab) => {
    expect(await applied(lab, invertHealthCheck, inversion, update(lab, { Disabled: true }))).toBe(
      `The health check ${GATE} was changed by someone else while this step was changing it: it was not inverted, enabled, and is now not inverted, disabled.`,
    );
    expect(lab.state().healthChecks[0]).toMatchObject({ inverted: false, disabled: true });
  }));
