import type { Aws } from '../aws/aws.ts';
import { listOf } from '../aws/pages.ts';
import { type Found, nothingFound, notThere, orAnother, together } from './draft.ts';

/** The MSK clusters of the two regions. What is mirrored between them, and who lives on it, MSK does not tell. */
export async function findMessaging(
  aws: Aws,
  { primary, recovery }: { primary: string; recovery: string },
): Promise<Found> {
  const here = await clusterIn(aws, 'primary', primary);
  const there = await clusterIn(aws, 'recovery', recovery);
  if (!here || !there) return { ...nothingFound(), absent: [['messaging']] };
  return together([
    here,
    there,
    notThere(['messaging', 'mirror'], ['alias'], "what MirrorMaker calls the primary region's cluster"),
    notThere(['messaging'], ['markers'], 'a topic that only drills write to, mirrored like the others'),
    notThere(['messaging'], ['consumers', 'producers'], 'only the applications know who consumes and who produces'),
  ]);
}

async function clusterIn(aws: Aws, side: 'primary' | 'recovery', region: string): Promise<Found | undefined> {
  const found = await listOf(aws, 'kafka', region, 'ListClustersV2', 'ClusterInfoList', {});
  const names = found.flatMap(({ ClusterName }) => ClusterName ?? []);
  const [name, ...others] = names;
  if (name === undefined) return undefined;
  const at = ['messaging', side, 'cluster'];
  return {
    ...nothingFound(),
    values: [[at, name]],
    unknown: orAnother(at, others),
  };
}
