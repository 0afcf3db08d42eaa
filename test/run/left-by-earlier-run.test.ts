import { describe, expect, test } from 'vitest';
import type { Transport } from '../../src/aws/aws.ts';
import { loadDrill } from '../../src/drill/load.ts';
import { dataLoss } from '../../src/measure/data-loss.ts';
import { phaseTime } from '../../src/measure/phase-time.ts';
import { runMark } from '../../src/steps/mark.ts';
import { drillText, scratch } from '../drill/files.ts';
import { finishedIn, rehearsedIn } from './prepared-account.ts';

type Sent = Parameters<Transport['send']>;

/** The first call of an operation that a run of the drill makes. */
async function callOf(operation: string, drill: string): Promise<Sent> {
  const calls: Sent[] = [];
  const through = (transport: Transport): Transport => ({
    send(...sent) {
      if (sent[2] === operation) calls.push(sent);
      return transport.send(...sent);
    },
  });
  await finishedIn({ through }, drill);
  const [first] = calls;
  if (!first) throw new Error(`${drill} never calls ${operation}`);
  return first;
}

const made = [
  ['snapshot-restore', 'RestoreDBInstanceFromDBSnapshot', 'DeleteDBInstance', 'instance orders-restore-drill'],
  ['point-in-time-restore', 'RestoreDBInstanceToPointInTime', 'DeleteDBInstance', 'instance'],
  ['partial-restore', 'RestoreDBInstanceToPointInTime', 'DeleteDBInstance', 'instance orders-partial-drill'],
  ['cross-region-restore', 'CopyDBSnapshot', 'DeleteDBSnapshot', 'snapshot orders-copy-drill'],
  ['replica-promotion', 'CreateDBInstanceReadReplica', 'DeleteDBInstance', 'instance'],
  ['redis-restore', 'CreateReplicationGroup', 'DeleteReplicationGroup', 'replication group'],
  ['secrets-restore', 'CreateSecret', 'DeleteSecret', 'secret'],
] as const;

const THIS_RUN = runMark(Date.parse('2026-01-05T01:00:00Z'));
const EARLIER = runMark(Date.parse('2025-11-30T23:00:00Z'));
type Asked = {
  Tags?: { Key: string; Value: string }[];
  ReplicationGroupDescription?: string;
  ClientRequestToken?: string;
};

/** What a run asks for, as its drill had asked for it in an earlier run, or as someone else would. */
function markedAs(input: object, isOurs: boolean): object {
  const { Tags, ReplicationGroupDescription: description, ClientRequestToken: token } = input as Asked;
  const earlier = Tags?.map((tag) => (tag.Key === 'dr-drill:run' ? { ...tag, Value: EARLIER } : tag));
  return {
    ...input,
    ...(token && { ClientRequestToken: '0'.repeat(64) }),
    ...(Tags && { Tags: isOurs ? earlier : [] }),
    ...(description && {
      ReplicationGroupDescription: isOurs ? description.replace(THIS_RUN, EARLIER) : 'the cache of the shop',
    }),
  };
}

/** A drill that finds such a thing there, made by its earlier run or by someone else. */
async function finding(drill: string, operation: string, isOurs: boolean) {
  const [service, region, , input] = await callOf(operation, drill);
  const { RestoreTime: time, ...asked } = input as { RestoreTime?: Date };
  // As old as the backups of then.
  const then = { ...markedAs(asked, isOurs), ...(time && { UseLatestRestorableTime: true }) };
  const first = (transport: Transport) => transport.send(service, region, operation, then);
  return finishedIn({ first }, drill);
}

test.each(made)('what %s makes by %s bears the mark of its run', async (drill, operation) => {
  const [, , , input] = await callOf(operation, drill);
  expect(JSON.stringify(input)).toContain(THIS_RUN);
});

test.each(made)(
  '%s does not adopt what %s made in an earlier run, and measures nothing',
  async (drill, operation, deletion, what) => {
    const { outcome, of, entries } = await finding(drill, operation, true);
    const failed = of('step-ended').find(({ outcome: end }) => end === 'failed');
    expect([outcome === 'passed', failed?.error?.message]).toEqual([
      false,
      expect.stringMatching(
        new RegExp(`^there is an? ${what}.* already, and an earlier run of this drill made it, the run of ${EARLIER}`),
      ),
    ]);
    expect(phaseTime(entries).total).toHaveProperty('unknown');
    expect(dataLoss(entries).loss).toHaveProperty('unknown');
    expect(of('call').filter(({ operation: one }) => one === deletion)).toEqual([]);
  },
);

test.each(made)('%s tells what others made by %s from its own', async (drill, operation, deletion, what) => {
  const { of } = await finding(drill, operation, false);
  expect(of('step-ended').find(({ outcome: end }) => end === 'failed')?.error?.message).toMatch(
    new RegExp(`^there is an? ${what}.* already, and this drill did not make it`),
  );
  expect(of('call').filter(({ operation: one }) => one === deletion)).toEqual([]);
});

describe('a thing that comes to be between the preflight and its step', () => {
  test.each(made)('is not adopted by %s (%s), anyone who made it', async (drill, operation) => {
    for (const [isOurs, why] of [
      [true, 'an earlier run of this drill made it'],
      [false, 'this drill did not make it'],
    ] as const) {
      let isMade = false;
      const through = (transport: Transport): Transport => ({
        async send(...sent) {
          if (sent[2] !== operation || isMade) return transport.send(...sent);
          isMade = true;
          const [service, region, , input] = sent;
          // Someone else is quicker by a moment, and AWS refuses the name.
          await transport.send(service, region, operation, markedAs(input, isOurs));
          return transport.send(...sent);
        },
      });
      const { of, entries } = await finishedIn({ through }, drill);
      const failed = of('step-ended').find(({ outcome: end }) => end === 'failed');
      expect([isOurs, failed?.error?.message]).toEqual([isOurs, expect.stringContaining(why)]);
      expect(phaseTime(entries).total).toHaveProperty('unknown');
    }
  });
});

const folder = scratch();
const clearing = folder.write(
  'clearing.yaml',
  drillText('test/drill/fixtures/own-restore.yaml').replace(
    'phases:\n',
    'phases:\n  - phase: clear\n    steps:\n      - { step: clear, uses: rds.delete-instance, with: { identifier: my-test } }\n',
  ),
);

test('a drill may begin by deleting what its earlier run left, tells so, and measures its own restore', async () => {
  const loaded = loadDrill(clearing);
  const calls: Sent[] = [];
  const through = (transport: Transport): Transport => ({
    send(...sent) {
      if (sent[2] === 'RestoreDBInstanceFromDBSnapshot') calls.push(sent);
      return transport.send(...sent);
    },
  });
  const alone = await rehearsedIn({ through }, loaded);
  expect([alone.outcome, alone.of('finding').filter(({ what }) => what.includes('left behind'))]).toEqual([
    'passed',
    [],
  ]);
  const [[service, region, operation, input]] = calls as [Sent];
  const first = (transport: Transport) => transport.send(service, region, operation, markedAs(input, true));
  const run = await rehearsedIn({ first }, loaded);
  expect([run.outcome, run.reason]).toEqual(['passed', 'every target was met']);
  expect(run.of('finding').map(({ what }) => what)).toContain(
    `my-test was left behind: an earlier run of this drill made it, the run of ${EARLIER}`,
  );
  expect(phaseTime(run.entries).total).toHaveProperty('ms');

  const others = (transport: Transport) => transport.send(service, region, operation, markedAs(input, false));
  const kept = await rehearsedIn({ first: others }, loaded);
  expect(kept.of('step-ended').find(({ outcome }) => outcome === 'failed')?.error?.message).toBe(
    "my-test does not have this drill's tag, and is not changed.",
  );
});
