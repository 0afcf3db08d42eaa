import { listOf } from '../../../aws/pages.ts';
import type { StepContext } from '../../../steps/step.ts';

/** A snapshot, and the node that it was taken of. */
export type CacheSnapshot = { id: string; timeMs: number; node: string };

/** The newest snapshot of a replication group that can be restored; `undefined` where there is none. */
export async function newestCacheSnapshot(
  { region, group }: { region: string; group: string },
  { aws }: Pick<StepContext, 'aws'>,
): Promise<CacheSnapshot | undefined> {
  const found: CacheSnapshot[] = [];
  const asked = { ReplicationGroupId: group };
  const all = await listOf(aws, 'elasticache', region, 'DescribeSnapshots', 'Snapshots', asked);
  for (const { SnapshotName, SnapshotStatus, NodeSnapshots, CacheClusterId } of all) {
    const taken = NodeSnapshots?.[0];
    const timeMs = taken?.SnapshotCreateTime?.getTime();
    const node = taken?.CacheClusterId ?? CacheClusterId;
    if (SnapshotStatus !== 'available' || !SnapshotName || timeMs === undefined || !node) continue;
    found.push({ id: SnapshotName, timeMs, node });
  }
  return found.sort((a, b) => b.timeMs - a.timeMs)[0];
}
