import { befall } from './rds/mishaps.ts';
import { applyRenames } from './rds/rename.ts';
import { askEndpoints } from './route-53/ask-endpoints.ts';
import { putBackWhatIsDue } from './route-53/put-back.ts';
import type { World } from './world.ts';

/** Applies what has come due since someone looked last, and gives the world as it is now. */
export function upToDate(world: World): World {
  applyRenames(world);
  befall(world);
  askEndpoints(world);
  putBackWhatIsDue(world);
  return world;
}
