import { describe, expect, test } from 'vitest';
import { vocabulary } from '../../src/runbook/vocabulary.ts';
import { mistakesOf } from '../drill/files.ts';
import { finished, PARTITION } from './drill.ts';

const AURORA_MYSQL = 'topology=test/platforms/aurora-mysql-global-endpoint.yaml';
const AURORA_POSTGRES = 'topology=test/platforms/aurora-two-names-and-cache.yaml';
const MYSQL_PAIR = 'topology=test/platforms/mysql-pair.yaml';

describe.each([AURORA_MYSQL, AURORA_POSTGRES])('a network partition on %s', (platform) => {
  test.each([
    ['primary', 'stay'],
    ['recovery', 'fail-over'],
  ])('goes on in the region that the witness is with: %s', async (sees, decision) => {
    const ended = await finished(PARTITION, [platform, `simulation.partition.thirdSees=${sees}`, 'targets.rto=10 min']);
    expect(ended.outcome).toBe('passed');
    expect(ended.of('decision').map((one) => one.decision)).toEqual([decision]);
  });

  test('writes nowhere where the witness is with neither', async () => {
    const ended = await finished(PARTITION, [platform, 'simulation.partition.thirdSees=neither']);
    expect(ended.outcome).toBe('rolled-back');
    expect(ended.standing).toEqual(ended.before);
  });
});

test('a pair of MySQL alone cannot say that a partition is there, which one line says on loading', () => {
  const told = mistakesOf('drills/network-partition.yaml', { overrides: [MYSQL_PAIR], vocabulary });
  expect(told.map(({ message }) => message)).toEqual([
    'A partition is seen by when a replica last replied, which MySQL and MariaDB do not note. The drill works with PostgreSQL; bookings runs mysql.',
  ]);
});
