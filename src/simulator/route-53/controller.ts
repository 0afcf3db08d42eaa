import type { Stood } from '../traffic-state.ts';
import type { World } from '../world.ts';

/** The names' other owner sees that something is about to change: it keeps what it has on record, and puts that back later. */
export function beforeChange(world: World): void {
  const { controller } = world.simulation.traffic;
  if (!controller) return;
  const atMs = world.clock.nowMs() + controller.after;
  world.putBack = { atMs, stood: world.putBack?.stood ?? standing(world) };
}

/** Everything that moves customers, as it stands. */
export const standing = ({ zones, healthChecks, routingControls, accelerators }: World): Stood =>
  structuredClone({
    zones: zones.map(({ id, records }) => ({ id, records })),
    healthChecks: healthChecks.map(({ id, inverted, disabled }) => ({ id, inverted, disabled })),
    routingControls: routingControls.map(({ arn, on }) => ({ arn, on })),
    dials: accelerators.flatMap(({ groups }) => groups.map(({ arn, dial }) => ({ arn, dial }))),
  });
