import type { DBInstanceMessage } from '@aws-sdk/client-rds';
import { describe, expect, test } from 'vitest';
import type { Output } from '../../src/aws/aws.ts';
import type { Ports } from '../../src/ports/ports.ts';
import type { State } from '../../src/simulator/state.ts';
import { always } from '../../src/simulator/timeline.ts';
import { type Drill, FAILOVER, finished, POINT_IN_TIME, SNAPSHOT } from '../run/drill.ts';
import { inLines, lookedAt, replicaIn, writerIn } from './prepared.ts';

const WRITER = 'ecommerce-db-primary';
const REPLICA = 'ecommerce-db-dr-replica';
const ARN = `arn:aws:rds:ap-east-2:111122223333:db:${WRITER}`;
const DAY = 86_400_000;
const QUARANTINE = 'sg-0a1b2c3d4e5f6000f';
const quarantineIn = ({ groups }: State) =>
  groups.security.find(({ id, region }) => id === QUARANTINE && region === 'ap-east-2') ?? expect.fail('no quarantine');

type Case = [found: string, change: (state: State) => void];

test.each<Case>([
  [`blocker: the writer ${WRITER} is not there`, ({ instances }) => void instances.shift()],
  [`blocker: the replica ${REPLICA} is not there`, ({ instances }) => void instances.pop()],
  [
    `blocker: the writer ${WRITER} is stopped`,
    (state) => Object.assign(writerIn(state), { status: always('stopped') }),
  ],
  [
    `warning: the replica ${REPLICA} is backing-up`,
    (state) => Object.assign(replicaIn(state), { status: always('backing-up') }),
  ],
  [
    `warning: ${REPLICA} is a db.t4g.medium, not a db.r6g.xlarge`,
    (state) => Object.assign(replicaIn(state), { class: 'db.t4g.medium' }),
  ],
  [
    `warning: ${REPLICA} has 100 GiB of storage, not 500 GiB`,
    (state) => Object.assign(replicaIn(state), { storageGib: 100 }),
  ],
  [
    `note: ${WRITER} has 700 GiB of storage; the topology says 500 GiB`,
    (state) => Object.assign(writerIn(state), { storageGib: 700 }),
  ],
  [`warning: ${WRITER} runs in one availability zone`, (state) => Object.assign(writerIn(state), { multiAz: false })],
  [
    `note: changes of ${REPLICA} wait to be applied: MultiAZ`,
    (state) => Object.assign(replicaIn(state), { pending: { MultiAZ: true } }),
  ],
  [
    `warning: ${REPLICA} has the parameter group default.postgres17, not ecommerce-postgres17`,
    (state) => Object.assign(replicaIn(state), { parameterGroup: 'default.postgres17' }),
  ],
  [
    `warning: ${REPLICA} is in the subnet group default, not ecommerce-private`,
    (state) => Object.assign(replicaIn(state), { subnetGroup: 'default' }),
  ],
  [
    `warning: ${REPLICA} is in the security groups sg-1, not sg-0f9e8d7c6b5a40001`,
    (state) => Object.assign(replicaIn(state), { securityGroups: always(['sg-1']) }),
  ],
  [
    `blocker: the security group ${QUARANTINE} is in vpc-other, and the instance in vpc-ap-east-2`,
    (state) => Object.assign(quarantineIn(state), { vpc: 'vpc-other' }),
  ],
  [
    `blocker: the quarantine group ${QUARANTINE} has 1 inbound rule`,
    (state) => Object.assign(quarantineIn(state), { letsIn: true }),
  ],
  [
    `blocker: ${WRITER} is in quarantine, in ${QUARANTINE}`,
    (state) => Object.assign(writerIn(state), { securityGroups: always([QUARANTINE]) }),
  ],
  [`note: the storage of ${REPLICA} is not encrypted`, (state) => Object.assign(replicaIn(state), { kmsKey: null })],
  [
    `blocker: ${REPLICA} is encrypted with a key of ap-east-2, not of ap-northeast-1`,
    (state) => Object.assign(replicaIn(state), { kmsKey: writerIn(state).kmsKey }),
  ],
  [
    `warning: ${WRITER} has no deletion protection`,
    (state) => Object.assign(writerIn(state), { deletionProtection: false }),
  ],
  [
    `blocker: ${REPLICA} is not a replica of anything`,
    (state) => Object.assign(replicaIn(state), { source: always(null) }),
  ],
  [
    `blocker: ${REPLICA} replicates from arn:aws:rds:ap-east-2:111122223333:db:another, not from ${ARN}`,
    (state) => Object.assign(replicaIn(state), { source: always('another') }),
  ],
  [
    `blocker: replication to ${REPLICA} is error: replication slot was lost`,
    (state) => Object.assign(replicaIn(state), { replicationError: always('replication slot was lost') }),
  ],
  [
    `warning: the lag of ${REPLICA} is not known`,
    (state) => Object.assign(replicaIn(state), { replicationError: always('replication slot was lost') }),
  ],
  [
    `warning: ${REPLICA} runs PostgreSQL 16.9, the writer 17.6`,
    (state) => Object.assign(replicaIn(state), { engineVersion: '16.9' }),
  ],
  [
    `warning: ${WRITER} keeps no automated backups`,
    (state) => Object.assign(writerIn(state), { backupRetentionDays: 0 }),
  ],
  [
    `warning: ${WRITER} keeps backups for 1 d, not 7 d`,
    (state) => Object.assign(writerIn(state), { backupRetentionDays: 1 }),
  ],
])('a failover is told: %s', async (found, change) => {
  expect(inLines(await lookedAt({ change }))).toContain(found);
  expect(inLines(await lookedAt({}))).not.toContain(found);
});

test('who RDS says is not there is not asked to let anybody in again', async () => {
  let asked = 0;
  const cause = Object.assign(new Error('DBInstance not found.'), { name: 'DBInstanceNotFoundFault' });
  const nowhere = Object.assign(new Error(`${REPLICA} cannot be reached`, { cause }), { name: 'ConnectionFailed' });
  const look = await lookedAt({
    change: ({ instances }) => void instances.pop(),
    ports: ({ sql }: Ports) => ({
      sql: {
        ...sql,
        async query(database, ...rest) {
          if (database.instance !== REPLICA) return sql.query(database, ...rest);
          asked += 1;
          throw nowhere;
        },
      },
    }),
  });
  expect(inLines(look)).toContain(`blocker: the replica ${REPLICA} is not there`);
  expect(asked).toBe(1);
});

test('a lag above the limit is a warning: people will be asked whether the drill goes on', async () => {
  const look = await lookedAt({ overrides: ['simulation.replicationLag=90 s'] });
  expect(look.findings).toContainEqual(
    expect.objectContaining({
      severity: 'warning',
      what: expect.stringMatching(/^ecommerce-db-dr-replica is 1 min .* behind; the drill allows 1 min$/),
      why: expect.stringContaining('The drill asks people whether to continue before it causes the failure.'),
    }),
  );
});

test('a quarantine group that is one of the usual groups fences nobody', async () => {
  const group = 'topology.data.orders.writer.quarantineSecurityGroup=sg-0a1b2c3d4e5f60001';
  expect(inLines(await lookedAt({ overrides: [group] }))).toContain(
    `blocker: the quarantine group sg-0a1b2c3d4e5f60001 is one of the usual groups of ${WRITER}`,
  );
});

/** The instance stood still for two days: no snapshot since, and no logs. */
const stoodStill = (state: State) => {
  const sinceMs = state.startMs - 2 * DAY;
  Object.assign(writerIn(state), {
    open: [
      [0, true],
      [sinceMs, false],
    ],
  });
};

test.each<[Drill, RegExp, (state: State) => void]>([
  [SNAPSHOT, /^blocker: ecommerce-db-primary keeps no automated backups$/, noBackups],
  [POINT_IN_TIME, /^blocker: ecommerce-db-primary keeps no automated backups$/, noBackups],
  [SNAPSHOT, /^blocker: the newest snapshot of ecommerce-db-primary is 2 d 7 h old; 1 d is allowed$/, stoodStill],
  [POINT_IN_TIME, /^warning: the newest snapshot of ecommerce-db-primary is 2 d 7 h old; 1 d is allowed$/, stoodStill],
  [POINT_IN_TIME, /^warning: ecommerce-db-primary can be restored only to 2 d ago$/, stoodStill],
  [SNAPSHOT, /^blocker: ecommerce-db-primary has no automated snapshot that is available$/, madeJustNow],
  [
    SNAPSHOT,
    /^blocker: there is an instance orders-restore-drill already, and this drill did not make it$/,
    takeTheName,
  ],
])('%s is told: %s', async (drill, found, change) => {
  expect(inLines(await lookedAt({ drill, change }))).toContainEqual(expect.stringMatching(found));
});

function noBackups(state: State): void {
  writerIn(state).backupRetentionDays = 0;
}

function madeJustNow(state: State): void {
  writerIn(state).createdMs = state.startMs - 60_000;
}

function takeTheName(state: State): void {
  state.instances.push({ ...structuredClone(writerIn(state)), identifier: 'orders-restore-drill' });
}

/** RDS describes its instances otherwise than the simulated account does. */
const described = (change: object) => ({
  DescribeDBInstances({ DBInstances = [] }: DBInstanceMessage) {
    for (const one of DBInstances) Object.assign(one, change);
  },
});

test.each<[Drill, string, object]>([
  [FAILOVER, `blocker: ${WRITER} runs mysql, not postgres`, { Engine: 'mysql' }],
  [
    FAILOVER,
    `note: parameters of ${REPLICA} are not applied yet: pending-reboot`,
    {
      DBParameterGroups: [{ DBParameterGroupName: 'ecommerce-postgres17', ParameterApplyStatus: 'pending-reboot' }],
    },
  ],
  [FAILOVER, `warning: RDS does not tell which key ${REPLICA} is encrypted with`, { KmsKeyId: undefined }],
  [FAILOVER, `warning: ${WRITER} cannot be restored to a point in time`, { LatestRestorableTime: undefined }],
  [POINT_IN_TIME, `blocker: ${WRITER} cannot be restored to a point in time`, { LatestRestorableTime: undefined }],
])('%s is told: %s, by what RDS answers', async (drill, found, change) => {
  expect(inLines(await lookedAt({ drill, answers: described(change) }))).toContain(found);
  expect(inLines(await lookedAt({ drill }))).not.toContain(found);
});

const noLogin = { ports: ({ sql }: Ports) => ({ sql: { ...sql, withoutLogin: () => true } }) };

test('an idle source stops nothing, although RDS reports a lag of minutes: the log itself tells', async () => {
  const { rows, ...look } = await lookedAt({ overrides: ['simulation.idle=true'] });
  expect(rows.find(({ what }) => what === `${REPLICA} lag`)?.account).toBe('5 min');
  expect(inLines({ rows, ...look }).filter((line) => !line.startsWith('note'))).toEqual([]);
});

test('without a login nobody can tell an idle source from a late replica, which is a warning', async () => {
  const lines = inLines(await lookedAt({ overrides: ['simulation.idle=true'], ...noLogin }));
  expect(lines).toContain(`warning: CloudWatch says that ${REPLICA} is 5 min behind; the drill allows 1 min`);
  expect(lines.filter((line) => line.startsWith('blocker'))).toEqual([]);
});

test('a replica that lies more than 30 s behind is a warning, and more than 60 s one that people are asked about', async () => {
  const found = async (lag: string) => inLines(await lookedAt({ overrides: [`simulation.replicationLag=${lag}`] }));
  expect(await found('38 s')).toContainEqual(expect.stringMatching(/^warning: .* is [345]\d(\.\d)? s behind/));
  expect((await found('38 s')).filter((line) => line.startsWith('blocker'))).toEqual([]);
  expect((await found('15 s')).filter((line) => line.includes('behind'))).toEqual([]);
  expect(await found('110 s')).toContainEqual(expect.stringMatching(/^warning: .* behind; the drill allows 1 min/));
});

test('a drill on an idle source passes', async () => {
  const run = await finished(FAILOVER, ['simulation.idle=true']);
  expect([run.outcome, run.reason]).toEqual(['passed', 'every target was met']);
});

test.each(['cross-region-restore', 'multi-region-failover', 'aurora-global-failover'])(
  'a missing login is told before %s begins',
  async (drill) => {
    const lines = inLines(await lookedAt({ drill, ...noLogin }));
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^warning: the topology has no login to ecommerce-\S+: the drill cannot check its data, or which side takes writes$/,
      ),
    );
  },
);

test('where a step cannot work without a login, a missing one stops the drill', async () => {
  const lines = inLines(await lookedAt({ drill: 'partial-restore', ...noLogin }));
  expect(lines).toContain(`blocker: the topology has no login to ${WRITER}, and steps of this drill need one`);
});

describe('the group through which a failback reads the old writer', () => {
  const READER = 'sg-0a1b2c3d4e5f6000e';
  const readerIn = ({ groups }: State) => groups.security.find(({ id }) => id === READER) as { letsIn: boolean };

  test('lets the drill in', async () => {
    expect(inLines(await lookedAt({ drill: 'failback' })).filter((line) => line.includes(READER))).toEqual([]);
    const change = (state: State) => {
      readerIn(state).letsIn = false;
    };
    expect(inLines(await lookedAt({ drill: 'failback', change }))).toContain(
      `blocker: the reader group ${READER} has no inbound rule`,
    );
  });

  test('does not let everybody in', async () => {
    const answers = {
      DescribeSecurityGroups({ SecurityGroups = [] }: Output<'ec2', 'DescribeSecurityGroups'>) {
        for (const { GroupId, IpPermissions } of SecurityGroups)
          if (GroupId === READER) IpPermissions?.push({ Ipv6Ranges: [{ CidrIpv6: '::/0' }] });
      },
    };
    expect(inLines(await lookedAt({ drill: 'failback', answers }))).toContain(
      `blocker: the reader group ${READER} lets everybody in`,
    );
  });
});
