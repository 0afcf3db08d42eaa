import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { scratch } from '../drill/files.ts';
import { changesMade, type Finished, finished, QUARANTINE, REPLICA, WRITER } from '../run/drill.ts';
import { waysToFail } from './ways-to-fail.ts';

const DRILL = 'failback';
const { write } = scratch();

test('the platform ends as it was before the failover, with nothing lost, and with what was there set aside', async () => {
  const run = await finished(DRILL);
  for (const [of, instance] of Object.entries({ orders: WRITER, baskets: 'ecommerce-aurora-primary' })) {
    const rows = run
      .of('heartbeats')
      .filter((entry) => entry.of === of)
      .flatMap((entry) => entry.rows);
    const found = run.of('heartbeats-found').filter((entry) => entry.of === of);
    expect(found).toMatchObject([{ instance, count: rows.length, missing: [] }]);
  }
  expect(run.standing.writers).toEqual([WRITER]);
  expect(run.standing.instances).toEqual({
    primary: [WRITER, `${WRITER}-aside`],
    recovery: [REPLICA, `${REPLICA}-aside`],
  });
  expect(run.standing.securityGroups).toContainEqual([`${WRITER}-aside`, [QUARANTINE]]);
  const home = await finished('planned-switchover', ['simulation.approval.refuses=true']);
  for (const key of ['records', 'healthChecks', 'nodeGroups', 'deployments'] as const)
    expect(run.standing[key], key).toEqual(home.before[key]);
  for (const step of ['follow/orders/compare', 'follow-home/orders/compare']) {
    const [from, until] = [run.of('step-started'), run.of('step-ended')].map(
      (all) => all.find((entry) => entry.step === step)?.seq ?? 0,
    ) as [number, number];
    const compared = run.of('data-check').filter(({ seq }) => seq > from && seq < until);
    expect(compared.map(({ ok }) => ok)).toEqual(Array(8).fill(true));
  }
});

test('customers come home by shares: 10 % and 50 % for half an hour each', async () => {
  const run = await finished(DRILL);
  const lasted = (step: string) => {
    const begun = run.of('check').find(({ check }) => check === `${step} in force`)?.at ?? '';
    const ended = run.of('step-ended').find((entry) => entry.step === step)?.at ?? '';
    return Date.parse(ended) - Date.parse(begun);
  };
  expect(lasted('return-10/public')).toBeGreaterThanOrEqual(30 * 60_000);
  expect(lasted('return-50/public')).toBeGreaterThanOrEqual(30 * 60_000);
});

test('past a limit all customers are in the recovery region at once, and then everything is as it was', async () => {
  const run = await finished(DRILL, ['simulation.overload={ region: primary, above: 40 %, slowdown: 4 }']);
  expect(run.reason).toMatch(
    /^return-50\/public: With 50 % in ap-east-2, .* the 95th percentile took .* where 500 ms are allowed/,
  );
  // The weights that hold, two shares, the way back at once, and the weights of before.
  expect(changesMade(run, 'ChangeResourceRecordSets')).toBe(5);
  const [first] = run.of('undo-started');
  expect(first?.step).toBe('return-50/public');
  expect(run.standing).toEqual(run.before);
});

waysToFail(DRILL, [
  {
    fault: 'the old writer has rows that the new one lacks, and rows that differ',
    set: ['simulation.data={ lostInFailover: 20 s, changedBeforeFailover: 3 }'],
    end: 'passed',
    reason: /every target was met/,
  },
  {
    fault: 'requests fail after half of the customers have returned',
    set: ['simulation.overload={ region: primary, above: 40 %, errors: 6 % }'],
    end: 'rolled-back',
    reason: /^return-50\/public: .* % of requests failed, where 2 % are allowed/,
  },
  {
    fault: 'responses are slow after all customers have returned',
    set: ['simulation.overload={ region: primary, above: 60 %, slowdown: 5 }'],
    end: 'rolled-back',
    reason: /^return-100\/public: .* the 95th percentile took/,
  },
  {
    fault: 'the replica cannot be created',
    set: ['simulation.replica.fails=true'],
    end: 'rolled-back',
    reason: /^follow\/orders\/rebuild: .* is failed/,
  },
  {
    fault: 'the replica is not available in time',
    set: ['simulation.replica.takes=2 h'],
    end: 'rolled-back',
    reason: /^follow\/orders\/rebuild: not done within 90 min/,
  },
  {
    fault: 'the lag of the replica stays too high',
    set: ['simulation.replicationLag=20 s'],
    end: 'rolled-back',
    reason: /^follow\/orders\/catch-up: not done within/,
  },
  {
    fault: 'a person refuses the last step',
    set: ['simulation.approval.refuses=true'],
    end: 'rolled-back',
    reason: /^approve: simulated incident commander refused/,
  },
  {
    fault: 'the promotion fails',
    set: ['simulation.promotion.fails=true'],
    end: 'rolled-back',
    reason: /^take-over\/orders\/promote: .* went back to being a replica/,
  },
  {
    fault: 'the response to the promotion request is lost',
    set: ['simulation.lostAnswers=[{ service: rds, operation: PromoteReadReplica }]'],
    end: 'passed',
    reason: /every target was met/,
  },
  {
    fault: 'another tool restores the weights during a stage',
    set: ['simulation.traffic.controller={ after: 3 s }'],
    end: 'rolled-back',
    reason: /Somebody else changed what/,
  },
  {
    fault: 'the old writer is renamed back, and DNS takes long',
    set: ['simulation.approval.refuses=true', 'simulation.renaming.named=8 min'],
    end: 'rolled-back',
    reason: /^approve: simulated incident commander refused/,
  },
]);

/** What the look at the old writer found. */
const foundIn = ({ of }: Finished) =>
  of('finding').flatMap(({ step, severity, what }) =>
    step === 'follow/orders/compare-old' ? `${severity}: ${what}` : [],
  );

test('rows that only the old writer holds are told, and kept under its new name', async () => {
  const run = await finished(DRILL, ['simulation.data={ lostInFailover: 20 s, changedBeforeFailover: 3 }']);
  expect(run.outcome).toBe('passed');
  expect(foundIn(run)).toEqual([
    `warning: 19 rows of dr_drill_heartbeat exist only on ${WRITER}, and not on ${REPLICA}`,
    `warning: 2 rows of customers exist only on ${WRITER}, and not on ${REPLICA}`,
    `warning: at least 10 rows of orders exist only on ${WRITER}, and not on ${REPLICA}`,
    `note: at least 3 rows of orders differ between ${WRITER} and ${REPLICA}`,
    `warning: at least 20 rows of order_items exist only on ${WRITER}, and not on ${REPLICA}`,
  ]);
  expect(run.of('finding').find(({ what }) => what.includes('rows of orders differ'))?.fix).toMatch(
    new RegExp(`^They are kept in ${WRITER}-aside, in quarantine\\. .*Keys: `),
  );
  expect(run.standing.securityGroups).toContainEqual([`${WRITER}-aside`, [QUARANTINE]]);
});

test('where a failover lost nothing, nothing is told, and the drill alone was let in meanwhile', async () => {
  const run = await finished(DRILL, ['simulation.data.lostInFailover=0 s']);
  expect(foundIn(run)).toEqual([]);
  const groups = run
    .of('call')
    .filter(({ operation, step }) => operation === 'ModifyDBInstance' && step === 'follow/orders/compare-old');
  expect(groups).toHaveLength(2);
  expect(run.of('step-ended').find(({ step }) => step === 'follow/orders/compare-old')).toMatchObject({
    result: { tables: 5, only: 0, changed: 0 },
  });
});

test('what only an old cluster of Aurora held is not compared, and the snapshot that keeps it is named', async () => {
  const run = await finished(DRILL);
  const found = run.of('finding').filter(({ step }) => step === 'follow/baskets/rejoin');
  expect(found).toMatchObject([
    {
      severity: 'note',
      what: expect.stringMatching(
        /^rows that only ecommerce-aurora-primary held were not compared with ecommerce-aurora-recovery: they are in the snapshot rds:unplanned-global-failover-ecommerce-aurora-primary-[\d-]+, of /,
      ),
      fix: expect.stringMatching(
        /aws rds restore-db-cluster-from-snapshot --region ap-east-2 .* --engine aurora-postgresql$/,
      ),
    },
  ]);
});

test('without a group that lets the drill in, the comparison is not made, and that is said', async () => {
  const shipped = readFileSync('drills/topologies/ecommerce-platform.yaml', 'utf8');
  const topology = write('topology.yaml', shipped.replaceAll(/^ *readerSecurityGroup: .*\n/gm, ''));
  const run = await finished(DRILL, [`topology=${topology}`, 'simulation.data.lostInFailover=20 s']);
  expect(run.outcome).toBe('passed');
  expect(foundIn(run)).toEqual([]);
  expect(run.of('step-ended').find(({ step }) => step === 'follow/orders/compare-old')?.notDone).toMatch(
    /^the topology names no readerSecurityGroup/,
  );
});
