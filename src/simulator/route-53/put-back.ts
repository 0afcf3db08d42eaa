import { isDeepStrictEqual } from 'node:util';
import { groupWith, setDial } from '../global-accelerator.ts';
import type { World } from '../world.ts';
import { standing } from './controller.ts';
import { setCheck } from './health-checks.ts';
import { publish } from './records.ts';
import { setControl } from './routing-controls.ts';

/** Puts back what is due, as at the instant when it was due. */
export function putBackWhatIsDue(world: World): void {
  const { putBack, clock } = world;
  if (!putBack || clock.nowMs() < putBack.atMs) return;
  const { atMs, stood } = putBack;
  if (isDeepStrictEqual(standing(world), stood)) return;
  for (const { id, records } of stood.zones) {
    const zone = world.zones.find((one) => one.id === id);
    if (zone && !isDeepStrictEqual(zone.records, records)) publish(world, zone, structuredClone(records), atMs);
  }
  for (const { id, inverted, disabled } of stood.healthChecks) {
    const check = world.healthChecks.find((one) => one.id === id);
    if (check && (check.inverted !== inverted || check.disabled !== disabled))
      setCheck(world, check, { inverted, disabled }, atMs);
  }
  for (const { arn, on } of stood.routingControls) {
    const control = world.routingControls.find((one) => one.arn === arn);
    if (control && control.on !== on) setControl(world, control, on, atMs);
  }
  for (const { arn, dial } of stood.dials) {
    const found = groupWith(world, arn);
    if (found && found.group.dial !== dial) setDial(world, found.accelerator, found.group, dial, atMs);
  }
}
