import { isCut, lastCut } from '../partition.ts';
import type { Instance } from '../state.ts';
import { at, since } from '../timeline.ts';
import type { World } from '../world.ts';
import { running, sourceOf } from './instance.ts';

/** How far the replica is behind at an instant while all is well: a slow wave about the typical lag, 0.6 to 1.6 times. */
export function typicalLagMs({ simulation, draw }: World, ms: number): number {
  // Never steeper than time itself: what has once arrived stays.
  const waveMs = Math.max(10_000, 2 * simulation.replicationLag);
  const wave = Math.floor(ms / waveMs);
  const here = draw(`lag/${wave}`);
  const next = draw(`lag/${wave + 1}`);
  return simulation.replicationLag * (0.6 + here + (next - here) * (ms / waveMs - wave));
}

/** When a database that does not run at `ms` stopped. */
const stoppedMs = (world: World, instance: Instance, ms: number): number => {
  const reasons = [
    ...(at(instance.open, ms) ? [] : [since(instance.open, ms)]),
    ...(at(instance.cutOff, ms) ? [since(instance.cutOff, ms)] : []),
    ...(at(instance.status, ms) === null ? [since(instance.status, ms)] : []),
    ...(world.down[instance.region] && at(world.down[instance.region] ?? [], ms)
      ? [since(world.down[instance.region] ?? [], ms)]
      : []),
  ];
  return Math.min(...reasons);
};

/** Up to which instant a replica holds what its source holds: nothing newer comes from a source that has stopped, or over a link that is cut. */
export function receivedUntilMs(world: World, replica: Instance, ms: number): number {
  const source = sourceOf(world, replica, ms);
  if (!source) return ms;
  const lastMs = running(world, source, ms) ? ms : stoppedMs(world, source, ms);
  return Math.min(
    lastMs - typicalLagMs(world, lastMs),
    caughtUpWithMs(replica, ms),
    source.region === replica.region ? Number.POSITIVE_INFINITY : cameOverMs(world, ms),
  );
}

/** Up to which instant what was written had come over the link between the regions, where that was cut. */
function cameOverMs(world: World, ms: number): number {
  const cut = lastCut(world, ms);
  if (!cut) return Number.POSITIVE_INFINITY;
  const heldMs = cut.fromMs - typicalLagMs(world, cut.fromMs);
  if (isCut(world, ms) || cut.untilMs === null || world.simulation.partition.breaksReplication) return heldMs;
  const takesMs = world.simulation.partition.catchUp ?? world.durations.catchUp(cut.untilMs - cut.fromMs);
  const backMs = cut.untilMs + takesMs;
  if (ms >= backMs) return Number.POSITIVE_INFINITY;
  return heldMs + ((ms - cut.untilMs) / takesMs) * (backMs - heldMs);
}

/** How long a replica and its source have heard nothing of each other; `null` once they have hung up. */
export function silentMs(world: World, replica: Instance, ms: number): number | null {
  const source = sourceOf(world, replica, ms);
  if (!source || at(replica.replicationError, ms) !== null) return null;
  const heard = [ms];
  if (!running(world, source, ms)) heard.push(stoppedMs(world, source, ms));
  if (!running(world, replica, ms)) heard.push(stoppedMs(world, replica, ms));
  const cut = source.region === replica.region ? undefined : lastCut(world, ms);
  const back = cut && cut.untilMs !== null ? cut.untilMs + world.durations.reconnection : Number.POSITIVE_INFINITY;
  if (cut && ms < back) heard.push(cut.fromMs);
  const silence = ms - Math.min(...heard);
  return silence > HANGS_UP_AFTER_MS ? null : silence;
}

/** The replicas that are connected to a database, and how long the most silent of them has been silent. */
export function followersOf(
  world: World,
  instance: Instance,
  ms: number,
): { followers: number; silent: number | null } {
  const silences = world.instances
    .filter((one) => at(one.source, ms) === instance.identifier && at(one.status, ms) !== null)
    .map((one) => silentMs(world, one, ms))
    .filter((silence) => silence !== null);
  return { followers: silences.length, silent: silences.length === 0 ? null : Math.max(...silences) };
}

/** PostgreSQL's own wal_sender_timeout and wal_receiver_timeout. */
const HANGS_UP_AFTER_MS = 60_000;

/** Up to which instant a replica that was just made has caught up. */
function caughtUpWithMs({ catchUp }: Instance, ms: number): number {
  if (!catchUp || ms >= catchUp.untilMs) return Number.POSITIVE_INFINITY;
  const { sinceMs, fromMs, untilMs } = catchUp;
  const share = Math.max(0, ms - fromMs) / (untilMs - fromMs);
  return sinceMs + share * (untilMs - sinceMs);
}

/** Which heartbeats a database holds now. */
export function heartbeatsIn(world: World, instance: Instance, nowMs: number): number[] {
  const source = sourceOf(world, instance, nowMs);
  if (!source) return instance.heartbeats.map(({ sequence }) => sequence);
  return heartbeatsAsOf(source, receivedUntilMs(world, instance, nowMs)).map(({ sequence }) => sequence);
}

export const heartbeatsAsOf = (instance: Instance, ms: number): Instance['heartbeats'] =>
  instance.heartbeats.filter(({ atMs }) => atMs <= ms);

/**
 * ReplicaLag as RDS reports it, in seconds: it climbs once the source is silent, and is -1 once replication is known to be
 * broken; `undefined` for an instance that is no replica.
 */
export function reportedLagSeconds(world: World, replica: Instance, ms: number): number | undefined {
  const source = sourceOf(world, replica, ms);
  if (!source || at(replica.status, ms) === null) return undefined;
  if (at(replica.replicationError, ms) !== null || at(source.status, ms) === null) return -1;
  const lagMs = ms - receivedUntilMs(world, replica, ms);
  if (lagMs - world.simulation.replicationLag * 2 > BROKEN_AFTER_MS) return -1;
  return Math.max(lagMs, idleMs(world, source, ms)) / 1000;
}

/** PostgreSQL dates what a replica replayed last; while nothing is written, that grows old, until RDS itself writes. */
const IDLE_AT_MOST_MS = 5 * 60_000;

function idleMs({ simulation }: World, source: Instance, ms: number): number {
  if (!simulation.idle) return 0;
  const last = source.heartbeats.findLast(({ atMs }) => atMs <= ms)?.atMs ?? 0;
  return Math.min(IDLE_AT_MOST_MS, ms - last);
}

/** Assumption: a replica whose source has been silent for this long reports -1. */
const BROKEN_AFTER_MS = 5 * 60_000;
