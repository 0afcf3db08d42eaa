import type { Aws } from '../aws/aws.ts';
import { type Found, nothingFound, notThere, together } from './draft.ts';

/** The MSK clusters of the two regions. What is mirrored between them, and who lives on it, MSK does not tell. */
export async function findMessaging(
  aws: Aws,
  { primary, recovery }: { primary: string; recovery: string },
): Promise<Found> {
  const sides = [await clusterIn(aws, 'primary', primary), await clusterIn(aws, 'recovery', recovery)];
  if (sides.includes(undefined)) return { ...nothingFound(), absent: [['messaging']] };
  return together([
    ...sides.filter((side) => side !== undefined),
    notThere(['messaging', 'mirror'], ['alias'], "what MirrorMaker calls the primary region's cluster"),
    notThere(['messaging'], ['markers'], 'a topic that only drills write to, mirrored like the others'),
    notThere(['messaging'], ['consumers', 'producers'], 'only the applications know who consumes and who produces'),
  ]);
}

async function clusterIn(aws: Aws, side: 'primary' | 'recovery', region: string): Promise<Found | undefined> {
  const names: string[] = [];
  for (let NextToken: string | undefined; ; ) {
    const answer = await aws.call('kafka', region, 'ListClustersV2', NextToken === undefined ? {} : { NextToken });
    names.push(...(answer.ClusterInfoList ?? []).flatMap(({ ClusterName }) => ClusterName ?? []));
    NextToken = answer.NextToken;
    if (NextToken === undefined) break;
  }
  const [name, ...others] = names;
  if (name === undefined) return undefined;
  const at = ['messaging', side, 'cluster'];
  return {
    ...nothingFound(),
    values: [[at, name]],
    unknown: others.length === 0 ? [] : [[at, `whether this is the one; there are ${others.join(', ')} as well`]],
  };
}
