import type { Stood } from '../traffic-state.ts';
import type { World } from '../world.ts';

/** The name's other owner sees that something is about to change: it keeps what it has on record, and puts that back later. */
export function beforeChange(world: World): void {
  const { controller } = world.simulation.traffic;
  if (!controller) return;
  const atMs = world.clock.nowMs() + controller.after;
  world.zone.putBack = { atMs, stood: world.zone.putBack?.stood ?? standing(world) };
}

/** Everything that moves customers, as it stands. */
export const standing = ({ zone, accelerator }: World): Stood =>
  structuredClone({
    records: zone.records,
    healthChecks: zone.healthChecks.map(({ id, inverted, disabled }) => ({ id, inverted, disabled })),
    routingControls: zone.routingControls.map(({ arn, on }) => ({ arn, on })),
    dials: (accelerator?.groups ?? []).map(({ arn, dial }) => ({ arn, dial })),
  });
