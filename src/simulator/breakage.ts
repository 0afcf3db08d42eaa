import { DrillError } from '../errors.ts';
import type { Failure } from '../ports/failure.ts';
import { planGuard } from './guard.ts';
import { isCut } from './partition.ts';
import { clusterWith, thereIn } from './rds/global-database.ts';
import { instanceIn } from './rds/instance.ts';
import type { Instance } from './state.ts';
import { at, plan, type Timeline } from './timeline.ts';
import { isDown, nextDraw, type World } from './world.ts';

/** Breaks something in the simulated world, from an instant on that may be yet to come. */
export function breakAt(world: World, failure: Failure, ms: number): void {
  if (failure.kind === 'region-outage') loseRegion(world, failure.region, ms);
  else if (failure.kind === 'network-partition') cutLink(world, ms);
  else if (failure.kind === 'degradation') plan(world.degraded, ms, [[ms, failure.services ?? []]]);
  else for (const one of lostInstances(world, failure)) loseInstance(one, ms);
}

/** Fixes it, from an instant on. */
export function fixAt(world: World, failure: Failure, ms: number): void {
  if (failure.kind === 'region-outage') bringBack(world, failure.region, ms);
  else if (failure.kind === 'network-partition') mendLink(world, ms);
  else if (failure.kind === 'degradation') plan(world.degraded, ms, [[ms, []]]);
  else for (const one of lostInstances(world, failure)) mendInstance(world, one, ms);
}

/** Drops the loss of a region, or a degradation, that has not come yet. */
export function callOff(world: World, failure: Failure): void {
  const nowMs = world.clock.nowMs();
  const forget = <T>(timeline: Timeline<T>) => plan(timeline, nowMs, []);
  if (failure.kind === 'degradation') forget(world.degraded);
  else if (failure.kind === 'region-outage') {
    forget(downIn(world, failure.region));
    for (const { open } of standing(world, failure.region)) forget(open);
  }
}

export function isBroken(world: World, failure: Failure, ms: number): boolean {
  if (failure.kind === 'region-outage') return isDown(world, failure.region, ms);
  if (failure.kind === 'network-partition') return isCut(world, ms);
  if (failure.kind === 'degradation') return at(world.degraded, ms).length > 0;
  return lostInstances(world, failure).some(({ status }) => at(status, ms) === 'failed');
}

function loseRegion(world: World, region: string, ms: number): void {
  const down = downIn(world, region);
  if (at(down, ms)) return;
  plan(down, ms, [[ms, true]]);
  for (const { open } of standing(world, region)) plan(open, ms, [[ms, false]]);
}

function cutLink(world: World, ms: number): void {
  if (isCut(world, ms)) return;
  plan(world.partition, ms, [[ms, true]]);
  planGuard(world);
}

/** The regions see each other again; what was missed may be gone for good. */
function mendLink(world: World, ms: number): void {
  if (!isCut(world, ms)) return;
  plan(world.partition, ms, [[ms, false]]);
  planGuard(world);
  if (!world.simulation.partition.breaksReplication) return;
  const why = 'requested WAL segment has already been removed';
  for (const { source, replicationError } of world.instances)
    if (at(source, ms) !== null) plan(replicationError, ms, [[ms, why]]);
}

function loseInstance({ status, open }: Lost, ms: number): void {
  plan(status, ms, [[ms, 'failed']]);
  plan(open, ms, [[ms, false]]);
}

function bringBack(world: World, region: string, ms: number): void {
  const down = downIn(world, region);
  if (!at(down, ms)) return;
  plan(down, ms, [[ms, false]]);
  for (const instance of standing(world, region)) openAgain(world, instance, ms);
}

function mendInstance(world: World, instance: Lost, ms: number): void {
  if (at(instance.status, ms) !== 'failed') return;
  const backMs = openAgain(world, instance, ms);
  plan(instance.status, ms, [[backMs, 'available']]);
}

/** PostgreSQL opens after its crash recovery, later than everything around it. */
function openAgain(world: World, { identifier, open }: Lost, fromMs: number): number {
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

type Lost = Pick<Instance, 'identifier' | 'status' | 'open'>;

/** An instance, or all of a cluster of that name. */
function lostInstances(world: World, { region, instance: identifier = '' }: Failure): Lost[] {
  const instance = instanceIn(world, region, identifier);
  if (instance) return [instance];
  const found = clusterWith(world, region, identifier);
  if (found) return thereIn(found.cluster, world.clock.nowMs());
  throw new DrillError('instance-missing', `The simulated world has no instance ${identifier} in ${region}.`);
}
