import type { Past } from './past.ts';
import { twins } from './twins.ts';
import type { World } from './world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The primary region was lost so long ago, its replica promoted soon after, and came back later. */
const LOST_AGO_MS = 6 * HOUR;
const PROMOTED_AFTER_MS = 3 * MINUTE;
const BACK_AFTER_MS = 2 * HOUR;

/** Brings a new world to where a failover leaves it: the recovery region serves, old writers of RDS are in quarantine, and nothing replicates to them. */
export function afterFailover(world: World): void {
  const { topology, startMs } = world;
  const lostMs = startMs - LOST_AGO_MS;
  const past: Past = { lostMs, promotedMs: lostMs + PROMOTED_AFTER_MS, backMs: lostMs + BACK_AFTER_MS };
  world.down[topology.regions.primary]?.push([lostMs, true], [past.backMs, false]);
  for (const { afterFailover: turn } of twins) turn?.(world, past);
}
