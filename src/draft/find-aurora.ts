import type { GlobalCluster } from '@aws-sdk/client-rds';
import { nameIn, parseArn } from '../arn.ts';
import type { Aws } from '../aws/aws.ts';
import { listOf } from '../aws/pages.ts';
import { type Found, nothingFound, orAnother } from './draft.ts';

/** The Aurora global database that has a cluster in both regions. */
export async function findAurora(
  aws: Aws,
  { primary, recovery }: { primary: string; recovery: string },
): Promise<Found> {
  const spanning = (await listOf(aws, 'rds', primary, 'DescribeGlobalClusters', 'GlobalClusters', {})).filter(
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
  const [found] = await listOf(aws, 'rds', region, 'DescribeDBClusters', 'DBClusters', asked);
  const members = found?.DBClusterMembers ?? [];
  const leading = members.find(({ IsClusterWriter }) => IsClusterWriter) ?? members[0];
  return [
    [['aurora', name, 'cluster'], cluster],
    [['aurora', name, 'instance'], leading?.DBInstanceIdentifier],
  ];
}
