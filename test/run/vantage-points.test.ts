import { expect, test } from 'vitest';
import type { Transport } from '../../src/aws/aws.ts';
import type { Ports } from '../../src/ports/ports.ts';
import { awsError, named } from '../../src/simulator/faults.ts';
import { PARTITION } from './drill.ts';
import { type Account, finishedIn } from './prepared-account.ts';

/** What the witness, or Route 53, answers otherwise. */
const answering = (operation: string, otherwise: (answer: object) => object): Account => ({
  through: (transport): Transport => ({
    async send(service, region, asked, ...rest) {
      const answer = (await transport.send(service, region, asked, ...rest)) as object;
      return asked === operation ? otherwise(answer) : answer;
    },
  }),
});

/** What a database answers to one question. */
const telling = (query: string, answer: () => object): Account => ({
  portsThrough: ({ sql, ...ports }): Ports => ({
    ...ports,
    sql: {
      ...sql,
      query: async (database, asked, options) =>
        asked.name === query ? [answer() as never] : sql.query(database, asked, options),
    },
  }),
});

const refused = (operation: string): Account =>
  answering(operation, () => {
    throw awsError('AccessDenied', 'Access Denied', 403);
  });

test.each<[string, Account, RegExp]>([
  [
    'nobody renews the right to write',
    answering('GetObject', (answer) => ({ ...answer, ETag: '"always the same"' })),
    /^see-vantage-points: The right to write is not renewed: writer in ecommerce-witness has been unchanged for 2\d(\.\d)? s/,
  ],
  [
    'the replica hears nothing of its source',
    telling('replication.source', () => ({ silent: null, seen: true })),
    /^see-vantage-points: .* recovery-sees-primary: it is not connected\.$/,
  ],
  [
    'the writer has not heard of its replica for long',
    telling('replication.followers', () => ({ silent: 8_000, followers: 1, seen: true })),
    /^see-vantage-points: .* primary-sees-recovery: heard of it 8 s ago\.$/,
  ],
  [
    'the role of the login may not see replication',
    telling('replication.followers', () => ({ silent: null, followers: 0, seen: false })),
    /^see-vantage-points: Cannot see what ecommerce-db-primary receives from the other region\.$/,
  ],
  ['nobody can log in', { withoutLogin: true }, /^preflight: the topology has no login to ecommerce-db-primary/],
])('where %s, nothing is cut', async (_, account, reason) => {
  const run = await finishedIn(account, PARTITION);
  expect([run.outcome, run.reason]).toEqual(['rolled-back', expect.stringMatching(reason)]);
  expect(run.of('impaired')).toEqual([]);
  expect(run.standing).toEqual(run.before);
});

test('where Route 53 does not say what the world sees, the witness decides without it', async () => {
  const run = await finishedIn(refused('GetHealthCheckStatus'), PARTITION, ['simulation.partition.thirdSees=recovery']);
  expect(run.of('decision').map(({ rule }) => rule)).toEqual(['recoveryHoldsQuorum']);
  expect(run.outcome).toBe('passed');
});

test('a region that nobody in the world reaches claims nothing', async () => {
  let cut = false;
  const unseen = answering('GetHealthCheckStatus', (answer) =>
    cut ? { ...answer, HealthCheckObservations: [{ StatusReport: { Status: 'Failure: no connection' } }] } : answer,
  );
  const onEntry: Account['onEntry'] = ({ type }) => {
    if (type === 'impaired') cut = true;
  };
  const run = await finishedIn({ ...unseen, onEntry }, PARTITION, ['simulation.partition.thirdSees=recovery']);
  expect(run.of('decision').map(({ rule }) => rule)).toEqual(['noQuorum']);
  expect(run.of('check').findLast(({ check }) => check === 'quorum')?.detail).toMatch(
    /the right ran out, and the world does not see the recovery region: 0 of 1 health checkers reach it$/,
  );
  expect(run.standing).toEqual(run.before);
});

test('a witness that falls silent lets neither side go on', async () => {
  let cut = false;
  const silent = answering('GetObject', (answer) => {
    if (cut) throw named('TimeoutError', 's3 did not answer within 5 s.');
    return answer;
  });
  const onEntry: Account['onEntry'] = ({ type }) => {
    if (type === 'impaired') cut = true;
    // What is undone has to be given back where it was taken.
    if (type === 'decision') cut = false;
  };
  const run = await finishedIn({ ...silent, onEntry }, PARTITION);
  expect(run.of('decision').map(({ rule }) => rule)).toEqual(['noQuorum']);
  expect(run.of('check').findLast(({ check }) => check === 'quorum')?.detail).toMatch(/the witness does not answer$/);
  expect(run.outcome).toBe('rolled-back');
});
