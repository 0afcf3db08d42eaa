import type { DBInstance } from '@aws-sdk/client-rds';
import { arnBeside } from '../../arn.ts';
import { type Aws, isAwsError, type Output } from '../../aws/aws.ts';
import { listOf } from '../../aws/pages.ts';
import { commonName, type Discover, NO_GROUP, notKnown, supposed, told, without } from '../discovery.ts';
import { engineNamed } from '../rds/engine.ts';

type SecurityGroup = NonNullable<Output<'ec2', 'DescribeSecurityGroups'>['SecurityGroups']>[number];

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
  const handled = pairs.filter(({ writer }) => engineNamed(writer.Engine) !== undefined);
  const others = pairs.filter(({ writer }) => engineNamed(writer.Engine) === undefined);
  const closed = await Promise.all(
    handled.length === 0 ? [] : [primary, recovery].map((one) => closedGroups(aws, one)),
  );
  const alone = here.filter((one) => !pairs.some(({ writer }) => writer === one));
  return {
    found: await Promise.all(
      handled.map(async ({ writer, replica }) => ({
        id: commonName(writer.DBInstanceIdentifier, replica.DBInstanceIdentifier),
        component: {
          kind: 'rds-replica' as const,
          ...(writer.Engine !== 'postgres' && { engine: engineNamed(writer.Engine) }),
          database: told(writer.DBName, 'the database inside the instance, which RDS does not name'),
          writer: instance(writer, closed[0]),
          replica: instance(replica, closed[1]),
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
        'RDS pairs of an engine that a topology cannot describe',
        others.map(({ writer }) => `${writer.DBInstanceIdentifier} (${writer.Engine})`),
      ),
    ],
  };
};

const names = (all: readonly DBInstance[]) => all.map(({ DBInstanceIdentifier }) => DBInstanceIdentifier);

const instance = (one: DBInstance, closed: readonly SecurityGroup[] | undefined) => ({
  identifier: told(one.DBInstanceIdentifier, NOT_SAID),
  class: told(one.DBInstanceClass, NOT_SAID),
  storageGib: told(one.AllocatedStorage, NOT_SAID),
  multiAz: one.MultiAZ ?? false,
  parameterGroup: told(one.DBParameterGroups?.[0]?.DBParameterGroupName, NOT_SAID),
  subnetGroup: told(one.DBSubnetGroup?.DBSubnetGroupName, NOT_SAID),
  securityGroups: (one.VpcSecurityGroups ?? []).flatMap(({ VpcSecurityGroupId }) => VpcSecurityGroupId ?? []),
  ...(one.KmsKeyId !== undefined && { kmsKey: one.KmsKeyId }),
  quarantineSecurityGroup: quarantineFor(one, closed),
});

/** The security groups of a region that let nobody in; undefined where nobody may ask. */
async function closedGroups(aws: Aws, region: string): Promise<SecurityGroup[] | undefined> {
  try {
    const all = await listOf(aws, 'ec2', region, 'DescribeSecurityGroups', 'SecurityGroups', {});
    return all.filter(({ IpPermissions = [] }) => IpPermissions.length === 0);
  } catch (error) {
    if (isAwsError(error, 'UnauthorizedOperation', 'AccessDenied')) return undefined;
    throw error;
  }
}

function quarantineFor(one: DBInstance, closed: readonly SecurityGroup[] = []) {
  const what = 'a security group of its VPC without inbound rules';
  const candidates = closed
    .filter(({ VpcId, GroupId }) => VpcId === one.DBSubnetGroup?.VpcId && GroupId !== undefined)
    .filter(({ GroupId }) => !one.VpcSecurityGroups?.some(({ VpcSecurityGroupId }) => VpcSecurityGroupId === GroupId));
  const [only, ...others] = candidates.map(({ GroupId }) => GroupId);
  if (only === undefined) return notKnown(what, NO_GROUP);
  if (others.length > 0) return notKnown(`${what}; ${without('there are', [only, ...others])}`, only);
  return supposed(
    only,
    'whether this one is meant for it; no other security group of its VPC is without inbound rules',
  );
}

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
