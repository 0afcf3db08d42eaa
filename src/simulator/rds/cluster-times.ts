import type { AuroraCluster } from '../stores-state.ts';
import { at, since } from '../timeline.ts';
import { isDown, type World } from '../world.ts';

const DAY = 86_400_000;

type Kept = Pick<AuroraCluster, 'cluster' | 'region' | 'createdMs' | 'backupRetentionDays' | 'status'>;

export const earliestRestorableMs = (world: World, { createdMs, backupRetentionDays }: Kept): number =>
  Math.max(createdMs, world.clock.nowMs() - backupRetentionDays * DAY);

/** Aurora backs up all the while; what its API tells is up to five minutes old. Nothing is backed up where nobody answers. */
export function latestRestorableMs(world: World, one: Kept): number | undefined {
  const nowMs = world.clock.nowMs();
  if (at(one.status, nowMs) !== 'available') return undefined;
  const everyMs = world.durations.logUploadEvery;
  const phaseMs = Math.floor(world.draw(`log-upload/${one.cluster}`) * everyMs);
  const takesMs = world.durations.logUploadTakes(world.draw(`log-upload-takes/${one.cluster}`));
  const untilMs = isDown(world, one.region, nowMs) ? since(world.down[one.region] ?? [], nowMs) : nowMs;
  return Math.max(one.createdMs, Math.floor((untilMs - takesMs - phaseMs) / everyMs) * everyMs + phaseMs);
}
