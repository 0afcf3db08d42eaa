import type { Input } from '../../aws/aws.ts';
import { awsError } from '../faults.ts';
import type { Instance } from '../state.ts';
import { at, plan } from '../timeline.ts';
import type { World } from '../world.ts';
import { firstBackupMs, isBackedUpAt } from './backups.ts';
import { describe } from './describe.ts';
import { changeable } from './instance.ts';
import { heartbeatsAsOf, receivedUntilMs } from './replication.ts';

/** Makes a replica a writer of its own: it says `available` a little longer, then modifying, rebooting, and is open again. */
export function PromoteReadReplica(world: World, region: string, input: Input<'rds', 'PromoteReadReplica'>) {
  const { draw } = world;
  const nowMs = world.clock.nowMs();
  const replica = changeable(world, region, input.DBInstanceIdentifier);
  const { identifier } = replica;
  const source = at(replica.source, nowMs);
  if (source === null) {
    throw awsError('InvalidDBInstanceStateFault', `DB Instance is not a read replica: ${identifier}`);
  }
  const { promotion } = world.simulation;
  const isMeant = promotion.of === undefined || promotion.of === identifier;
  const takesMs = (isMeant ? promotion.takes : undefined) ?? world.durations.promotion(draw(`promotion/${identifier}`));
  const endMs = nowMs + Math.round(takesMs);
  const movingMs = nowMs + Math.round(Math.min(world.durations.staleStatus(draw(`stale/${identifier}`)), takesMs / 4));
  const rebootMs = Math.round((movingMs + endMs) / 2);

  if (isMeant && promotion.fails) {
    plan(replica.status, nowMs, [
      [movingMs, 'modifying'],
      [endMs, 'available'],
    ]);
    plan(replica.replicationError, nowMs, [[endMs, 'The promotion failed; the instance is still a read replica.']]);
    return { DBInstance: describe(world, replica) };
  }

  detach(world, replica, nowMs, endMs);
  const keptBackups = replica.backupRetentionDays > 0 && isBackedUpAt(replica, nowMs);
  replica.backupRetentionDays = input.BackupRetentionPeriod ?? 0;
  plan(replica.open, nowMs, [
    [rebootMs, false],
    [endMs, true],
  ]);
  const after = afterwards(world, identifier, endMs, replica.backupRetentionDays);
  // Assumption: backups that the replica kept stay, and it can be restored from them as before.
  if (!keptBackups) replica.firstBackupMs = after.at(-1)?.[0] ?? endMs;
  plan(replica.status, nowMs, [[movingMs, 'modifying'], [rebootMs, 'rebooting'], ...after]);
  return { DBInstance: describe(world, replica) };
}

/** From an instant on a replica has a source no more. What has not arrived when that begins never will. */
export function detach(world: World, replica: Instance, nowMs: number, endMs: number): void {
  const source = at(replica.source, nowMs);
  if (source === null) return;
  const untilMs = receivedUntilMs(world, replica, nowMs);
  const writer = world.instances.find((one) => one.identifier === source);
  replica.copy = { of: source, untilMs, lostOrders: 0 };
  replica.heartbeats = writer ? heartbeatsAsOf(writer, untilMs) : [];
  plan(replica.source, nowMs, [[endMs, null]]);
  // What the database itself is set to comes along with its data.
  plan(replica.readOnly, nowMs, [[endMs, writer ? at(writer.readOnly, untilMs) : false]]);
}

/** The one who asked for backups gets the first at once. */
function afterwards(world: World, identifier: string, endMs: number, retentionDays: number): [number, string][] {
  if (retentionDays === 0) return [[endMs, 'available']];
  const availableMs = endMs + world.durations.firstBackup;
  return [
    [endMs, 'available'],
    [availableMs, 'backing-up'],
    [availableMs + Math.round(firstBackupMs(world, identifier)), 'available'],
  ];
}
