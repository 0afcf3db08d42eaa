import { describe, expect, test } from 'vitest';
import type { Transport } from '../../src/aws/aws.ts';
import { openQuestion } from '../../src/board/open-question.ts';
import type { Entry, RunEvent } from '../../src/journal/events.ts';
import type { Ports } from '../../src/ports/ports.ts';
import { reportOf } from '../../src/report/model.ts';
import { changesMade, FAILOVER, type Finished, finished, REPLICA, WHOLE } from './drill.ts';
import { killedAndResumed, type Left, leftAfterEachLine } from './killed.ts';
import { finishedIn } from './prepared-account.ts';

const LATE = 'simulation.replicationLag=90 s';
const QUESTION =
  /^ecommerce-db-dr-replica is 1 min [\d.]+ s behind; the drill allows 1 min\. A failover now loses what was written in that time; .*Go on\?$/;

/** The replica falls behind once the drill has begun to watch it; `fromCall` counts its readings. */
const fallingBehind =
  (seconds: number, fromCall: number) =>
  (transport: Transport): Transport => {
    let readings = 0;
    return {
      async send(service, region, operation, input, signal) {
        const answer = await transport.send(service, region, operation, input, signal);
        if (operation !== 'GetMetricData' || !JSON.stringify(input).includes('ReplicaLag')) return answer;
        readings += 1;
        const [result] = (answer as { MetricDataResults: { Values: number[] }[] }).MetricDataResults;
        if (readings >= fromCall) result?.Values.fill(seconds);
        return answer;
      },
    };
  };

/** And its log says the same as the metric. */
const logBehind = (ports: Ports): Ports => ({
  ...ports,
  sql: {
    ...ports.sql,
    query: async (database, query, options) =>
      query.name === 'log.behind' ? [{ behind: 1 }] : ports.sql.query(database, query, options),
  },
});

const later = (fromCall: number, overrides: string[] = [], seconds = 70) =>
  finishedIn({ through: fallingBehind(seconds, fromCall), portsThrough: logBehind }, FAILOVER, [
    'stop.replicationLag=60 s',
    ...overrides,
  ]);

const seqOf = (run: Finished, type: Parameters<Finished['of']>[0], step?: string): number =>
  run.of(type).find((entry) => step === undefined || ('step' in entry && entry.step === step))?.seq ?? Number.NaN;

describe('a replica that is further behind than the drill allows', () => {
  test('is for people to decide upon before anything is broken, who are told what a failover would lose', async () => {
    const run = await finished(FAILOVER, [LATE]);
    expect(run.of('approval-asked').map(({ question }) => question)).toEqual([expect.stringMatching(QUESTION)]);
    expect(run.of('people-decided')).toMatchObject([{ goesOn: true, about: `lag of ${REPLICA}` }]);
    expect(seqOf(run, 'people-decided')).toBeLessThan(seqOf(run, 'impaired'));
    const { approvals, dataLoss } = reportOf(run.entries, { journalHash: '' });
    expect(approvals).toMatchObject([{ question: expect.stringMatching(QUESTION), approves: true }]);
    // What they agreed to is what is lost, and the target says so.
    expect([run.outcome, run.exitCode]).toEqual(['target-missed', 1]);
    expect(dataLoss.loss).toMatchObject({ ms: expect.closeTo(95_000, -4.6) });
  });

  test('stops the drill with nothing broken and nothing changed where one of them refuses', async () => {
    const run = await finished(FAILOVER, [LATE, 'simulation.approval.refuses=true']);
    expect(run.reason).toMatch(
      /ecommerce-db-dr-replica is 1 min [\d.]+ s behind; the drill allows 1 min\. simulated on-call engineer refused\.$/,
    );
    expect([run.of('impaired'), run.standing]).toEqual([[], run.before]);
    expect(run.of('call').filter(({ mutating }) => mutating)).toEqual([]);
  });

  test('stops it as well where nobody answers, each of the escalation having had their time', async () => {
    const silent = "simulation.approval.silent=['on-call engineer', 'team lead', architect, CTO]";
    const run = await finished(FAILOVER, [LATE, silent]);
    expect(run.of('approval-asked').map(({ role }) => role)).toEqual([
      'on-call engineer',
      'team lead',
      'architect',
      'CTO',
    ]);
    expect(run.reason).toContain('had 5 min each');
    expect([run.of('impaired'), run.standing]).toEqual([[], run.before]);
  });

  test('is for those to decide upon whom the drill names for its approval', async () => {
    const named = 'approval={ roles: [incident commander], each: 2 min }';
    const run = await finished(FAILOVER, [LATE, named, 'simulation.approval.refuses=true']);
    expect(run.of('approval-asked').map(({ role }) => role)).toEqual(['incident commander']);
  });

  test('is asked about once, also by a run that is killed while it waits', async () => {
    const overrides = [LATE, 'simulation.approval.takes=60 s'];
    const line = seqOf(await finished(FAILOVER, overrides), 'approval-asked');
    const run = await killedAndResumed(FAILOVER, { after: [line + 2], overrides });
    expect([run.outcome, run.of('approval-asked').length]).toEqual(['target-missed', 1]);
  });

  test('can be answered at the terminal, on the board and by the command, while it is open', async () => {
    const { entries, of } = await finished(FAILOVER, [LATE]);
    const upTo = (type: 'approval-asked' | 'people-decided') =>
      openQuestion(entries.slice(0, entries.findIndex((entry) => entry.type === type) + 1));
    expect(upTo('approval-asked')).toMatchObject({
      step: of('approval-asked')[0]?.step,
      question: expect.stringMatching(QUESTION),
      people: 1,
      roles: ['on-call engineer', 'team lead', 'architect', 'CTO'],
    });
    expect(upTo('people-decided')).toBeUndefined();
  });

  test('is asked about for an Aurora cluster, too', async () => {
    const run = await finished(FAILOVER, [
      WHOLE,
      'simulation.globalCluster.lag=90 s',
      'simulation.approval.refuses=true',
    ]);
    expect(run.reason).toMatch(/ecommerce-aurora-recovery is .* behind; .* refused\.$/);
    expect([run.of('impaired'), run.standing]).toEqual([[], run.before]);
  });
});

describe('a replica that falls behind after the first look', () => {
  test.each([2, 4, 5])('stops the drill before the promotion where people refuse (reading %i)', async (fromCall) => {
    const run = await later(fromCall, ['simulation.approval.refuses=true']);
    expect(run.reason).toMatch(
      /ecommerce-db-dr-replica is 1 min 10 s behind; the drill allows 1 min\. simulated on-call engineer refused\.$/,
    );
    expect([changesMade(run, 'PromoteReadReplica'), run.standing]).toEqual([0, run.before]);
  });

  test('holds the promotion, and every deadline, until people have decided', async () => {
    // Longer than a promotion may take.
    const run = await later(5, ['simulation.approval.takes=14 min', 'targets.rto=1 h']);
    expect(run.of('deadline-passed')).toEqual([]);
    expect(seqOf(run, 'people-decided')).toBeLessThan(seqOf(run, 'step-applying', 'take-over/orders'));
    expect(changesMade(run, 'PromoteReadReplica')).toBe(1);
    // Customers waited all that time, and the report tells it apart.
    const { recovery } = reportOf(run.entries, { journalHash: '' });
    expect(recovery.person).toMatchObject({ ms: expect.closeTo(14 * 60_000, -5) });
    expect([run.outcome, run.reason]).toEqual(['passed', 'every target was met']);
  });

  test('stops the drill if it is much further behind than people agreed to', async () => {
    const twice = (transport: Transport): Transport => fallingBehind(200, 5)(fallingBehind(70, 2)(transport));
    const run = await finishedIn({ through: twice, portsThrough: logBehind }, FAILOVER, ['stop.replicationLag=60 s']);
    expect([run.outcome, run.reason]).toEqual([
      'aborted',
      `stop condition: ${REPLICA} is 3 min 20 s behind; the drill allows 1 min; people agreed to 1 min 10 s.`,
    ]);
    expect([changesMade(run, 'PromoteReadReplica'), run.standing]).toEqual([0, run.before]);
  });

  test('is decided upon after the process was killed while people were asked, also where the lag is gone by then', async () => {
    const overrides = ['stop.replicationLag=60 s'];
    const lefts = await leftAfterEachLine(FAILOVER, overrides);
    const left = lefts.find(({ entries }) => {
      const last = entries.at(-1);
      return last?.type === 'step-ended' && last.step === 'validate-recovery';
    }) as Left;
    const last = left.entries.at(-1) as Entry;
    const asked: RunEvent[] = [
      { type: 'lag', instance: REPLICA, lagMs: 70_000, source: 'metric' },
      {
        type: 'approval-asked',
        step: 'stop-conditions/orders',
        role: 'on-call engineer',
        question: 'Go on?',
        until: last.at,
        about: `lag of ${REPLICA}`,
        people: 1,
        roles: ['on-call engineer', 'team lead'],
      },
    ];
    const written = asked.map((event, index) => ({ ...last, ...event, seq: last.seq + 1 + index }) as Entry);
    const entries = [...left.entries, ...written];
    const run = await killedAndResumed(FAILOVER, { after: [], overrides, left: { ...left, entries } });
    expect(run.of('people-decided')).toMatchObject([{ goesOn: true, lagMs: 70_000 }]);
    expect([run.outcome, changesMade(run, 'PromoteReadReplica')]).toEqual(['passed', 1]);
  });
});
