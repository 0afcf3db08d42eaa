import type { CacheGroup } from '../stores-state.ts';
import type { World } from '../world.ts';

/** Sessions, carts and pages of the shop; a key and its value take about a kilobyte. */
const KEYS = 1_200_000;
const KEY_BYTES = 1_024;
const WAVE_MS = 15 * 60_000;

/** How many keys a group holds at an instant: the shop's come and go, and what was restored stays as it was. */
export function keysIn(world: World, { copy }: CacheGroup, ms: number): number {
  const wave = Math.floor((copy?.untilMs ?? ms) / WAVE_MS);
  const here = world.draw(`cache-keys/${wave}`);
  const next = world.draw(`cache-keys/${wave + 1}`);
  const between = here + (next - here) * ((copy?.untilMs ?? ms) / WAVE_MS - wave);
  return Math.round(KEYS * (0.99 + between / 50) * (1 - (copy?.lostShare ?? 0)));
}

/** As ElastiCache says sizes. */
export const sizeOf = (keys: number): string => `${Math.round((keys * KEY_BYTES) / 1024 / 1024)} MB`;
