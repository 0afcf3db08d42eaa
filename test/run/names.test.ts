import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { describe, expect, test } from 'vitest';
import { loadDrill } from '../../src/drill/load.ts';
import { reportOf } from '../../src/report/model.ts';
import { vocabulary } from '../../src/runbook/vocabulary.ts';
import { scratch } from '../drill/files.ts';
import { changesMade, type Finished, rehearsed } from './drill.ts';

const folder = scratch();
const FORMS = 'names-of-every-form';

/** A drill that ships, on a platform whose names have other forms than the sample's. */
function run(platform: string, drill: string, ...overrides: string[]): Promise<Finished> {
  const topology = resolve(`test/platforms/${platform}.yaml`);
  const text = readFileSync(`drills/${drill}.yaml`, 'utf8').replace('topologies/ecommerce-platform.yaml', topology);
  const path = folder.write(`${drill}-on-${platform}.yaml`, text);
  return rehearsed(loadDrill(path, { overrides, vocabulary }), overrides);
}

/** Where each record leads, and what decides whom it answers. */
const recordsIn = ({ world }: Finished): string[] =>
  world
    .state()
    .zones.flatMap(({ records }) => records)
    .map(inAWord)
    .toSorted();

const inAWord = ({ Name, Type, SetIdentifier, AliasTarget, ResourceRecords = [], ...how }: ResourceRecordSet) =>
  [
    `${Name} ${Type}`,
    ...(SetIdentifier === undefined ? [] : [`${SetIdentifier} ${how.Weight ?? how.Failover ?? how.Region}`]),
    AliasTarget?.DNSName ?? ResourceRecords.map(({ Value }) => Value).join(' and '),
  ].join(', ');

const LED_AWAY = [
  'api.example.com. A, east us-east-1, d-2.execute-api.us-east-1.amazonaws.com.',
  'example.com. A, dualstack.hotel-2.us-east-1.elb.amazonaws.com.',
  'example.com. AAAA, dualstack.hotel-2.us-east-1.elb.amazonaws.com.',
  'ledger.hotel.internal. CNAME, east 100, ledger-2.elb.us-east-1.amazonaws.com',
  'ledger.hotel.internal. CNAME, west 0, ledger-1.elb.us-west-2.amazonaws.com',
  'mail.example.com. A, east PRIMARY, 198.51.100.70 and 198.51.100.71',
  'mail.example.com. A, west SECONDARY, 203.0.113.70 and 203.0.113.71',
  'www.example.com. A, east 100, dualstack.hotel-2.us-east-1.elb.amazonaws.com.',
  'www.example.com. A, west 0, dualstack.hotel-1.us-west-2.elb.amazonaws.com.',
  'www.example.com. AAAA, east 100, dualstack.hotel-2.us-east-1.elb.amazonaws.com.',
  'www.example.com. AAAA, west 0, dualstack.hotel-1.us-west-2.elb.amazonaws.com.',
];
const AT_HOME = [
  'api.example.com. A, east us-east-1, d-2.execute-api.us-east-1.amazonaws.com.',
  'api.example.com. A, west us-west-2, d-1.execute-api.us-west-2.amazonaws.com.',
  'example.com. A, dualstack.hotel-1.us-west-2.elb.amazonaws.com.',
  'example.com. AAAA, dualstack.hotel-1.us-west-2.elb.amazonaws.com.',
  'ledger.hotel.internal. CNAME, east 0, ledger-2.elb.us-east-1.amazonaws.com',
  'ledger.hotel.internal. CNAME, west 100, ledger-1.elb.us-west-2.amazonaws.com',
  'mail.example.com. A, east SECONDARY, 198.51.100.70 and 198.51.100.71',
  'mail.example.com. A, west PRIMARY, 203.0.113.70 and 203.0.113.71',
  'www.example.com. A, east 0, dualstack.hotel-2.us-east-1.elb.amazonaws.com.',
  'www.example.com. A, west 100, dualstack.hotel-1.us-west-2.elb.amazonaws.com.',
  'www.example.com. AAAA, east 0, dualstack.hotel-2.us-east-1.elb.amazonaws.com.',
  'www.example.com. AAAA, west 100, dualstack.hotel-1.us-west-2.elb.amazonaws.com.',
];

describe('names of every form', () => {
  test('fail over together: all types of all names of a zone in one change', async () => {
    const ended = await run(FORMS, 'multi-region-failover');
    expect([ended.reason, ended.outcome]).toEqual(['every target was met', 'passed']);
    expect(recordsIn(ended)).toEqual(LED_AWAY);
    expect(changesMade(ended, 'ChangeResourceRecordSets')).toBe(2);
    const { recoveries } = reportOf(ended.entries, { journalHash: '' });
    expect(recoveries.map(({ of, total }) => [of, total])).toEqual(
      ['apex', 'www', 'api', 'mail', 'ledger'].map((of) => [of, expect.objectContaining({ source: 'simulated' })]),
    );
  });

  test('move by shares where their records have weights, and as a whole with the last stage where they have none', async () => {
    const ended = await run(FORMS, 'planned-switchover');
    expect([ended.reason, ended.outcome]).toEqual(['every target was met', 'passed']);
    expect(recordsIn(ended)).toEqual(LED_AWAY);
    const stages = ended.of('step-started').flatMap(({ step }) => (step.startsWith('shift-') ? [step] : []));
    expect(stages.toSorted()).toEqual([
      'shift-100/apex',
      ...[100, 25, 50, 75].flatMap((share) => [`shift-${share}/ledger`, `shift-${share}/www`]),
    ]);
  });

  test('come back, each to the records that it had', async () => {
    const ended = await run(FORMS, 'failback');
    expect([ended.reason, ended.outcome]).toEqual(['every target was met', 'passed']);
    expect(recordsIn(ended)).toEqual(AT_HOME);
  });

  test('return to what was found where a stage of a shift is over its limits', async () => {
    const ended = await run(
      FORMS,
      'planned-switchover',
      'simulation.overload={ region: recovery, above: 1 %, errors: 60 % }',
    );
    expect(ended.outcome).not.toBe('passed');
    expect(ended.reason).toMatch(/shift-25\/(www|ledger)/);
    expect(recordsIn(ended)).toEqual(AT_HOME);
  });

  test('are watched one by one: a name that somebody else moves back is told', async () => {
    const ended = await run(FORMS, 'multi-region-failover', 'simulation.traffic.controller={ after: 90 s }');
    const told = ended.of('check').filter(({ check, ok }) => check.startsWith('lever-holds/') && !ok);
    expect(told.map(({ check }) => check).toSorted()).toEqual(['lever-holds/shift/apex', 'lever-holds/shift/ledger']);
  });

  test('of a private zone stop a drill that cannot resolve them, before anything was changed', async () => {
    const ended = await run(FORMS, 'multi-region-failover', 'simulation.traffic.outside=true');
    expect(ended.reason).toContain('ledger.hotel.internal is in a private zone, and cannot be resolved from here');
    const blocker = ended.of('finding').find(({ severity }) => severity === 'blocker');
    expect(blocker?.fix).toContain("set 'resolvers' in the topology to inbound endpoints of a Route 53 Resolver");
    expect(recordsIn(ended)).toEqual(AT_HOME);
  });
});

test('failover records that are aliases of load balancers exchange their roles, A and AAAA in one change', async () => {
  const ended = await run('load-balancers', 'multi-region-failover');
  expect([ended.reason, ended.outcome]).toEqual(['every target was met', 'passed']);
  expect(changesMade(ended, 'ChangeResourceRecordSets')).toBe(1);
  expect(recordsIn(ended)).toEqual([
    'store.example.org. A, east PRIMARY, dualstack.store-2.us-east-1.elb.amazonaws.com.',
    'store.example.org. A, west SECONDARY, dualstack.store-1.us-west-2.elb.amazonaws.com.',
    'store.example.org. AAAA, east PRIMARY, dualstack.store-2.us-east-1.elb.amazonaws.com.',
    'store.example.org. AAAA, west SECONDARY, dualstack.store-1.us-west-2.elb.amazonaws.com.',
  ]);
});
