import { describe, expect, test } from 'vitest';
import type { Transport } from '../../src/aws/aws.ts';
import { awsError, named } from '../../src/simulator/faults.ts';
import { FAILOVER, finished, REPLICA, shipped, WRITER } from './drill.ts';
import { finishedIn, rehearsedIn } from './prepared-account.ts';

type Send = () => Promise<unknown>;

/** Some calls of one operation, by their number, meet something on the way; all others do not. */
const onTheWay =
  (operation: string, strike: (send: Send, nth: number) => Promise<unknown>, after?: string) =>
  (transport: Transport): Transport => {
    let nth = 0;
    let begun = after === undefined;
    return {
      async send(...call) {
        const send = () => transport.send(...call);
        if (call[2] === after) begun = true;
        if (call[2] !== operation || !begun) return send();
        nth += 1;
        return strike(send, nth);
      },
    };
  };

const unreadable = () => named('Unreadable', 'the answer is not a whole answer of AWS');
const STATE = awsError('InvalidDBInstanceState', 'Instance ecommerce-db-dr-replica is not in available state.');

describe('a promotion that is carried out, and whose answer', () => {
  test.each([
    ['never comes', () => named('TimeoutError', 'no answer within 5 s')],
    ['is cut off or garbled', unreadable],
    ['is a server error', () => awsError('InternalFailure', 'An internal error has occurred', 500)],
    ['is a connection that breaks', () => Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })],
    ['is the refusal of a second delivery', () => STATE],
  ])('%s, is found by a look: nothing is undone, and traffic moves', async (_, error) => {
    const carriedOut = async (send: Send, nth: number) => {
      const answer = await send();
      if (nth === 1) throw error();
      return answer;
    };
    const run = await finishedIn({ through: onTheWay('PromoteReadReplica', carriedOut) }, FAILOVER);
    expect(run.outcome).toBe('passed');
    expect(run.of('undo-started')).toEqual([]);
    expect(run.standing.writers).toEqual([REPLICA]);
  });
});

test('somebody else promotes the replica at the same moment: the change is done, and nothing is undone', async () => {
  const first = async (send: Send, nth: number) => {
    if (nth === 1) await send();
    return send();
  };
  const run = await finishedIn({ through: onTheWay('PromoteReadReplica', first) }, FAILOVER);
  expect(run.outcome).toBe('passed');
  expect(run.standing.writers).toEqual([REPLICA]);
});

test('a promotion that nobody ever answers is not undone before its request can no longer arrive', async () => {
  const lost = () => Promise.reject(named('TimeoutError', 'no answer within 5 s'));
  const run = await finishedIn({ through: onTheWay('PromoteReadReplica', lost) }, FAILOVER);
  expect(run.reason).toBe('take-over/orders: not done within 10 min');
  const unknown = run.of('call').findLast(({ outcome }) => outcome === 'unknown');
  const undone = run.of('undo-started')[0];
  expect((undone?.ms ?? 0) - (unknown?.ms ?? 0)).toBeGreaterThanOrEqual(5 * 60_000);
  expect(run.standing.writers).toEqual([WRITER]);
});

describe('looks that fail while a promotion is waited for', () => {
  test.each([
    ['two 503 in a row', 2, () => awsError('ServiceUnavailable', 'try again', 503)],
    ['two connections reset', 2, () => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })],
    ['a page of a proxy', 1, unreadable],
    ['nine throttled calls', 9, () => awsError('Throttling', 'Rate exceeded')],
  ])('%s: the step looks again, and the failover passes', async (_, times, error) => {
    const fails = (send: Send, nth: number) => (nth <= times ? Promise.reject(error()) : send());
    const through = onTheWay('DescribeDBInstances', fails, 'PromoteReadReplica');
    const run = await finishedIn({ through }, FAILOVER);
    expect(run.outcome).toBe('passed');
    expect(run.standing.writers).toEqual([REPLICA]);
  });

  test('one stale answer, available after modifying, is asked again', async () => {
    let modifying = false;
    let told = false;
    const stale = async (send: Send) => {
      const answer = (await send()) as { DBInstances?: { DBInstanceStatus?: string }[] };
      const [instance] = answer.DBInstances ?? [];
      if (instance?.DBInstanceStatus === 'modifying') {
        if (modifying && !told) {
          told = true;
          return { ...answer, DBInstances: [{ ...instance, DBInstanceStatus: 'available' }] };
        }
        modifying = true;
      }
      return answer;
    };
    const run = await finishedIn({ through: onTheWay('DescribeDBInstances', stale, 'PromoteReadReplica') }, FAILOVER);
    expect(told).toBe(true);
    expect(run.outcome).toBe('passed');
  });
});

test('the looks of an Aurora failover that was accepted are throttled six times: it passes', async () => {
  const fails = (send: Send, nth: number) =>
    nth <= 6 ? Promise.reject(awsError('Throttling', 'Rate exceeded')) : send();
  const through = onTheWay('DescribeGlobalClusters', fails, 'FailoverGlobalCluster');
  const run = await rehearsedIn({ through }, shipped('aurora-global-failover'));
  expect(run.outcome).toBe('passed');
});

test('what keeps failing is shown after five seconds, with its count and the next attempt', async () => {
  const { of } = await finished(FAILOVER, [
    'simulation.throttling=[{service: rds, operation: PromoteReadReplica, calls: 8}]',
  ]);
  const [first] = of('look-failing');
  expect(first).toMatchObject({ what: 'rds PromoteReadReplica in ap-northeast-1', times: expect.any(Number) });
  const began = of('step-started').find(({ step }) => step === 'take-over/orders');
  expect((first?.ms ?? 0) - (began?.ms ?? 0)).toBeGreaterThanOrEqual(5_000);
});
