import type { GlobalCluster } from '@aws-sdk/client-rds';
import { nameIn, parseArn } from '../../arn.ts';
import type { Aws } from '../../aws/aws.ts';
import { listOf } from '../../aws/pages.ts';
import { type Discover, NO_GROUP, type NotKnown, notKnown, plainName, supposed, told, without } from '../discovery.ts';
import { findInstance } from '../rds/instance.ts';

const ENGINES: Record<string, 'postgres' | 'mysql'> = { 'aurora-postgresql': 'postgres', 'aurora-mysql': 'mysql' };

/** Every Aurora global database that has a cluster in both regions; its clusters in further regions follow. */
export const discoverAuroraGlobals: Discover<'aurora-global'> = async (aws, { primary, recovery }) => {
  const all = await listOf(aws, 'rds', primary, 'DescribeGlobalClusters', 'GlobalClusters', {});
  const spanning = all.filter((one) => [primary, recovery].every((region) => memberIn(one, region) !== undefined));
  const handled = spanning.filter(({ Engine }) => ENGINES[Engine ?? ''] !== undefined);
  const found = handled.map(async (one) => {
    const id = one.GlobalClusterIdentifier ?? '';
    const further = regionsOf(one).filter((region) => region !== primary && region !== recovery);
    const [here, there, ...others] = await Promise.all(
      [primary, recovery, ...further].map(async (region) => ({ region, ...(await side(aws, region, one)) })),
    );
    return {
      id: plainName(id),
      component: {
        kind: 'aurora-global' as const,
        engine: ENGINES[one.Engine ?? ''] ?? 'postgres',
        database: told(here?.database, 'the database inside the clusters, which RDS does not name'),
        globalCluster: isWriter(one, primary)
          ? id
          : supposed(id, `whether the regions are the right way round; its writer is not in ${primary}`),
        ...(one.Endpoint !== undefined && {
          reachedBy: supposed(
            'cluster-endpoint' as const,
            "how applications reach the writer; by the global writer endpoint it is 'global-endpoint'",
          ),
        }),
        primary: { ...clusterOf(here), ...groupsOf(here) },
        recovery: { ...clusterOf(there), ...groupsOf(there) },
        ...(others.length > 0 && { others: others.map((each) => ({ region: each.region, ...clusterOf(each) })) }),
      },
    };
  });
  return {
    found: await Promise.all(found),
    passedOver: [
      ...without(
        `Aurora global databases without a cluster in each of ${primary} and ${recovery}`,
        all.filter((one) => !spanning.includes(one)).map(({ GlobalClusterIdentifier }) => GlobalClusterIdentifier),
      ),
      ...without(
        'Aurora global databases of an engine that is not handled yet',
        spanning
          .filter((one) => !handled.includes(one))
          .map(({ GlobalClusterIdentifier, Engine }) => `${GlobalClusterIdentifier} (${Engine})`),
      ),
    ],
  };
};

const regionsOf = ({ GlobalClusterMembers = [] }: GlobalCluster): string[] =>
  GlobalClusterMembers.flatMap(({ DBClusterArn }) => parseArn(DBClusterArn)?.region ?? []);

/** The identifier of its cluster in a region. */
const memberIn = ({ GlobalClusterMembers = [] }: GlobalCluster, region: string): string | undefined =>
  GlobalClusterMembers.flatMap(({ DBClusterArn }) => DBClusterArn ?? [])
    .filter((arn) => parseArn(arn)?.region === region)
    .map(nameIn)[0];

const isWriter = ({ GlobalClusterMembers = [] }: GlobalCluster, region: string): boolean =>
  GlobalClusterMembers.some(({ IsWriter, DBClusterArn }) => IsWriter && parseArn(DBClusterArn)?.region === region);

interface Side {
  cluster: string;
  instances: { identifier: string; class: string | NotKnown }[];
  securityGroups: string[];
  database?: string | undefined;
}

async function side(aws: Aws, region: string, global: GlobalCluster): Promise<Side> {
  const cluster = memberIn(global, region) ?? '';
  const asked = { DBClusterIdentifier: cluster };
  const [found] = await listOf(aws, 'rds', region, 'DescribeDBClusters', 'DBClusters', asked);
  const names = (found?.DBClusterMembers ?? []).flatMap(({ DBInstanceIdentifier }) => DBInstanceIdentifier ?? []);
  const instances = await Promise.all(
    names.map(async (identifier) => ({
      identifier,
      class: told((await findInstance({ aws }, region, identifier))?.DBInstanceClass, 'its class'),
    })),
  );
  const securityGroups = (found?.VpcSecurityGroups ?? []).flatMap(({ VpcSecurityGroupId }) => VpcSecurityGroupId ?? []);
  return { cluster, instances, securityGroups, database: found?.DatabaseName };
}

const clusterOf = (found: Side | undefined) => ({ cluster: found?.cluster ?? '', instances: found?.instances ?? [] });

const groupsOf = (found: Side | undefined) => ({
  ...(found && found.securityGroups.length > 0 && { securityGroups: found.securityGroups }),
  quarantineSecurityGroup: notKnown(
    'a security group of its VPC without inbound rules; without the key, Aurora alone fences',
    NO_GROUP,
  ),
});
