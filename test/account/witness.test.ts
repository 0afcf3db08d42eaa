import { expect, test } from 'vitest';
import type { State } from '../../src/simulator/state.ts';
import { PARTITION } from '../run/drill.ts';
import { inLines, lookedAt } from './prepared.ts';

const BUCKET = 'ecommerce-witness';
const CHECK = '22222222-bbbb-4ccc-8ddd-000000000001';

const witnessed = async (change: (state: State) => void = () => {}, overrides: string[] = []) => {
  const look = await lookedAt({ drill: PARTITION, change, overrides });
  return { ...look, blockers: inLines(look).filter((line) => line.startsWith('blocker')) };
};

test('a witness that is as it should be is shown beside the topology', async () => {
  const { rows, blockers } = await witnessed();
  expect(blockers).toEqual([]);
  expect(rows).toEqual(
    expect.arrayContaining([
      { what: `${BUCKET}/writer`, topology: 'held by primary', account: 'held by primary' },
      { what: `${CHECK} sees primary`, topology: '–', account: '16 of 16 health checkers reach it' },
    ]),
  );
});

test.each<[string, (state: State) => void, string[], string]>([
  [
    'the right is the other side’s',
    ({ buckets }) => {
      const version = buckets.find(({ name }) => name === BUCKET)?.versions[0];
      const right = { holder: 'recovery', renewedAt: '2026-01-05T00:59:58.000Z' };
      if (version) version.body = Buffer.from(JSON.stringify(right)).toString('base64');
    },
    [],
    'blocker: the right to write belongs to recovery, not to the primary region',
  ],
  [
    'there is no such object',
    (state) => {
      for (const bucket of state.buckets.filter(({ name }) => name === BUCKET)) bucket.versions = [];
    },
    [],
    `blocker: there is no writer in a bucket ${BUCKET} in ap-southeast-1`,
  ],
  [
    'there is no such bucket',
    (state) => {
      state.buckets = state.buckets.filter(({ name }) => name !== BUCKET);
    },
    [],
    `blocker: there is no writer in a bucket ${BUCKET} in ap-southeast-1`,
  ],
  [
    'a check is the calculated one of the record',
    () => {},
    ['topology.witness.healthChecks.primary=11111111-aaaa-4bbb-8ccc-000000000001'],
    "blocker: the witness's health checks tell nothing: You can't get the status of the calculated health check 11111111-aaaa-4bbb-8ccc-000000000001",
  ],
])('where %s, the drill does not begin', async (_, change, overrides, blocker) => {
  const { blockers } = await witnessed(change, overrides);
  expect(blockers).toEqual([blocker]);
});
