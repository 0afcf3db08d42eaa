import type { DBInstance, DBSnapshot } from '@aws-sdk/client-rds';
import { expect, test } from 'vitest';
import { PRIMARY, WRITER } from '../simulator/world.ts';
import { clientOf, send, served, stillWorld } from './server.ts';

const writer = {
  IAMDatabaseAuthenticationEnabled: true,
  EnabledCloudwatchLogsExports: ['postgresql', 'upgrade'],
  ProcessorFeatures: [{ Name: 'threadsPerCore', Value: '1' }],
  AssociatedRoles: [{ RoleArn: 'arn:aws:iam::111122223333:role/import', FeatureName: 's3Import' }],
  PreferredMaintenanceWindow: 'sat:03:00-sat:03:30',
  Port: 6432,
  TagList: [{ Key: 'team', Value: 'shop' }],
};

async function asked() {
  const server = await served({ world: stillWorld({ instances: { writer } }) });
  const client = clientOf('rds', server.url, { region: PRIMARY });
  const ask = (operation: string, input: object) => send(client, 'rds', operation, input);
  const described = async (DBInstanceIdentifier: string) =>
    ((await ask('DescribeDBInstances', { DBInstanceIdentifier })) as { DBInstances: DBInstance[] }).DBInstances[0];
  const [newest] = (
    (await ask('DescribeDBSnapshots', { DBInstanceIdentifier: WRITER })) as { DBSnapshots: DBSnapshot[] }
  ).DBSnapshots;
  const restore = { DBInstanceIdentifier: 'copy', DBSnapshotIdentifier: newest?.DBSnapshotIdentifier };
  return { ask, described, restore };
}

test('the served account tells every setting of an instance', async () => {
  const { Port, ...settings } = writer;
  const { described } = await asked();
  expect(await described(WRITER)).toMatchObject({ ...settings, Endpoint: { Port } });
});

test('what is restored without a word has the defaults of RDS', async () => {
  const { ask, described, restore } = await asked();
  await ask('RestoreDBInstanceFromDBSnapshot', restore);
  const copy = await described('copy');
  expect(copy).toMatchObject({
    IAMDatabaseAuthenticationEnabled: false,
    DBParameterGroups: [{ DBParameterGroupName: 'default.postgres17' }],
    DeletionProtection: false,
    // Without new tags, those of the instance that was backed up come along.
    TagList: writer.TagList,
  });
  expect(copy?.EnabledCloudwatchLogsExports ?? []).toEqual([]);
  expect(copy?.AssociatedRoles ?? []).toEqual([]);
  expect(copy?.PreferredMaintenanceWindow).not.toBe(writer.PreferredMaintenanceWindow);
});

test('what is asked for is given, and can be changed afterwards', async () => {
  const { ask, described, restore } = await asked();
  await ask('RestoreDBInstanceFromDBSnapshot', {
    ...restore,
    EnableIAMDatabaseAuthentication: true,
    EnableCloudwatchLogsExports: ['postgresql'],
    CopyTagsToSnapshot: true,
  });
  expect(await described('copy')).toMatchObject({
    IAMDatabaseAuthenticationEnabled: true,
    EnabledCloudwatchLogsExports: ['postgresql'],
    CopyTagsToSnapshot: true,
  });
  await ask('ModifyDBInstance', {
    DBInstanceIdentifier: WRITER,
    PreferredMaintenanceWindow: 'mon:15:00-mon:15:30',
    EnableIAMDatabaseAuthentication: false,
    ApplyImmediately: true,
  });
  expect(await described(WRITER)).toMatchObject({
    PreferredMaintenanceWindow: 'mon:15:00-mon:15:30',
    IAMDatabaseAuthenticationEnabled: false,
  });
});
