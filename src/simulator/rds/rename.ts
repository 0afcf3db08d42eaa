import type { Instance } from '../state.ts';
import { at, plan } from '../timeline.ts';
import { nextDraw, type World } from '../world.ts';
import { addressOf } from './instance.ts';

/** Asks for another name: the instance shows `renaming` under its old one, and then has the new one. */
export function rename(world: World, instance: Instance, to: string): void {
  const nowMs = world.clock.nowMs();
  const drawn = world.durations.renaming(nextDraw(world, `renaming/${instance.identifier}`));
  const takesMs = Math.round(world.simulation.renaming.takes ?? drawn);
  instance.renamed = { to, atMs: nowMs + takesMs };
  plan(instance.status, nowMs, [
    [nowMs, 'renaming'],
    [nowMs + takesMs, 'available'],
  ]);
}

/** Gives instances the names that they have by now, with the endpoints of those names. */
export function applyRenames(world: World): void {
  const nowMs = world.clock.nowMs();
  for (const instance of world.instances) {
    const { renamed } = instance;
    if (!renamed || renamed.atMs > nowMs) continue;
    for (const other of world.instances) {
      other.source = other.source.map(([fromMs, source]) => [
        fromMs,
        source === instance.identifier ? renamed.to : source,
      ]);
      if (other.copy?.of === instance.identifier) other.copy.of = renamed.to;
    }
    instance.identifier = renamed.to;
    instance.formerAddresses.push({ address: instance.address, untilMs: renamed.atMs });
    instance.address = addressOf(renamed.to, instance.region);
    const namedMs = world.simulation.renaming.named ?? world.durations.renamed(world.draw(`renamed/${renamed.to}`));
    instance.namedMs = renamed.atMs + Math.round(namedMs);
    instance.renamed = null;
  }
}

/** Whether a name is in use, or promised to someone. */
export const isTaken = ({ instances, clock }: World, region: string, name: string): boolean =>
  instances.some(
    (one) =>
      one.region === region &&
      at(one.status, clock.nowMs()) !== null &&
      (one.identifier === name || one.renamed?.to === name),
  );
