import type { DBCluster, DBInstance, GlobalCluster } from '@aws-sdk/client-rds';
import { nameIn } from '../../../arn.ts';
import { isAwsError } from '../../../aws/aws.ts';
import { listOf } from '../../../aws/pages.ts';
import { blocker, type Finding, warning } from '../../../steps/account/findings.ts';
import {
  fact,
  type Look,
  type LookContext,
  type LookFor,
  type Row,
  rootOf,
  together,
} from '../../../steps/account/look.ts';
import type { NeedOf } from '../../../steps/needs.ts';
import { findInstance, INSTANCE_LOOK } from '../../rds/instance.ts';
import { memberPermissions } from '../steps/cluster-permissions.ts';
import { globalClusterPermissions, writerOf } from '../steps/global-cluster.ts';

type GlobalClusterNeed = NeedOf<'rds-global-cluster'>;
type Member = GlobalClusterNeed['others'][number];

const READS = ['rds:DescribeGlobalClusters', 'rds:DescribeDBClusters'];

/** An Aurora global database: who takes the writes, whether the others follow, which instances each cluster has, and their versions. */
export const globalClusterLook: LookFor<'rds-global-cluster'> = {
  calls: (need) => [...READS, ...(namedIn(need).length > 0 ? [INSTANCE_LOOK] : [])],
  permissions: (need, account) => [
    ...globalClusterPermissions(
      READS,
      { globalCluster: need.globalCluster, ...need.writer, other: need.follower },
      account,
    ),
    ...need.others.map(({ arn: resource }) => ({ action: 'rds:DescribeDBClusters', resource })),
    ...membersOf(need).flatMap((one) => memberPermissions([INSTANCE_LOOK], one, account)),
  ],
  subject: ({ globalCluster }) => globalCluster,
  async look(need, context) {
    const found = await findGlobalCluster(need, context);
    const members = membersOf(need);
    const clusters = await Promise.all(members.map((one) => findCluster(one, context)));
    const looks = [
      ...members.map((one, index) => memberLook(need, one, clusters[index])),
      ...(await Promise.all(namedIn(need).map((one) => instanceLook(one, context)))),
    ];
    const versions = members
      .slice(1)
      .flatMap((one, index) => versionFindings(need, one, [clusters[0], clusters[index + 1]]));
    return together([
      fact(rowOf(need, found), found ? globalFindings(need, found) : [missing(need)]),
      ...looks,
      { rows: [], findings: versions },
    ]);
  },
};

const membersOf = ({ writer, follower, others }: GlobalClusterNeed): Member[] => [writer, follower, ...others];

/** The instances that the topology names. */
const namedIn = (need: GlobalClusterNeed) =>
  membersOf(need).flatMap(({ region, cluster, instances }) => instances.map((one) => ({ ...one, region, cluster })));

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

const nameOf = (arn: string | undefined): string => (arn === undefined ? 'none' : nameIn(arn));

const rowOf = (need: GlobalClusterNeed, found: GlobalCluster | undefined): Row => ({
  what: `${need.globalCluster} writer`,
  topology: need.writer.cluster,
  account: found ? `${nameOf(writerOf(found))}, ${found.Status}` : 'not there',
});

function missing({ follower: { region }, globalCluster }: GlobalClusterNeed): Finding {
  const fix = `Correct globalCluster in the topology: aws rds describe-global-clusters --region ${region}`;
  const why = 'Nothing joins the two clusters, and nothing could be failed over.';
  return blocker(globalCluster, `there is no global cluster ${globalCluster}`, why, fix);
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
    const what = `${nameOf(writerOf(found))} takes the writes of ${globalCluster}, not ${wanted.cluster}`;
    findings.push(
      blocker(globalCluster, what, 'The drill would start with the roles swapped.', `See its members: ${see}`),
    );
  }
  if (need.byGlobalEndpoint && found.Endpoint === undefined) {
    const what = `${globalCluster} has no global writer endpoint`;
    const why = 'Applications that use it could not reach the writer.';
    findings.push(blocker(globalCluster, what, why, `Set reachedBy: cluster-endpoint in the topology. See it: ${see}`));
  }
  const engine = need.engine === 'mysql' ? 'aurora-mysql' : 'aurora-postgresql';
  if (found.Engine !== undefined && found.Engine !== engine) {
    const what = `${globalCluster} runs ${found.Engine}, and the topology says ${need.engine}`;
    const fix = `Set engine: ${found.Engine === 'aurora-mysql' ? 'mysql' : 'postgres'} in the topology.`;
    findings.push(blocker(globalCluster, what, 'Every statement would be of the wrong dialect.', fix));
  }
  for (const { arn, cluster } of membersOf(need)) {
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

function memberLook(need: GlobalClusterNeed, { cluster, region, arn }: Member, found: DBCluster | undefined): Look {
  const instances = found?.DBClusterMembers?.length ?? 0;
  const account = found
    ? `${found.Status}, ${instances} ${instances === 1 ? 'instance' : 'instances'}, version ${found.EngineVersion ?? 'unknown'}`
    : 'not there';
  const rows: Row[] = [{ what: `${cluster} status`, topology: 'available, with an instance', account }];
  const see = `aws rds describe-db-clusters --region ${region} --db-cluster-identifier ${cluster}`;
  if (!found) {
    const what = `there is no cluster ${cluster} in ${region}`;
    const fix = `Correct the cluster in the topology: aws rds describe-db-clusters --region ${region}`;
    return { rows, findings: [blocker(cluster, what, 'It could not take the writes.', fix)] };
  }
  if (found.Status !== 'available') {
    const what = `${cluster} is ${found.Status}`;
    return { rows, findings: [blocker(cluster, what, 'A drill begins with a healthy system.', `See it: ${see}`)] };
  }
  if (instances > 0) return { rows, findings: [] };
  const what = `${cluster} is headless: it has no instance`;
  const { newInstance } = need.follower;
  if (arn === need.follower.arn && newInstance) {
    const why = `The drill adds ${newInstance.identifier} before the takeover, which takes minutes.`;
    return { rows, findings: [warning(cluster, what, why, 'Keep an instance in it, if the minutes matter.')] };
  }
  const fix = `Add an instance: aws rds create-db-instance --region ${region} --db-cluster-identifier ${cluster} --db-instance-identifier <name> --db-instance-class <class> --engine ${found.Engine}; or name newInstance in the topology, which a drill adds`;
  const why = 'It cannot take the writes.';
  // In a further region a cluster may hold the data alone.
  const says = arn === need.writer.arn || arn === need.follower.arn ? blocker : warning;
  return { rows, findings: [says(cluster, what, why, fix)] };
}

/** An instance that the topology names: Aurora may choose any of a cluster's to take the writes. */
async function instanceLook(
  { identifier, class: type, region, cluster }: { identifier: string; class: string; region: string; cluster: string },
  context: LookContext,
): Promise<Look> {
  const found = await findInstance(context, region, identifier);
  const what = `${identifier} in ${cluster}`;
  const rows: Row[] = [{ what, topology: `available, ${type}`, account: told(found) }];
  const see = `aws rds describe-db-instances --region ${region} --db-instance-identifier ${identifier}`;
  if (found?.DBClusterIdentifier !== cluster) {
    const problem = `${cluster} has no instance ${identifier}`;
    return {
      rows,
      findings: [
        warning(identifier, problem, 'It could not take the writes.', `Correct instances in the topology: ${see}`),
      ],
    };
  }
  if (found.DBInstanceStatus !== 'available') {
    const problem = `${identifier} is ${found.DBInstanceStatus}`;
    return {
      rows,
      findings: [blocker(identifier, problem, 'A drill begins with a healthy system.', `See it: ${see}`)],
    };
  }
  if (found.DBInstanceClass === type) return { rows, findings: [] };
  const problem = `${identifier} is a ${found.DBInstanceClass}, not a ${type}`;
  const why = 'As the writer it may not carry the load.';
  return {
    rows,
    findings: [warning(identifier, problem, why, `Correct the topology, or change its class. See it: ${see}`)],
  };
}

const told = (found: DBInstance | undefined): string =>
  found ? `${found.DBInstanceStatus}, ${found.DBInstanceClass}` : 'not there';

/** Aurora wants the same patch level for a switchover, and at least the same minor version for a failover. */
function versionFindings(
  { globalCluster, writer }: GlobalClusterNeed,
  { region, cluster }: Member,
  [one, other]: (DBCluster | undefined)[],
): Finding[] {
  const [mine, others] = [one?.EngineVersion, other?.EngineVersion];
  if (mine === undefined || others === undefined || mine === others) return [];
  const minor = (version: string) => version.split('.').slice(0, -1).join('.');
  const isPatch = minor(mine) === minor(others);
  const what = `${writer.cluster} runs version ${mine}, ${cluster} runs ${others}`;
  const why = isPatch
    ? 'Aurora refuses a switchover between patch levels that differ; a failover may lose data.'
    : 'Aurora refuses to make it the writer.';
  const fix = `Upgrade the older one: aws rds modify-db-cluster --region ${region} --db-cluster-identifier ${cluster} --engine-version ${mine}`;
  return [(isPatch ? warning : blocker)(globalCluster, what, why, fix)];
}
