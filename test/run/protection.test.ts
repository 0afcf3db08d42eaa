import { expect, test } from 'vitest';
import { loadDrill } from '../../src/drill/load.ts';
import { reportOf } from '../../src/report/model.ts';
import { vocabulary } from '../../src/runbook/vocabulary.ts';
import { mistakesOf, scratch } from '../drill/files.ts';
import { changesMade, type Finished, finished, REPLICA, rehearsed } from './drill.ts';
import { killedAndResumed } from './killed.ts';

const NEXT = 'ecommerce-db-next';
const nextIn = (region: string, more = '') =>
  `topology.data.orders.nextReplica={ region: ${region}, identifier: ${NEXT}, class: db.r6g.xlarge, parameterGroup: ecommerce-postgres17, subnetGroup: ecommerce-private, securityGroups: [sg-0a1b2c3d]${more} }`;
const HERE = nextIn('ap-northeast-1');
const KEY = 'arn:aws:kms:ap-southeast-1:111122223333:key/00000000-dddd-4eee-8fff-000000000009';
const THIRD = nextIn('ap-southeast-1', `, kmsKey: ${KEY}`);
const FAILOVER = 'multi-region-failover';
const PROTECTED = 'protection={}';

const checksOf = (run: Finished) =>
  Object.fromEntries(
    run.entries.flatMap((entry) =>
      entry.type === 'check' && entry.layer === 'verification' ? [[entry.check, `${entry.ok}: ${entry.detail}`]] : [],
    ),
  );
const found = ({ entries }: Finished) => reportOf(entries, { journalHash: '' }).findings.map(({ what }) => what);
const instance = ({ world }: Finished, name: string) =>
  world.state().instances.find(({ identifier }) => identifier === name);

test.each([
  ['its own region', 'ap-northeast-1', HERE],
  ['a third region', 'ap-southeast-1', THIRD],
])(
  'a drill that asks for it leaves a new writer with backups, a standby, and a replica in %s',
  async (_, region, next) => {
    const run = await finished(FAILOVER, [PROTECTED, next]);
    expect([run.outcome, run.reason]).toEqual(['passed', 'every target was met']);
    expect(checksOf(run)).toMatchObject({
      'writer-backed-up': 'true: kept for 7 days',
      'multi-az': `true: ${REPLICA} has a standby in another zone, or it is being made`,
      'replica-ordered': `true: ${NEXT} in ${region} is creating`,
    });
    expect(instance(run, REPLICA)).toMatchObject({ multiAz: true, backupRetentionDays: 7 });
    expect(instance(run, NEXT)).toMatchObject({ region, kmsKey: expect.stringContaining(`:${region}:`) });
    expect(found(run).filter((what) => what.endsWith('has no replica'))).toEqual([]);
    expect([changesMade(run, 'ModifyDBInstance'), changesMade(run, 'CreateDBInstanceReadReplica')]).toEqual([1, 1]);
  },
);

test('none of it counts in the recovery time', async () => {
  const recovery = ({ entries }: Finished) => {
    const { total } = reportOf(entries, { journalHash: '' }).recovery;
    return 'ms' in total ? total : expect.fail('it is not known');
  };
  // Another look of the preflight begins the rest elsewhere within a probe's interval.
  const [own, usual] = [recovery(await finished(FAILOVER, [PROTECTED, HERE])), recovery(await finished(FAILOVER))];
  expect(Math.abs(own.ms - usual.ms)).toBeLessThanOrEqual(1_000);
});

test('customers are not slowed down: the standby is there before anything is copied from the writer', async () => {
  const run = await finished(FAILOVER, [PROTECTED, HERE]);
  const asked = run.of('call').filter(({ operation }) => operation === 'CreateDBInstanceReadReplica');
  expect(asked.map(({ outcome }) => outcome)).toEqual(['ok']);
  const standbyMs = instance(run, REPLICA)?.standbyMs ?? Number.POSITIVE_INFINITY;
  expect(Date.parse(asked[0]?.at ?? '')).toBeGreaterThanOrEqual(standbyMs);
});

test('where nobody asks for it, nothing is ordered, and what is lacking is found', async () => {
  const run = await finished(FAILOVER, [HERE]);
  expect(found(run)).toContain(`the new writer ${REPLICA} has no replica`);
  expect(instance(run, NEXT)).toBeUndefined();
  expect(changesMade(run, 'ModifyDBInstance')).toBe(0);
});

test('where the topology names no next replica, that one is lacking, and nothing else', async () => {
  const run = await finished(FAILOVER, ['protection={ replica: false }']);
  expect(run.outcome).toBe('passed');
  expect(checksOf(run)).toHaveProperty('multi-az');
  expect(checksOf(run)).not.toHaveProperty('replica-ordered');
  expect(found(run)).toContain(`the new writer ${REPLICA} has no replica`);
});

test('a replica that a third region lacks the key for is no protection: a person is told', async () => {
  const run = await finished(FAILOVER, [PROTECTED, nextIn('ap-southeast-1')]);
  expect([run.outcome, run.reason]).toEqual([
    'failed',
    expect.stringMatching(/^protect\/orders\/replica: .*KMS key of ap-southeast-1/),
  ]);
});

test('a replica that is asked for, and nowhere described, is told at once', () => {
  expect(mistakesOf(`drills/${FAILOVER}.yaml`, { overrides: [PROTECTED], vocabulary })).toMatchObject([
    { message: "no data store of the topology has the key 'nextReplica', which protection.replica needs" },
  ]);
});

test('in a drill of its own course both are taken back, where a later step fails', async () => {
  const path = scratch().write(
    'protect.yaml',
    [
      'drill: protect',
      'title: Protect a database, and fail',
      'machine: custom',
      `topology: ${process.cwd()}/drills/topologies/ecommerce-platform.yaml`,
      'targets: { rto: null, rpo: null }',
      'simulation: { functions: [{ function: nowhere, error: it fails }] }',
      'phases:',
      '  - phase: protect',
      '    steps:',
      '      - { step: protect, uses: rds.protect-writer, with: { on: replica } }',
      '      - { step: order, uses: rds.order-replica, deadline: 30 min }',
      '  - phase: fail',
      '    steps: [{ step: fail, uses: lambda.invoke, with: { function: nowhere, undo: nothing } }]',
    ].join('\n'),
  );
  const run = await rehearsed(loadDrill(path, { overrides: [HERE], vocabulary }));
  expect([run.outcome, run.reason]).toEqual(['rolled-back', expect.stringMatching(/^fail: /)]);
  const undone = run.of('undo-ended').map(({ step, outcome }) => [step, outcome]);
  expect(undone).toEqual([
    ['fail', 'ok'],
    ['order', 'ok'],
    ['protect', 'ok'],
  ]);
  expect(instance(run, REPLICA)).toMatchObject({ multiAz: false, backupRetentionDays: 0 });
  expect(run.standing).toEqual(run.before);
});

test('killed while the new writer is protected, it asks for nothing twice', async () => {
  const overrides = [PROTECTED, HERE, 'targets.rto=1 h'];
  const unbroken = await finished(FAILOVER, overrides);
  const within = unbroken.entries.filter(
    (entry) => 'step' in entry && ['protect-writer', 'order-replica'].includes(entry.step),
  );
  for (const { seq } of within.filter((_, index) => index % 4 === 0)) {
    const run = await killedAndResumed(FAILOVER, { after: [seq], arrives: seq % 2 === 0, overrides });
    expect([run.outcome, run.reason], `killed after line ${seq}`).toEqual(['passed', 'every target was met']);
    expect(changesMade(run, 'CreateDBInstanceReadReplica')).toBe(1);
    expect(run.standing).toEqual(unbroken.standing);
  }
});
