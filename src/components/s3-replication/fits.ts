import { type ComponentOf, componentsOf } from '../../drill/components.ts';
import type { Path } from '../../drill/locate.ts';
import { type Complaint, complaint } from '../../drill/mistakes.ts';
import type { Topology } from '../../drill/topology.ts';
import { OWN } from '../fits.ts';

/** Names of buckets are the whole world's. */
export function bucketsDiffer(one: ComponentOf<'s3-replication'>, topology: Topology, path: Path): Complaint[] {
  const { bucket, replica } = one;
  const all = componentsOf(topology, 's3-replication');
  const before = all
    .slice(
      0,
      all.findIndex(({ id }) => id === one.id),
    )
    .flatMap((other) => [other.bucket, other.replica]);
  const evidence = topology.evidence?.bucket;
  const same = (at: Path, name: string) => complaint(at, `there are two buckets '${name}'`, OWN);
  return [
    ...(before.includes(bucket) ? [same([...path, 'bucket'], bucket)] : []),
    ...([...before, bucket].includes(replica) ? [same([...path, 'replica'], replica)] : []),
    ...(evidence === bucket || evidence === replica ? [same(['evidence', 'bucket'], evidence)] : []),
  ];
}
