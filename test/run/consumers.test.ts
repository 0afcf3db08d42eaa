import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock/virtual-clock.ts';
import { newWorld } from '../../src/simulator/new-world.ts';
import { consumedIn, ownRecords } from './consumed-once.ts';
import { type Finished, finished, SWITCHOVER, shipped, WHOLE } from './drill.ts';

/** The world as the run left it, so that what each group consumed can be counted; its journal says when that is. */
function leftBy({ world, entries }: Finished, name: string, overrides: string[]) {
  const { drill, topology } = shipped(name, overrides);
  const clock = new VirtualClock(Date.parse(entries.at(-1)?.at ?? ''));
  return newWorld({ topology, simulation: drill.simulation, seed: drill.simulation.seed, clock, state: world.state() });
}

/** Sides in which a partition was consumed, and how many of its records were left out or consumed twice where the side changed. */
const joints = (world: ReturnType<typeof leftBy>) =>
  consumedIn(world).map(({ place, stretches }) => ({
    place,
    sides: stretches.map(({ side }) => side),
    between: stretches.slice(1).map(({ from }, index) => from - (stretches[index]?.to ?? Number.NaN)),
  }));

const replicasOf = ({ standing }: Finished, deployment: string) =>
  standing.deployments.filter(([, name]) => name === deployment).map(([region, , wanted]) => [region, wanted]);

const PLACES = [
  'order-fulfilment orders/0',
  'order-fulfilment orders/1',
  'order-fulfilment payments/0',
  'order-fulfilment payments/1',
  'notifications orders/0',
  'notifications orders/1',
];

describe('a planned switchover', () => {
  test.each([
    ['as it ships', []],
    ['where MirrorMaker lags', ['simulation.messaging.lag=40 s']],
    ['where MirrorMaker itself commits for idle groups', ['simulation.messaging.syncsOffsets=true']],
  ])('moves consumers so that each record is consumed once, %s', async (_, settings) => {
    const ended = await finished(SWITCHOVER, settings);
    expect(ended.outcome).toBe('passed');
    expect(replicasOf(ended, 'order-fulfilment')).toEqual([
      ['ap-east-2', 0],
      ['ap-northeast-1', 3],
    ]);
    const world = leftBy(ended, SWITCHOVER, settings);
    expect(joints(world)).toEqual(PLACES.map((place) => ({ place, sides: ['primary', 'recovery'], between: [0] })));
  });

  test('has producers in both regions write where the consumers are', async () => {
    const ended = await finished(SWITCHOVER);
    const brokers = ended.world
      .state()
      .deployments.flatMap(({ name, rollouts }) =>
        name === 'order-service' ? [rollouts.at(-1)?.environment.KAFKA_BROKERS] : [],
      );
    expect(brokers).toEqual(Array(2).fill(expect.stringContaining('ecommercemessagesrecovery')));
  });

  test('whose database cannot be promoted has consumers go on at home, with the offsets as before', async () => {
    const ended = await finished(SWITCHOVER, ['simulation.promotion.fails=true']);
    expect(ended.outcome).toBe('rolled-back');
    expect(ended.standing.deployments).toEqual(ended.before.deployments);
    expect(ended.standing.offsets).toEqual(ended.before.offsets);
  });
});

describe('a failback', () => {
  test('brings consumers home so that each record is consumed once, and none stays in the recovery region', async () => {
    const ended = await finished('failback', [WHOLE]);
    expect(ended.outcome).toBe('passed');
    expect(replicasOf(ended, 'notifications')).toEqual([
      ['ap-east-2', 2],
      ['ap-northeast-1', 0],
    ]);
    const world = leftBy(ended, 'failback', [WHOLE]);
    expect(joints(world)).toEqual(PLACES.map((place) => ({ place, sides: ['recovery', 'primary'], between: [0] })));
    for (const { produced, consumed } of ownRecords(world)) {
      expect(produced).toBeGreaterThan(0);
      expect(consumed).toBe(produced);
    }
  });

  test('sees them consume at home', async () => {
    const ended = await finished('failback', [WHOLE]);
    expect(ended.of('check').filter(({ check }) => check.startsWith('verify/messages/'))).toMatchObject([
      { check: 'verify/messages/order-fulfilment', ok: true },
      { check: 'verify/messages/notifications', ok: true },
    ]);
  });
});
