import { isDeepStrictEqual } from 'node:util';
import { setDial } from '../global-accelerator.ts';
import type { World } from '../world.ts';
import { standing } from './controller.ts';
import { setCheck } from './health-checks.ts';
import { publish } from './records.ts';
import { setControl } from './routing-controls.ts';

/** Puts back what is due, as at the instant when it was due. */
export function putBackWhatIsDue(world: World): void {
  const { zone, accelerator, clock } = world;
  const { putBack } = zone;
  if (!putBack || clock.nowMs() < putBack.atMs) return;
  const { atMs, stood } = putBack;
  if (isDeepStrictEqual(standing(world), stood)) return;
  if (!isDeepStrictEqual(zone.records, stood.records)) publish(world, structuredClone(stood.records), atMs);
  for (const { id, inverted, disabled } of stood.healthChecks) {
    const check = zone.healthChecks.find((one) => one.id === id);
    if (check && (check.inverted !== inverted || check.disabled !== disabled))
      setCheck(world, check, { inverted, disabled }, atMs);
  }
  for (const { arn, on } of stood.routingControls) {
    const control = zone.routingControls.find((one) => one.arn === arn);
    if (control && control.on !== on) setControl(world, control, on, atMs);
  }
  for (const { arn, dial } of stood.dials) {
    const group = accelerator?.groups.find((one) => one.arn === arn);
    if (group && group.dial !== dial) setDial(world, group, dial, atMs);
  }
}
