import type { DBCluster, GlobalCluster } from '@aws-sdk/client-rds';
import { isAwsError } from '../../aws/aws.ts';
import { listOf } from '../../aws/pages.ts';
import { blocker, type Finding, warning } from '../../steps/account/findings.ts';
import { type Look, type LookContext, type LookFor, type Row, rootOf } from '../../steps/account/look.ts';
import type { NeedOf } from '../../steps/needs.ts';
import { globalClusterPermissions, writerOf } from './steps/global-cluster.ts';

type GlobalClusterNeed = NeedOf<'rds-global-cluster'>;
type Member = GlobalClusterNeed['writer'];

const READS = ['rds:DescribeGlobalClusters', 'rds:DescribeDBClusters'];

/** An Aurora global database: who takes the writes, whether the other cluster follows, and whether both have an instance. */
export const globalClusterLook: LookFor<'rds-global-cluster'> = {
  calls: () => READS,
  permissions: ({ globalCluster, writer, follower }, account) =>
    globalClusterPermissions(READS, { globalCluster, ...writer, other: follower, database: '' }, account),
  subject: ({ globalCluster }) => globalCluster,
  async look(need, context) {
    const found = await findGlobalCluster(need, context);
    const members = [need.writer, need.follower];
    const clusters = await Promise.all(members.map((one) => findCluster(one, context)));
    const looks = members.map((one, index) => memberLook(one, clusters[index]));
    return {
      rows: [rowOf(need, found), ...looks.flatMap(({ rows }) => rows)],
      findings: [
        ...(found ? globalFindings(need, found) : [missing(need)]),
        ...looks.flatMap(({ findings }) => findings),
        ...versionFindings(need, clusters),
      ],
    };
  },
};

async function findGlobalCluster(
  { follower: { region }, globalCluster }: GlobalClusterNeed,
  { aws }: LookContext,
): Promise<GlobalCluster | undefined> {
  try {
    const asked = { GlobalClusterIdentifier: globalCluster };
    return (await listOf(aws, 'rds', region, 'DescribeGlobalClusters', 'GlobalClusters', asked))[0];
  } catch (error) {
    if (isAwsError(rootOf(error), 'GlobalClusterNotFound')) return undefined;
    throw error;
  }
}

async function findCluster({ region, cluster }: Member, { aws }: LookContext): Promise<DBCluster | undefined> {
  try {
    const asked = { DBClusterIdentifier: cluster };
    return (await listOf(aws, 'rds', region, 'DescribeDBClusters', 'DBClusters', asked))[0];
  } catch (error) {
    if (isAwsError(rootOf(error), 'DBClusterNotFound')) return undefined;
    throw error;
  }
}

const nameIn = (arn: string | undefined): string => arn?.split(':').at(-1) ?? 'none';

const rowOf = (need: GlobalClusterNeed, found: GlobalCluster | undefined): Row => ({
  what: `${need.globalCluster} writer`,
  topology: need.writer.cluster,
  account: found ? `${nameIn(writerOf(found))}, ${found.Status}` : 'not there',
});

function missing({ follower: { region }, globalCluster }: GlobalClusterNeed): Finding {
  const mend = `Correct aurora.globalCluster in the topology: aws rds describe-global-clusters --region ${region}`;
  const why = 'Nothing joins the two clusters, and nothing could be failed over.';
  return blocker(globalCluster, `there is no global cluster ${globalCluster}`, why, mend);
}

function globalFindings(need: GlobalClusterNeed, found: GlobalCluster): Finding[] {
  const { globalCluster, writer: wanted, follower } = need;
  const { region } = follower;
  const see = `aws rds describe-global-clusters --region ${region} --global-cluster-identifier ${globalCluster}`;
  const findings: Finding[] = [];
  if (found.Status !== 'available' || found.FailoverState?.Status !== undefined) {
    const what = `${globalCluster} is ${found.FailoverState?.Status ?? found.Status}`;
    findings.push(
      blocker(globalCluster, what, 'It takes no other change of roles now.', `Wait until it is over: ${see}`),
    );
  }
  if (writerOf(found) !== wanted.arn) {
    const what = `${nameIn(writerOf(found))} takes the writes of ${globalCluster}, not ${wanted.cluster}`;
    findings.push(
      blocker(globalCluster, what, 'The drill would begin the wrong way round.', `See its members: ${see}`),
    );
  }
  for (const { arn, cluster } of [wanted, follower]) {
    const member = found.GlobalClusterMembers?.find(({ DBClusterArn }) => DBClusterArn === arn);
    if (!member) {
      const what = `${cluster} is not a member of ${globalCluster}`;
      findings.push(blocker(cluster, what, 'It could not take over.', `See the members: ${see}`));
    } else if (arn !== wanted.arn && (member.SynchronizationStatus ?? 'connected') !== 'connected') {
      const what = `${cluster} does not follow ${wanted.cluster}: it is ${member.SynchronizationStatus}`;
      findings.push(blocker(cluster, what, 'A failover would lose what it has not received.', `Wait for it: ${see}`));
    }
  }
  return findings;
}

function memberLook({ cluster, region }: Member, found: DBCluster | undefined): Look {
  const instances = found?.DBClusterMembers?.length ?? 0;
  const account = found ? `${found.Status}, ${instances} ${instances === 1 ? 'instance' : 'instances'}` : 'not there';
  const rows: Row[] = [{ what: `${cluster} status`, topology: 'available, with an instance', account }];
  const see = `aws rds describe-db-clusters --region ${region} --db-cluster-identifier ${cluster}`;
  if (!found) {
    const what = `there is no cluster ${cluster} in ${region}`;
    const mend = `Correct aurora in the topology: aws rds describe-db-clusters --region ${region}`;
    return { rows, findings: [blocker(cluster, what, 'It could not take the writes.', mend)] };
  }
  if (found.Status !== 'available') {
    const what = `${cluster} is ${found.Status}`;
    return { rows, findings: [blocker(cluster, what, 'A drill begins with a healthy system.', `See it: ${see}`)] };
  }
  if (instances > 0) return { rows, findings: [] };
  const mend = `Add an instance: aws rds create-db-instance --region ${region} --db-cluster-identifier ${cluster} --db-instance-identifier <name> --db-instance-class <class> --engine ${found.Engine}`;
  const what = `${cluster} is headless: it has no instance`;
  return { rows, findings: [blocker(cluster, what, 'It cannot take the writes.', mend)] };
}

function versionFindings(
  { globalCluster, writer, follower }: GlobalClusterNeed,
  [one, other]: (DBCluster | undefined)[],
): Finding[] {
  const [mine, others] = [one?.EngineVersion, other?.EngineVersion];
  if (mine === undefined || others === undefined || mine === others) return [];
  const what = `${writer.cluster} runs version ${mine}, ${follower.cluster} runs ${others}`;
  const why = 'Aurora may refuse to change the roles, and the new writer would run another version.';
  const mend = `Upgrade the older one: aws rds modify-db-cluster --region ${follower.region} --db-cluster-identifier ${follower.cluster} --engine-version ${mine}`;
  return [warning(globalCluster, what, why, mend)];
}
