import type { DBInstance } from '@aws-sdk/client-rds';
import { arnBeside } from '../../arn.ts';
import type { Aws } from '../../aws/aws.ts';
import { listOf } from '../../aws/pages.ts';
import { commonName, type Discover, notKnown, told, without } from '../discovery.ts';

const ENGINE = 'postgres';
const NOT_SAID = 'RDS does not say it';

/** Every instance of the primary region that has a replica in the recovery region. */
export const discoverRdsReplicas: Discover<'rds-replica'> = async (aws, { primary, recovery }) => {
  const instancesIn = (region: string) => listOf(aws, 'rds', region, 'DescribeDBInstances', 'DBInstances', {});
  // Instances of a cluster are Aurora's.
  const [here = [], there = []] = (await Promise.all([primary, recovery].map(instancesIn))).map((all) =>
    all.filter(({ DBClusterIdentifier }) => DBClusterIdentifier === undefined),
  );
  const pairs = there.flatMap((replica) => {
    const { ReadReplicaSourceDBInstanceIdentifier: named, DBInstanceArn } = replica;
    const source = named && arnBeside(named, DBInstanceArn);
    const writer = here.find((one) => source !== undefined && one.DBInstanceArn === source);
    return writer ? [{ writer, replica }] : [];
  });
  const handled = pairs.filter(({ writer }) => writer.Engine === ENGINE);
  const others = pairs.filter(({ writer }) => writer.Engine !== ENGINE);
  const alone = here.filter((one) => !pairs.some(({ writer }) => writer === one));
  return {
    found: await Promise.all(
      handled.map(async ({ writer, replica }) => ({
        id: commonName(writer.DBInstanceIdentifier, replica.DBInstanceIdentifier),
        component: {
          kind: 'rds-replica' as const,
          database: told(writer.DBName, 'the database inside the instance, which RDS does not name'),
          writer: instance(writer),
          replica: instance(replica),
          backups: {
            ...((await isBackedUpByAwsBackup(aws, primary, writer)) && { by: 'aws-backup' as const }),
            window: told(writer.PreferredBackupWindow?.slice(0, 5), NOT_SAID),
            retention: `${writer.BackupRetentionPeriod ?? 0} d`,
          },
        },
      })),
    ),
    passedOver: [
      ...without(`RDS instances of ${primary} without a replica in ${recovery}`, names(alone)),
      ...without(
        `RDS pairs of an engine that is not handled yet`,
        others.map(({ writer }) => `${writer.DBInstanceIdentifier} (${writer.Engine})`),
      ),
    ],
  };
};

const names = (all: readonly DBInstance[]) => all.map(({ DBInstanceIdentifier }) => DBInstanceIdentifier);

const instance = (one: DBInstance) => ({
  identifier: told(one.DBInstanceIdentifier, NOT_SAID),
  class: told(one.DBInstanceClass, NOT_SAID),
  storageGib: told(one.AllocatedStorage, NOT_SAID),
  multiAz: one.MultiAZ ?? false,
  parameterGroup: told(one.DBParameterGroups?.[0]?.DBParameterGroupName, NOT_SAID),
  subnetGroup: told(one.DBSubnetGroup?.DBSubnetGroupName, NOT_SAID),
  securityGroups: (one.VpcSecurityGroups ?? []).flatMap(({ VpcSecurityGroupId }) => VpcSecurityGroupId ?? []),
  ...(one.KmsKeyId !== undefined && { kmsKey: one.KmsKeyId }),
  quarantineSecurityGroup: notKnown('a security group of its VPC without inbound rules'),
});

/** AWS Backup says so of an instance that it backs up continuously; of others its snapshots tell, where RDS makes none. */
async function isBackedUpByAwsBackup(aws: Aws, region: string, writer: DBInstance): Promise<boolean> {
  if (writer.AwsBackupRecoveryPointArn !== undefined) return true;
  const [automated, planned] = await Promise.all(
    ['automated', 'awsbackup'].map(async (SnapshotType) => {
      const asked = { DBInstanceIdentifier: writer.DBInstanceIdentifier, SnapshotType };
      return (await listOf(aws, 'rds', region, 'DescribeDBSnapshots', 'DBSnapshots', asked)).length;
    }),
  );
  return automated === 0 && (planned ?? 0) > 0;
}
