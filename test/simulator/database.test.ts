import { expect, test } from 'vitest';
import type { Query } from '../../src/ports/sql.ts';
import {
  DATABASE,
  GLOBAL_CLUSTER,
  inWorld,
  type Lab,
  LIMIT,
  PRIMARY,
  QUARANTINE,
  RECOVERY,
  REPLICA,
  refusalOf,
  STANDBY,
  WRITER,
} from './world.ts';

const proveWrite: Query = { name: 'prove-write', text: '' };
const heartbeat = (sequence: number): Query => ({ name: 'heartbeat.write', text: '', values: [sequence, 0] });
const heartbeats: Query = { name: 'heartbeat.read', text: '', values: [0] };

const described = async ({ call }: Lab, region: string, identifier: string) =>
  (await call('rds', region, 'DescribeDBInstances', { DBInstanceIdentifier: identifier })).DBInstances?.[0];

const promote = ({ call }: Lab, retentionDays = 0) =>
  call('rds', RECOVERY, 'PromoteReadReplica', { DBInstanceIdentifier: REPLICA, BackupRetentionPeriod: retentionDays });

test('a promotion still says available at first, then moves, and is done when the source is gone', () =>
  inWorld({ seed: 3 }, async (lab) => {
    const answer = await promote(lab, 7);
    expect(answer.DBInstance?.DBInstanceStatus).toBe('available');
    expect(answer.DBInstance?.ReadReplicaSourceDBInstanceIdentifier).toContain(`:db:${WRITER}`);
    expect(await refusalOf(promote(lab))).toBe('InvalidDBInstanceStateFault');

    const statuses: string[] = [];
    for (let seconds = 0; seconds < 600; seconds += 1) {
      const found = await described(lab, RECOVERY, REPLICA);
      const state = `${found?.DBInstanceStatus}${found?.ReadReplicaSourceDBInstanceIdentifier ? ' replica' : ''}`;
      if (statuses.at(-1) !== state) statuses.push(state);
      await lab.sleep(1_000);
    }
    expect(statuses).toEqual([
      'available replica',
      'modifying replica',
      'rebooting replica',
      'available',
      'backing-up',
      'available',
    ]);
    expect((await described(lab, RECOVERY, REPLICA))?.LatestRestorableTime).toBeInstanceOf(Date);
    expect(await refusalOf(promote(lab))).toBe('InvalidDBInstanceStateFault');
  }));

test('a promotion that fails goes back to being a replica, and says why', () =>
  inWorld({ simulation: { promotion: { fails: true } } }, async (lab) => {
    await promote(lab);
    await lab.sleep(400_000);
    const found = await described(lab, RECOVERY, REPLICA);
    expect(found?.ReadReplicaSourceDBInstanceIdentifier).toBeDefined();
    expect(found?.StatusInfos?.[0]).toMatchObject({ Normal: false, Status: 'error' });
    expect(await refusalOf(lab.ports.sql.query(STANDBY, proveWrite, LIMIT))).toBe('ReadOnly');
  }));

test('what had not reached the replica when the region was lost is lost for good', () =>
  inWorld({ simulation: { replicationLag: '3 s' } }, async (lab) => {
    const { sql, failure } = lab.ports;
    for (let sequence = 1; sequence <= 100; sequence += 1) {
      await sql.query(DATABASE, heartbeat(sequence), LIMIT);
      await lab.sleep(200);
    }
    await failure.inject({ kind: 'region-outage', region: PRIMARY });
    await promote(lab);
    await lab.sleep(400_000);
    const held = (await sql.query(STANDBY, heartbeats, LIMIT)).map(({ sequence }) => sequence);
    expect(held.length).toBeGreaterThan(70);
    expect(held.length).toBeLessThan(95);
    expect(held).toEqual(Array.from({ length: held.length }, (_, index) => index + 1));
    await sql.query(STANDBY, heartbeat(500), LIMIT);
    expect(lab.writers()).toEqual([REPLICA]);
    expect(lab.twoWriters()).toEqual([]);
  }));

test('a region that comes back unfenced makes two writers, and they stay on record when one is fenced later', () =>
  inWorld({ simulation: { outage: { lasts: '10 min' } } }, async (lab) => {
    await lab.ports.failure.inject({ kind: 'region-outage', region: PRIMARY });
    expect(await refusalOf(described(lab, PRIMARY, WRITER))).toBe('TimeoutError');
    await promote(lab);
    await lab.sleep(600_000);
    // Its API answers before its database does.
    expect((await described(lab, PRIMARY, WRITER))?.DBInstanceStatus).toBe('available');
    expect(lab.writers()).toEqual([REPLICA]);
    await lab.sleep(100_000);
    expect(lab.writers()).toEqual([WRITER, REPLICA]);
    await lab.call('rds', PRIMARY, 'ModifyDBInstance', {
      DBInstanceIdentifier: WRITER,
      VpcSecurityGroupIds: [QUARANTINE],
    });
    await lab.sleep(10_000);
    expect(lab.writers()).toEqual([REPLICA]);
    expect(lab.twoWriters()).toMatchObject([{ writers: [WRITER, REPLICA] }]);
  }));

test('a writer fenced the moment its region returns never becomes a second one', () =>
  inWorld({ simulation: { outage: { lasts: '10 min' } } }, async (lab) => {
    await lab.ports.failure.inject({ kind: 'region-outage', region: PRIMARY });
    await promote(lab);
    await lab.sleep(600_000);
    await lab.call('rds', PRIMARY, 'ModifyDBInstance', {
      DBInstanceIdentifier: WRITER,
      VpcSecurityGroupIds: [QUARANTINE],
    });
    const groups = (await described(lab, PRIMARY, WRITER))?.VpcSecurityGroups;
    expect(groups?.map(({ Status }) => Status)).toEqual(['adding', 'removing']);
    await lab.sleep(200_000);
    expect(lab.writers()).toEqual([REPLICA]);
    expect(lab.twoWriters()).toEqual([]);
  }));

test('a restore reaches into its window only, starts with the defaults, and holds what it reached', () =>
  inWorld({ simulation: { restore: { losesRows: 3 } } }, async (lab) => {
    const { sql } = lab.ports;
    const source = await described(lab, PRIMARY, WRITER);
    const latest = source?.LatestRestorableTime as Date;
    const backMs = lab.clock.nowMs() - latest.getTime();
    expect(backMs).toBeGreaterThan(0);
    expect(backMs).toBeLessThan(6 * 60_000);
    const restore = (RestoreTime: Date) =>
      lab.call('rds', PRIMARY, 'RestoreDBInstanceToPointInTime', {
        SourceDBInstanceIdentifier: WRITER,
        TargetDBInstanceIdentifier: 'restored',
        RestoreTime,
      });
    expect(await refusalOf(restore(new Date(latest.getTime() + 1_000)))).toBe('InvalidRestoreFault');
    expect(await refusalOf(restore(new Date(latest.getTime() - 30 * 86_400_000)))).toBe('InvalidRestoreFault');
    const { DBInstance: begun } = await restore(latest);
    expect(begun).toMatchObject({ DBInstanceStatus: 'creating', MultiAZ: false, DeletionProtection: false });
    expect(await refusalOf(restore(latest))).toBe('DBInstanceAlreadyExistsFault');
    await lab.sleep(900_000);
    expect((await described(lab, PRIMARY, 'restored'))?.DBInstanceStatus).toBe('available');

    const counts = (asOfMs: number): Query => ({ name: 'row-counts', text: '', values: [asOfMs] });
    const restored = { ...DATABASE, instance: 'restored' };
    const orders = async (database: typeof DATABASE, asOfMs: number) =>
      Number((await sql.query(database, counts(asOfMs), LIMIT)).find((row) => row.table_name === 'orders')?.row_count);
    expect(await orders(DATABASE, latest.getTime())).toBe((await orders(restored, latest.getTime())) + 3);
    expect(await orders(restored, lab.clock.nowMs())).toBe(await orders(restored, latest.getTime()));
    const orphans = await sql.query(restored, { name: 'items-without-order', text: '' }, LIMIT);
    expect(orphans.length).toBeGreaterThanOrEqual(3);
    expect(lab.twoWriters()).toEqual([]);
  }));

test('the newest automated snapshot can be restored and the copy deleted, the protected writer not', () =>
  inWorld({}, async (lab) => {
    const { DBSnapshots } = await lab.call('rds', PRIMARY, 'DescribeDBSnapshots', { DBInstanceIdentifier: WRITER });
    expect(DBSnapshots).toHaveLength(7);
    expect(DBSnapshots?.[0]?.DBSnapshotIdentifier).toBe(`rds:${WRITER}-2026-11-22-18-00`);
    const restore = (DBSnapshotIdentifier: string) =>
      lab.call('rds', PRIMARY, 'RestoreDBInstanceFromDBSnapshot', {
        DBInstanceIdentifier: 'copy',
        DBSnapshotIdentifier,
      });
    expect(await refusalOf(restore('rds:none'))).toBe('DBSnapshotNotFoundFault');
    await restore(DBSnapshots?.[0]?.DBSnapshotIdentifier ?? '');
    const remove = (DBInstanceIdentifier: string, SkipFinalSnapshot: boolean) =>
      refusalOf(lab.call('rds', PRIMARY, 'DeleteDBInstance', { DBInstanceIdentifier, SkipFinalSnapshot }));
    expect(await remove('copy', true)).toBe('InvalidDBInstanceStateFault');
    await lab.sleep(900_000);
    expect(await remove('copy', false)).toBe('InvalidParameterCombination');
    expect(await remove(WRITER, true)).toBe('InvalidParameterCombination');
    expect(await remove('copy', true)).toBe('nothing');
    await lab.sleep(200_000);
    expect(await refusalOf(described(lab, PRIMARY, 'copy'))).toBe('DBInstanceNotFoundFault');
    expect(lab.instances(PRIMARY)).toEqual([WRITER]);
  }));

test('a promoted instance cannot be restored before its first backup ends, nor to a time before that', () =>
  inWorld({}, async (lab) => {
    const { call, sleep, clock } = lab;
    const restoreTo = (RestoreTime: Date | undefined) =>
      refusalOf(
        call('rds', RECOVERY, 'RestoreDBInstanceToPointInTime', {
          SourceDBInstanceIdentifier: REPLICA,
          TargetDBInstanceIdentifier: 'copy',
          DBSubnetGroupName: 'ecommerce-private',
          RestoreTime,
        }),
      );
    const backups = async () => {
      const asked = { DBInstanceIdentifier: REPLICA, SnapshotType: 'automated' };
      return (await call('rds', RECOVERY, 'DescribeDBSnapshots', asked)).DBSnapshots?.length;
    };
    const latest = async () => (await described(lab, RECOVERY, REPLICA))?.LatestRestorableTime;
    const twoDaysAgo = new Date(clock.nowMs() - 48 * 3_600_000);
    await promote(lab, 7);
    while ((await described(lab, RECOVERY, REPLICA))?.DBInstanceStatus !== 'backing-up') await sleep(1_000);
    expect([await latest(), await backups()]).toEqual([undefined, 0]);
    expect(await restoreTo(twoDaysAgo)).toBe('PointInTimeRestoreNotEnabledFault');
    await sleep(600_000);
    expect([await latest(), await backups()]).toEqual([expect.any(Date), 1]);
    expect(await restoreTo(twoDaysAgo)).toBe('InvalidRestoreFault');
    expect(await restoreTo(await latest())).toBe('nothing');
  }));

const REPLICA_KEEPS = { instances: { replica: { BackupRetentionPeriod: 7 } } };

test.each(['postgres', 'mysql', 'mariadb', 'oracle'] as const)(
  'a replica of %s with a retention is backed up each night, keeps that when it is promoted, and can be restored',
  (engine) =>
    inWorld({ engine, simulation: REPLICA_KEEPS }, async (lab) => {
      const nights = async () => {
        const asked = { DBInstanceIdentifier: REPLICA, SnapshotType: 'automated' };
        return (await lab.call('rds', RECOVERY, 'DescribeDBSnapshots', asked)).DBSnapshots ?? [];
      };
      const before = await nights();
      expect(before).toHaveLength(7);
      expect((await described(lab, RECOVERY, REPLICA))?.LatestRestorableTime).toBeInstanceOf(Date);
      await promote(lab, 7);
      await lab.sleep(600_000);
      expect(await nights()).toEqual(before);
      await lab.call('rds', RECOVERY, 'RestoreDBInstanceFromDBSnapshot', {
        DBInstanceIdentifier: 'copy',
        DBSnapshotIdentifier: before[0]?.DBSnapshotIdentifier,
        DBSubnetGroupName: 'ecommerce-private',
      });
      await lab.sleep(1_800_000);
      const ordersIn = async (instance: string, asOfMs: number) => {
        const counts: Query = { name: 'row-counts', text: '', values: [asOfMs] };
        const rows = await lab.ports.sql.query({ ...STANDBY, instance }, counts, LIMIT);
        return Number(rows.find(({ table_name }) => table_name === 'orders')?.row_count);
      };
      const takenMs = before[0]?.SnapshotCreateTime?.getTime() ?? 0;
      const [inCopy, inReplica] = [await ordersIn('copy', lab.clock.nowMs()), await ordersIn(REPLICA, takenMs)];
      // What had not come from the writer yet, a second or so of orders, is not in it.
      expect(inReplica - inCopy).toBeGreaterThanOrEqual(0);
      expect(inReplica - inCopy).toBeLessThanOrEqual(2);
      expect(inCopy).toBeGreaterThan(1_000_000);
    }),
);

test('a replica of SQL Server keeps no backups, whatever its retention', () =>
  inWorld({ engine: 'sqlserver', simulation: REPLICA_KEEPS }, async (lab) => {
    const asked = { DBInstanceIdentifier: REPLICA };
    expect((await lab.call('rds', RECOVERY, 'DescribeDBSnapshots', asked)).DBSnapshots).toEqual([]);
    expect((await described(lab, RECOVERY, REPLICA))?.LatestRestorableTime).toBeUndefined();
  }));

test('twenty copies are made at once for a region, and the first of an instance is of everything', () =>
  inWorld({ simulation: { snapshotCopy: { first: true } } }, async ({ call, sleep }) => {
    const { DBSnapshots: [nightly] = [] } = await call('rds', PRIMARY, 'DescribeDBSnapshots', {
      DBInstanceIdentifier: WRITER,
      SnapshotType: 'automated',
    });
    const copy = (TargetDBSnapshotIdentifier: string) =>
      call('rds', RECOVERY, 'CopyDBSnapshot', {
        SourceDBSnapshotIdentifier: nightly?.DBSnapshotArn,
        TargetDBSnapshotIdentifier,
        KmsKeyId: 'alias/there',
      });
    const statusOf = async (DBSnapshotIdentifier: string) =>
      (await call('rds', RECOVERY, 'DescribeDBSnapshots', { DBSnapshotIdentifier })).DBSnapshots?.[0]?.Status;
    for (let nth = 1; nth <= 20; nth += 1) await copy(`copy-${nth}`);
    expect(await refusalOf(copy('copy-21'))).toBe('SnapshotQuotaExceededFault');
    await sleep(30 * 60_000);
    expect(await statusOf('copy-1')).toBe('creating');
    await sleep(5 * 3_600_000);
    expect(await statusOf('copy-1')).toBe('available');
    await copy('copy-21');
    await sleep(15 * 60_000);
    expect(await statusOf('copy-21')).toBe('available');
  }));

test.each([
  ['switching-over', 'SwitchoverGlobalCluster'],
  ['failing-over', 'FailoverGlobalCluster'],
] as const)('a global cluster is first pending, then %s', (state, operation) =>
  inWorld({}, async ({ call, sleep }) => {
    const asked = { GlobalClusterIdentifier: GLOBAL_CLUSTER };
    const now = async () => (await call('rds', RECOVERY, 'DescribeGlobalClusters', asked)).GlobalClusters?.[0];
    const TargetDbClusterIdentifier = (await now())?.GlobalClusterMembers?.[1]?.DBClusterArn;
    const change = { ...asked, TargetDbClusterIdentifier };
    if (operation === 'FailoverGlobalCluster')
      await call('rds', RECOVERY, operation, { ...change, AllowDataLoss: true });
    else await call('rds', RECOVERY, operation, change);
    expect((await now())?.FailoverState?.Status).toBe('pending');
    await sleep(5_000);
    expect((await now())?.FailoverState?.Status).toBe(state);
    await sleep(300_000);
    expect((await now())?.FailoverState).toBeUndefined();
  }),
);
