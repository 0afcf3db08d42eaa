import { awsError } from '../faults.ts';
import type { Instance } from '../state.ts';
import { at, plan } from '../timeline.ts';
import type { World } from '../world.ts';
import { deleteInstance } from './delete.ts';

const DAY = 86_400_000;

/** Applies what others have done to the databases by now, each once, at its own instant. */
export function befall(world: World): void {
  const { sourceDeleted, keyDisabled } = world.simulation;
  if (sourceDeleted) once(world, 'source-deleted', sourceDeleted.after, (atMs) => deleteSources(world, atMs));
  if (keyDisabled)
    once(world, 'key-disabled', keyDisabled.after, (atMs) =>
      disableKeys(world, world.topology.regions[keyDisabled.in], atMs),
    );
}

function once(world: World, what: string, afterMs: number, happens: (atMs: number) => void): void {
  const atMs = world.startMs + afterMs;
  if (world.befallen.includes(what) || world.clock.nowMs() < atMs) return;
  world.befallen.push(what);
  happens(atMs);
}

function deleteSources(world: World, atMs: number): void {
  const { instances } = world;
  const sources = instances.filter(
    (one) =>
      ![null, 'deleting'].includes(at(one.status, atMs)) &&
      instances.some(({ source, status }) => at(source, atMs) === one.identifier && at(status, atMs) !== null),
  );
  for (const one of sources) deleteInstance(world, one, atMs);
}

/** What was planned for a database is over with its key. */
function disableKeys(world: World, region: string, atMs: number): void {
  const keys = new Set<string>();
  const close = (one: Pick<Instance, 'status' | 'open'>) => {
    if ([null, 'deleting'].includes(at(one.status, atMs))) return;
    plan(one.status, atMs, [
      [atMs, 'inaccessible-encryption-credentials-recoverable'],
      [atMs + 7 * DAY, 'inaccessible-encryption-credentials'],
    ]);
    plan(one.open, atMs, [[atMs, false]]);
  };
  for (const instance of world.instances) {
    if (instance.region !== region || instance.kmsKey === null) continue;
    keys.add(instance.kmsKey);
    plan(instance.source, atMs, []);
    plan(instance.readOnly, atMs, []);
    close(instance);
  }
  for (const cluster of world.aurora.flatMap(({ clusters }) => clusters)) {
    if (cluster.region !== region) continue;
    keys.add(cluster.kmsKey);
    for (const one of cluster.instances) close(one);
    if (at(cluster.status, atMs) !== null)
      plan(cluster.status, atMs, [[atMs, 'inaccessible-encryption-credentials-recoverable']]);
  }
  for (const key of keys) world.keyStates[key] = 'Disabled';
}

/** A key that is not enabled encrypts nothing. */
export function mustBeUsable({ keyStates }: World, key: string | null): void {
  if (key === null || !(key in keyStates)) return;
  throw awsError('KMSKeyNotAccessibleFault', `The KMS key ${key} is not accessible: it is not enabled.`);
}

/** A region may have no capacity for another instance, even within the quota. */
export function mustHaveCapacity({ simulation, topology, startMs, clock }: World, region: string, type: string): void {
  const { lacks, until = Number.POSITIVE_INFINITY } = simulation.databaseCapacity ?? {};
  if (lacks === undefined || topology.regions[lacks] !== region || clock.nowMs() >= startMs + until) return;
  throw awsError(
    'InsufficientDBInstanceCapacityFault',
    `The requested DB instance class ${type} is not available in the specified Availability Zone.`,
  );
}
