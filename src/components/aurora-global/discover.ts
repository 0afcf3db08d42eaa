import type { GlobalCluster } from '@aws-sdk/client-rds';
import { nameIn, parseArn } from '../../arn.ts';
import type { Aws } from '../../aws/aws.ts';
import { listOf } from '../../aws/pages.ts';
import { type Discover, plainName, supposed, told, without } from '../discovery.ts';

const ENGINE = 'aurora-postgresql';

/** Every Aurora global database that has a cluster in both regions. */
export const discoverAuroraGlobals: Discover<'aurora-global'> = async (aws, { primary, recovery }) => {
  const all = await listOf(aws, 'rds', primary, 'DescribeGlobalClusters', 'GlobalClusters', {});
  const spanning = all.filter((one) => [primary, recovery].every((region) => memberIn(one, region) !== undefined));
  const handled = spanning.filter(({ Engine }) => Engine === ENGINE);
  const found = handled.map(async (one) => {
    const id = one.GlobalClusterIdentifier ?? '';
    const [here, there] = await Promise.all([primary, recovery].map((region) => side(aws, region, one)));
    return {
      id: plainName(id),
      component: {
        kind: 'aurora-global' as const,
        database: told(here?.database, 'the database inside the clusters, which RDS does not name'),
        globalCluster: isWriter(one, primary)
          ? id
          : supposed(id, `whether the regions are the right way round; its writer is not in ${primary}`),
        primary: clusterOf(here),
        recovery: clusterOf(there),
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

/** The identifier of its cluster in a region. */
const memberIn = ({ GlobalClusterMembers = [] }: GlobalCluster, region: string): string | undefined =>
  GlobalClusterMembers.flatMap(({ DBClusterArn }) => DBClusterArn ?? [])
    .filter((arn) => parseArn(arn)?.region === region)
    .map(nameIn)[0];

const isWriter = ({ GlobalClusterMembers = [] }: GlobalCluster, region: string): boolean =>
  GlobalClusterMembers.some(({ IsWriter, DBClusterArn }) => IsWriter && parseArn(DBClusterArn)?.region === region);

interface Side {
  cluster: string;
  instance?: string | undefined;
  database?: string | undefined;
}

async function side(aws: Aws, region: string, global: GlobalCluster): Promise<Side> {
  const cluster = memberIn(global, region) ?? '';
  const asked = { DBClusterIdentifier: cluster };
  const [found] = await listOf(aws, 'rds', region, 'DescribeDBClusters', 'DBClusters', asked);
  const members = found?.DBClusterMembers ?? [];
  const leading = members.find(({ IsClusterWriter }) => IsClusterWriter) ?? members[0];
  return { cluster, instance: leading?.DBInstanceIdentifier, database: found?.DatabaseName };
}

const clusterOf = (found: Side | undefined) => ({
  cluster: found?.cluster ?? '',
  instance: told(found?.instance, 'the cluster has no instance, and cannot take over without one'),
});
