import { expect, test } from 'vitest';
import { DATABASE, inWorld, type Lab, LIMIT, PRIMARY, RECOVERY, REPLICA, refusalOf, STANDBY, WRITER } from './world.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const isStandby = { name: 'is-standby', text: '' };

const described = async ({ call }: Lab, region: string, identifier: string) =>
  (await call('rds', region, 'DescribeDBInstances', { DBInstanceIdentifier: identifier })).DBInstances?.[0];

test('a deleted source leaves its replica in the other region terminated, and not promoted', () =>
  inWorld({ simulation: { sourceDeleted: { after: '1 min' } } }, async (lab) => {
    await lab.sleep(10 * MINUTE);
    expect(await refusalOf(described(lab, PRIMARY, WRITER))).toBe('DBInstanceNotFoundFault');
    const replica = await described(lab, RECOVERY, REPLICA);
    expect(replica?.ReadReplicaSourceDBInstanceIdentifier).toContain(WRITER);
    expect(replica?.StatusInfos?.[0]).toMatchObject({ Normal: false, Status: 'terminated' });
    expect(await lab.ports.sql.query(STANDBY, isStandby, LIMIT)).toEqual([{ standby: true }]);
    // What it holds can still be promoted.
    await lab.call('rds', RECOVERY, 'PromoteReadReplica', { DBInstanceIdentifier: REPLICA });
    await lab.sleep(10 * MINUTE);
    expect((await described(lab, RECOVERY, REPLICA))?.ReadReplicaSourceDBInstanceIdentifier).toBeUndefined();
  }));

test('a disabled key closes the databases of its region: recoverable for 7 days, then for good', () =>
  inWorld({ simulation: { keyDisabled: { in: 'primary', after: '1 min' } } }, async (lab) => {
    expect(await lab.ports.sql.query(DATABASE, isStandby, LIMIT)).toEqual([{ standby: false }]);
    await lab.sleep(2 * MINUTE);
    const writer = await described(lab, PRIMARY, WRITER);
    expect(writer?.DBInstanceStatus).toBe('inaccessible-encryption-credentials-recoverable');
    expect((await lab.call('kms', PRIMARY, 'DescribeKey', { KeyId: writer?.KmsKeyId })).KeyMetadata?.KeyState).toBe(
      'Disabled',
    );
    await expect(lab.ports.sql.query(DATABASE, isStandby, LIMIT)).rejects.toThrow(/refused the connection/);
    expect((await described(lab, RECOVERY, REPLICA))?.DBInstanceStatus).toBe('available');
    await lab.sleep(7 * DAY);
    expect((await described(lab, PRIMARY, WRITER))?.DBInstanceStatus).toBe('inaccessible-encryption-credentials');
  }));

test('a region without capacity makes no instance, until it has some', () =>
  inWorld({ simulation: { databaseCapacity: { lacks: 'recovery', until: '10 min' } } }, async (lab) => {
    const make = () =>
      lab.call('rds', RECOVERY, 'CreateDBInstanceReadReplica', {
        DBInstanceIdentifier: 'another',
        SourceDBInstanceIdentifier: REPLICA,
      });
    await lab.call('rds', RECOVERY, 'ModifyDBInstance', {
      DBInstanceIdentifier: REPLICA,
      BackupRetentionPeriod: 1,
      ApplyImmediately: true,
    });
    await lab.sleep(2 * MINUTE);
    expect(await refusalOf(make())).toBe('InsufficientDBInstanceCapacityFault');
    await lab.sleep(10 * MINUTE);
    expect((await make()).DBInstance?.DBInstanceStatus).toBe('creating');
  }));

test('a renamed instance loses its old name at once, and DNS has the new one later than RDS', () =>
  inWorld({ simulation: { renaming: { takes: '1 min', named: '8 min' } } }, async (lab) => {
    const asked = { DBInstanceIdentifier: WRITER, NewDBInstanceIdentifier: 'aside', ApplyImmediately: true };
    const former = (await lab.call('rds', PRIMARY, 'ModifyDBInstance', asked)).DBInstance?.Endpoint?.Address ?? '';
    await lab.sleep(MINUTE);
    const fresh = (await described(lab, PRIMARY, 'aside'))?.Endpoint?.Address ?? '';
    for (const name of [former, fresh]) await expect(lab.ports.dns.resolve(name)).rejects.toThrow(/NXDOMAIN/);
    await expect(lab.ports.sql.query({ ...DATABASE, instance: 'aside' }, isStandby, LIMIT)).rejects.toThrow(/NXDOMAIN/);
    await lab.sleep(8 * MINUTE);
    expect((await lab.ports.dns.resolve(fresh)).addresses).toHaveLength(1);
    await expect(lab.ports.dns.resolve(former)).rejects.toThrow(/NXDOMAIN/);
  }));

test('a second forced failover so soon is dropped without a word, and the zone that RDS tells of is old for minutes', () =>
  inWorld({}, async (lab) => {
    const force = () =>
      lab.call('rds', PRIMARY, 'RebootDBInstance', { DBInstanceIdentifier: WRITER, ForceFailover: true });
    const name = (await described(lab, PRIMARY, WRITER))?.Endpoint?.Address ?? '';
    const [before] = (await lab.ports.dns.resolve(name)).addresses;
    await force();
    while ((await described(lab, PRIMARY, WRITER))?.DBInstanceStatus !== 'available') await lab.sleep(1_000);
    const [after] = (await lab.ports.dns.resolve(name)).addresses;
    expect(after).not.toBe(before);
    expect((await described(lab, PRIMARY, WRITER))?.AvailabilityZone).toBe(`${PRIMARY}a`);
    expect((await force()).DBInstance?.DBInstanceStatus).toBe('rebooting');
    await lab.sleep(10 * MINUTE);
    expect((await lab.ports.dns.resolve(name)).addresses).toEqual([after]);
    expect((await described(lab, PRIMARY, WRITER))?.AvailabilityZone).toBe(`${PRIMARY}b`);
    await force();
    await lab.sleep(10 * MINUTE);
    expect((await lab.ports.dns.resolve(name)).addresses).toEqual([before]);
  }));
