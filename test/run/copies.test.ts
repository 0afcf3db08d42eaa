import { DBInstance$ } from '@aws-sdk/client-rds';
import { NormalizedSchema } from '@smithy/core/schema';
import { describe, expect, test } from 'vitest';
import type { Transport } from '../../src/aws/aws.ts';
import type { Clock } from '../../src/clock/clock.ts';
import { copySettings, notCompared } from '../../src/components/rds-replica/steps/copy-settings/index.ts';
import { componentOf } from '../../src/drill/components.ts';
import type { SimulatedInstance } from '../../src/drill/simulated-instance.ts';
import type { Topology } from '../../src/drill/topology.ts';
import { awsError } from '../../src/simulator/faults.ts';
import { type Finished, shipped } from './drill.ts';
import { type Account, rehearsedIn } from './prepared-account.ts';

const KEY = 'arn:aws:kms:ap-northeast-1:111122223333:key/11111111-dddd-4eee-8fff-000000000002';
const ROLE = 'arn:aws:iam::111122223333:role/rds-monitoring';
const tag = { Key: 'team', Value: 'shop' };

const EVERY = ['snapshot', 'pointInTime', 'replica'] as const;
const RESTORES = ['snapshot', 'pointInTime'] as const;
const REPLICA = ['replica'] as const;

interface Row {
  /** As a finding names it. */
  name: string;
  /** What the original has. */
  has: SimulatedInstance;
  /** Which calls are asked for it, and how. */
  at: readonly (typeof EVERY)[number][];
  asked: object;
  /** How a copy differs that does not get it, as a finding tells. */
  lacks: string;
  /** Expected of a replica. */
  notOf?: 'replica';
  /** Who says how it is to be, where that is not the original. */
  from?: 'the topology';
}

const rows: Row[] = [
  {
    name: 'IAM database authentication',
    has: { IAMDatabaseAuthenticationEnabled: true },
    at: EVERY,
    asked: { EnableIAMDatabaseAuthentication: true },
    lacks: 'off instead of on',
  },
  {
    name: 'option group',
    has: { OptionGroup: 'shop-options' },
    at: RESTORES,
    asked: { OptionGroupName: 'shop-options' },
    lacks: '',
  },
  {
    name: 'tags',
    has: { TagList: [tag] },
    at: EVERY,
    asked: { Tags: expect.arrayContaining([tag, expect.objectContaining({ Key: 'dr-drill' })]) },
    lacks: '',
  },
  {
    name: 'deletion protection',
    has: { DeletionProtection: true },
    at: REPLICA,
    // Not asked for: what the drill made it must be able to delete, also when it has failed.
    asked: {},
    lacks: 'off instead of on',
  },
  {
    name: 'CA certificate',
    has: { CACertificateIdentifier: 'rds-ca-ecc384-g1' },
    at: EVERY,
    asked: { CACertificateIdentifier: 'rds-ca-ecc384-g1' },
    lacks: 'rds-ca-rsa2048-g1 instead of rds-ca-ecc384-g1',
  },
  {
    name: 'CloudWatch log exports',
    has: { EnabledCloudwatchLogsExports: ['upgrade', 'postgresql'] },
    at: EVERY,
    asked: { EnableCloudwatchLogsExports: ['upgrade', 'postgresql'] },
    lacks: 'none instead of postgresql, upgrade',
  },
  {
    name: 'Performance Insights',
    has: { PerformanceInsightsEnabled: true, PerformanceInsightsRetentionPeriod: 93 },
    at: REPLICA,
    asked: { EnablePerformanceInsights: true, PerformanceInsightsRetentionPeriod: 93 },
    lacks: 'off instead of on, kept for 93 days',
  },
  {
    name: 'Database Insights mode',
    has: { DatabaseInsightsMode: 'advanced' },
    at: [],
    asked: {},
    lacks: 'standard instead of advanced',
  },
  {
    name: 'enhanced monitoring',
    has: { MonitoringInterval: 15, MonitoringRoleArn: ROLE },
    at: REPLICA,
    asked: { MonitoringInterval: 15, MonitoringRoleArn: ROLE },
    lacks: `off instead of every 15 s as ${ROLE}`,
  },
  {
    name: 'maintenance window',
    has: { PreferredMaintenanceWindow: 'sat:03:00-sat:03:30' },
    at: [],
    asked: {},
    lacks: 'instead of sat:03:00-sat:03:30',
  },
  {
    name: 'backup retention',
    has: { BackupRetentionPeriod: 14 },
    at: RESTORES,
    asked: { BackupRetentionPeriod: 14 },
    lacks: '',
    notOf: 'replica',
  },
  {
    name: 'backup window',
    has: { PreferredBackupWindow: '01:00-01:30' },
    at: RESTORES,
    asked: { PreferredBackupWindow: '01:00-01:30' },
    lacks: 'instead of 01:00-01:30',
    notOf: 'replica',
  },
  {
    name: 'storage',
    has: { StorageType: 'io2', Iops: 20_000, StorageThroughput: 0 },
    at: EVERY,
    asked: { StorageType: 'io2', Iops: 20_000 },
    lacks: 'gp3, 12000 IOPS, 500 MiB/s instead of io2, 20000 IOPS',
  },
  {
    name: 'storage autoscaling limit',
    has: { MaxAllocatedStorage: 2_000 },
    at: ['pointInTime', 'replica'],
    asked: { MaxAllocatedStorage: 2_000 },
    lacks: 'none instead of 2000 GiB',
  },
  {
    name: 'dedicated log volume',
    has: { DedicatedLogVolume: true },
    at: EVERY,
    asked: { DedicatedLogVolume: true },
    lacks: 'off instead of on',
  },
  {
    name: 'processor features',
    has: { ProcessorFeatures: [{ Name: 'threadsPerCore', Value: '1' }] },
    at: EVERY,
    asked: { ProcessorFeatures: [{ Name: 'threadsPerCore', Value: '1' }] },
    lacks: 'none instead of threadsPerCore=1',
  },
  {
    name: 'public access',
    has: { PubliclyAccessible: true },
    at: EVERY,
    asked: { PubliclyAccessible: true },
    lacks: 'off instead of on',
  },
  {
    name: 'automatic minor version upgrades',
    has: { AutoMinorVersionUpgrade: false },
    at: EVERY,
    asked: { AutoMinorVersionUpgrade: false },
    // Inherited, whether asked for or not.
    lacks: '',
  },
  {
    name: 'copying of tags to snapshots',
    has: { CopyTagsToSnapshot: true },
    at: EVERY,
    asked: { CopyTagsToSnapshot: true },
    lacks: 'off instead of on',
  },
  { name: 'port', has: { Port: 6432 }, at: EVERY, asked: { Port: 6432 }, lacks: '' },
  {
    name: 'license model',
    has: { LicenseModel: 'postgresql-license' },
    at: RESTORES,
    asked: { LicenseModel: 'postgresql-license' },
    lacks: '',
  },
  {
    name: 'extended support',
    has: { EngineLifecycleSupport: 'open-source-rds-extended-support-disabled' },
    at: RESTORES,
    asked: { EngineLifecycleSupport: 'open-source-rds-extended-support-disabled' },
    lacks: 'open-source-rds-extended-support instead of open-source-rds-extended-support-disabled',
  },
  {
    name: 'IAM roles',
    has: { AssociatedRoles: [{ RoleArn: ROLE, FeatureName: 's3Import' }] },
    at: [],
    asked: {},
    lacks: `none instead of s3Import ${ROLE}`,
  },
  {
    name: 'master password in Secrets Manager',
    has: { MasterUserSecret: { SecretArn: 'arn:aws:secretsmanager:x', SecretStatus: 'active' } },
    at: [],
    asked: {},
    lacks: 'not managed by RDS instead of managed by RDS',
    notOf: 'replica',
  },
  {
    name: 'database activity stream',
    has: { ActivityStreamStatus: 'started' },
    at: [],
    asked: {},
    lacks: 'off instead of on',
  },
  {
    name: 'backups replicated to another region',
    has: { DBInstanceAutomatedBackupsReplications: [{ DBInstanceAutomatedBackupsArn: KEY }] },
    at: [],
    asked: {},
    lacks: 'off instead of on',
    notOf: 'replica',
  },
];

/** What belongs to a region is compared with an instance of that region only: here the original is one. */
const ofTheRegion: Row[] = [
  {
    name: 'network type',
    has: { NetworkType: 'DUAL' },
    at: RESTORES,
    asked: { NetworkType: 'DUAL' },
    lacks: 'IPV4 instead of DUAL',
  },
  {
    name: 'Kerberos domain',
    has: { DomainMemberships: [{ Domain: 'd-1234567890', IAMRoleName: 'rds-directory' }] },
    at: [],
    asked: {},
    lacks: 'none instead of d-1234567890',
  },
];

const ofTheTopology: Row[] = [
  {
    name: 'parameter group',
    has: {},
    at: EVERY,
    asked: { DBParameterGroupName: 'ecommerce-postgres17' },
    lacks: 'default.postgres17 instead of ecommerce-postgres17',
    from: 'the topology',
  },
  {
    name: 'subnet group',
    has: {},
    at: EVERY,
    asked: { DBSubnetGroupName: 'ecommerce-private' },
    lacks: 'default instead of ecommerce-private',
    from: 'the topology',
  },
  {
    name: 'security groups',
    has: {},
    at: EVERY,
    asked: { VpcSecurityGroupIds: ['sg-0a1b2c3d4e5f60001'] },
    lacks: 'default instead of sg-0a1b2c3d4e5f60001',
    from: 'the topology',
  },
  { name: 'Multi-AZ', has: {}, at: EVERY, asked: { MultiAZ: true }, lacks: '' },
  { name: 'instance class', has: {}, at: EVERY, asked: { DBInstanceClass: 'db.r6g.xlarge' }, lacks: '' },
];

const all = Object.assign({}, ...[...rows, ...ofTheRegion].map(({ has }) => has)) as SimulatedInstance;

/** How each copy is made that is to take its original's place. */
const ways = {
  snapshot: ['snapshot-restore', 'RestoreDBInstanceFromDBSnapshot', 'orders-restore-drill', 'ecommerce-db-primary'],
  pointInTime: ['point-in-time-restore', 'RestoreDBInstanceToPointInTime', 'orders-pitr-drill', 'ecommerce-db-primary'],
  replica: ['failback', 'CreateDBInstanceReadReplica', 'ecommerce-db-primary', 'ecommerce-db-dr-replica'],
} as const;
type Way = keyof typeof ways;

interface Asked extends Finished {
  /** What the call was asked for that made the copy. */
  input: object;
}

const runs = new Map<string, Promise<Asked>>();

/** The drill that makes a copy of an original with every setting; `ignored` are the settings that RDS does not give it. */
function copied(
  way: Way,
  { ignored = false, afterwards = 'switch-over' }: { ignored?: boolean; afterwards?: string } = {},
) {
  const [drill, operation] = ways[way];
  const ignore = ignored ? [...Object.keys(all), 'DBParameterGroup', 'DBSubnetGroup', 'VpcSecurityGroups'] : [];
  const overrides = [
    ...(way === 'replica' ? [] : [`afterwards=${afterwards}`]),
    `simulation.instances=${JSON.stringify({ writer: all, replica: all })}`,
    `simulation.copies.ignore=${JSON.stringify(ignore)}`,
  ];
  const key = JSON.stringify([way, overrides]);
  const known = runs.get(key) ?? askedIn({}, drill, operation, overrides);
  runs.set(key, known);
  return known;
}

async function askedIn(
  account: Account,
  drill: string,
  operation: string,
  overrides: string[] = [],
  change?: (topology: Topology) => Topology,
): Promise<Asked> {
  const inputs: object[] = [];
  const through = (transport: Transport, clock: Clock): Transport => ({
    send(service, region, called, input, ...rest) {
      if (called === operation) inputs.push(input);
      return (account.through?.(transport, clock) ?? transport).send(service, region, called, input, ...rest);
    },
  });
  const loaded = shipped(drill, overrides);
  const topology = change?.(loaded.topology) ?? loaded.topology;
  const run = await rehearsedIn({ ...account, through }, { ...loaded, topology }, overrides);
  return Object.assign(run, { input: inputs[0] ?? {} });
}

const findingsOf = (run: Finished, identifier: string) =>
  run.of('finding').filter(({ subject, what }) => subject === identifier && what.includes(' differs from '));

describe.each(Object.keys(ways) as Way[])('a copy made by %s that is to take the place of its original', (way) => {
  const [, , copy, original] = ways[way];
  const expected = [...rows, ...ofTheTopology, ...(way === 'replica' ? [] : ofTheRegion)].filter(
    (row) => row.notOf !== way,
  );

  test.each(expected.filter((row) => row.at.includes(way)))('is asked for the $name of its original', async (row) => {
    expect((await copied(way)).input).toMatchObject(row.asked);
  });

  test.each(expected.filter(({ lacks }) => lacks !== ''))(
    'is found to differ where RDS does not give it the $name',
    async ({ name, lacks, from = original }) => {
      const [found, ...others] = findingsOf(await copied(way, { ignored: true }), copy).filter(({ what }) =>
        what.includes(` in ${name}: `),
      );
      expect(found?.what).toContain(`${copy} differs from ${from} in ${name}: `);
      expect(found?.what).toContain(lacks);
      expect(found?.why).toMatch(/\.$/);
      expect(found?.fix).toMatch(/^aws rds /);
      // Told when it is made, and not again when it is promoted.
      expect(others).toEqual([]);
    },
  );

  test('is found to differ in nothing that could be asked for', async () => {
    const names = findingsOf(await copied(way), copy).map(({ what }) => / in (.+?): /.exec(what)?.[1]);
    const askable = expected
      .filter((row) => row.at.includes(way) && Object.keys(row.asked).length > 0)
      .map(({ name }) => name);
    expect(names.filter((name) => askable.includes(name ?? ''))).toEqual([]);
  });
});

describe('a copy that is thrown away', () => {
  test('has the login, and leaves out what would stay behind or keep it from being deleted', async () => {
    const { input, outcome } = await copied('snapshot', { afterwards: 'discard' });
    expect(outcome).toBe('passed');
    expect(input).toMatchObject({
      EnableIAMDatabaseAuthentication: true,
      OptionGroupName: 'shop-options',
      DeletionProtection: false,
      PubliclyAccessible: false,
      Tags: [
        { Key: 'dr-drill', Value: 'snapshot-restore' },
        { Key: 'dr-drill:run', Value: '2026-01-05T01-00-00-000Z' },
      ],
    });
    expect(Object.keys(input)).not.toContain('EnableCloudwatchLogsExports');
  });

  test('is found to differ only where that spoils what it proves', async () => {
    const run = await copied('snapshot', { afterwards: 'discard', ignored: true });
    const names = findingsOf(run, 'orders-restore-drill').map(({ what }) => / in (.+?): /.exec(what)?.[1]);
    expect(names).toEqual([
      'IAM database authentication',
      'parameter group',
      'security groups',
      'network type',
      'CA certificate',
    ]);
  });

  test('made from a snapshot that was copied to the other region is asked for the login of the writer there', async () => {
    const run = await askedIn({}, 'cross-region-restore', 'RestoreDBInstanceFromDBSnapshot', [
      `simulation.instances=${JSON.stringify({ writer: { IAMDatabaseAuthenticationEnabled: true }, replica: { OptionGroup: 'there' } })}`,
    ]);
    expect(run.input).toMatchObject({ EnableIAMDatabaseAuthentication: true, OptionGroupName: 'there' });
  });

  test('that is a replica has the login of its source', async () => {
    const run = await askedIn({}, 'replica-promotion', 'CreateDBInstanceReadReplica', [
      'simulation.instances.writer.IAMDatabaseAuthenticationEnabled=true',
    ]);
    expect(run.outcome).toBe('passed');
    expect(run.input).toMatchObject({ EnableIAMDatabaseAuthentication: true });
  });
});

test('a promoted replica is compared with the writer whose place it takes', async () => {
  const run = await askedIn({}, 'planned-switchover', 'PromoteReadReplica', [
    'simulation.instances.writer.EnabledCloudwatchLogsExports=[postgresql]',
  ]);
  const found = findingsOf(run, 'ecommerce-db-dr-replica').map(({ what }) => what);
  expect(found).toEqual([
    'ecommerce-db-dr-replica differs from ecommerce-db-primary in CloudWatch log exports: none instead of postgresql',
  ]);
});

test('a replica whose monitoring role the caller may not pass is made without monitoring', async () => {
  const [drill, operation, copy] = ways.replica;
  const denied = awsError(
    'AccessDenied',
    'User is not authorized to perform: iam:PassRole on resource: rds-monitoring',
  );
  const run = await askedIn(
    {
      through: (transport) => ({
        send: (service, region, called, input, ...rest) =>
          called === operation && 'MonitoringRoleArn' in input
            ? Promise.reject(denied)
            : transport.send(service, region, called, input, ...rest),
      }),
    },
    drill,
    operation,
    [`simulation.instances.replica=${JSON.stringify({ MonitoringInterval: 15, MonitoringRoleArn: ROLE })}`],
  );
  expect(run.outcome).toBe('passed');
  expect(findingsOf(run, copy).map(({ what }) => what)).toContain(
    `${copy} differs from ecommerce-db-dr-replica in enhanced monitoring: off instead of every 15 s as ${ROLE}`,
  );
});

/** The topology with something else said of its database. */
const ofOrders =
  (changes: object) =>
  (topology: Topology): Topology => ({
    ...topology,
    data: { ...topology.data, orders: { ...componentOf(topology, 'rds-replica'), ...changes } },
  });

describe('a drill that logs in with a token of IAM', () => {
  const byIam = ofOrders({ login: { user: 'drill', password: { from: 'iam' }, tls: 'verify-full' } });

  test.each(['writer', 'replica'] as const)('is stopped where the %s has it off', async (role) => {
    const run = await askedIn(
      {},
      'multi-region-failover',
      'PromoteReadReplica',
      [`simulation.instances.${role}.IAMDatabaseAuthenticationEnabled=false`],
      byIam,
    );
    const name = role === 'writer' ? 'ecommerce-db-primary' : 'ecommerce-db-dr-replica';
    expect(run.reason).toContain(`preflight: ${name} has IAM database authentication off`);
  });

  test('cannot open a restored copy that RDS made without, and says so', async () => {
    const run = await askedIn(
      {},
      'snapshot-restore',
      'RestoreDBInstanceFromDBSnapshot',
      ['simulation.copies.ignore=[IAMDatabaseAuthenticationEnabled]'],
      byIam,
    );
    expect(run.input).toMatchObject({ EnableIAMDatabaseAuthentication: true });
    expect(run.reason).toMatch(/^wait-until-usable: orders-restore-drill does not let drill in/);
    expect(run.of('finding').map(({ severity, what }) => [severity, what])).toContainEqual([
      'blocker',
      'orders-restore-drill differs from ecommerce-db-primary in IAM database authentication: off instead of on',
    ]);
  });
});

describe('a password that was rotated after the backup', () => {
  const bySecret = ofOrders({
    login: { user: 'drill', password: { from: 'secrets-manager', secret: 'shop-db' }, tls: 'verify-full' },
  });
  const rotated = (times: string) =>
    askedIn(
      {},
      'snapshot-restore',
      'RestoreDBInstanceFromDBSnapshot',
      [`simulation.copies.passwordRotated=${times}`],
      bySecret,
    );
  const told = (run: Finished) => run.of('finding').map(({ severity, what }) => `${severity}: ${what}`);

  test('once: the former one opens the restored copy, and that is said', async () => {
    const run = await rotated('once');
    expect(run.outcome).toBe('passed');
    expect(told(run)).toEqual([
      'warning: orders-restore-drill takes the password of before the last rotation: AWSPREVIOUS opened it',
    ]);
  });

  test('twice: neither opens it, and that is said', async () => {
    const run = await rotated('twice');
    expect(run.reason).toMatch(/^wait-until-usable: orders-restore-drill does not let drill in/);
    expect(told(run)).toEqual([
      'blocker: neither the current password nor the one before it (AWSPREVIOUS) opens orders-restore-drill',
    ]);
  });
});

describe('an instance whose backups AWS Backup makes', () => {
  const byPlan = ofOrders({ backups: { by: 'aws-backup' } });

  test('is restored from the newest snapshot of AWS Backup', async () => {
    const run = await askedIn({}, 'snapshot-restore', 'RestoreDBInstanceFromDBSnapshot', [], byPlan);
    expect([run.outcome, run.reason]).toEqual(['passed', 'every target was met']);
    expect(run.of('recovery-point').map(({ id }) => id)).toEqual([
      expect.stringMatching(/^awsbackup:job-[0-9a-f-]{36}$/),
    ]);
    expect(run.of('finding')).toEqual([]);
  });

  test('has its snapshot copied to the other region and restored there', async () => {
    const run = await askedIn({}, 'cross-region-restore', 'CopyDBSnapshot', [], byPlan);
    expect(run.outcome).toBe('passed');
    expect(run.input).toMatchObject({
      SourceDBSnapshotIdentifier: expect.stringContaining(':snapshot:awsbackup:job-'),
    });
  });

  test('needs no automated backups of RDS beside them', async () => {
    const keeps = 'simulation.instances.writer.BackupRetentionPeriod=0';
    const run = await askedIn({}, 'snapshot-restore', 'RestoreDBInstanceFromDBSnapshot', [keeps], byPlan);
    expect([run.outcome, run.of('finding')]).toEqual(['passed', []]);
  });

  test('is stopped where its newest snapshot is too old', async () => {
    const run = await askedIn({}, 'snapshot-restore', '', ['recoveryPoint.maxAge=2 h'], byPlan);
    expect(run.reason).toMatch(/^preflight: the newest snapshot of ecommerce-db-primary is 20 h old; 2 h is allowed$/);
  });

  test('is found where the drill takes only snapshots that people made', async () => {
    const run = await askedIn({}, 'snapshot-restore', '', ['recoveryPoint.types=[manual]'], byPlan);
    expect(run.reason).toBe('preflight: ecommerce-db-primary has no manual snapshot that is available');
  });
});

test('every field of an RDS instance is compared, or it is said why not', () => {
  const known = new Set([...copySettings.flatMap(({ fields }) => fields), ...Object.keys(notCompared)]);
  const fields = [...NormalizedSchema.of(DBInstance$).structIterator()].map(([name]) => name);
  expect(fields.length).toBeGreaterThan(80);
  expect(fields.filter((field) => !known.has(field))).toEqual([]);
});
