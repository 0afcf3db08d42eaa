import { describe, expect, test } from 'vitest';
import { componentOf } from '../../src/drill/components.ts';
import type { Topology } from '../../src/drill/topology.ts';
import { reportOf } from '../../src/report/model.ts';
import { summaryLines } from '../../src/report/summary.ts';
import { shiftOf } from '../../src/simulator/kafka/mirror.ts';
import { finished, rehearsed, shipped } from '../run/drill.ts';
import { expectSound, waysToFail } from './ways-to-fail.ts';

const DRILL = 'kafka-failover';
const PATIENT = 'phases.0.steps.0.with.maxAge=2 h';

waysToFail(DRILL, [
  {
    fault: 'MirrorMaker has mirrored nothing for 20 min',
    set: ['simulation.messaging.lag=20 min'],
    end: 'rolled-back',
    reason: /^preflight: MirrorMaker has mirrored no heartbeat to ecommerce-messages-recovery for 1 min/,
  },
  {
    fault: 'MirrorMaker stops during the drill',
    set: ['simulation.messaging.stops=30 s'],
    end: 'rolled-back',
    reason: /^check-translation: order-fulfilment stands at \d+ in orders\/0, .* was not found within 1000 records/,
  },
  {
    fault: 'the lag of MirrorMaker is 20 min, and the drill does not limit it',
    set: ['simulation.messaging.lag=20 min', PATIENT],
    end: 'rolled-back',
    reason: /^check-translation: .* was not found within 1000 records of it/,
  },
  {
    fault: 'the lag of MirrorMaker exceeds the RPO',
    set: ['simulation.messaging.lag=20 s', 'targets.rpo=15 s'],
    end: 'target-missed',
    reason: /^RPO missed by \S+ s: 19\.6 s, where 15 s are allowed/,
  },
  {
    fault: 'MirrorMaker writes no checkpoints for a group',
    set: ['simulation.messaging.lacksCheckpoints=[notifications]'],
    end: 'rolled-back',
    reason: /^check-translation: notifications stands at \d+ in orders\/0, and no checkpoint says where that is/,
  },
  {
    fault: 'a translated offset is ahead of the correct one',
    set: ['simulation.messaging.translatesAhead=1500', 'phases.2.steps.1.with.rereads=2000'],
    end: 'rolled-back',
    reason: /^check-translation: .*: \d+ records would be skipped, and \d more/,
  },
  {
    fault: 'more records would be read again than allowed',
    set: ['phases.2.steps.1.with.rereads=3'],
    end: 'rolled-back',
    reason: /^check-translation: .* was not found within 3 records of it/,
  },
  {
    fault: 'another consumer stays in the group',
    set: ['simulation.messaging.membersStay=true'],
    end: 'rolled-back',
    reason:
      /^stop-consumers: order-fulfilment on ecommerce-messages-primary still has 1 member 2 min after its pods were gone/,
  },
  {
    fault: 'consumers never start',
    set: ['simulation.pods.neverReady=true'],
    end: 'rolled-back',
    reason: /^start-consumers: not done within 10 min/,
  },
  {
    fault: 'consumers start but consume nothing',
    set: ['simulation.messaging.neverConsume=true'],
    end: 'rolled-back',
    reason: /^prove-away: order-fulfilment stands at \d+ of \d+ in taipei\.orders\/0, after 5 min/,
  },
  {
    fault: 'records are lost in transit',
    set: ['simulation.messaging.losesMarkers=3'],
    end: 'target-missed',
    reason:
      /acknowledged marker records of messages are missing in 1 gap among those present; data check failed: .* \(147 of 150 are there\)/,
  },
  {
    fault: 'the cluster of the recovery region is in maintenance',
    set: ['simulation.messaging.state=MAINTENANCE'],
    end: 'rolled-back',
    reason: /^preflight: ecommerce-messages-recovery in ap-northeast-1 is MAINTENANCE/,
  },
  {
    fault: 'the person refuses',
    set: ['simulation.approval.refuses=true'],
    end: 'rolled-back',
    reason: /^approve: .* refused/,
  },
  {
    fault: 'MSK throttles every call',
    set: ['simulation.throttling=[{ service: kafka, calls: 100000 }]'],
    end: 'rolled-back',
    reason: /^preflight: .*Rate exceeded/,
  },
]);

test('moves everybody there and back, each time with records consumed, and leaves no offset behind', async () => {
  const run = await finished(DRILL);
  expect(run.standing).toEqual(run.before);
  expect(run.of('check').map(({ check, ok }) => [check, ok])).toEqual(
    ['prove-home', 'prove-away', 'prove-produced', 'prove-returned'].flatMap((step) => [
      [`${step}/order-fulfilment`, true],
      [`${step}/notifications`, true],
    ]),
  );
  const produced = run.of('check').find(({ check }) => check === 'prove-produced/notifications');
  expect(produced?.detail).toMatch(
    /^notifications has consumed \d+ records, the marker record in dr-drill\/0 among them$/,
  );
});

test('nobody begins in the recovery region behind the record that comes next', async () => {
  const run = await finished(DRILL);
  const stood = run
    .of('data-check')
    .flatMap(({ check, rows }) => rows.map((row) => [check, row as { partition: string; stands: number }] as const));
  expect(stood).toHaveLength(7);
  const begun = run.world.state().messaging.commits.filter(({ offset }) => offset !== null);
  expect(begun).toHaveLength(7);
  for (const { group, topic, partition, offset } of begun) {
    const written = topic.replace('taipei.', '');
    const { stands } = stood.find(
      ([check, row]) => check === `${group}-offsets` && row.partition === `${written}/${partition}`,
    )?.[1] ?? { stands: -1 };
    // By the world's own figures, not by what the step found.
    const begins = (offset ?? 0) + shiftOf(written, partition);
    expect(begins).toBeLessThanOrEqual(stands);
    expect(begins).toBeGreaterThan(stands - 1_000);
  }
});

describe('as MirrorMaker may be set up', () => {
  test('offsets that it has committed itself are left as they are', async () => {
    const run = await finished(DRILL, ['simulation.messaging.syncsOffsets=true']);
    expect([run.outcome, run.reason]).toEqual(['passed', 'every target was met']);
    const observed = run.of('step-observed').find(({ step }) => step === 'commit-offsets');
    expect(observed?.done).toBe(true);
  });

  test('topics may keep their names', async () => {
    const { drill, topology } = shipped(DRILL);
    const messages = componentOf(topology, 'kafka');
    const identity: Topology = {
      ...topology,
      data: { ...topology.data, messages: { ...messages, mirror: { ...messages.mirror, policy: 'identity' } } },
    };
    const run = await rehearsed({ drill, topology: identity });
    expect([run.outcome, run.reason]).toEqual(['passed', 'every target was met']);
    expect(run.standing).toEqual(run.before);
    expectSound(run);
  });
});

test('an abort while producers are away lets consumers finish what was produced there', async () => {
  const run = await finished(DRILL, [], {
    abortAt: (entry) => entry.type === 'step-ended' && entry.step === 'prove-produced',
  });
  expect(run.outcome).toBe('aborted');
  expect(run.standing).toEqual(run.before);
});

test('the report speaks of records, and of what a lost region would have cost', async () => {
  const { entries } = await finished(DRILL);
  const report = reportOf(entries, { journalHash: 'a1b2c3d4'.repeat(8) });
  const lines = summaryLines(report).join('\n');
  expect(lines).toMatch(/the last [\d.]+ s of records would have been lost with the primary region, within the target/);
  expect(lines).toMatch(/^Records lost\s+\d+ of 150$/m);
  expect(report.method.join(' ')).toMatch(
    /marker records on ecommerce-messages-recovery.* A record was written every 200 ms/,
  );
  expect(JSON.stringify([report.method, report.dataLoss])).not.toContain('heartbeat row');
});
