import type { GlobalCluster } from '@aws-sdk/client-rds';
import { nameIn, parseArn } from '../arn.ts';
import type { Aws } from '../aws/aws.ts';
import { type Found, nothingFound, orAnother } from './draft.ts';

/** The Aurora global database that has a cluster in both regions. */
export async function findAurora(
  aws: Aws,
  { primary, recovery }: { primary: string; recovery: string },
): Promise<Found> {
  const spanning = (await globalClustersIn(aws, primary)).filter(
    (one) => memberIn(one, primary) !== undefined && memberIn(one, recovery) !== undefined,
  );
  const [found, ...others] = spanning;
  if (!found) return { ...nothingFound(), absent: [['aurora']] };
  const id = ['aurora', 'globalCluster'];
  return {
    ...nothingFound(),
    values: [
      [id, found.GlobalClusterIdentifier],
      ...(await side(aws, 'primary', primary, memberIn(found, primary))),
      ...(await side(aws, 'recovery', recovery, memberIn(found, recovery))),
    ],
    unknown: orAnother(
      id,
      others.map(({ GlobalClusterIdentifier }) => GlobalClusterIdentifier),
    ),
  };
}

async function globalClustersIn(aws: Aws, region: string): Promise<GlobalCluster[]> {
  const found: GlobalCluster[] = [];
  for (let Marker: string | undefined; ; ) {
    const answer = await aws.call('rds', region, 'DescribeGlobalClusters', Marker === undefined ? {} : { Marker });
    found.push(...(answer.GlobalClusters ?? []));
    Marker = answer.Marker;
    if (Marker === undefined) return found;
  }
}

/** The identifier of its cluster in a region. */
const memberIn = ({ GlobalClusterMembers = [] }: GlobalCluster, region: string): string | undefined =>
  GlobalClusterMembers.flatMap(({ DBClusterArn }) => DBClusterArn ?? [])
    .filter((arn) => parseArn(arn)?.region === region)
    .map(nameIn)[0];

async function side(
  aws: Aws,
  name: 'primary' | 'recovery',
  region: string,
  cluster: string | undefined,
): Promise<Found['values']> {
  const asked = { DBClusterIdentifier: cluster };
  const members = (await aws.call('rds', region, 'DescribeDBClusters', asked)).DBClusters?.[0]?.DBClusterMembers ?? [];
  const leading = members.find(({ IsClusterWriter }) => IsClusterWriter) ?? members[0];
  return [
    [['aurora', name, 'cluster'], cluster],
    [['aurora', name, 'instance'], leading?.DBInstanceIdentifier],
  ];
}
