import { DrillError } from '../../errors.ts';
import type { Failure, FailureInjection } from '../../ports/failure.ts';
import { instanceIn } from '../rds/instance.ts';
import type { Instance } from '../state.ts';
import { at, plan, type Timeline } from '../timeline.ts';
import { isDown, nextDraw, type World } from '../world.ts';

/** Breaks the simulated world, and mends it. */
export function failureOf(world: World): FailureInjection {
  return {
    async inject(failure) {
      if (failure.kind === 'region-outage') loseRegion(world, failure.region);
      else if (failure.kind === 'degradation') degrade(world, failure.services ?? []);
      else loseInstance(world, lostInstance(world, failure));
      return undefined;
    },
    async heal(failure) {
      const nowMs = world.clock.nowMs();
      if (failure.kind === 'degradation') return degrade(world, []);
      if (failure.kind === 'region-outage') {
        const down = downIn(world, failure.region);
        if (!at(down, nowMs)) return;
        plan(down, nowMs, [[nowMs, false]]);
        for (const instance of standing(world, failure.region)) openAgain(world, instance, nowMs);
        return;
      }
      const instance = lostInstance(world, failure);
      if (at(instance.status, nowMs) !== 'failed') return;
      const backMs = openAgain(world, instance, nowMs);
      plan(instance.status, nowMs, [[backMs, 'available']]);
    },
    async active(failure) {
      const nowMs = world.clock.nowMs();
      if (failure.kind === 'region-outage') return isDown(world, failure.region, nowMs);
      if (failure.kind === 'degradation') return at(world.degraded, nowMs).length > 0;
      return at(lostInstance(world, failure).status, nowMs) === 'failed';
    },
  };
}

function loseRegion(world: World, region: string): void {
  const nowMs = world.clock.nowMs();
  const down = downIn(world, region);
  if (at(down, nowMs)) return;
  const { lasts } = world.simulation.outage;
  plan(down, nowMs, [[nowMs, true]]);
  const instances = standing(world, region);
  for (const { open } of instances) plan(open, nowMs, [[nowMs, false]]);
  if (lasts === undefined) return;
  down.push([nowMs + lasts, false]);
  for (const instance of instances) openAgain(world, instance, nowMs + lasts);
}

function degrade(world: World, services: string[]): void {
  const nowMs = world.clock.nowMs();
  plan(world.degraded, nowMs, [[nowMs, services]]);
}

function loseInstance(world: World, instance: Instance): void {
  const nowMs = world.clock.nowMs();
  plan(instance.status, nowMs, [[nowMs, 'failed']]);
  plan(instance.open, nowMs, [[nowMs, false]]);
}

/** PostgreSQL opens after its crash recovery, later than everything around it. */
function openAgain(world: World, { identifier, open }: Instance, fromMs: number): number {
  const backMs = fromMs + Math.round(world.durations.crashRecovery(nextDraw(world, `crash-recovery/${identifier}`)));
  plan(open, fromMs, [[backMs, true]]);
  return backMs;
}

/** Instances that a region's return brings back. */
const standing = (world: World, region: string): Instance[] =>
  world.instances.filter((one) => {
    const status = at(one.status, world.clock.nowMs());
    return one.region === region && status !== null && !['failed', 'deleting', 'restore-error'].includes(status);
  });

function downIn(world: World, region: string): Timeline<boolean> {
  const down = world.down[region];
  if (down) return down;
  throw new DrillError('region-unknown', `The simulated world has no region ${region}.`);
}

function lostInstance(world: World, { region, instance: identifier = '' }: Failure): Instance {
  const instance = instanceIn(world, region, identifier);
  if (instance) return instance;
  throw new DrillError('instance-missing', `The simulated world has no instance ${identifier} in ${region}.`);
}
