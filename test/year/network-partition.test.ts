import { describe, expect, test } from 'vitest';
import { mustConsent } from '../../src/live/consent.ts';
import { reportOf } from '../../src/report/model.ts';
import { changesMade, type Finished, finished, PRIMARY, QUARANTINE, REPLICA, shipped, WRITER } from '../run/drill.ts';
import { killedAndResumed } from '../run/killed.ts';
import { expectSound, waysToFail } from './ways-to-fail.ts';

const DRILL = 'network-partition';
/** The same cut, with the witness on the other side. */
const AWAY = 'network-partition-failover';

const seenBy = (third: string): string => `simulation.partition.thirdSees=${third}`;
const pausing = (seconds: number): string => `simulation.partition.renewalPauses=${seconds} s`;

waysToFail(DRILL, [
  {
    fault: 'neither side reaches the witness',
    set: [seenBy('neither')],
    end: 'rolled-back',
    reason: /^decide: neither side has the witness, so neither may write/,
  },
  {
    fault: 'the right to write lasts too long, so too much is written on the losing side',
    set: [pausing(300), 'topology.witness.lease=80 s'],
    end: 'target-missed',
    reason: /RPO missed by/,
  },
  {
    fault: 'the primary continues, but its replica cannot catch up',
    set: ['simulation.partition.breaksReplication=true'],
    end: 'rolled-back',
    reason: /^rejoin\/orders\/catch-up: not done within 10 min/,
  },
  {
    fault: 'the replica is too far behind, and the person who is asked refuses',
    set: ['simulation.replicationLag=90 s', 'simulation.approval.refuses=true'],
    end: 'rolled-back',
    reason: /^baseline.* behind; the drill allows .* refused\.$/,
  },
  {
    fault: 'the link recovers before the failure is detected',
    set: ['simulation.partition.heals=4 s'],
    end: 'rolled-back',
    reason: /^detect-partition: No partition was detected within 2 min/,
  },
  {
    fault: 'the data is inconsistent',
    set: ['simulation.data.wrongTotals=2'],
    end: 'target-missed',
    reason: /data check failed: /,
  },
]);

waysToFail(AWAY, [
  {
    fault: 'the promotion fails',
    set: ['simulation.promotion.fails=true'],
    end: 'rolled-back',
    reason: /^take-over\/orders: .* went back to being a replica/,
  },
  {
    fault: 'the promotion takes longer than the RTO',
    set: ['simulation.promotion.takes=6 min'],
    end: 'target-missed',
    reason: /^RTO missed by/,
  },
  {
    fault: 'traffic does not move',
    set: ['simulation.healthCheck.stuck=true'],
    end: 'failed',
    reason: /^shift\/public: /,
  },
  {
    fault: 'the response to the claim of the recovery side is lost',
    set: ['simulation.lostAnswers=[{ service: s3, operation: PutObject }]'],
    end: 'passed',
    reason: /every target was met/,
  },
  {
    fault: 'another tool restores the health check',
    set: ['simulation.traffic.controller={ after: 40 s }'],
    end: 'failed',
    reason: /Somebody else changed what shift\/public made/,
  },
  {
    fault: 'neither side reaches the witness',
    set: [seenBy('neither')],
    end: 'rolled-back',
    reason: /^decide: neither side has the witness, so neither may write/,
  },
]);

const decided = ({ of }: Finished): string[] => of('decision').map(({ decision, rule }) => `${decision}: ${rule}`);
const quorumOf = ({ of }: Finished): string | undefined =>
  of('check').findLast(({ check }) => check === 'quorum')?.detail;
const started = ({ of }: Finished, step: string): number =>
  of('step-started').find((entry) => entry.step === step)?.seq ?? Number.NaN;
const ended = ({ of }: Finished, step: string): number =>
  of('step-ended').find((entry) => entry.step === step)?.seq ?? Number.NaN;

describe('the primary holds the quorum', () => {
  test.each(['both', 'primary'])(
    'where the third vantage point sees %s: nothing is promoted, and nothing is lost',
    async (third) => {
      const run = await finished(DRILL, [seenBy(third)]);
      expect([run.outcome, run.reason]).toEqual(['passed', 'every target was met']);
      expect(decided(run)).toEqual(['stay: primaryHoldsQuorum']);
      expect(quorumOf(run)).toMatch(/^primary and the witness: it renewed its right/);
      expect(changesMade(run, 'PromoteReadReplica')).toBe(0);
      expect(run.of('call').filter(({ mutating }) => mutating)).toEqual([]);
      expect(run.visits().filter(({ ok }) => !ok)).toEqual([]);
      expect(run.standing).toEqual(run.before);
    },
  );

  test('what was written while the link was cut is on the replica when it is back', async () => {
    const run = await finished(DRILL);
    const caughtUp = run.of('step-ended').find(({ step }) => step === 'rejoin/orders/catch-up')?.result as
      | { tookMs: number }
      | undefined;
    expect(caughtUp?.tookMs).toBeGreaterThan(1_000);
    const compared = run.of('data-check').filter(({ instance }) => instance === REPLICA);
    expect(compared.map(({ ok }) => ok)).toEqual(compared.map(() => true));
    expect(compared.length).toBeGreaterThan(3);
  });
});

describe('the recovery side holds the quorum', () => {
  test.each([
    ['nobody else sees the primary', [seenBy('recovery')]],
    ["the primary's guard cannot renew", [pausing(60)]],
  ])('where %s: the old writer stops before the new one opens, and stays out when the link is back', async (_, set) => {
    const run = await finished(DRILL, set);
    expect([run.outcome, run.reason]).toEqual(['passed', 'every target was met']);
    expect(decided(run)).toEqual(['fail-over: recoveryHoldsQuorum']);
    expect(quorumOf(run)).toMatch(/^recovery and the witness: the right was not renewed for 2\d(\.\d)? s/);
    expect(ended(run, 'settle-quorum')).toBeLessThan(started(run, 'fence/orders'));
    expect(ended(run, 'fence/orders')).toBeLessThan(started(run, 'take-over/orders'));
    expect(ended(run, 'take-over/orders')).toBeLessThan(started(run, 'mend-link'));
    expect(run.standing.securityGroups).toContainEqual([WRITER, [QUARANTINE]]);
    expect(run.standing.readOnly).toEqual([WRITER]);
    expect(run.standing.writers).toEqual([REPLICA]);
    expect(run.standing.right).toEqual(['recovery']);
    expect(run.anHourLater.writers()).toEqual([REPLICA]);
  });

  test('an old writer that nobody reaches is stopped by its own guard, before its right has run out', async () => {
    const run = await finished(DRILL, [seenBy('recovery')]);
    const writer = run.world.state().instances.find(({ identifier }) => identifier === WRITER);
    const stopped = writer?.readOnly.find(([, readOnly]) => readOnly)?.[0] ?? Number.NaN;
    const claimed = run.of('step-applied').find(({ step }) => step === 'settle-quorum');
    expect(stopped).toBeLessThan(Date.parse(claimed?.at ?? ''));
    expect(
      run.of('call').filter(({ operation, region }) => operation === 'ModifyDBInstance' && region === PRIMARY),
    ).not.toEqual([]);
    const fenced = run.of('step-ended').find(({ step }) => step === 'fence/orders');
    expect(fenced?.result).toEqual({ how: 'unreachable' });
  });

  test('what the losing side wrote after the cut is lost, and is counted', async () => {
    const run = await finished(DRILL, [pausing(60)]);
    const found = run.of('heartbeats-found').at(-1);
    const last = run.of('heartbeats').at(-1)?.rows.at(-1)?.[0] ?? 0;
    expect(last - (found?.last ?? last)).toBeGreaterThan(40);
  });

  test('its own write that nobody answered is looked for, and not made again', async () => {
    const run = await finished(DRILL, [
      seenBy('recovery'),
      'simulation.lostAnswers=[{ service: s3, operation: PutObject }]',
    ]);
    expect(decided(run)).toEqual(['fail-over: recoveryHoldsQuorum']);
    expect(changesMade(run, 'PutObject')).toBe(1);
  });
});

describe('what was exercised', () => {
  const quorumIn = ({ entries }: Finished) => reportOf(entries, { journalHash: '' });

  test.each([
    [
      DRILL,
      [],
      'primary',
      /^In the simulation, the primary region kept the right to write, and nothing failed over; customers never lost service/,
    ],
    [
      AWAY,
      [],
      'recovery',
      /^In the simulation, the recovery region took the right to write, and the drill failed over to it; customers were served again after/,
    ],
    [
      DRILL,
      [seenBy('recovery')],
      'recovery',
      /failed over to it; the drill is about the primary region continuing, which was not exercised;/,
    ],
    [
      AWAY,
      [seenBy('both')],
      'primary',
      /nothing failed over; the failover, which the drill is about, was not exercised;/,
    ],
  ] as const)('%s with %j says that the %s side had the right', async (drill, set, holder, says) => {
    const { quorum, verdict, outcome } = quorumIn(await finished(drill, [...set]));
    expect([outcome, quorum?.holder]).toEqual(['passed', holder]);
    expect(verdict.sentence).toMatch(says);
  });

  test('nothing is said of a run that did not come to decide', async () => {
    expect(
      quorumIn(await finished(DRILL, ['simulation.replicationLag=90 s', 'simulation.approval.refuses=true'])).quorum,
    ).toBeNull();
  });
});

describe('the race', () => {
  test('is won by exactly one side, in any order of the writes', async () => {
    const outcomes = new Set<string>();
    for (const seconds of [22, 24, 25, 26, 26.5, 27, 27.2, 27.4, 27.6, 28, 30])
      for (const seed of [1, 2, 3]) {
        const run = await finished(DRILL, [pausing(seconds)], { seed });
        expect(['passed', 'target-missed']).toContain(run.outcome);
        const [one, ...others] = decided(run);
        expect(others).toEqual([]);
        outcomes.add(one ?? '');
        expect(run.standing.writers).toEqual([one === 'stay: primaryHoldsQuorum' ? WRITER : REPLICA]);
      }
    expect([...outcomes].sort()).toEqual(['fail-over: recoveryHoldsQuorum', 'stay: primaryHoldsQuorum']);
  });

  test('who comes second is refused by S3 itself, and goes back to being a replica', async () => {
    // The guard renews while the claim is on its way.
    const { of } = await finished(DRILL, [pausing(60)]);
    const cut = Date.parse(of('impaired')[0]?.at ?? '');
    const claim = of('call').find(({ operation }) => operation === 'PutObject');
    const leftMs = Date.parse(claim?.at ?? '') - (claim?.tookMs ?? 0) - cut;
    const run = await finished(DRILL, [`simulation.partition.renewalPauses=${leftMs + 1} ms`]);
    const refused = run
      .of('call')
      .filter(({ operation, outcome }) => operation === 'PutObject' && outcome === 'failed');
    expect(refused.map(({ error }) => error?.name)).toEqual(['ConditionalRequestConflict']);
    expect(decided(run)).toEqual(['stay: primaryHoldsQuorum']);
    expect(run.outcome).toBe('passed');
    expect(run.standing.writers).toEqual([WRITER]);
  });
});

describe('neither side holds it', () => {
  test('nobody writes, and the primary does again when the link is back', async () => {
    const run = await finished(DRILL, [seenBy('neither')]);
    expect(decided(run)).toEqual(['stand-still: noQuorum']);
    const writer = run.world.state().instances.find(({ identifier }) => identifier === WRITER);
    expect(writer?.readOnly.map(([, readOnly]) => readOnly)).toEqual([false, true, false]);
    expect(run.standing).toEqual(run.before);
  });

  test('a link that comes back in time lets the primary go on', async () => {
    const run = await finished(DRILL, [seenBy('neither'), 'simulation.partition.heals=40 s']);
    expect(decided(run)).toEqual(['stay: primaryHoldsQuorum']);
    expect([run.outcome, run.reason]).toEqual(['passed', 'every target was met']);
  });
});

/** Some journal lines, spread over a run. */
const spread = (lines: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => 1 + Math.floor(((index + 0.5) * (lines - 1)) / count));

describe.each([
  ['the recovery side takes over', [seenBy('recovery')]],
  ['the primary lost its right while it was seen', [pausing(60)]],
  ['nobody may write', [seenBy('neither')]],
])('where %s', (_, set) => {
  const overrides = [...set, 'targets.rto=10 h'];

  test('aborted anywhere it leaves the world as before, or holds', async () => {
    const { entries } = await finished(DRILL, overrides);
    for (const line of spread(entries.length, 12)) {
      const run = await finished(DRILL, overrides, { abortAt: ({ seq }) => seq === line });
      expect(['aborted', 'passed'], `aborted at line ${line}`).toContain(run.outcome);
      expectSound(run);
    }
  });

  test('killed anywhere and taken up again it ends as if unbroken', async () => {
    const unbroken = await finished(DRILL, overrides);
    for (const line of spread(unbroken.entries.length, 12)) {
      const run = await killedAndResumed(DRILL, { after: [line], arrives: line % 2 === 0, overrides });
      expect([run.outcome, decided(run)], `killed after line ${line}`).toEqual([unbroken.outcome, decided(unbroken)]);
      expect(run.standing).toEqual(unbroken.standing);
      expectSound(run);
    }
  });
});

test('a run that was dead while the right ran out claims it by what it had seen before', async () => {
  const overrides = [seenBy('recovery'), 'targets.rto=10 h'];
  const { of } = await finished(DRILL, overrides);
  const detected = of('step-ended').find(({ step }) => step === 'detect-partition');
  const run = await killedAndResumed(DRILL, { after: [detected?.seq ?? 0], deadMs: 60_000, overrides });
  expect([run.outcome, run.reason]).toEqual(['passed', 'every target was met']);
  const settled = run.of('step-started').find(({ step }) => step === 'settle-quorum');
  const claimed = run.of('step-applied').find(({ step }) => step === 'settle-quorum');
  expect(Date.parse(claimed?.at ?? '') - Date.parse(settled?.at ?? '')).toBeLessThan(5_000);
});

test('a live run asks for consent to the promotion, which cannot be undone', () => {
  const commands = { inject: './cut-link', heal: './mend-link', active: './is-link-cut' };
  const { drill: asShipped } = shipped(DRILL);
  const drill = { ...asShipped, failure: { commands } } as typeof asShipped;
  const noReturn = [{ step: 'take-over/orders', line: 'take-over', why: 'there is no way back' }];
  expect(() => mustConsent(drill, noReturn)).toThrow('take-over/orders');
  for (const consent of ['take-over', 'take-over/orders'])
    expect(() => mustConsent({ ...drill, consent: [consent] }, noReturn)).not.toThrow();
  expect(() => mustConsent({ ...drill, consent: ['take-over/baskets'] }, noReturn)).toThrow('take-over/orders');
});
