import { expect, test } from 'vitest';
import type { Transport } from '../../src/aws/aws.ts';
import { isChange } from '../../src/aws/changes.ts';
import { Suspended } from '../../src/errors.ts';
import { type Drill, FAILOVER, finished, SNAPSHOT, WRITER } from './drill.ts';
import { type Account, finishedIn } from './prepared-account.ts';

/** Someone else may lead from one journal line on; `signalled` is false for a process that stood still and has heard nothing. */
function lostAt(line: number, signalled: boolean) {
  const lost = new AbortController();
  let isLost = false;
  const sent: string[] = [];
  const account: Account = {
    leadership: {
      lost: lost.signal,
      mustHold() {
        if (isLost) throw new Suspended('Another run may lead the topology by now.');
      },
    },
    onEntry({ seq }) {
      if (seq !== line) return;
      isLost = true;
      if (signalled) lost.abort('it went to somebody else');
    },
    through: (transport): Transport => ({
      send(service, region, operation, ...rest) {
        if (isLost && isChange(`${service}:${operation}`)) sent.push(operation);
        return transport.send(service, region, operation, ...rest);
      },
    }),
  };
  return { account, sent };
}

test.each<[Drill, string[]]>([
  [FAILOVER, []],
  // What fails is undone, and each undo is a change.
  [FAILOVER, ['simulation.promotion.fails=true']],
  [SNAPSHOT, []],
])(
  '%s %j: wherever the leadership is lost, nothing is changed, cleaned up or undone any more',
  async (drill, set) => {
    const { entries } = await finished(drill, set);
    const wrong: string[] = [];
    for (const { seq, type } of entries) {
      for (const signalled of [true, false]) {
        const { account, sent } = lostAt(seq, signalled);
        const run = await finishedIn(account, drill, set);
        if (sent.length > 0) wrong.push(`line ${seq} (${type}): ${sent.join(', ')}`);
        const stopped = run.entries.findIndex((entry) => entry.type === 'run-suspended');
        if (stopped >= 0 && stopped !== run.entries.length - 1)
          wrong.push(`line ${seq}: written to after it was suspended`);
      }
    }
    expect(wrong).toEqual([]);
  },
  300_000,
);

test('credentials of another account, found before a change: the run is suspended, and nothing is changed or undone', async () => {
  let isOther = false;
  const run = await finishedIn(
    {
      onEntry: ({ type }) => {
        isOther ||= type === 'impaired';
      },
      async checkAccount() {
        if (isOther) throw new Suspended('The credentials now belong to account 999999999999.');
      },
    },
    FAILOVER,
  );
  expect([run.outcome, run.exitCode]).toEqual(['unfinished', 3]);
  expect(run.of('call').filter(({ mutating }) => mutating)).toEqual([]);
  expect(run.entries.at(-1)).toMatchObject({ type: 'run-suspended', reason: expect.stringContaining('999999999999') });
  expect(run.standing.securityGroups).toEqual(run.before?.securityGroups);
  expect(run.standing.writers.filter((one) => one !== WRITER)).toEqual([]);
});
