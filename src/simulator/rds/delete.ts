import type { Instance } from '../state.ts';
import { at, plan } from '../timeline.ts';
import { nextDraw, type World } from '../world.ts';
import { detach } from './promote.ts';

/** Nobody reaches it any more; its replicas in the same region become writers of their own, those in another one do not. */
export function deleteInstance(world: World, instance: Instance, nowMs: number): void {
  const goneMs = nowMs + Math.round(world.durations.deletion(nextDraw(world, `deletion/${instance.identifier}`)));
  for (const replica of world.instances)
    if (replica.region === instance.region && at(replica.source, nowMs) === instance.identifier)
      detach(world, replica, nowMs, goneMs);
  plan(instance.status, nowMs, [
    [nowMs, 'deleting'],
    [goneMs, null],
  ]);
  plan(instance.open, nowMs, [[nowMs, false]]);
}
