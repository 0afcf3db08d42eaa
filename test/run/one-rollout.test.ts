import { describe, expect, test } from 'vitest';
import { vocabulary } from '../../src/runbook/vocabulary.ts';
import { drillText, mistakesOf, scratch } from '../drill/files.ts';
import { FAILOVER, type Finished, finished, PARTITION, SWITCHOVER, THREE_STORES, WHOLE } from './drill.ts';

const folder = scratch();
const CLINIC = 'topology=test/platforms/aurora-two-names-and-cache.yaml';
const IN_TIME = 'targets.rto=15 min';

const deploymentsIn = ({ world }: Finished, region: string) =>
  world.state().deployments.filter((one) => one.region === region);

/** How often the pods of each deployment in a region were replaced. */
const rolloutsIn = (ended: Finished, region: string) =>
  Object.fromEntries(deploymentsIn(ended, region).map(({ name, rollouts }) => [name, rollouts.length - 1]));

/** What the pods of a deployment read in the end. */
const readBy = (ended: Finished, region: string, deployment: string) =>
  deploymentsIn(ended, region)
    .find(({ name }) => name === deployment)
    ?.rollouts.at(-1)?.environment;

const RECORDS = 'clinic-records-dublin.cluster-abc123.eu-west-1.rds.amazonaws.com';
const SLOTS = 'master.clinic-slots-dublin.abc123.euw1.cache.amazonaws.com';

describe('applications are pointed at all their data stores in one rollout', () => {
  test.each([
    [FAILOVER, CLINIC, 'eu-west-1', { booking: 1, wards: 1 }],
    [FAILOVER, THREE_STORES, 'eu-central-1', { booking: 1, 'seat-map': 1, agencies: 1 }],
    [SWITCHOVER, CLINIC, 'eu-west-1', { booking: 1, wards: 1 }],
    [SWITCHOVER, CLINIC, 'eu-west-2', { booking: 1, wards: 1 }],
  ])('in %s on %s, in %s', async (drill, platform, region, once) => {
    const ended = await finished(drill, [platform, IN_TIME]);
    expect(ended.outcome).toBe('passed');
    expect(rolloutsIn(ended, region)).toEqual(once);
  });

  test('in a network partition whose other side takes over', async () => {
    const ended = await finished(PARTITION, [THREE_STORES, 'simulation.partition.thirdSees=recovery', IN_TIME]);
    expect(ended.outcome).toBe('passed');
    expect(rolloutsIn(ended, 'eu-central-1')).toEqual({ booking: 1, 'seat-map': 1, agencies: 1 });
  });

  test('producers of Kafka among them', async () => {
    const ended = await finished(FAILOVER, [WHOLE]);
    expect(rolloutsIn(ended, 'ap-northeast-1')).toMatchObject({ 'order-service': 1, 'customer-service': 1 });
    expect(readBy(ended, 'ap-northeast-1', 'order-service')).toEqual({
      DATABASE_WRITER_HOST: 'ecommerce-db-dr-replica.abc123.ap-northeast-1.rds.amazonaws.com',
      KAFKA_BROKERS: expect.stringContaining('ecommercemessagesrecovery'),
    });
  });

  test('each with the address of its own new writer', async () => {
    const ended = await finished(FAILOVER, [CLINIC]);
    expect(readBy(ended, 'eu-west-1', 'booking')).toEqual({ RECORDS_HOST: RECORDS, SLOTS_HOST: SLOTS });
    expect(ended.of('step-started').find(({ step }) => step === 'point/clinic')?.title).toBe(
      `Point the applications at ${RECORDS}, ${SLOTS}`,
    );
  });

  test('and without a store that was given up: its address stays', async () => {
    const ended = await finished(FAILOVER, [THREE_STORES, IN_TIME, 'simulation.cacheFailover.fails=true']);
    expect(ended.outcome).toBe('passed');
    expect(rolloutsIn(ended, 'eu-central-1')).toEqual({ booking: 1, 'seat-map': 1, agencies: 1 });
    expect(Object.values(readBy(ended, 'eu-central-1', 'booking') ?? {})).toEqual([
      expect.stringContaining('theatre-tickets-central'),
      expect.stringContaining('theatre-seats-central'),
      expect.stringContaining('theatre-sessions-north'),
    ]);
  });

  test('and an undo puts every variable back', async () => {
    const ended = await finished(SWITCHOVER, [CLINIC, 'simulation.traffic.controller={ after: 3 s }']);
    expect(ended.of('undo-ended').map(({ step, outcome }) => [step, outcome])).toContainEqual([
      'point-primary/clinic',
      'ok',
    ]);
    expect(ended.standing).toEqual(ended.before);
  });

  test('and an abort while pods are replaced puts every variable back', async () => {
    const ended = await finished(SWITCHOVER, [CLINIC], {
      abortAt: (entry) => entry.type === 'step-applied' && entry.step === 'point-recovery/clinic',
    });
    expect(ended.outcome).toBeOneOf(['aborted', 'failed']);
    expect(ended.standing).toEqual(ended.before);
  });
});

test.each([
  ['{ orders: promotion }', "no step before this one is called 'promotion'"],
  ['{ baskets: promote }', 'shop does not use the data store baskets.'],
])('a drill file of its own that points applications with %s is told its mistake', (writers, message) => {
  const text = drillText('test/drill/fixtures/own-failover.yaml').replace('{ orders: promote }', writers);
  const told = mistakesOf(folder.write('wrong.yaml', text), { vocabulary });
  expect(told).toMatchObject([{ line: 38, message }]);
});
