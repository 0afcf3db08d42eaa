import type { DBInstance } from '@aws-sdk/client-rds';
import { arnBeside, nameIn } from '../arn.ts';
import type { Aws } from '../aws/aws.ts';
import { listOf } from '../aws/pages.ts';
import { DrillError } from '../errors.ts';
import { type Found, foundOr, nothingFound, notThere, orAnother, together, UNASKED } from './draft.ts';
import { findAurora } from './find-aurora.ts';
import { findCache } from './find-cache.ts';
import { findClusters } from './find-clusters.ts';
import { findMessaging } from './find-messaging.ts';
import { findTraffic, noTraffic } from './find-traffic.ts';

/** Where to look. */
export interface Wanted {
  primary: string;
  recovery: string;
  account: string;
  /** The public name, where the account has more than one that leads to two regions. */
  domain?: string | undefined;
}

/** Reads what an account says of a system in two regions. Nothing is changed. */
export async function discover(aws: Aws, wanted: Wanted): Promise<Found> {
  const { primary, recovery, account } = wanted;
  const without = (part: string): Found => ({ ...nothingFound(), absent: [[part]] });
  const parts = await Promise.all([
    foundOr('databases', noDatabase(UNASKED), () => findDatabase(aws, wanted)),
    findClusters(aws, wanted),
    foundOr('cache', without('cache'), () => findCache(aws, wanted)),
    foundOr('Aurora global database', without('aurora'), () => findAurora(aws, wanted)),
    foundOr('MSK clusters', without('messaging'), () => findMessaging(aws, wanted)),
    foundOr('topic for notices', without('notices'), () => findNotices(aws, wanted)),
    foundOr('public name', noTraffic(UNASKED), () => findTraffic(aws, wanted)),
  ]);
  if (parts.every(({ values }) => values.length === 0)) throw nothing(wanted, parts);
  const base: Found = {
    ...nothingFound(),
    values: [
      [['account'], account],
      [['regions', 'primary'], primary],
      [['regions', 'recovery'], recovery],
    ],
    unknown: [
      [['service', 'path'], 'a path that reads and writes through the whole system'],
      [['service', 'metrics', 'namespace'], 'where the application publishes error rate and response time'],
    ],
    absent: [['description'], ['objects'], ['secrets'], ['kubernetes', 'archive'], ['witness']],
  };
  return together([base, ...parts]);
}

function nothing({ primary, recovery, account }: Wanted, parts: readonly Found[]): DrillError {
  const unasked = parts.flatMap((part) => part.unasked ?? []);
  const why = unasked.length === 0 ? '' : ` Could not be asked:\n${unasked.map((one) => `- ${one}`).join('\n')}`;
  return new DrillError(
    'nothing-found',
    `Account ${account} has nothing in ${primary} and ${recovery} that a topology describes.${why}`,
    { hint: 'Check the regions, the account and its permissions; no file was written.' },
  );
}

const INSTANCE_KEYS = [
  'identifier',
  'class',
  'storageGib',
  'multiAz',
  'parameterGroup',
  'subnetGroup',
  'securityGroups',
  'quarantineSecurityGroup',
];

const noDatabase = (why: string): Found =>
  together([
    notThere(['database'], ['name'], why),
    notThere(['database', 'writer'], INSTANCE_KEYS, why),
    notThere(['database', 'replica'], INSTANCE_KEYS, why),
    notThere(['database', 'backups'], ['window', 'retention'], why),
  ]);

/** The instance that has a replica in the other region, and that replica. */
async function findDatabase(aws: Aws, { primary, recovery }: Wanted): Promise<Found> {
  const instancesIn = (region: string) => listOf(aws, 'rds', region, 'DescribeDBInstances', 'DBInstances', {});
  const [here, there] = [await instancesIn(primary), await instancesIn(recovery)];
  const pairs = there.flatMap((replica) => {
    const { ReadReplicaSourceDBInstanceIdentifier: named, DBInstanceArn } = replica;
    const source = named && arnBeside(named, DBInstanceArn);
    const writer = here.find((one) => source !== undefined && one.DBInstanceArn === source);
    return writer ? [{ writer, replica }] : [];
  });
  const [pair] = pairs;
  if (!pair) {
    return noDatabase(`no instance in ${recovery} is a replica of one in ${primary}`);
  }
  const { writer, replica } = pair;
  const found = together([instance('writer', writer), instance('replica', replica)]);
  found.values.push(
    [['database', 'backups', 'window'], writer.PreferredBackupWindow?.slice(0, 5)],
    [['database', 'backups', 'retention'], `${writer.BackupRetentionPeriod ?? 0} d`],
  );
  if (await backedUpByAwsBackup(aws, primary, writer)) found.values.push([['database', 'backups', 'by'], 'aws-backup']);
  if (writer.DBName === undefined) found.unknown.push([['database', 'name'], 'the instance names no database']);
  else found.values.push([['database', 'name'], writer.DBName]);
  const others = pairs.slice(1).map((one) => one.writer.DBInstanceIdentifier);
  found.unknown.push(...orAnother(['database', 'writer', 'identifier'], others));
  return found;
}

/** AWS Backup says so of an instance that it backs up continuously; of others its snapshots tell, where RDS makes none. */
async function backedUpByAwsBackup(aws: Aws, region: string, writer: DBInstance): Promise<boolean> {
  if (writer.AwsBackupRecoveryPointArn !== undefined) return true;
  const [automated, planned] = await Promise.all(
    ['automated', 'awsbackup'].map(async (SnapshotType) => {
      const asked = { DBInstanceIdentifier: writer.DBInstanceIdentifier, SnapshotType };
      return (await listOf(aws, 'rds', region, 'DescribeDBSnapshots', 'DBSnapshots', asked)).length;
    }),
  );
  return automated === 0 && (planned ?? 0) > 0;
}

function instance(role: 'writer' | 'replica', one: DBInstance): Found {
  const at = (key: string) => ['database', role, key];
  const group = one.DBParameterGroups?.[0]?.DBParameterGroupName;
  return {
    values: [
      [at('identifier'), one.DBInstanceIdentifier],
      [at('class'), one.DBInstanceClass],
      [at('storageGib'), one.AllocatedStorage],
      [at('multiAz'), one.MultiAZ ?? false],
      [at('parameterGroup'), group],
      [at('subnetGroup'), one.DBSubnetGroup?.DBSubnetGroupName],
      [
        at('securityGroups'),
        (one.VpcSecurityGroups ?? []).flatMap(({ VpcSecurityGroupId }) => VpcSecurityGroupId ?? []),
      ],
      ...(one.KmsKeyId === undefined ? [] : ([[at('kmsKey'), one.KmsKeyId]] as Found['values'])),
    ],
    unknown: [[at('quarantineSecurityGroup'), 'a security group of its VPC without inbound rules']],
    absent: one.KmsKeyId === undefined ? [at('kmsKey')] : [],
  };
}

/** The topic in the recovery region over which people are told. */
async function findNotices(aws: Aws, { recovery }: Wanted): Promise<Found> {
  const topics = await listOf(aws, 'sns', recovery, 'ListTopics', 'Topics', {});
  const names = topics.flatMap(({ TopicArn }) => (TopicArn === undefined ? [] : [nameIn(TopicArn)]));
  const [name, ...others] = names;
  if (name === undefined) return { ...nothingFound(), absent: [['notices']] };
  const topic = ['notices', 'topic'];
  return {
    ...nothingFound(),
    values: [[['notices'], { topic: name, region: 'recovery' }]],
    unknown: orAnother(topic, others),
  };
}
