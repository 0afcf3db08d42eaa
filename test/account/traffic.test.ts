import { expect, test } from 'vitest';
import type { State } from '../../src/simulator/state.ts';
import { gateIn, inLines, lookedAt, setRecord, zoneIn } from './prepared.ts';

const GATE = '11111111-aaaa-4bbb-8ccc-000000000001';
const alias = (EvaluateTargetHealth: boolean) => ({
  TTL: undefined,
  ResourceRecords: undefined,
  AliasTarget: { DNSName: 'lb.example.com.', HostedZoneId: 'Z1', EvaluateTargetHealth },
});

type Case = [found: string, change: (state: State) => void];

test.each<Case>([
  [
    'blocker: shop.example.com has no record with the set identifier tokyo',
    (state) => {
      const zone = zoneIn(state);
      zone.records = zone.records.slice(0, 1);
    },
  ],
  ['blocker: there is no hosted zone Z0EXAMPLE1SHOP', (state) => Object.assign(zoneIn(state), { id: 'ZOTHER' })],
  ['warning: tokyo has a TTL of 300 s; the topology says 30 s', (state) => setRecord(state, 1, { TTL: 300 })],
  [
    'blocker: tokyo answers with 192.0.2.9, not with 198.51.100.20',
    (state) => setRecord(state, 1, { ResourceRecords: [{ Value: '192.0.2.9' }] }),
  ],
  [
    `blocker: taipei carries no health check, not ${GATE}`,
    (state) => setRecord(state, 0, { HealthCheckId: undefined }),
  ],
  [
    `blocker: taipei carries the health check another, not ${GATE}`,
    (state) => setRecord(state, 0, { HealthCheckId: 'another' }),
  ],
  ['warning: tokyo does not evaluate the health of its target', (state) => setRecord(state, 1, alias(false))],
  [
    'blocker: tokyo is an alias of lb.example.com, and the topology says a fixed address',
    (state) => setRecord(state, 1, alias(true)),
  ],
  [`blocker: there is no health check ${GATE}`, (state) => Object.assign(state, { healthChecks: [] })],
  ['blocker: the health check is inverted already', (state) => Object.assign(gateIn(state), { inverted: true })],
  ['warning: the health check is disabled', (state) => Object.assign(gateIn(state), { disabled: true })],
  [
    'note: the health check asks every 30 s and wants 3 failures',
    (state) => Object.assign(gateIn(state), { endpoint: { requestIntervalSeconds: 30, failureThreshold: 3 } }),
  ],
  [
    'note: the health check asks every 10 s and wants 8 failures',
    (state) => Object.assign(gateIn(state), { endpoint: { requestIntervalSeconds: 10, failureThreshold: 8 } }),
  ],
])('a failover is told: %s', async (found, change) => {
  expect(inLines(await lookedAt({ change }))).toContain(found);
  expect(inLines(await lookedAt({}))).not.toContain(found);
});

test('a slow health check is told with the seconds that it costs', async () => {
  const change = (state: State) =>
    Object.assign(gateIn(state), { endpoint: { requestIntervalSeconds: 30, failureThreshold: 3 } });
  const { findings } = await lookedAt({ change });
  expect(
    findings
      .filter(({ subject }) => subject === GATE)
      .map(({ why }) => why)
      .join(),
  ).toContain('about 60 s later');
});

const ENDPOINT_CHECK = ['topology.traffic.public.primary.endpointCheck={ every: 10 s, failures: 3 }'];
const askedEvery =
  (requestIntervalSeconds: number) =>
  ({ healthChecks: [gate], startMs }: State) => {
    const endpoint = { region: 'ap-east-2', path: null, failureThreshold: 3, askedMs: startMs, otherwise: 0 };
    if (gate) gate.endpoint = { ...endpoint, requestIntervalSeconds };
  };

test.each<[string, string[], (state: State) => void]>([
  [
    'warning: the health check (HTTPS) moves customers by itself about 30 s after its region is lost',
    [],
    askedEvery(10),
  ],
  [
    'warning: the health check asks every 30 s, 3 failures, and the topology says every 10 s, 3 failures',
    ENDPOINT_CHECK,
    askedEvery(30),
  ],
  [
    'warning: the health check asks no endpoint: it is CALCULATED, and the topology has an endpointCheck',
    ENDPOINT_CHECK,
    ({ healthChecks: [gate] }) => {
      if (gate) gate.endpoint = null;
    },
  ],
])('who moves customers first is told: %s', async (found, overrides, change) => {
  expect(inLines(await lookedAt({ overrides, change }))).toContain(found);
  expect(inLines(await lookedAt({ overrides }))).not.toContain(found);
});

test('an alias that evaluates its target needs no health check', async () => {
  const look = await lookedAt({ change: (state) => setRecord(state, 1, alias(true)) });
  expect(inLines(look)).not.toContain('note: tokyo has no health check');
});

test.each<Case>([
  [
    'blocker: taipei is the secondary record, not the primary one',
    (state) => setRecord(state, 0, { Failover: 'SECONDARY' }),
  ],
  [
    'warning: taipei is no failover record (weight 100), as the topology says',
    (state) => setRecord(state, 0, { Failover: undefined, Weight: 100 }),
  ],
])('a failover between failover records is told: %s', async (found, change) => {
  const overrides = ['topology.traffic.public.records=failover'];
  expect(inLines(await lookedAt({ overrides, change }))).toContain(found);
  expect(inLines(await lookedAt({ overrides }))).not.toContain(found);
});

const WEIGHTED = ['topology.traffic.public.lever=weighted-records'];

test.each<Case>([
  [
    'blocker: tokyo is no weighted record (failover, secondary), as the topology says',
    (state) => setRecord(state, 1, { Failover: 'SECONDARY', Weight: undefined }),
  ],
  [
    'blocker: taipei has the weight 0: traffic has left the primary already',
    (state) => setRecord(state, 0, { Weight: 0 }),
  ],
])('a failover by weights is told: %s', async (found, change) => {
  expect(inLines(await lookedAt({ overrides: WEIGHTED, change }))).toContain(found);
  expect(inLines(await lookedAt({ overrides: WEIGHTED }))).not.toContain(found);
});
